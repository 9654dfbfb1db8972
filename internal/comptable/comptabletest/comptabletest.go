// Package comptabletest is how the tests of accounting write days and read the tables
// of the guides.
package comptabletest

import (
	"os"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle"
)

// Day reads "2024-01-31".
func Day(t testing.TB, s string) passerelle.Date {
	t.Helper()
	d, err := passerelle.ParseDate(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return d
}

// MustDay is Day where there is no test at hand.
func MustDay(s string) passerelle.Date {
	d, err := passerelle.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Span reads "2024-01-01 2024-12-31".
func Span(t testing.TB, s string) passerelle.Periode {
	t.Helper()
	debut, fin, _ := strings.Cut(s, " ")
	return passerelle.Periode{Debut: Day(t, debut), Fin: Day(t, fin)}
}

// Guide returns the accountant's guide.
func Guide(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/comptable.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Rows returns the cells of the table of a guide that has these titles.
func Rows(t testing.TB, guide, titles string) (found [][]string) {
	t.Helper()
	_, after, ok := strings.Cut(guide, titles+"\n")
	if !ok {
		t.Fatalf("the guide has no table %s", titles)
	}
	for line := range strings.Lines(after) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "|"), "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		found = append(found, cells)
	}
	return found[1:] // the first is the line under the titles
}
