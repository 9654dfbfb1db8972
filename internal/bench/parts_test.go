package bench_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// The parts of a push that need no database.

func readFull(tb testing.TB, c *bench.Corpus) *synchro.Push {
	tb.Helper()
	push, err := reception.ReadFull(bytes.NewReader(c.Body), false, nil)
	if err != nil || len(push.Entrees) != len(c.Contrats) {
		tb.Fatalf("read %d contracts: %v", len(push.Entrees), err)
	}
	return push
}

// BenchmarkReception reads a body, checks each contract by itself and keeps it.
// Its limit is to decode the body.
func BenchmarkReception(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := corpusOf(b, n)
			measure(b, c, func() {}, func() {
				if err := readFull(b, c).Close(); err != nil {
					b.Fatal(err)
				}
			}, func() { must(b, bench.Decode(c.Body)) })
		})
	}
}

// BenchmarkRules applies the rules that one contract breaks by itself and those
// between contracts. Its limit is to hash the documents once.
func BenchmarkRules(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := corpusOf(b, n)
			rows := rowsOf(b, c)
			measure(b, c, func() {}, func() {
				interner, etat := regles.NewInterner(), regles.NewEtat()
				for i := range c.Contrats {
					faits := interner.Faits(&c.Contrats[i])
					alone := regles.Verify(&c.Contrats[i], regles.Set{})
					together, _ := etat.Check(&faits)
					if len(alone)+len(together) > 0 {
						b.Fatal("a contract of the corpus breaks a rule")
					}
					etat.Add(&faits)
				}
			}, func() {
				for i := range rows {
					if document.HashOf(rows[i].Doc) != rows[i].Hash {
						b.Fatal("a hash changed")
					}
				}
			})
		})
	}
}

// BenchmarkReconcile holds a push against the same contracts, one in a hundred of
// which said something else. Its limit is to compare keys and hashes.
func BenchmarkReconcile(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := corpusOf(b, n)
			rows := rowsOf(b, c)
			known := make(map[string]document.Hash, n)
			for i := range rows {
				known[rows[i].Key] = rows[i].Hash
				if i%100 == 50 {
					known[rows[i].Key] = document.Hash{}
				}
			}
			push := readFull(b, c)
			defer push.Close()
			measure(b, c, func() {}, func() {
				plan, err := synchro.Resolve(push, synchro.Known{
					Actif: func(code string) (document.Hash, bool) { hash, ok := known[code]; return hash, ok },
					Codes: func(yield func(string) bool) {
						for code := range known {
							if !yield(code) {
								return
							}
						}
					},
					Base: func() *regles.Etat { return regles.NewEtatFor(push.Interner().People(), domaine.EmailsAucun) },
				})
				if err != nil || len(plan.Modifies) != n/100 || plan.Identiques != n-n/100 {
					b.Fatalf("%d changed, %d same: %v", len(plan.Modifies), plan.Identiques, err)
				}
			}, func() {
				changed := 0
				for i := range rows {
					if known[rows[i].Key] != rows[i].Hash {
						changed++
					}
				}
				if changed != n/100 {
					b.Fatal(changed)
				}
			})
		})
	}
}
