package demo

import (
	"encoding/json"
	"fmt"
	"iter"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	passerelle "github.com/passerelle-hub/passerelle"
)

// sizes are small, ordinary, and beyond the number of names there are.
var sizes = []int{1, 7, 50, 2_000, 60_000}

func TestTheSameParamsGiveTheSameContracts(t *testing.T) {
	t.Parallel()
	p := Params{Contrats: 500, Seed: 42, Organisme: "CFA de l’Étang"}
	first, again := slices.Collect(Generate(p)), slices.Collect(Generate(p))
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("two runs differ (-first +again):\n%s", diff)
	}
	p.Seed++
	if other := slices.Collect(Generate(p)); cmp.Equal(first, other) {
		t.Error("another seed gives the same contracts")
	}
}

func TestTheFirstContractIsTheSameOnEveryMachine(t *testing.T) {
	t.Parallel()
	next, stop := iter.Pull(Generate(Params{Contrats: 2_000, Seed: 1}))
	defer stop()
	got, _ := next()
	if diff := cmp.Diff(premier, got); diff != "" {
		t.Errorf("the first contract changed (-want +got):\n%s", diff)
	}
}

func TestContractsKeepTheRules(t *testing.T) {
	t.Parallel()
	for _, n := range sizes {
		t.Run(fmt.Sprintf("%d contracts", n), func(t *testing.T) {
			t.Parallel()
			codes := map[string]bool{}
			couples := map[[2]string]string{} // code has one name, name has one code
			groupes := map[string][4]string{}
			personnes := map[string][4]string{}
			emails := map[string]string{}
			count := 0
			for c := range Generate(Params{Contrats: n, Seed: uint64(n)}) {
				count++
				checkAlone(t, &c)
				once(t, codes, c.CodeContrat)
				couple(t, couples, "periode", c.CodePeriode, c.NomPeriode)
				couple(t, couples, "formation", c.CodeFormation, c.NomFormation)
				couple(t, couples, "site", c.CodeSite, c.NomSite)
				couple(t, couples, "année", c.CodeAnnee, c.NomAnnee)
				if (c.CodeMarque == "") != (c.NomMarque == "") {
					t.Fatalf("%s: half a marque", c.CodeContrat)
				}
				couple(t, couples, "marque", c.CodeMarque, c.NomMarque)
				same(t, couples, [2]string{"groupe", c.CodeGroupe}, c.NomGroupe)
				same(t, groupes, c.CodeGroupe, [4]string{c.CodeSite, c.CodePeriode, c.CodeFormation, c.CodeAnnee})
				personne := func(role, code, nom, prenom, email string) {
					same(t, personnes, code, [4]string{role, nom, prenom, email})
					same(t, emails, strings.ToLower(email), code)
				}
				personne("apprenant", c.CodeApprenant, c.NomApprenant, c.PrenomApprenant, c.EmailApprenant)
				personne("personnel", c.CodePersonnel, c.NomPersonnel, c.PrenomPersonnel, c.EmailPersonnel)
				personne("maitre", c.CodeMaitreApprentissage, c.NomMaitreApprentissage, c.PrenomMaitreApprentissage, c.EmailMaitreApprentissage)
				if t.Failed() {
					return
				}
			}
			if count != n {
				t.Errorf("%d contracts, want %d", count, n)
			}
		})
	}
}

// checkAlone checks what one contract says by itself.
func checkAlone(t *testing.T, c *passerelle.Contrat) {
	t.Helper()
	for _, champ := range passerelle.Champs {
		v := *champ.At(c)
		switch {
		case v == "" && champ.Required:
			t.Errorf("%s: %s is missing", c.CodeContrat, champ.Nom)
		case v != strings.TrimSpace(v) || utf8.RuneCountInString(v) > champ.Max:
			t.Errorf("%s: %s is not clean: %q", c.CodeContrat, champ.Nom, v)
		case champ.Kind == passerelle.KindEmail:
			if a, err := mail.ParseAddress(v); err != nil || a.Address != v || !strings.HasSuffix(v, ".example") {
				t.Errorf("%s: %s is not an invented address: %q", c.CodeContrat, champ.Nom, v)
			}
		}
	}
	if c.DateDebut == "" && c.DateFin == "" {
		return
	}
	if p, ok := c.Duree(); !ok || p.Jours() < 365 || p.Jours() > 731 {
		t.Errorf("%s: from %q to %q", c.CodeContrat, c.DateDebut, c.DateFin)
	}
}

func once(t *testing.T, seen map[string]bool, code string) {
	t.Helper()
	if seen[code] {
		t.Errorf("%s comes twice", code)
	}
	seen[code] = true
}

func couple(t *testing.T, seen map[[2]string]string, kind, code, nom string) {
	t.Helper()
	same(t, seen, [2]string{kind + " code", code}, nom)
	same(t, seen, [2]string{kind + " nom", nom}, code)
}

func same[K, V comparable](t *testing.T, seen map[K]V, key K, value V) {
	t.Helper()
	if before, ok := seen[key]; ok && before != value {
		t.Errorf("%v is %v and %v", key, before, value)
	}
	seen[key] = value
}

