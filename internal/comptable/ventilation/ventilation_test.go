package ventilation

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/comptabletest"
)

var day, span = comptabletest.Day, comptabletest.Span

func spans(t testing.TB, lines ...string) []passerelle.Periode {
	t.Helper()
	var out []passerelle.Periode
	for _, s := range lines {
		out = append(out, span(t, s))
	}
	return out
}

// contrat reads "K1 apprenant formation site rncp DD/MM/YYYY DD/MM/YYYY"; "-" is
// an absent value.
func contrat(t testing.TB, s string) *passerelle.Contrat {
	t.Helper()
	w := strings.Fields(s)
	if len(w) != 7 {
		t.Fatalf("%d words in %q", len(w), s)
	}
	for i := range w {
		if w[i] == "-" {
			w[i] = ""
		}
	}
	return &passerelle.Contrat{CodeContrat: w[0], CodeApprenant: w[1], CodeFormation: w[2], NomFormation: "Formation " + w[2],
		CodeSite: w[3], NomSite: "Site " + w[3], RNCP: w[4], DateDebut: w[5], DateFin: w[6]}
}

func calcul(t testing.TB, exercices []passerelle.Periode, par string, o Options, lines ...string) *Calcul {
	t.Helper()
	dims, err := ParsePar(par)
	if err != nil {
		t.Fatal(err)
	}
	c := New(exercices, dims, o)
	for _, line := range lines {
		c.Add(ContratOf(contrat(t, line), dims))
	}
	return c
}

// told says a line as "formation=F1 site=S1: contrats apprenants jours mois part".
func told(v Ventilation) []string {
	var out []string
	for _, l := range v.Lignes {
		var keys []string
		for _, k := range l.Cles {
			keys = append(keys, string(k.Par)+"="+k.Code)
		}
		out = append(out, strings.Join(keys, " ")+": "+sum(l.Somme))
	}
	return append(out, "total: "+sum(v.Total))
}

func sum(s Somme) string {
	out := fmt.Sprintf("%d %d %d %s %s", s.Contrats, s.Apprenants, s.Jours, s.Mois, s.Part)
	if s.Montants != nil {
		out += fmt.Sprintf(" %s %s %s", s.Produit, s.Avance, s.ARecevoir)
	}
	return out
}

// promotion is the worked example of these tests: two exercices, the second of
// a leap year. Its figures were computed by hand.
var promotion = []string{
	"K1 A1 F1 S1 - 01/09/2023 31/08/2024", // 122 days in 2023, 244 in 2024
	"K2 A2 F1 S2 - 01/01/2024 31/12/2024", // 366 in 2024
	"K3 A3 F2 S1 - 29/02/2024 29/02/2024", // 1 in 2024
	"K4 A1 F1 S1 - 01/09/2024 31/08/2025", // 122 in 2024, 243 outside; the apprenant of K1
	"K5 A5 F2 S1 - 01/01/2026 31/12/2026", // outside
	"K6 A6 F2 S1 - - 31/12/2024",
	"K7 A7 F2 S1 - 01/01/2024 -",
	"K8 A8 F2 S1 - - -",
	"K9 A9 F2 S1 - 02/01/2024 01/01/2024",
}

