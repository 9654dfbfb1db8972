package hub_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// newHub returns a hub on a new database, and someone who acts in a new
// organisme of it.
func newHub(t *testing.T, d storetest.Database) (*hub.Hub, hub.Acteur) {
	t.Helper()
	return hubOn(t, d.New(t), hub.Options{}, true)
}

// hubOn is newHub on a database that is open.
func hubOn(t *testing.T, db *store.DB, options hub.Options, sandbox bool) (*hub.Hub, hub.Acteur) {
	t.Helper()
	h := hub.New(db, options)
	t.Cleanup(h.Close)
	o, err := h.Organismes.CreateOrganisme(t.Context(), "Organisme", sandbox)
	if err != nil {
		t.Fatal(err)
	}
	return h, hub.Acteur{Organisme: o.ID, Nom: "Essai"}
}

// push sends a body and returns what it did.
func push(t *testing.T, h *hub.Hub, who hub.Acteur, origine domaine.Origine, body []byte) (*hub.PushResult, error) {
	t.Helper()
	read := reception.ReadChanges
	if origine != domaine.OrigineChanges {
		read = func(r io.Reader, _ synchro.Room) (*synchro.Push, error) {
			return reception.ReadFull(r, origine == domaine.OrigineV2, nil)
		}
	}
	p, err := read(bytes.NewReader(body), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return h.Contrats.Push(t.Context(), who, p, hub.PushOptions{Origine: origine, Empty: true, Confirm: true})
}

func TestADeltaWhoseContractContradictsItselfSaysSo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		h, who := newHub(t, d)
		good := renfort(1)
		if _, err := push(t, h, who, domaine.OrigineV1, corps(good, nil, true)); err != nil {
			t.Fatal(err)
		}
		bad := good[0]
		bad.op = "updated"
		bad.CodeMaitreApprentissage = bad.CodePersonnel
		result, err := push(t, h, who, domaine.OrigineChanges, corps([]envoi{bad}, nil, false))
		if err != nil {
			t.Fatal(err)
		}
		found := result.Plan.Violations(0)
		if len(found) != 1 || found[0].Code != passerelle.CodeUserCodeShared || found[0].ConflictsWith != "" {
			t.Errorf("violations %+v, want one user-code-shared that names no other contract", found)
		}
	})
}

func TestADeltaNamesTheContractOutsideItThatStands(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		h, who := newHub(t, d)
		two := renfort(2)
		if _, err := push(t, h, who, domaine.OrigineV1, corps(two, nil, true)); err != nil {
			t.Fatal(err)
		}
		bad := two[1]
		bad.op = "updated"
		bad.EmailApprenant = strings.ToUpper(two[0].EmailApprenant)
		result, err := push(t, h, who, domaine.OrigineChanges, corps([]envoi{bad}, nil, false))
		if err != nil {
			t.Fatal(err)
		}
		found := result.Plan.Violations(0)
		if len(found) != 1 || found[0].Code != passerelle.CodeEmailShared || found[0].ConflictsWith != two[0].CodeContrat {
			t.Errorf("violations %+v, want one email-shared that names %s", found, two[0].CodeContrat)
		}
	})
}

func TestTextsThatADatabaseCannotKeepAreNoFailure(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		h, who := newHub(t, d)
		body := bytes.Replace(corps(renfort(1), nil, true), []byte(`"inconnu"`), []byte(`"nul\u0000"`), 1)
		result, err := push(t, h, who, domaine.OrigineV2, body)
		if err != nil {
			t.Fatalf("a property whose name holds the null character: %v", err)
		}
		if len(result.Plan.Warnings) != 1 {
			t.Errorf("warnings %+v, want one about the unknown property", result.Plan.Warnings)
		}
		for _, code := range []string{"\x00", "R100\x00", "\xff"} {
			_, err := h.Contrats.History(t.Context(), who.Organisme, code)
			wantRefusal(t, err, refus.NotFound)
		}
	})
}

func wantRefusal(t *testing.T, err error, kind refus.Kind) {
	t.Helper()
	var refusal *hub.Refusal
	if !errors.As(err, &refusal) || refusal.Kind() != kind {
		t.Errorf("error %v, want a refusal of kind %v", err, kind)
	}
}
