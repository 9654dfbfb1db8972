package hub_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// csvOf writes contracts as a file with every field.
func csvOf(list []passerelle.Contrat) string {
	var b strings.Builder
	for i := range passerelle.Champs {
		fmt.Fprintf(&b, "%s;", passerelle.Champs[i].Nom)
	}
	for k := range list {
		b.WriteString("\n")
		for i := range passerelle.Champs {
			fmt.Fprintf(&b, "%s;", *passerelle.Champs[i].At(&list[k]))
		}
	}
	return b.String()
}

// looked is a dropped file with a look at it.
type looked struct {
	t    *testing.T
	h    *hub.Hub
	db   *store.DB
	who  hub.Acteur
	id   int64
	list []passerelle.Contrat
}

func drop(t *testing.T, d storetest.Database, n int) *looked {
	t.Helper()
	db := d.New(t)
	h := hub.New(db, hub.Options{})
	t.Cleanup(h.Close)
	o, err := h.Organismes.CreateOrganisme(t.Context(), "Organisme", true)
	if err != nil {
		t.Fatal(err)
	}
	l := &looked{t: t, h: h, db: db, who: hub.Acteur{Organisme: o.ID, Nom: "Essai"}}
	for c := range demo.Generate(demo.Params{Contrats: n, Seed: 1}) {
		l.list = append(l.list, c)
	}
	created, err := h.Imports.CreateImport(t.Context(), l.who, "contrats.csv", "", strings.NewReader(csvOf(l.list)))
	if err != nil {
		t.Fatal(err)
	}
	defer created.Close()
	if len(created.Problemes) > 0 {
		t.Fatalf("%v", created.Problemes)
	}
	l.id = created.ID
	return l
}

// look looks at the import; blind, with its file closed, so that reading it fails.
func (l *looked) look(blind bool, page hub.Page) (*hub.ApercuImport, error) {
	l.t.Helper()
	o, err := l.h.Imports.Import(l.t.Context(), l.who.Organisme, l.id)
	if err != nil {
		l.t.Fatal(err)
	}
	if blind {
		o.Close()
	} else {
		defer o.Close()
	}
	return l.h.Imports.ApercuImport(l.t.Context(), o, page)
}

func (l *looked) want(a *hub.ApercuImport, err error) *hub.ApercuImport {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	return a
}

// kept reports whether the outcome of a look is in the database.
func (l *looked) kept() bool {
	l.t.Helper()
	err := l.db.Read(l.t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.Apercu(l.t.Context(), l.who.Organisme, l.id, false)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		l.t.Fatal(err)
	}
	return err == nil
}

func TestALookAtAnImportIsKeptUntilSomethingChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		l := drop(t, d, 30)
		page := hub.Page{Limit: 20}
		first := l.want(l.look(false, page))
		if first.Ajoutes != 30 || len(first.Changements) != 20 {
			t.Fatalf("%d added, %d listed", first.Ajoutes, len(first.Changements))
		}
		again := l.want(l.look(true, page))
		if diff := cmp.Diff(first, again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the second look shows something else: %s", diff)
		}
		if next := l.want(l.look(true, hub.Page{Limit: 20, Offset: 20})); len(next.Changements) != 10 || next.Changements[0].CodeContrat != l.list[20].CodeContrat {
			t.Errorf("the second page: %+v", next.Changements)
		}
		if beyond := l.want(l.look(true, hub.Page{Limit: 20, Offset: 1000})); len(beyond.Changements) != 0 {
			t.Errorf("beyond the last page: %+v", beyond.Changements)
		}
		if _, err := push(t, l.h, l.who, domaine.OrigineV1, []byte("[]")); err != nil {
			t.Fatal(err)
		}
		if _, err := l.look(true, page); err == nil {
			t.Error("a push came in, and the look of before it is shown")
		}
		l.want(l.look(false, page))
		l.want(l.look(true, page))
		values := []hub.ValeurReglage{{Cle: "garde.archivage", Valeur: "50"}}
		if _, err := l.h.Organismes.SetReglages(t.Context(), l.who, domaine.TousDroits, values, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := l.look(true, page); err == nil {
			t.Error("a setting was changed, and the look of before it is shown")
		}
	})
}