func TestContractsAreSpreadToTheDay(t *testing.T) {
	t.Parallel()
	years := spans(t, "2023-01-01 2023-12-31", "2024-01-01 2024-12-31")
	c := calcul(t, years, "formation", Options{}, promotion...)
	for i, want := range [][]string{
		{"formation=F1: 1 1 122 4.01 100.00", "total: 1 1 122 4.01 100.00"},
		{"formation=F1: 3 2 732 24.05 99.86", "formation=F2: 1 1 1 0.03 0.14", "total: 4 3 733 24.08 100.00"},
	} {
		if diff := cmp.Diff(want, told(c.Exercice(i))); diff != "" {
			t.Errorf("exercice %d (-want +got):\n%s", i, diff)
		}
	}
	v := c.Exercice(0)
	if diff := cmp.Diff(Apart{4, []string{"K2", "K3", "K4", "K5"}, []Raison{ApresExercice, ApresExercice, ApresExercice, ApresExercice}}, v.HorsExercice); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Apart{4, []string{"K6", "K7", "K8", "K9"}, []Raison{SansDebut, SansFin, SansDates, DatesInversees}}, v.SansDates); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Apart{1, []string{"K5"}, []Raison{HorsToutes}}, c.HorsTout()); diff != "" {
		t.Error(diff)
	}
	var got []string
	for i := range c.Len() {
		d := c.Detail(i)
		got = append(got, fmt.Sprint(d.Code, d.Jours, d.Hors))
	}
	if diff := cmp.Diff([]string{"K1[122 244] 0", "K2[0 366] 0", "K3[0 1] 0", "K4[0 122] 243", "K5[0 0] 365"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTwoDimensionsAreCrossed(t *testing.T) {
	t.Parallel()
	c := calcul(t, spans(t, "2024-01-01 2024-12-31"), "site,formation", Options{}, promotion...)
	want := []string{
		"site=S1 formation=F1: 2 1 366 12.02 49.93", // equal days: S1 before S2
		"site=S2 formation=F1: 1 1 366 12.02 49.93",
		"site=S1 formation=F2: 1 1 1 0.03 0.14",
		"total: 4 3 733 24.08 100.00",
	}
	if diff := cmp.Diff(want, told(c.Exercice(0))); diff != "" {
		t.Error(diff)
	}
}

func TestATableIsWrittenAsTheDesignShowsIt(t *testing.T) {
	t.Parallel()
	c := calcul(t, spans(t, "2024-01-01 2024-12-31"), "formation,site", Options{}, "K1 A1 F1 S1 - 01/01/2024 29/06/2024", "K7 A7 F2 S1 - - -")
	got, err := json.Marshal(c.Exercice(0))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"lignes":[{"cles":{"formation":{"code":"F1","nom":"Formation F1"},"site":{"code":"S1","nom":"Site S1"}},` +
		`"contrats":1,"apprenants":1,"jours":181,"mois":5.95,"part":100}],` +
		`"total":{"contrats":1,"apprenants":1,"jours":181,"mois":5.95,"part":100},` +
		`"sansDates":{"contrats":1,"codes":["K7"],"raisons":["dates-absentes"]},"horsExercice":{"contrats":0,"codes":[],"raisons":[]}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	empty, err := json.Marshal(New(spans(t, "2024-01-01 2024-12-31"), []Dimension{ParSite}, Options{Tarifs: &Tarifs{}}).Exercice(0))
	if err != nil {
		t.Fatal(err)
	}
	want = `{"lignes":[],"total":{"contrats":0,"apprenants":0,"jours":0,"mois":0,"part":0,"produit":0.00,"avance":0.00,"aRecevoir":0.00},` +
		`"sansDates":{"contrats":0,"codes":[],"raisons":[]},"horsExercice":{"contrats":0,"codes":[],"raisons":[]},"sansTarif":{"contrats":0,"codes":[],"raisons":[]}}`
	if diff := cmp.Diff(want, string(empty)); diff != "" {
		t.Error(diff)
	}
}

func TestMonthsAreRoundedHalfUp(t *testing.T) {
	t.Parallel()
	for jours, want := range map[int64]string{0: "0.00", 1: "0.03", 30: "0.99", 365: "11.99", 366: "12.02", 1461: "48.00", 2190: "71.95", 5460: "179.38", 487: "16.00", 70_000_000: "2299794.66"} {
		if got := MoisDe(jours).String(); got != want {
			t.Errorf("%d days are %s months, want %s", jours, got, want)
		}
	}
}

func TestPartsAddUpToAHundred(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		jours []int64
		want  []Centiemes
	}{
		{[]int64{1, 1, 1}, []Centiemes{3334, 3333, 3333}},
		{[]int64{2, 1, 1, 1, 1, 1}, []Centiemes{2857, 1429, 1429, 1429, 1428, 1428}},
		{[]int64{7}, []Centiemes{10000}},
		{[]int64{99_999_999, 1}, []Centiemes{10000, 0}},
		{[]int64{0, 0}, []Centiemes{0, 0}},
		{[]int64{}, []Centiemes{}},
	} {
		if diff := cmp.Diff(tc.want, Parts(tc.jours)); diff != "" {
			t.Errorf("%v:\n%s", tc.jours, diff)
		}
	}
}

func TestOneCodeWithTwoSpellingsIsOneLine(t *testing.T) {
	t.Parallel()
	a, b := contrat(t, "K1 A1 F1 S1 - 01/01/2024 31/12/2024"), contrat(t, "K2 A2 F1 S1 - 01/01/2024 31/12/2024")
	b.NomFormation = "BTS"
	for _, order := range [][]*passerelle.Contrat{{a, b}, {b, a}} {
		c := New(spans(t, "2024-01-01 2024-12-31"), []Dimension{ParFormation}, Options{})
		for _, k := range order {
			c.Add(ContratOf(k, []Dimension{ParFormation}))
		}
		if lines := c.Exercice(0).Lignes; len(lines) != 1 || lines[0].Cles[0].Nom != "BTS" {
			t.Errorf("%+v", lines)
		}
	}
}

func TestParNamesOneOrTwoDimensions(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][]Dimension{
		"formation": {ParFormation}, "site, rncp": {ParSite, ParRNCP}, "": nil, "formation,formation": nil, "siret": nil, "site,": nil, "site,rncp,annee": nil,
	} {
		got, err := ParsePar(s)
		if diff := cmp.Diff(want, got); diff != "" || (err == nil) != (want != nil) {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	k := &passerelle.Contrat{CodeFormation: "f", CodeSite: "s", RNCP: "r", CodePeriode: "p", CodeAnnee: "a", CodeGroupe: "g", NomEntreprise: "e", CodeMarque: "m"}
	for _, d := range Dimensions {
		if got := d.Of(k).Code; got != string(d)[:1] {
			t.Errorf("%s is read from %q", d, got)
		}
	}
}

func TestTheDigestChangesWithTheDaysAndNothingElse(t *testing.T) {
	t.Parallel()
	years := spans(t, "2023-01-01 2023-12-31", "2024-01-01 2024-12-31")
	want := calcul(t, years, "formation", Options{}, promotion...).Digest(1)
	reordered := append([]string{}, promotion...)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(reordered), func(i, j int) { reordered[i], reordered[j] = reordered[j], reordered[i] })
	if got := calcul(t, years, "site,annee", Options{}, reordered...).Digest(1); got != want {
		t.Error("another order and other dimensions give another digest")
	}
	reordered[0] = strings.Replace(strings.Join(promotion, "\n"), "K3", "K31", 1)
	if got := calcul(t, years, "formation", Options{}, strings.Split(reordered[0], "\n")...).Digest(1); got == want {
		t.Error("another contract gives the same digest")
	}
	if got := calcul(t, years, "formation", Options{}, promotion[:4]...).Digest(1); got != want {
		t.Error("contracts outside the exercice change its digest")
	}
}
