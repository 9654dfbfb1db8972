package recherche_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
		if diff := cmp.Diff(tt.want, search(x, tt.text, nil)); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
	if diff := cmp.Diff([]string{"K3"}, search(x, "dupont", func(profil int64) bool { return profil == 1 })); diff != "" {
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
		if diff := cmp.Diff(none.Update(nil, sorted(known)), x, cmp.AllowUnexported(recherche.Index{}), cmpopts.IgnoreFields(recherche.Index{}, "ordres")); diff != "" {
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

// search returns the codes of the contracts that hold a text, those of some profils where
// keep is not nil.
func search(x *recherche.Index, text string, keep func(profil int64) bool) (found []string) {
	x.Each(recherche.NewTexte(text), func(i int) bool {
		if keep == nil || keep(x.Profil(i)) {
			found = append(found, x.Code(i))
		}
		return true
	})
	return found
}

func TestEveryMatchOfANaiveSearchIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		known := map[string]recherche.Entry{}
		names := map[string]string{}
		for i := range rapid.IntRange(0, 12).Draw(t, "contracts") {
			code, name := fmt.Sprintf("K%02d", i), rapid.StringMatching("[qw]{1,6}").Draw(t, "name")
			known[code], names[code] = entry(code, name, "x", "y", 0), name
		}
		var none *recherche.Index
		x := none.Update(nil, sorted(known))
		word := rapid.StringMatching("[qw]{1,4}").Draw(t, "word")
		var want []string
		for _, e := range sorted(known) {
			if strings.Contains(names[e.Code], word) {
				want = append(want, e.Code)
			}
		}
		if diff := cmp.Diff(want, search(x, word, nil)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestContractsComeInTheOrderOfAColumnActiveAndArchivedTogether(t *testing.T) {
	t.Parallel()
	var none *recherche.Index
	dated := func(code, nom, debut string) recherche.Entry {
		return recherche.NewEntry(&passerelle.Contrat{CodeContrat: code, NomApprenant: nom, DateDebut: debut}, 1)
	}
	actifs := none.Update(nil, []recherche.Entry{dated("K1", "Zola", "01/09/2025"), dated("K2", "Éluard", ""), dated("K3", "Duras", "02/10/2024")})
	archives := none.Update(nil, []recherche.Entry{dated("A1", "Fargue", "01/01/2023"), dated("A2", "Duras", "01/09/2025")})
	codes := func(list []recherche.Trouve) (codes []string) {
		for _, f := range list {
			if f.Archive {
				codes = append(codes, archives.Code(f.Place))
			} else {
				codes = append(codes, actifs.Code(f.Place))
			}
		}
		return codes
	}
	for _, tt := range []struct {
		tri  recherche.Tri
		desc bool
		want []string
	}{
		{recherche.ParCode, false, []string{"A1", "A2", "K1", "K2", "K3"}},
		{recherche.ParApprenant, false, []string{"K3", "A2", "K2", "A1", "K1"}},
		{recherche.ParApprenant, true, []string{"K1", "A1", "K2", "K3", "A2"}},
		{recherche.ParDebut, false, []string{"A1", "K3", "K1", "A2", "K2"}},
	} {
		got := codes(recherche.Partie(actifs, archives, nil, nil, tt.tri, tt.desc, 0, 0))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q, descending %t: %s", tt.tri, tt.desc, diff)
		}
		if diff := cmp.Diff(tt.want[1:3], codes(recherche.Partie(actifs, archives, nil, nil, tt.tri, tt.desc, 1, 2))); diff != "" {
			t.Errorf("%q, a part: %s", tt.tri, diff)
		}
	}
	set, total := actifs.Holding(recherche.NewTexte("u"), nil)
	if got := codes(recherche.Partie(actifs, archives, set, recherche.Ensemble{false, false}, recherche.ParApprenant, false, 0, 10)); total != 2 || !slices.Equal(got, []string{"K3", "K2"}) {
		t.Errorf("%d contracts hold it: %q", total, got)
	}
	for n, want := range map[int]int{1: 1, 2: 2, 3: 2, 100: 2} {
		if got := actifs.AuPlus(recherche.NewTexte("u"), nil, n); got != want {
			t.Errorf("at most %d of them are %d, want %d", n, got, want)
		}
	}
	last := actifs.Len() - 1
	if got := actifs.AuPlus(recherche.NewTexte(""), func(i int) bool { return i != last }, 1000); got != last {
		t.Errorf("all but one are %d of %d", got, actifs.Len())
	}
}

func TestPeopleAndEntreprisesAreFoundOnceByWhatTheyAre(t *testing.T) {
	t.Parallel()
	contrat := func(code, apprenant, tuteur, entreprise string) recherche.Entry {
		return recherche.NewEntry(&passerelle.Contrat{CodeContrat: code, CodeApprenant: "A-" + apprenant, NomApprenant: apprenant, CodePersonnel: "T-" + tuteur, NomPersonnel: tuteur,
			NomEntreprise: entreprise, EmailPersonnel: tuteur + "@ecole.example"}, 1)
	}
	var none *recherche.Index
	x := none.Update(nil, []recherche.Entry{contrat("K1", "Martin", "Dupont", "Boulangerie Martin"), contrat("K2", "Durand", "Dupont", "boulangerie  MARTIN"), contrat("K3", "Petit", "Martineau", "Garage")})
	find := func(text string) (people, firms []*recherche.Nomme) {
		texte := recherche.NewTexte(text)
		n := recherche.NewNommes(texte)
		x.Each(texte, func(i int) bool { n.Add(x, i, false); return true })
		people, _ = n.Premiers(false, 5)
		firms, _ = n.Premiers(true, 5)
		return people, firms
	}
	people, firms := find("martin")
	if len(people) != 2 || people[0].Role != recherche.Apprenant || people[1].Role != recherche.Personnel || len(firms) != 1 || firms[0].Contrats != 2 {
		t.Errorf("martin: %d people, %d entreprises", len(people), len(firms))
	}
	if people, _ = find("t-dupont"); len(people) != 1 || people[0].Contrats != 2 || len(x.Named(people[0].Cle)) != 2 {
		t.Errorf("a tutor's code finds %d people", len(people))
	}
	if people, firms = find("martin garage"); len(people)+len(firms) != 0 {
		t.Error("two words of two people make one")
	}
	if recherche.CleOf(recherche.Entreprise, "Garage ") != recherche.CleOf(recherche.Entreprise, "GARAGE") || recherche.CleOf(recherche.Apprenant, "x") == recherche.CleOf(recherche.Entreprise, "x") {
		t.Error("keys differ where they should not, or the other way round")
	}
}

func TestWhatMatchedIsMarkedAsItIsWritten(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, words, want string }{
		{"Lefèvre-Çelik", "lefevre celik", "[Lefèvre]-[Çelik]"},
		{"Cœur de ville", "oe", "C[œ]ur de ville"},
		{"Cœur", "coe", "[Cœ]ur"},
		{"banane", "ana nan", "b[anan]e"},
		{"Zoé", "x", "Zoé"},
	} {
		var got strings.Builder
		at := 0
		for _, p := range recherche.NewTexte(tt.words).Passages(tt.text) {
			got.WriteString(tt.text[at:p[0]] + "[" + tt.text[p[0]:p[1]] + "]")
			at = p[1]
		}
		got.WriteString(tt.text[at:])
		if got.String() != tt.want {
			t.Errorf("%q in %q: %s", tt.words, tt.text, got.String())
		}
	}
}
