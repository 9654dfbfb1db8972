// Package openapi holds the OpenAPI document of the API.
package openapi

import (
	_ "embed"
	"net/http"
	"strconv"
)

// Document is the OpenAPI 3.1 document, in YAML.
//
//go:embed openapi.yaml
var Document []byte

// Handler serves the document.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(Document)))
		_, _ = w.Write(Document)
	})
}
