// Package docs serves the browsable page of the OpenAPI document: Swagger UI,
// embedded in the binary (its licence is beside it), in a page that fetches
// nothing from elsewhere.
package docs

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/vearutop/statigz"
)

// Swagger UI stands here compressed, as scripts/vendor-swagger-ui put it.
//
//go:embed assets/index.html assets/page.* assets/*.gz
var embedded embed.FS

// policy lets the page use its own files and call its own server. Swagger UI
// draws its icons from data URLs.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves GET /docs, the page, and what it needs below /docs/. The page
// reads the OpenAPI document from /openapi.yaml. Its addresses are relative, so
// that it also works behind a proxy that adds a prefix.
func Handler() http.Handler {
	assets, err := fs.Sub(embedded, "assets")
	if err != nil {
		panic(err) // the directory is embedded
	}
	files := statigz.FileServer(assets.(fs.ReadDirFS))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /docs", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, assets, "index.html")
	})
	mux.Handle("GET /docs/{$}", http.RedirectHandler("../docs", http.StatusMovedPermanently))
	mux.Handle("GET /docs/", http.StripPrefix("/docs", files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		mux.ServeHTTP(w, r)
	})
}
