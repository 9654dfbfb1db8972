package compta_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// The two examples of seed 003: an exercice, and the property closed of one that
// is closed, here within the exercice before.
const (
	seedOpen = `{"producerId":"17957","name":"N+1","period":{"start":"2024-01-01","end":"2024-12-31","duration":12,"closed":null},
		"state":"open","additionalProducerProperties":{"lettering":"MULTI"}}`
	seedClosed = `{"at":"2023-11-10","by":{"producerId":"622","firstName":"BENOIT","lastName":"GARIAZZO"}}`
)

func seedExercices() []domaine.Exercice {
	closed := &domaine.Cloture{Le: date("2023-11-10"), Par: domaine.Personne{ID: 622, Prenom: "BENOIT", Nom: "GARIAZZO"}}
	return []domaine.Exercice{
		{ID: 17955, Periode: periode("2022-01-01", "2022-12-31"), Lettrage: domaine.LettrageMono, Cloture: closed},
		{ID: 17956, Periode: periode("2023-01-01", "2023-12-31"), Lettrage: domaine.LettrageMono},
		{ID: 17957, Periode: periode("2024-01-01", "2024-12-31"), Lettrage: domaine.LettrageMulti},
	}
}

func TestTheExamplesOfTheSeedComeOutOfTheAPI(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.insert(seedExercices()...)
		a := e.call("GET", "/api/v1/mad/exercices?version=1.0.0", nil).want(http.StatusOK)
		a.wantJSON(`[` + seedOpen + `,
			{"producerId":"17956","name":"N","period":{"start":"2023-01-01","end":"2023-12-31","duration":12,"closed":null},
				"state":"open","additionalProducerProperties":{"lettering":"MONO"}},
			{"producerId":"17955","name":"N-1","period":{"start":"2022-01-01","end":"2022-12-31","duration":12,"closed":` + seedClosed + `},
				"state":"closed","additionalProducerProperties":{"lettering":"MONO"}}]`)
	})
}

func TestTheTRALineOfEachExerciceHasTheFieldsOfTheSeedAtTheirPositions(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.insert(seedExercices()...)
		a := e.call("GET", "/api/v1/mad/exercices?version=1.0.0&format=tra", nil).want(http.StatusOK)
		if got, want := a.Header().Get("Content-Disposition"), `attachment; filename="SOCIETE`+id(e.societe.ID)+`_EXERCICES_20240315.TRA"`; got != want {
			t.Errorf("Content-Disposition %s, want %s", got, want)
		}
		want := []string{
			//        10      18      26 29 32                                 67 70
			"***EXON-10101202231122022CDE   Exercice au 31122022               H  01012022",
			"***EXON  0101202331122023OUV   Exercice au 31122023               H  01012023",
			"***EXON+10101202431122024OUV   Exercice au 31122024               OAN01012024",
		}
		var got []string
		for line := range strings.SplitSeq(a.Body.String(), "\r\n") {
			if strings.HasPrefix(line, "***EXO") {
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("the EXO lines differ (-want +got):\n%s", diff)
		}
		for _, line := range got {
			if len(line) != 77 {
				t.Errorf("a line has %d columns, want 77", len(line))
			}
		}
	})
}

func TestExercicesFollowTheirSchemas(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.insert(seedExercices()...)
		list := decode[[]json.RawMessage](e.call("GET", "/api/v1/mad/exercices?version=1.0.0", nil).want(http.StatusOK))
		for _, name := range []string{"exercice-2020-12.json", "exercice-draft-07.json"} {
			schema := e.schema(name)
			for _, document := range append(list, json.RawMessage(seedOpen)) {
				if err := schema.Validate(value(t, string(document))); err != nil {
					t.Errorf("%s refuses %s: %v", name, document, err)
				}
			}
		}
	})
}

// schema fetches a schema as a client would, without a token.
func (e *env) schema(name string) *jsonschema.Schema {
	e.t.Helper()
	path := "/api/schemas/" + name
	a := e.call("GET", path, nil, header{"Authorization", ""}).want(http.StatusOK)
	document, err := jsonschema.UnmarshalJSON(a.Body)
	must(e.t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	must(e.t, compiler.AddResource("https://passerelle.example"+path, document))
	schema, err := compiler.Compile("https://passerelle.example" + path)
	must(e.t, err)
	return schema
}

func TestTheSchemasRefuseWhatIsNoExercice(t *testing.T) {
	t.Parallel()
	e := newEnv(t, t.TempDir()+"/test.db", 0)
	for name, broken := range map[string]string{
		"an unknown property":    strings.Replace(seedOpen, `"name"`, `"nom":"N","name"`, 1),
		"an impossible date":     strings.Replace(seedOpen, "2024-12-31", "2024-12-32", 1),
		"an unknown state":       strings.Replace(seedOpen, `"open"`, `"ouvert"`, 1),
		"an unknown lettering":   strings.Replace(seedOpen, "MULTI", "MIXTE", 1),
		"an id that is a number": strings.Replace(seedOpen, `"17957"`, `17957`, 1),
		"a closing without date": strings.Replace(seedOpen, `"closed":null`, `"closed":{"by":{"producerId":"1","firstName":"A","lastName":"B"}}`, 1),
		"a missing lettering":    strings.Replace(seedOpen, `"lettering":"MULTI"`, ``, 1),
		"a duration in words":    strings.Replace(seedOpen, `"duration":12`, `"duration":"12"`, 1),
	} {
		for _, draft := range []string{"exercice-2020-12.json", "exercice-draft-07.json"} {
			if e.schema(draft).Validate(value(t, broken)) == nil {
				t.Errorf("%s accepts %s: %s", draft, name, broken)
			}
		}
	}
	e.call("GET", "/api/schemas/exercice.json", nil).want(http.StatusNotFound)
	e.call("GET", "/api/schemas/../compta.go", nil).want(http.StatusNotFound)
}
