// Package openapi holds the OpenAPI document of the API.
package openapi

import (
	"bytes"
	_ "embed"
	"net/http"
	"regexp"
	"strconv"

	"github.com/passerelle-hub/passerelle/internal/api/web"
)

// Document is the OpenAPI 3.1 document, in YAML. The server that it names is the one that
// `passerelle serve` starts where nothing else is said.
//
//go:embed openapi.yaml
var Document []byte

// standing is the server that the document names as it stands.
const standing = "servers:\n  - url: http://127.0.0.1:8080\n"

// host is what may stand in the document: what a client names as the host is its own to write.
var host = regexp.MustCompile(`^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?$`)

// Handler serves the document, which names as its server the address where clients find
// this one; where that is not known, the one that was asked. With the parameter "ici" it
// is where the document was found, for a page beside it.
func Handler(address web.Address) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		server := ""
		switch {
		case r.URL.Query().Has("ici"):
			server = "./"
		case address.Origin != "" || host.MatchString(r.Host):
			server = address.Of(r)
		}
		document := Document
		if server != "" {
			document = bytes.Replace(document, []byte(standing), []byte("servers:\n  - url: "+server+"\n"), 1)
		}
		w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(document)))
		_, _ = w.Write(document)
	})
}
