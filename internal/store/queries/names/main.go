// Command names writes the file that names every query in Go; go generate runs it
// in internal/store.
package main

import (
	"log"
	"os"

	"github.com/passerelle-hub/passerelle/internal/store/queries"
)

func main() {
	if err := os.WriteFile("query_names.go", []byte(queries.GoFile()), 0o644); err != nil {
		log.Fatal(err)
	}
}
