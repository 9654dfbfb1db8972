package hub_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/hub"
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
