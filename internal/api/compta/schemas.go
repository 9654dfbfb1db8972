package compta

import (
	"embed"
	"net/http"
	"strconv"
)

// schemaFiles holds the JSON Schemas of the object Exercice, one for each draft.
//
//go:embed schemas/*.json
var schemaFiles embed.FS

// Schemas serves the JSON Schemas under /api/schemas/, without a token.
func Schemas() http.Handler {
	return http.StripPrefix("/api/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		schema, err := schemaFiles.ReadFile(r.URL.Path)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/schema+json; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(schema)))
		_, _ = w.Write(schema)
	}))
}
