package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/orderedmap"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/server"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// routes returns every route of every dialect.
func routes() []web.Route {
	var list []web.Route
	for _, dialect := range server.Dialects(server.Options{}) {
		list = append(list, dialect.Routes...)
	}
	return list
}

// each calls yield for every operation of the OpenAPI document.
func each(document *v3.Document, yield func(method, path string, item *v3.PathItem, operation *v3.Operation)) {
	for path, item := range document.Paths.PathItems.FromOldest() {
		for method, operation := range item.GetOperations().FromOldest() {
			yield(strings.ToUpper(method), path, item, operation)
		}
	}
}

func TestTheDocumentAndTheRoutesNameTheSameCalls(t *testing.T) {
	t.Parallel()
	document, _ := apitest.Document(t)
	var described, routed []string
	each(document, func(method, path string, _ *v3.PathItem, _ *v3.Operation) {
		described = append(described, path+" "+method)
	})
	for _, route := range routes() {
		routed = append(routed, route.Path+" "+route.Method)
	}
	for _, path := range []string{"/healthz", "/readyz", "/vivant", "/metrics", "/openapi.yaml", "/api/schemas/exercice-2020-12.json", "/api/schemas/exercice-draft-07.json"} {
		routed = append(routed, path+" GET") // served without a dialect
	}
	slices.Sort(described)
	slices.Sort(routed)
	if d := cmp.Diff(routed, described); d != "" {
		t.Errorf("calls (- served, + described):\n%s", d)
	}
}

func TestEveryCallIsDescribedInFull(t *testing.T) {
	t.Parallel()
	document, _ := apitest.Document(t)
	var tags []string
	for _, tag := range document.Tags {
		tags = append(tags, tag.Name)
		if tag.Description == "" {
			t.Errorf("the tag %s has no description", tag.Name)
		}
	}
	ids := map[string]bool{}
	each(document, func(method, path string, item *v3.PathItem, o *v3.Operation) {
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

func TestTheContractIsDescribedAsItIsChecked(t *testing.T) {
	t.Parallel()
	document, _ := apitest.Document(t)
	for _, name := range []string{"Contrat", "ContratEnvoye"} {
		schema := document.Components.Schemas.GetOrZero(name).Schema()
		var required, got []string
		for _, champ := range passerelle.Champs {
			if champ.Required {
				required = append(required, champ.Nom)
			}
			property := schema.Properties.GetOrZero(champ.Nom)
			if property == nil {
				t.Errorf("%s does not describe %s", name, champ.Nom)
				continue
			}
			described := property.Schema()
			if len(described.OneOf) > 0 { // text, or a number that stands for one
				described = described.OneOf[0].Schema()
			}
			if limit := described.MaxLength; limit == nil || *limit != int64(champ.Max) {
				t.Errorf("%s.%s is not limited to %d characters", name, champ.Nom, champ.Max)
			}
		}
		got = append(got, schema.Required...)
		if d := cmp.Diff(required, got); d != "" {
			t.Errorf("%s requires (- checked, + described):\n%s", name, d)
		}
		if n := schema.Properties.Len(); n != len(passerelle.Champs) {
			t.Errorf("%s describes %d properties, want %d", name, n, len(passerelle.Champs))
		}
	}
	criteria := slices.Collect(document.Components.Schemas.GetOrZero("Criteres").Schema().Properties.KeysFromOldest())
	if d := cmp.Diff(passerelle.ChampsCriteres, criteria); d != "" {
		t.Errorf("criteria (- checked, + described):\n%s", d)
	}
}

func TestTheExamplesFollowTheirSchemas(t *testing.T) {
	t.Parallel()
	document, _ := apitest.Document(t)
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
		apitest.CheckValue(t, "an example of "+call, schema, value)
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
	each(document, func(method, path string, _ *v3.PathItem, o *v3.Operation) {
		if o.RequestBody != nil {
			content(method+" "+path, o.RequestBody.Content)
		}
		for status, response := range o.Responses.Codes.FromOldest() {
			content(fmt.Sprintf("%s %s %s", method, path, status), response.Content)
		}
	})
	if n < 50 {
		t.Errorf("only %d examples were found", n)
	}
}
