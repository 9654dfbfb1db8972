package hub_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// What an earlier release stored as documents is kept as values after its upgrade, some
// versions at a time and in any number of starts: at each moment everything is read as
// before, down to the checksums of verify, and a person can be erased from both forms.
func TestVersionsThatAnEarlierReleaseStoredAreKeptAnewAndSayTheSame(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		location := d.Location(t)
		raw := restored(t, d, location)
		const (
			all       = "SELECT COUNT(*) FROM contrat"
			documents = "SELECT COUNT(*) FROM contrat WHERE document LIKE '{%'"
		)
		db := d.Open(t, location)
		h := hub.New(db, hub.Options{})
		defer h.Close()
		sums := func() []hub.Sommes {
			t.Helper()
			found, err := h.Journal.Verify(t.Context(), 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		before := sums()
		whole := texts(t, raw, all)
		if got := texts(t, raw, documents); !cmp.Equal(got, whole) || whole[0] == "0" {
			t.Fatalf("%v of %v versions are documents", got, whole)
		}
		changed, batches := 0, 0
		for done := false; !done; batches++ {
			var n int
			var err error
			if n, done, err = db.KeepAnew(t.Context(), 1, 2); err != nil || n > 2 {
				t.Fatalf("%d versions: %v", n, err)
			}
			changed += n
			if diff := cmp.Diff(before, sums()); diff != "" {
				t.Fatalf("after %d versions (-before +after):\n%s", changed, diff)
			}
			if batches == 1 {
				if _, err := h.Personnes.ErasePersonne(t.Context(), hub.Acteur{Organisme: 1, Nom: "Essai"}, "A1"); err != nil {
					t.Fatal(err)
				}
				before = sums()
			}
		}
		if batches < 5 || changed == 0 {
			t.Errorf("%d versions in %d transactions", changed, batches)
		}
		if got := texts(t, raw, documents); got[0] != "0" {
			t.Errorf("%v versions are documents still", got)
		}
		if n, err := h.Contrats.ToKeepAnew(t.Context()); n != 0 || err != nil {
			t.Errorf("%d organismes have versions to be kept anew: %v", n, err)
		}
		if n, err := h.Contrats.KeepAnew(t.Context()); n != 0 || err != nil {
			t.Errorf("%d versions were kept anew again: %v", n, err)
		}
		if _, err := h.Personnes.ErasePersonne(t.Context(), hub.Acteur{Organisme: 1, Nom: "Essai"}, "A2"); err != nil {
			t.Fatal(err)
		}
		if named := texts(t, raw, "SELECT code_contrat FROM contrat WHERE document LIKE '%Abadie1%' OR document LIKE '%Abadie2%' OR document LIKE '%a1@apprenti%' OR document LIKE '%a2@apprenti%'"); len(named) > 0 {
			t.Errorf("%v name people who were erased", named)
		}
		sums() // what is kept is intact
	})
}

// Pushes, stored in portions where organismes wait for each other, and what keeps older
// versions anew write between each other: neither loses what the other did, nor has the
// other begin again.
func TestPushesGoOnWhileOlderVersionsAreKeptAnew(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		location := d.Location(t)
		raw := restored(t, d, location)
		db := d.Open(t, location)
		h := hub.New(db, hub.Options{})
		defer h.Close()
		before, err := h.Journal.Verify(t.Context(), 1, 0)
		if err != nil {
			t.Fatal(err)
		}
		pushed := func(round int) (list []passerelle.Contrat) {
			for i := range 10 {
				c := named(fmt.Sprint("P", i), fmt.Sprint("U", i), fmt.Sprint("durand", i))
				c.MissionTitle = fmt.Sprint("Tour ", round)
				list = append(list, c)
			}
			return list
		}
		ended := make(chan error, 1)
		go func() {
			for {
				_, done, err := db.KeepAnew(t.Context(), 1, 3)
				if done || err != nil && !errors.Is(err, store.ErrBusy) {
					ended <- err
					return
				}
				time.Sleep(2 * time.Millisecond)
			}
		}()
		const rounds = 6
		for round := range rounds {
			if err := full(t, h, hub.Acteur{Organisme: 1, Nom: "Essai"}, true, pushed(round)...); err != nil {
				t.Fatal(err)
			}
		}
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		after, err := h.Journal.Verify(t.Context(), 1, before[0].Synchronisation)
		if err != nil || after[0].Contrats != before[0].Contrats || after[0].Versions != before[0].Versions {
			t.Errorf("as of %d: %+v, %v", before[0].Synchronisation, after, err)
		}
		if got := texts(t, raw, "SELECT COUNT(*) FROM contrat"); got[0] != fmt.Sprint(before[0].Versions+10*rounds) {
			t.Errorf("%v versions after %d of before and %d pushes", got, before[0].Versions, rounds)
		}
		for _, none := range []string{"SELECT COUNT(*) FROM contrat WHERE document LIKE '{%'", "SELECT COUNT(*) FROM portion", "SELECT COUNT(*) FROM reecriture WHERE organisme_id = 1"} {
			if got := texts(t, raw, none); got[0] != "0" {
				t.Errorf("%s: %v", none, got)
			}
		}
		var now []passerelle.Contrat
		if err := db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.EachDocument(t.Context(), 1, store.Filtre{}, store.Page{}, func(doc []byte) error {
				c, err := document.Parse(bytes.Clone(doc))
				now = append(now, c)
				return err
			})
		}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(pushed(rounds-1), now); diff != "" {
			t.Errorf("active contracts (-pushed +read):\n%s", diff)
		}
	})
}
