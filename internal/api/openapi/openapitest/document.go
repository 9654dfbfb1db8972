// Package openapitest holds exchanges, examples and tables of tests against an OpenAPI
// document. It is given the document and imports nothing of ours: what it makes of a
// library of generic types is compiled once, and not anew for each package whose tests
// speak HTTP.
package openapitest

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	validation "github.com/pb33f/libopenapi-validator/errors"
	"github.com/pb33f/libopenapi-validator/schema_validation"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// Document is an OpenAPI document, ready to check with. It is an interface that names no type
// of the library: whoever sees one compiles what the library makes of it.
type Document interface {
	// Check holds a request, whose body was read for it, and its answer against the document. A
	// request that is wrong on purpose, or that was refused as malformed, need not follow it.
	Check(t testing.TB, request *http.Request, body []byte, wrong bool, answer Answer)
	// Valid fails the test where the document is not valid OpenAPI.
	Valid(t testing.TB)
	// DescribedInFull fails the test where a call lacks a summary, a description, a tag or an
	// answer that every call of its kind may give.
	DescribedInFull(t testing.TB)
	// Examples holds every example of the document against its schema, and returns how
	// many there are.
	Examples(t testing.TB) int
	// Calls are the calls that the document describes, such as "/api/sync/v1/test GET".
	Calls() []string
	// Schema returns a schema of the document. Of a property that is text, or a number that
	// stands for one, the text is meant.
	Schema(t testing.TB, name string) Schema
}

type document struct {
	model     *v3.Document
	paths     []path
	validator validator.Validator

	mu      sync.Mutex // schemas writes to the model while it reads a schema
	schemas schema_validation.SchemaValidator
}

// New reads an OpenAPI document.
func New(text []byte) (Document, error) {
	parsed, err := libopenapi.NewDocument(text)
	if err != nil {
		return nil, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	model, err := parsed.BuildV3Model()
	if err != nil {
		return nil, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	checks, errs := validator.NewValidator(parsed, config.WithFormatAssertions(), config.WithRejectUndeclaredRequestBody())
	if len(errs) > 0 {
		return nil, fmt.Errorf("compile the OpenAPI document: %v", errs)
	}
	d := &document{model: &model.Model, validator: checks, schemas: schema_validation.NewSchemaValidator()}
	for template, item := range d.model.Paths.PathItems.FromOldest() {
		operations := map[string]*v3.Operation{}
		for method, operation := range item.GetOperations().FromOldest() {
			operations[method] = operation
		}
		d.paths = append(d.paths, path{template, strings.Split(template, "/"), operations})
	}
	return d, nil
}

// path is one path of the document with its operations by method.
type path struct {
	template   string
	parts      []string
	operations map[string]*v3.Operation
}

// validate holds a value against one schema.
func (d *document) validate(schema *base.SchemaProxy, value any) []*validation.ValidationError {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, errs := d.schemas.ValidateSchemaObjectWithVersion(schema.Schema(), value, 3.1)
	return errs
}

func (d *document) Calls() []string {
	var list []string
	d.each(func(method, path string, _ *v3.PathItem, _ *v3.Operation) { list = append(list, path+" "+method) })
	return list
}

// each calls yield for every operation of the document.
func (d *document) each(yield func(method, path string, item *v3.PathItem, operation *v3.Operation)) {
	for path, item := range d.model.Paths.PathItems.FromOldest() {
		for method, operation := range item.GetOperations().FromOldest() {
			yield(strings.ToUpper(method), path, item, operation)
		}
	}
}

// Schema is what the document says of an object.
type Schema struct {
	Required   []string
	Properties []Property
}

// Property is one property of an object. Max is its longest text, 0 where it has no limit.
type Property struct {
	Name string
	Max  int64
}

func (d *document) Schema(t testing.TB, name string) Schema {
	t.Helper()
	proxy := d.model.Components.Schemas.GetOrZero(name)
	if proxy == nil {
		t.Fatalf("the OpenAPI document has no schema %s", name)
	}
	schema := proxy.Schema()
	found := Schema{Required: schema.Required}
	for name, property := range schema.Properties.FromOldest() {
		described := property.Schema()
		if len(described.OneOf) > 0 {
			described = described.OneOf[0].Schema()
		}
		p := Property{Name: name}
		if described.MaxLength != nil {
			p.Max = *described.MaxLength
		}
		found.Properties = append(found.Properties, p)
	}
	return found
}
