package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

func TestTheExampleCanBePushedAsItIsInEveryForm(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	for _, form := range []string{"csv", "xlsx", "json"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			o := s.Sandbox(t, "CFA "+form)
			path := filepath.Join(t.TempDir(), "contrats."+form)
			if r := command(t, "exemple", path); r.status != exitDone {
				t.Fatalf("exemple: %d %s", r.status, r.stderr)
			}
			if r := command(t, "exemple", path); r.status != exitFailed {
				t.Errorf("a file is overwritten: %d", r.status)
			}
			r := push(t, o, s.URL, path, "--yes")
			v := decode[verdict](t, r.stdout)
			if r.status != exitDone || len(v.Warnings) > 0 {
				t.Fatalf("push: %d %s %s", r.status, r.stdout, r.stderr)
			}
			if diff := cmp.Diff(tableur.Exemples(), transmis(t, o)); diff != "" {
				t.Errorf("contracts (-want +got):\n%s", diff)
			}
		})
	}
	for i, champ := range passerelle.Champs {
		filled := false
		for _, c := range tableur.Exemples() {
			filled = filled || *passerelle.Champs[i].At(&c) != ""
		}
		if !filled {
			t.Errorf("the example says nothing of %s", champ.Nom)
		}
	}
}
