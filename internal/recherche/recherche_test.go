package recherche_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/recherche"
)

func entry(code, prenom, nom, entreprise string, profil int64) recherche.Entry {
	return recherche.NewEntry(&passerelle.Contrat{CodeContrat: code, PrenomApprenant: prenom, NomApprenant: nom, NomEntreprise: entreprise,
		EmailApprenant: strings.ToLower(code) + "@etu.example"}, profil)
}

func TestContractsAreFoundByAnyPartWithoutCaseOrAccents(t *testing.T) {
	t.Parallel()
	var none *recherche.Index
	x := none.Update(nil, []recherche.Entry{
		entry("K1", "Zoé", "Lefèvre", "Cœur de ville", 1), entry("K2", "Noël", "Dupont", "L’Étoile", 2), entry("K3", "Zoe", "Martin", "SARL Dupont", 1),
	})
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"zoe", []string{"K1", "K3"}},
		{"ZOÉ lefevre", []string{"K1"}},
		{"lefevre zoé", []string{"K1"}},
		{"dupont", []string{"K2", "K3"}},
		{"coeur", []string{"K1"}},
		{"l'etoile", []string{"K2"}},
		{"k2@", []string{"K2"}},
		{"zoe zoe dupont", []string{"K3"}},
		{"nobody", nil},
		{"zoe\nlefevre", []string{"K1"}},
		{"lefevre noel", nil}, // two contracts
		{"  ", nil},
	} {
		if diff := cmp.Diff(tt.want, x.Search(tt.text, nil)); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
	if diff := cmp.Diff([]string{"K3"}, x.Search("dupont", func(profil int64) bool { return profil == 1 })); diff != "" {
		t.Error(diff)
	}
}

func TestAnUpdatedIndexIsTheOneBuiltAnew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		known := map[string]recherche.Entry{}
		var x *recherche.Index
		for range rapid.IntRange(1, 5).Draw(t, "updates") {
			var gone []string
			changed := map[string]recherche.Entry{}
			for i := range 6 {
				code := fmt.Sprint("K", i)
				switch rapid.IntRange(0, 2).Draw(t, code) {
				case 1:
					gone = append(gone, code)
					delete(known, code)
				case 2:
					changed[code] = entry(code, rapid.StringMatching("[a-c]{1,2}").Draw(t, "name"), "x", "y", 0)
					known[code] = changed[code]
				}
			}
			x = x.Update(gone, sorted(changed))
		}
		var none *recherche.Index
		if diff := cmp.Diff(none.Update(nil, sorted(known)), x, cmp.AllowUnexported(recherche.Index{})); diff != "" {
			t.Fatal(diff)
		}
	})
}

func sorted(m map[string]recherche.Entry) []recherche.Entry {
	var list []recherche.Entry
	for _, e := range m {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b recherche.Entry) int { return strings.Compare(a.Code, b.Code) })
	return list
}
