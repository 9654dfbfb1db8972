package bench_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/document"
)

var sizes = []int{1_000, 10_000, 100_000}

// corpus is a set of contracts in the forms that the benchmarks send.
type corpus struct {
	contrats []passerelle.Contrat
	body     []byte // the whole set, {"contrats":[…]}
}

var (
	corpora   = map[int]*corpus{}
	corporaMu sync.Mutex
)

// corpusOf returns the same n contracts every time.
func corpusOf(tb testing.TB, n int) *corpus {
	tb.Helper()
	corporaMu.Lock()
	defer corporaMu.Unlock()
	if corpora[n] == nil {
		contrats := slices.Collect(demo.Generate(demo.Params{Contrats: n, Seed: 1}))
		body := append(list(tb, []byte(`{"contrats":`), contrats), '}')
		corpora[n] = &corpus{contrats, slices.Clip(body)}
	}
	return corpora[n]
}

func list(tb testing.TB, dst []byte, contrats []passerelle.Contrat) []byte {
	tb.Helper()
	dst = append(dst, '[')
	for i := range contrats {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = document.Append(dst, &contrats[i]); err != nil {
			tb.Fatal(err)
		}
	}
	return append(dst, ']')
}

// delta returns a body that changes one contract in a hundred; each turn says
// something else.
func (c *corpus) delta(tb testing.TB, turn int) []byte {
	tb.Helper()
	var changed []passerelle.Contrat
	for i := 50; i < len(c.contrats); i += 100 {
		contrat := c.contrats[i]
		contrat.MissionTitle = fmt.Sprintf("%.400s (%d)", contrat.MissionTitle, turn)
		changed = append(changed, contrat)
	}
	return append(list(tb, []byte(`{"changes":{"updated":`), changed), "}}"...)
}
