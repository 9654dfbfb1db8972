package openapitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/orderedmap"
)

func (d *document) Valid(t testing.TB) {
	t.Helper()
	_, errs := d.validator.ValidateDocument()
	for _, err := range errs {
		t.Error(err)
	}
}

func (d *document) DescribedInFull(t testing.TB) {
	t.Helper()
	var tags []string
	for _, tag := range d.model.Tags {
		tags = append(tags, tag.Name)
		if tag.Description == "" {
			t.Errorf("the tag %s has no description", tag.Name)
		}
	}
	ids := map[string]bool{}
	d.each(func(method, path string, item *v3.PathItem, o *v3.Operation) {
		call := method + " " + path
		if o.Summary == "" || o.OperationId == "" || ids[o.OperationId] || len(o.Tags) != 1 || !slices.Contains(tags, o.Tags[0]) {
			t.Errorf("%s needs a summary, an operationId of its own and one known tag", call)
		}
		ids[o.OperationId] = true
		want := []string{}
		if open := o.Security != nil && len(o.Security) == 0; !open {
			want = append(want, "401", "403", "500")
		}
		if strings.Contains(path, "{id}") {
			want = append(want, "404")
		}
		if o.RequestBody != nil {
			want = append(want, "400", "413")
		}
		parameters := slices.Concat(item.Parameters, o.Parameters)
		if slices.ContainsFunc(parameters, func(p *v3.Parameter) bool { return p.In == "query" }) {
			want = append(want, "400")
		}
		for _, status := range want {
			if o.Responses.Codes.GetOrZero(status) == nil {
				t.Errorf("%s does not describe the answer %s", call, status)
			}
		}
		for _, p := range parameters {
			if p.Description == "" {
				t.Errorf("%s: the parameter %s has no description", call, p.Name)
			}
		}
		for status, response := range o.Responses.Codes.FromOldest() {
			if response.Description == "" || status != "204" && (response.Content == nil || response.Content.Len() == 0) {
				t.Errorf("%s: the answer %s needs a description and a content", call, status)
			}
		}
	})
}

func (d *document) Examples(t testing.TB) int {
	t.Helper()
	n := 0
	check := func(call string, schema *base.SchemaProxy, node *yaml.Node) {
		if node == nil || schema == nil {
			return
		}
		n++
		var value any
		if err := node.Decode(&value); err != nil {
			t.Errorf("%s: %v", call, err)
			return
		}
		for _, err := range d.validate(schema, value) {
			t.Errorf("an example of %s is not what its schema says: %.3000s", call, err.Error())
		}
	}
	content := func(call string, types *orderedmap.Map[string, *v3.MediaType]) {
		if types == nil {
			return
		}
		for kind, media := range types.FromOldest() {
			if kind != "application/json" {
				continue
			}
			check(call, media.Schema, media.Example)
			if media.Examples == nil {
				continue
			}
			for name, example := range media.Examples.FromOldest() {
				check(call+" "+name, media.Schema, example.Value)
			}
		}
	}
	d.each(func(method, path string, _ *v3.PathItem, o *v3.Operation) {
		if o.RequestBody != nil {
			content(method+" "+path, o.RequestBody.Content)
		}
		for status, response := range o.Responses.Codes.FromOldest() {
			content(fmt.Sprintf("%s %s %s", method, path, status), response.Content)
		}
	})
	return n
}
