package document_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
)

var picked = []string{"rncp", "codeContrat", "dateDebut", "nomEntreprise", "missionDetails"}

func pick(t interface{ Fatal(...any) }, doc []byte) []string {
	values, err := document.NewPicker(picked...).Pick(doc)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}

func TestPickedFieldsAreThoseOfTheWholeDocument(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var c passerelle.Contrat
		for i := range passerelle.Champs {
			champ := &passerelle.Champs[i]
			*champ.At(&c) = rapid.OneOf(rapid.Just(""), rapid.String(), rapid.SampledFrom([]string{`\`, `"`, `\"`, `a\\"`, "\n\t", `","rncp":"x`, "é\u2028"})).Draw(t, champ.Nom)
		}
		doc, err := document.Append(nil, &c)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{c.RNCP, c.CodeContrat, c.DateDebut, c.NomEntreprise, c.MissionDetails}
		if diff := cmp.Diff(want, pick(t, doc)); diff != "" {
			t.Fatalf("%s\n%s", doc, diff)
		}
	})
}

func TestFieldsArePickedFromADocumentInAnyForm(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{
		"spaces":        `{ "codeContrat" : "K1", "rncp": "7" }`,
		"another order": `{"rncp":"7","codeContrat":"K1"}`,
		"as written":    `{"codeContrat":"K1","rncp":"7"}`,
	} {
		if got := pick(t, []byte(doc)); !slices.Equal(got, []string{"7", "K1", "", "", ""}) {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, doc := range []string{``, `{`, `{}x`, `{"codeContrat":"K1`, `{"codeContrat":"K1"`, `{"codeContrat":"\x"}`, `{"codeContrat":"K1\"}`} {
		if values, err := document.NewPicker(picked...).Pick([]byte(doc)); err == nil {
			t.Errorf("%q was read as %q", doc, values)
		}
	}
}
