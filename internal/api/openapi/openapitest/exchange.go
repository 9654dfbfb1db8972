package openapitest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	validation "github.com/pb33f/libopenapi-validator/errors"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// malformed are the answers after which a request need not follow the document.
var malformed = map[int]bool{
	http.StatusBadRequest: true, http.StatusUnauthorized: true, http.StatusRequestEntityTooLarge: true,
	http.StatusUnsupportedMediaType: true, http.StatusUnprocessableEntity: true,
}

// Answer is what a server answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

func (d *document) Check(t testing.TB, request *http.Request, body []byte, wrong bool, answer Answer) {
	t.Helper()
	operation := d.operation(request)
	switch {
	case operation == nil:
		d.checkUnknown(t, request, answer)
		return
	case request.Method == http.MethodHead:
		return // an answer without a body, which the document does not describe
	}
	if !wrong && !malformed[answer.Status] {
		copied := request.Clone(request.Context())
		copied.Header.Del("Content-Encoding")
		copied.Body, copied.ContentLength = io.NopCloser(bytes.NewReader(sample(bytes.TrimPrefix(body, []byte("\ufeff"))))), -1
		_, errs := d.validator.ValidateHttpRequestSync(copied)
		report(t, "request", request, errs)
		for name := range request.URL.Query() {
			if !declared(operation, name) {
				t.Errorf("%s %s: the parameter %s is not in the OpenAPI document", request.Method, request.URL.Path, name)
			}
		}
	}
	response := &http.Response{StatusCode: answer.Status, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(sample(answer.Body)))}
	_, errs := d.validator.ValidateHttpResponse(request, response)
	report(t, "answer", request, errs)
}

func report(t testing.TB, what string, request *http.Request, errs []*validation.ValidationError) {
	t.Helper()
	for _, err := range errs {
		t.Errorf("%s %s: the %s is not what the OpenAPI document says: %.3000s", request.Method, request.URL.Path, what, err.Error())
	}
}

// operation finds what the document says of a request, nil where it says nothing.
func (d *document) operation(request *http.Request) *v3.Operation {
	sent := strings.Split(request.URL.Path, "/")
	var found map[string]*v3.Operation
	for i := range d.paths {
		if d.paths[i].template == request.URL.Path {
			found = d.paths[i].operations
			break
		}
		if matches(d.paths[i].parts, sent) {
			found = d.paths[i].operations
		}
	}
	method := strings.ToLower(request.Method)
	if request.Method == http.MethodHead {
		method = "get"
	}
	return found[method]
}

func matches(template, path []string) bool {
	if len(template) != len(path) {
		return false
	}
	for i, part := range template {
		if part != path[i] && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}

func declared(operation *v3.Operation, name string) bool {
	for _, parameter := range operation.Parameters {
		if parameter.In == "query" && parameter.Name == name {
			return true
		}
	}
	return false
}

// errorSchemas name the form of errors under a prefix, for answers to paths and
// methods that the document cannot describe because there are none.
var errorSchemas = []struct{ prefix, schema string }{
	{"/api/sync/", "Erreur"}, {"/api/admin/", "Erreur"}, {"/api/v1/", "ErreurComptable"},
}

func (d *document) checkUnknown(t testing.TB, request *http.Request, answer Answer) {
	t.Helper()
	for _, e := range errorSchemas {
		if !strings.HasPrefix(request.URL.Path, e.prefix) || request.Method == http.MethodHead {
			continue
		}
		if answer.Status != http.StatusNotFound && answer.Status != http.StatusMethodNotAllowed {
			t.Errorf("%s %s: status %d although the OpenAPI document does not know it", request.Method, request.URL.Path, answer.Status)
		}
		schema := d.model.Components.Schemas.GetOrZero(e.schema)
		if schema == nil {
			t.Fatalf("the OpenAPI document has no schema %s", e.schema)
		}
		var value any
		if err := json.Unmarshal(answer.Body, &value); err != nil {
			t.Fatalf("%s %s: the answer is not JSON: %v: %s", request.Method, request.URL.Path, err, answer.Body)
		}
		report(t, "answer", request, d.validate(schema, value))
	}
}

const (
	sampleFrom  = 256 << 10 // bytes from which a body is checked by sample
	sampleItems = 40        // elements of each list that are kept then
)

// sample shortens the lists of a large JSON body: checking every element of a
// list of thousands would say nothing new.
func sample(body []byte) []byte {
	if len(body) < sampleFrom {
		return body
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return body
	}
	short, err := json.Marshal(shorten(value))
	if err != nil {
		return body
	}
	return short
}

func shorten(value any) any {
	switch value := value.(type) {
	case []any:
		value = value[:min(len(value), sampleItems)]
		for i := range value {
			value[i] = shorten(value[i])
		}
		return value
	case map[string]any:
		for name := range value {
			value[name] = shorten(value[name])
		}
	}
	return value
}
