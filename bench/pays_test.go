package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestASmallCountryWorksWithoutErrorsAndReadsNoLargeTableFromEndToEnd(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	err := inWorkshop(t.Context(), func(w *workshop) error {
		p, err := runPays(t.Context(), w, paysOptions{
			organismes: 20, contrats: 4_000, synchronisations: 3, processes: 3, window: time.Second, readers: 4, pause: 20 * time.Millisecond, pushers: 4,
		})
		if err != nil {
			return err
		}
		for _, l := range []*load{p.paced, p.burst} {
			if n := len(l.taken[callPush]); n != 20 {
				t.Errorf("%d deltas were pushed, want 20", n)
			}
		}
		if len(p.paced.taken[callList]) == 0 || p.paced.bytes == 0 {
			t.Error("nothing was read meanwhile")
		}
		if large, want := p.large(), []string{"contrat", "personne"}; !cmp.Equal(large, want) {
			t.Errorf("large tables are %v, want %v", large, want)
		}
		if len(p.queries) != 10 || p.plans < 100 {
			t.Errorf("%d frequent queries and %d plans were found", len(p.queries), p.plans)
		}
		for _, q := range p.queries {
			if q.plan == "" && !strings.HasPrefix(q.text, "copy ") {
				t.Errorf("no plan was found for %s", q.text)
			}
		}
		return p.verdict()
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestASequentialScanOfALargeTableIsSeen(t *testing.T) {
	t.Parallel()
	large := []string{"contrat", "personne"}
	for _, c := range []struct {
		name, plan string
		want       []string
	}{
		{"a plain one", "Seq Scan on contrat  (cost=0.00..1.25 rows=1)", []string{"contrat"}},
		{"a parallel one under an alias", "Gather  (cost=1)\n  ->  Parallel Seq Scan on personne p  (cost=0.00..1.25 rows=1)", []string{"personne"}},
		{"one of a small table is none", "Seq Scan on organisme  (cost=0.00..1.25 rows=1)", nil},
		{"an index scan is none", "Index Scan using contrat_actif on contrat  (cost=0.28..385.50 rows=200)", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, scanned(c.plan, large)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAQueryIsFoundByItsTextWhateverItsConstants(t *testing.T) {
	t.Parallel()
	statistics := "SELECT COALESCE(lien, $3), etat FROM synchronisation\nWHERE organisme_id = $1 AND etat = $4 LIMIT $2"
	logged := "SELECT COALESCE(lien, 0), etat FROM synchronisation WHERE organisme_id = $1 AND etat = 'retenue' LIMIT $2"
	if shape(statistics) != shape(logged) {
		t.Errorf("%q and %q", shape(statistics), shape(logged))
	}
}
