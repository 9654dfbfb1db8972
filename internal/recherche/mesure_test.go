package recherche_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/recherche"
)

// BenchmarkSearch is what a search of 400,000 contracts costs, without the database: all
// that hold the words are counted.
func BenchmarkSearch(b *testing.B) {
	var entries []recherche.Entry
	for c := range demo.Generate(demo.Params{Contrats: 100_000, Seed: 1}) {
		for _, year := range []string{"", "-A1", "-A2", "-A3"} {
			old := c
			old.CodeContrat += year
			entries = append(entries, recherche.NewEntry(&old, 1))
		}
	}
	slices.SortFunc(entries, func(a, b recherche.Entry) int { return strings.Compare(a.Code, b.Code) })
	var none *recherche.Index
	x := none.Update(nil, entries)
	last := entries[200_000].Code
	for _, text := range []string{"martin", "mar", "ma", "le an", "zzyx", "zq", last, "example", "lefevre lyon"} {
		b.Run(text, func(b *testing.B) {
			total := 0
			for b.Loop() {
				_, total = x.Holding(recherche.NewTexte(text), nil)
			}
			b.ReportMetric(float64(total), "found")
		})
	}
}
