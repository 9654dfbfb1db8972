package bench_test

import (
	"sync"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/bench"
)

var sizes = []int{1_000, 10_000, 100_000}

var (
	corpora   = map[int]*bench.Corpus{}
	corporaMu sync.Mutex
)

// corpusOf returns the same n contracts every time.
func corpusOf(tb testing.TB, n int) *bench.Corpus {
	tb.Helper()
	corporaMu.Lock()
	defer corporaMu.Unlock()
	if corpora[n] == nil {
		c, err := bench.NewCorpus(n, 1)
		must(tb, err)
		corpora[n] = c
	}
	return corpora[n]
}

func rowsOf(tb testing.TB, c *bench.Corpus) []bench.Row {
	tb.Helper()
	rows, err := c.Rows()
	must(tb, err)
	return rows
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
