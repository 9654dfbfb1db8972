package store

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// queries holds the text of every query by its name. In the files a query
// begins with a line "-- name: NAME". Some forms are the dialect's to rewrite:
// IN_TEXTS($n) and IN_IDS($n), a list of texts or numbers given as a JSON array;
// HASHED(column), in front of IN_TEXTS, a column that may have an index of its hashes;
// ROWS(type, …), the rows of Dialect.InsertRows in the place of VALUES; and CONTROLE,
// PREUVE in a query around one that has it, and SETCONTROLE, which is what a document
// is checked against where the database does not check what it reads.
var queries = parseQueries()

func parseQueries() map[string]string {
	found := map[string]string{}
	files, err := fs.Glob(queryFiles, "queries/*.sql")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		text, err := queryFiles.ReadFile(file)
		if err != nil {
			panic(err)
		}
		for block := range strings.SplitSeq("\n"+string(text), "\n-- name: ") {
			name, query, ok := strings.Cut(block, "\n")
			if !ok || strings.TrimSpace(name) == "" {
				continue
			}
			name = strings.TrimSpace(name)
			if _, twice := found[name]; twice {
				panic(fmt.Sprintf("store: two queries are named %s", name))
			}
			found[name] = strings.TrimRight(strings.TrimSpace(query), ";")
		}
	}
	return found
}