func TestAnOlderPreviewIsRefusedBeforeTheFileIsRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		l := drop(t, d, 5)
		a := l.want(l.look(false, hub.Page{}))
		// Whoever reads the file finds it damaged.
		err := l.db.WriteOrganisme(t.Context(), l.who.Organisme, func(tx *store.Tx) error {
			return tx.ImportPart(t.Context(), l.who.Organisme, l.id, 99, []byte("no gzip"))
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = l.h.Imports.ConfirmImport(t.Context(), l.who, l.id, hub.ImportOptions{Version: "older"})
		var stale *hub.StaleImport
		if !errors.As(err, &stale) || stale.Apercu.Version != a.Version || len(stale.Apercu.Changements) != 5 {
			t.Errorf("an older preview: %v", err)
		}
		_, err = l.h.Imports.ConfirmImport(t.Context(), l.who, l.id, hub.ImportOptions{Version: a.Version})
		if hub.RefusalOf(err).Code != refus.CodeDamagedData {
			t.Errorf("the file is read for the preview that holds: %v", err)
		}
	})
}

func TestWhatALookFoundOutGoesWithTheImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		for name, end := range map[string]func(*looked) error{
			"recorded": func(l *looked) error {
				a := l.want(l.look(true, hub.Page{}))
				result, err := l.h.Imports.ConfirmImport(t.Context(), l.who, l.id, hub.ImportOptions{Version: a.Version})
				if err == nil {
					err = result.Push.Close()
				}
				return err
			},
			"dropped": func(l *looked) error { return l.h.Imports.DropImport(t.Context(), l.who, l.id) },
			"erased": func(l *looked) error {
				doc, err := document.Append(nil, &l.list[0])
				if err != nil {
					return err
				}
				if _, err := push(t, l.h, l.who, domaine.OrigineV1, []byte("["+string(doc)+"]")); err != nil {
					return err
				}
				l.want(l.look(false, hub.Page{}))
				_, err = l.h.Personnes.ErasePersonne(t.Context(), l.who, l.list[0].CodeApprenant)
				return err
			},
		} {
			l := drop(t, d, 5)
			l.want(l.look(false, hub.Page{}))
			if !l.kept() {
				t.Fatalf("%s: nothing was kept", name)
			}
			if err := end(l); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if l.kept() {
				t.Errorf("%s: what the look found out is still there", name)
			}
		}
	})
}

func TestPagesOfChangesAfterTheFirstOnesAreKeptToo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		l := drop(t, d, 2150)
		first := l.want(l.look(false, hub.Page{Limit: 100}))
		seen := map[string]bool{}
		for _, c := range first.Changements {
			seen[c.CodeContrat] = true
		}
		for offset := 100; offset < 2150; offset += 100 {
			page := hub.Page{Limit: 100, Offset: offset}
			if offset%1000 == 0 { // the file is read once for each thousand
				if _, err := l.look(true, page); err == nil {
					t.Errorf("the page from %d on is there before it was looked at", offset)
				}
				l.want(l.look(false, page))
			}
			a := l.want(l.look(true, page))
			if want := min(100, 2150-offset); len(a.Changements) != want || a.Debut != offset || a.Version != first.Version {
				t.Errorf("%d changes from %d on, want %d from %d on", len(a.Changements), a.Debut, want, offset)
			}
			for _, c := range a.Changements {
				seen[c.CodeContrat] = true
			}
		}
		if len(seen) != 2150 {
			t.Errorf("%d contracts were seen on all pages", len(seen))
		}
		odd := l.want(l.look(false, hub.Page{Limit: 300, Offset: 1950}))
		if len(odd.Changements) != 200 {
			t.Errorf("%d changes on a page across two thousands", len(odd.Changements))
		}
	})
}
