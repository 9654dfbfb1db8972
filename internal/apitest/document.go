package apitest

import (
	"net/http"
	"sync"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/api/openapi"
	"github.com/passerelle-hub/passerelle/internal/api/openapi/openapitest"
)

// document reads the OpenAPI document once for all tests of the process.
var document = sync.OnceValues(func() (openapitest.Document, error) { return openapitest.New(openapi.Document) })

// Document returns the OpenAPI document.
func Document(t testing.TB) openapitest.Document {
	t.Helper()
	d, err := document()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Check holds an exchange that a test made by itself against the document. A
// request that was refused as malformed need not follow it.
func Check(t testing.TB, request *http.Request, body []byte, status int, header http.Header, answer []byte) {
	t.Helper()
	Document(t).Check(t, request, body, false, openapitest.Answer{Status: status, Header: header, Body: answer})
}
