package server_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/openapi/openapitest"
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

func TestTheDocumentAndTheRoutesNameTheSameCalls(t *testing.T) {
	t.Parallel()
	described := apitest.Document(t).Calls()
	var routed []string
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
	apitest.Document(t).DescribedInFull(t)
}

func TestTheContractIsDescribedAsItIsChecked(t *testing.T) {
	t.Parallel()
	document := apitest.Document(t)
	for _, name := range []string{"Contrat", "ContratEnvoye"} {
		schema := document.Schema(t, name)
		var required []string
		for _, champ := range passerelle.Champs {
			if champ.Required {
				required = append(required, champ.Nom)
			}
			i := slices.IndexFunc(schema.Properties, func(p openapitest.Property) bool { return p.Name == champ.Nom })
			if i < 0 {
				t.Errorf("%s does not describe %s", name, champ.Nom)
			} else if limit := schema.Properties[i].Max; limit != int64(champ.Max) {
				t.Errorf("%s.%s is limited to %d characters, not to %d", name, champ.Nom, limit, champ.Max)
			}
		}
		if d := cmp.Diff(required, schema.Required); d != "" {
			t.Errorf("%s requires (- checked, + described):\n%s", name, d)
		}
		if n := len(schema.Properties); n != len(passerelle.Champs) {
			t.Errorf("%s describes %d properties, want %d", name, n, len(passerelle.Champs))
		}
	}
	var criteria []string
	for _, property := range document.Schema(t, "Criteres").Properties {
		criteria = append(criteria, property.Name)
	}
	if d := cmp.Diff(passerelle.ChampsCriteres, criteria); d != "" {
		t.Errorf("criteria (- checked, + described):\n%s", d)
	}
}

func TestTheExamplesFollowTheirSchemas(t *testing.T) {
	t.Parallel()
	if n := apitest.Document(t).Examples(t); n < 50 {
		t.Errorf("only %d examples were found", n)
	}
}
