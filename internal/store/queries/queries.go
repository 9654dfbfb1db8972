// Package queries holds the SQL of the store, in files that name each query with
// a line "-- name: NAME" in front of it; comments below a query are left out. Some forms are the dialect's to rewrite:
// IN_TEXTS($n) and IN_IDS($n), a list of texts or numbers given as a JSON array;
// HASHED(column), in front of IN_TEXTS, a column that may have an index of its hashes;
// BY_INDEX(column), the order of an index that is the fastest to read where the order
// does not matter; ROWS(type, …), the rows of Dialect.InsertRows in the place of VALUES; HERE(column), where
// $1 is the organisme, that the synchronisation of the column is not one that is still being stored in portions, which
// "jusqua IS NULL" says, too; and CONTROLE,
// PREUVE in a query around one that has it, and SETCONTROLE, which is what a document
// is checked against where the database does not check what it reads.
package queries

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

//go:embed *.sql
var files embed.FS

// All returns the text of every query by its name. It panics where two have one
// name, which every test of a store finds.
func All() map[string]string {
	found := map[string]string{}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		panic(err)
	}
	for _, file := range names {
		text, err := files.ReadFile(file)
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
			found[name] = textOf(query)
		}
	}
	return found
}

// textOf returns the text of a query: what stands below it says something of the next one.
func textOf(query string) string {
	lines := strings.Split(strings.TrimSpace(query), "\n")
	for len(lines) > 0 && (lines[len(lines)-1] == "" || strings.HasPrefix(lines[len(lines)-1], "--")) {
		lines = lines[:len(lines)-1]
	}
	return strings.TrimRight(strings.Join(lines, "\n"), ";")
}

// GoName returns what a query is called in Go: qContratActifs for contrat-actifs.
func GoName(name string) string {
	var b strings.Builder
	b.WriteByte('q')
	for word := range strings.SplitSeq(name, "-") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// GoFile returns the Go source that names every query for the package store, so
// that a name is checked when it compiles.
func GoFile() string {
	all := All()
	names := slices.Sorted(maps.Keys(all))
	var b strings.Builder
	b.WriteString("// Code generated from queries/*.sql by go generate; DO NOT EDIT.\n\npackage store\n\n")
	for _, name := range names {
		fmt.Fprintf(&b, "var %s = query{%q}\n", GoName(name), name)
	}
	return b.String()
}