func TestTheOrganisationIsShapedLikeARealOne(t *testing.T) {
	t.Parallel()
	const n = 2_000
	distinct := map[string]map[string]int{}
	count := func(kind, value string) {
		if distinct[kind] == nil {
			distinct[kind] = map[string]int{}
		}
		distinct[kind][value]++
	}
	bytes := 0
	for c := range Generate(Params{Contrats: n, Seed: 7}) {
		for _, champ := range passerelle.Champs {
			count(champ.Nom, *champ.At(&c))
		}
		doc, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		bytes += len(doc)
	}
	for _, want := range []struct {
		champ    string
		min, max int
	}{
		{"codeSite", 5, 12}, {"codeFormation", 10, 12}, {"codePeriode", 2, 2}, {"codeAnnee", 3, 3},
		{"codePersonnel", n / 25, n / 15}, {"codeMaitreApprentissage", n/2 - 2, n/2 + 2},
		{"codeGroupe", n / 25, n / 15}, {"monthStartGroup", 3, 3}, {"codeMarque", 3, 3}, {"rncp", 10, 12},
	} {
		if got := len(distinct[want.champ]); got < want.min || got > want.max {
			t.Errorf("%d different values of %s, want %d to %d", got, want.champ, want.min, want.max)
		}
	}
	for maitre, suivis := range distinct["codeMaitreApprentissage"] {
		if suivis > 3 {
			t.Errorf("%s follows %d apprentices, want at most 3", maitre, suivis)
		}
	}
	if sans := distinct["dateDebut"][""]; sans < 4 || sans > 30 {
		t.Errorf("%d contracts have no dates, want about 13", sans)
	}
	if mean := bytes / n; mean < 1_060 || mean > 1_120 {
		t.Errorf("a contract takes %d bytes of JSON, want about 1,090", mean)
	}
}

func TestTheModelesPlaceMostContractsAndLeaveBothLessons(t *testing.T) {
	t.Parallel()
	for _, n := range []int{20, 500, 2_000} {
		t.Run(fmt.Sprintf("%d contracts", n), func(t *testing.T) {
			t.Parallel()
			places, aucun, ambigus := 0, 0, 0
			for c := range Generate(Params{Contrats: n, Seed: 3}) {
				switch best := mostSpecific(&c); {
				case best == 0:
					aucun++
				case best > 1:
					ambigus++
				default:
					places++
				}
			}
			if aucun == 0 || ambigus == 0 || places == 0 || n >= 500 && places < n*3/4 {
				t.Errorf("placed %d, aucun-modele %d, modeles-ambigus %d", places, aucun, ambigus)
			}
		})
	}
}

// mostSpecific returns how many of the matching modèles have the most criteria.
func mostSpecific(c *passerelle.Contrat) (count int) {
	most := 0
	for _, m := range Modeles() {
		matches := true
		for nom, values := range m.Criteres {
			i, ok := passerelle.ChampIndex([]byte(nom))
			matches = matches && ok && slices.Contains(values, *passerelle.Champs[i].At(c))
		}
		switch k := len(m.Criteres); {
		case matches && k > most:
			most, count = k, 1
		case matches && k == most:
			count++
		}
	}
	return count
}

func TestEachMistakeIsWrongInTheFieldItNames(t *testing.T) {
	t.Parallel()
	next, stop := iter.Pull(Generate(Params{Contrats: 100, Seed: 1}))
	defer stop()
	good, _ := next()
	codes := map[string]bool{}
	for _, m := range Mistakes(good) {
		if _, ok := passerelle.ChampIndex([]byte(m.Field)); !ok || m.Why == "" {
			t.Errorf("%s: field %q, why %q", m.Code, m.Field, m.Why)
		}
		once(t, codes, string(m.Code))
		if repeated := m.Contrat.CodeContrat == good.CodeContrat; repeated != (m.Code == passerelle.CodeDuplicateContrat) {
			t.Errorf("%s: codeContrat is %s", m.Code, m.Contrat.CodeContrat)
		}
	}
}

func TestNamesStayApartInAddresses(t *testing.T) {
	t.Parallel()
	for _, list := range [][]mot{prenoms, noms, activites} {
		seen := map[string]bool{}
		for _, m := range list {
			once(t, seen, m.slug)
		}
	}
	for _, total := range []int{len(prenoms) * len(noms), len(activites) * len(noms)} {
		seen := make([]bool, total)
		for n := range total {
			place, tour := promenade(9, 0, n, total)
			if seen[place] || tour != 0 {
				t.Fatalf("a walk over %d places is at %d twice", total, place)
			}
			seen[place] = true
		}
	}
}

func TestSlug(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"CFA de l’Étang": "cfa-de-l-etang", "N’Diaye": "n-diaye", "Sœur  Anne !": "soeur-anne", "": "organisme", "!!": "organisme",
	} {
		if got := slug(in); got != want {
			t.Errorf("slug(%q) = %q, want %q", in, got, want)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("contrats=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for range Generate(Params{Contrats: n, Seed: 1}) {
				}
			}
		})
	}
}

func TestFundingIsAddedToTheSameContracts(t *testing.T) {
	t.Parallel()
	p := Params{Contrats: 2_000, Seed: 1}
	plain := slices.Collect(Generate(p))
	p.Financement = true
	amounts, ruptures := 0, 0
	for i, c := range slices.Collect(Generate(p)) {
		if c.NPEC != "" {
			amounts++
		}
		if c.DateRupture != "" {
			ruptures++
		}
		if c.Niveau == "" || c.OPCO == "" || (c.DateConclusion == "") != (c.DateDebut == "") {
			t.Fatalf("contract %s: %+v", c.CodeContrat, c)
		}
		c.Niveau, c.OPCO, c.NPEC, c.DateConclusion, c.DateRupture = "", "", "", "", ""
		if diff := cmp.Diff(plain[i], c); diff != "" {
			t.Fatalf("another contract (-plain +funded):\n%s", diff)
		}
	}
	if amounts < 1_900 || amounts == 2_000 || ruptures == 0 {
		t.Errorf("%d amounts, %d broken off", amounts, ruptures)
	}
}
