package queries_test

import (
	"os"
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
