package queries_test

import (
	"os"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/store/queries"
)

func TestTheNamesInGoAreThoseOfTheFiles(t *testing.T) {
	t.Parallel()
	names, err := os.ReadFile("../query_names.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(names) != queries.GoFile() {
		t.Error("the names of queries in Go are not those of the SQL files: run go generate ./internal/store")
	}
}

func TestAQueryHasNothingBelowIt(t *testing.T) {
	t.Parallel()
	for name, text := range queries.All() {
		if lines := strings.Split(text, "\n"); strings.HasPrefix(lines[len(lines)-1], "--") || strings.Contains(lines[len(lines)-1], ";") {
			t.Errorf("%s ends with %q", name, lines[len(lines)-1])
		}
	}
}
