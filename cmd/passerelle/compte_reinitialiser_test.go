package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// A password that is lost is replaced from the command line; the one before opens nothing.
func TestALostPasswordIsReplacedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	location := storetest.At(t, filepath.Join(t.TempDir(), "p.db"))
	must(t, "organisme", "create", "--db", location, "--nom", "CFA")
	password := func(out string) string {
		_, rest, found := strings.Cut(out, "password  ")
		if !found {
			t.Fatalf("no password: %s", out)
		}
		return strings.TrimSpace(rest)
	}
	before := password(must(t, "compte", "create", "--db", location, "--organisme", "1", "--email", "ada@cfa.example", "--prenom", "Ada", "--nom", "Martin"))
	after := password(must(t, "compte", "reinitialiser", "--db", location, "Ada@cfa.example"))
	if r := command(t, "compte", "reinitialiser", "--db", location, "bob@cfa.example"); r.status != exitFailed || !strings.Contains(r.stderr, "no account has the e-mail") {
		t.Errorf("an unknown address: %+v", r)
	}
	db, err := open.Database(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	err = onDatabase(db, hub.Options{}, func(h *hub.Hub) error {
		if _, err := h.Comptes.Login(t.Context(), "ada@cfa.example", before, "192.0.2.1"); !errors.Is(err, hub.ErrLogin) {
			t.Errorf("the password of before: %v", err)
		}
		_, err := h.Comptes.Login(t.Context(), "ada@cfa.example", after, "192.0.2.1")
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAnAccountThatAdministersNothingIsEndedWhereNobodyDoes(t *testing.T) {
	t.Parallel()
	location := filepath.Join(t.TempDir(), "p.db")
	must(t, "organisme", "create", "--db", location, "--nom", "CFA")
	must(t, "compte", "create", "--db", location, "--organisme", "1", "--email", "ada@cfa.example", "--prenom", "Ada", "--nom", "Martin")
	must(t, "compte", "disable", "--db", location, "1")
	must(t, "compte", "create", "--db", location, "--organisme", "1", "--email", "bob@cfa.example", "--prenom", "Bob", "--nom", "Roche", "--role", "administration")
	if r := command(t, "compte", "disable", "--db", location, "2"); r.status != exitFailed || !strings.Contains(r.stderr, "seul compte d’administration") {
		t.Errorf("the last administrator: %+v", r)
	}
}
