package document_test

import (
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/document"
)

func hashOf(doc []byte) string {
	hash := document.HashOf(doc)
	return hex.EncodeToString(hash[:])
}

// Written down from release 0.9, which knew 32 fields: what is stored would
// otherwise differ from what is sent again, and every contract would change.
func TestAContractWithoutTheNewFieldsIsWrittenByteForByteAsBefore(t *testing.T) {
	t.Parallel()
	var all []byte
	for c := range demo.Generate(demo.Params{Contrats: 500, Seed: 11}) {
		doc, err := document.Append(nil, &c)
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, doc...), '\n')
	}
	if got := hashOf(all); got != "799e6e6c4fb0e85aed5281493f3cca77" || len(all) != 549_744 {
		t.Errorf("500 contracts: %s, %d bytes", got, len(all))
	}
	for _, test := range []struct {
		c    passerelle.Contrat
		want string
	}{
		{passerelle.Contrat{}, "68710bd0fe95260db160383ccadc36b7"},
		{passerelle.Contrat{CodeContrat: "K1", NomSite: "Saint-Étienne « A »\n\"x\"", DateDebut: "01/09/2026", RNCP: "38362"}, "8c6102f7086882fcd040e613e4b6f94c"},
	} {
		doc, err := document.Append(nil, &test.c)
		if got := hashOf(doc); err != nil || got != test.want {
			t.Errorf("%s: %s %v, want %s", doc, got, err, test.want)
		}
	}
}

// The client and the reading of documents use the tags of the struct, everything
// else the table.
func TestTheTagsOfAContractAreItsTableOfFields(t *testing.T) {
	t.Parallel()
	var c passerelle.Contrat
	value := reflect.ValueOf(&c).Elem()
	if value.NumField() != passerelle.NombreChamps {
		t.Fatalf("%d fields in the struct, %d in the table", value.NumField(), passerelle.NombreChamps)
	}
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		want := champ.Nom
		if !champ.Required {
			want += ",omitempty"
		}
		*champ.At(&c) = champ.Nom
		field := value.Type().Field(i)
		if got := field.Tag.Get("json"); got != want || value.Field(i).String() != champ.Nom {
			t.Errorf("%s: tag %q, and the table puts there %q; want %q", field.Name, got, value.Field(i).String(), want)
		}
		if !strings.EqualFold(field.Name, champ.Nom) {
			t.Errorf("the struct calls %s %s", champ.Nom, field.Name)
		}
	}
}
