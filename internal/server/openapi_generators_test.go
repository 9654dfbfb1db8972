package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	yaml "github.com/pb33f/go-yaml"

	"github.com/passerelle-hub/passerelle/internal/api/openapi"
)

// Generators of clients take less than OpenAPI 3.1 lets a document say. What
// scripts/clients shows by running them is held here by the rules that they follow.
func TestGeneratorsTakeTheDocument(t *testing.T) {
	t.Parallel()
	var document map[string]any
	if err := yaml.Unmarshal(openapi.Document, &document); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for section, list := range document["components"].(map[string]any) {
		if section == "securitySchemes" || section == "headers" {
			continue
		}
		for name := range list.(map[string]any) {
			exported := strings.ToUpper(name[:1]) + name[1:]
			if other, taken := names[exported]; taken {
				t.Errorf("%s %s and %s have one name in Go", section, name, other)
			}
			names[exported] = section + " " + name
		}
	}
	walkSchemas(document, "", func(at string, schema map[string]any) {
		if kinds, ok := schema["type"].([]any); ok && (len(kinds) != 2 || !slices.Contains(kinds, any("null"))) {
			t.Errorf("%s has the types %v: use oneOf", at, kinds)
		}
		if schema["type"] == "array" && schema["items"] == nil {
			t.Errorf("%s is an array of nobody knows what", at)
		}
		if _, ok := schema["anyOf"].([]any); ok {
			t.Errorf("%s has anyOf: use oneOf, or one schema", at)
		}
	})
}

// walkSchemas passes every mapping of a document with its place, but for examples.
func walkSchemas(node any, at string, yield func(string, map[string]any)) {
	switch node := node.(type) {
	case map[string]any:
		yield(at, node)
		for key, value := range node {
			if key != "example" && key != "examples" {
				walkSchemas(value, at+"/"+key, yield)
			}
		}
	case []any:
		for i, value := range node {
			walkSchemas(value, fmt.Sprint(at, "/", i), yield)
		}
	}
}
