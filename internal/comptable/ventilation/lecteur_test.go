package ventilation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
)

func TestAStoredContractIsReadAsTheContractItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var c passerelle.Contrat
		for i := range passerelle.Champs {
			*passerelle.Champs[i].At(&c) = rapid.SampledFrom([]string{"", "x", `a"b\`, "01/09/2024", "31/02/2024", "é"}).Draw(t, passerelle.Champs[i].Nom)
		}
		doc, err := document.Append(nil, &c)
		if err != nil {
			t.Fatal(err)
		}
		par := rapid.Permutation(Dimensions).Draw(t, "par")[:rapid.IntRange(0, 2).Draw(t, "n")]
		l := NewLecteur(par)
		for range 2 { // the second time from what it remembers
			got, err := l.Contrat(doc)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(ContratOf(&c, par), got); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}
