package store

import "github.com/passerelle-hub/passerelle/internal/store/queries"

//go:generate go run ./queries/names

// query is one query of queries/*.sql. Each is a variable of query_names.go, so
// that a name that does not exist does not compile.
type query struct{ name string }

// texts holds the portable text of every query by its name.
var texts = queries.All()
