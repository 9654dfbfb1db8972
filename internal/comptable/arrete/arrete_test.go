package arrete

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/comptabletest"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

var day = comptabletest.MustDay

// doc makes a stored contract of fields, "codeContrat=K1 npec=8000".
func doc(t testing.TB, fields string) []byte {
	t.Helper()
	c := passerelle.Contrat{CodeFormation: "F1", NomFormation: "BTS MCO", CodeSite: "S1", NomSite: "Lyon"}
	for word := range strings.FieldsSeq(fields) {
		name, value, _ := strings.Cut(word, "=")
		i, ok := passerelle.ChampIndex([]byte(name))
		if !ok {
			t.Fatalf("no field %s", name)
		}
		*passerelle.Champs[i].At(&c) = value
	}
	text, err := document.Append(nil, &c)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// e1 and e3 are examples of the reference.
const (
	e1 = "codeContrat=K1 codeApprenant=A1 rncp=38362 dateDebut=01/09/2025 dateFin=31/08/2027 dateConclusion=20/08/2025 npec=8000 niveau=5"
	e3 = "codeContrat=K3 codeApprenant=A3 rncp=RNCP38362 dateDebut=01/09/2025 dateFin=05/09/2026 dateConclusion=20/08/2025 npec=8000,00 niveau=5"
)

// contrats reads contracts, each active, or one that left on a day: "| 2026-02-11".
func contrats(t testing.TB, par []ventilation.Dimension, docs ...string) []Contrat {
	t.Helper()
	l := NewLecteur(par)
	var out []Contrat
	for _, text := range docs {
		fields, left, archived := strings.Cut(text, " | ")
		dates, err := l.Lire(doc(t, fields))
		if err != nil {
			t.Fatal(err)
		}
		var depart vie.Jour
		var decision vie.Decision
		if archived {
			left, kind, decided := strings.Cut(left, " ")
			depart = vie.Le(day(left))
			if decided {
				decision.Fin = vie.Nature(kind)
			}
		}
		out = append(out, *l.Contrat(vie.Of(dates, depart, decision)))
	}
	return out
}

func etat(t testing.TB, d Demande, docs ...string) *Etat {
	t.Helper()
	e := New(d)
	for _, k := range contrats(t, d.Par, docs...) {
		e.Add(&k)
	}
	return e
}

func show(s financement.Situation) string {
	return strings.Join([]string{s.Montant.String(), s.Produit.String(), s.Facture.String(), s.PCA.String(), s.FAE.String(), s.ARecouvrer.String()}, " ")
}

func TestContractsAndTheirSumAtADate(t *testing.T) {
	t.Parallel()
	e := etat(t, Demande{Au: day("2025-12-31"), Par: []ventilation.Dimension{ventilation.ParFormation}},
		e3, e1,
		"codeContrat=K5 codeFormation=F2 nomFormation=Master dateDebut=15/09/2025 dateFin=14/09/2027 dateRupture=04/11/2025 dateConclusion=01/09/2025 npec=9000 niveau=7",
		"codeContrat=K7 dateDebut=01/09/2025 dateFin=31/08/2026 npec=3650 niveau=3 dateConclusion=01/09/2025 | 2025-12-11", // presumed to have ended on the day before
		"codeContrat=K8 dateDebut=01/09/2025 dateFin=31/08/2026 npec=3650 niveau=3 dateConclusion=01/09/2025 | 2025-12-11 annule",
		"codeContrat=K9 dateDebut=01/09/2026 dateFin=31/08/2027 npec=3650 niveau=3 | 2025-12-11", // left before its start
		"codeContrat=K4 rncp=1 dateFin=31/08/2026",
	)
	got := []string{fmt.Sprint(e.Total().Contrats, " ", show(e.Total().Situation))}
	for _, f := range e.Fiches() {
		got = append(got, f.Code+" "+show(f.Situation))
	}
	for _, l := range e.Lignes() {
		got = append(got, fmt.Sprint(l.Cles[0].Code, " ", l.Contrats, " ", show(l.Situation)))
	}
	got = append(got, fmt.Sprintf("%+v", e.FinsPresumees()))
	for _, i := range e.Incomplets() {
		got = append(got, fmt.Sprint(i.CodeContrat, i.Manque))
	}
	want := []string{
		"4 26377.12 7615.47 11338.77 1052.06 0.00 2671.24",
		"K1 16000.00 2673.97 3200.00 526.03 0.00 0.00",
		"K3 8109.59 2673.97 3200.00 526.03 0.00 0.00",
		"K5 1257.53 1257.53 3478.77 0.00 0.00 2221.24",
		"K7 1010.00 1010.00 1460.00 0.00 0.00 450.00",
		"F1 3 25119.59 6357.94 7860.00 1052.06 0.00 450.00",
		"F2 1 1257.53 1257.53 3478.77 0.00 0.00 2221.24",
		"{Contrats:1 Codes:[K7] Jours:101}",
		"K4[dateDebut npec idcc niveau]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestTheAmountIsThatOfTheStrongestSource(t *testing.T) {
	t.Parallel()
	table := npec.New([]npec.Source{{ID: 1, Depuis: day("2024-07-15"),
		Montants: map[string][]npec.Montant{
			"RNCP38362": {{RNCP: "RNCP38362", CPNE: "12", Montant: 7_500_00}, {RNCP: "RNCP38362", CPNE: "14", Montant: 7_600_00}, {RNCP: "RNCP38362", CPNE: "15", Montant: 7_700_00}}},
		Branches: map[string][]npec.CPNE{"3237": {{Code: "12"}}, "3252": {{Code: "14", Nom: "Spectacle"}, {Code: "15", Nom: "Audiovisuel"}}}}})
	prices, wrong := ventilation.NewTarifs([]ventilation.Tarif{{Par: ventilation.ParFormation, Code: "F1", Montant: 7_000_00, Validite: passerelle.Periode{Debut: day("2025-09-01"), Fin: day("2026-08-31")}}})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	const dates = "codeContrat=K1 dateDebut=01/09/2025 dateFin=31/08/2026 "
	const all = dates + "rncp=38362 idcc=3237 npec=8000 niveau=5"
	for _, tc := range []struct {
		name    string
		baremes Baremes
		contrat string
		want    string
	}{
		{"the OPCO's figure", Baremes{OPCO: map[string]financement.Centimes{"K1": 8_000_50}, NPEC: table, Tarifs: prices}, all, "opco 8000.50"},
		{"that of the contract", Baremes{OPCO: map[string]financement.Centimes{"K2": 1}, NPEC: table, Tarifs: prices}, all, "contrat 8000.00"},
		{"an npec of nothing is an amount", Baremes{NPEC: table}, dates + "npec=0", "contrat 0.00"},
		{"the edition by agreement", Baremes{NPEC: table, Tarifs: prices}, dates + "rncp=RNCP38362 idcc=3237 niveau=5", "npec 7500.00"},
		{"the edition by commission", Baremes{NPEC: table, Tarifs: prices}, dates + "rncp=38362 codeCpne=0015 idcc=3237", "npec 7700.00"},
		{"the price list", Baremes{NPEC: table, Tarifs: prices}, dates + "rncp=999 idcc=3237 niveau=5", "tarif 7000.00"},
		{"the start value", Baremes{NPEC: table}, dates + "rncp=999 idcc=3237 niveau=4", "depart 5621.00"},
		{"the start value of level 8", Baremes{}, dates + "niveau=8", "depart 7000.00"},
		{"several commissions are asked about", Baremes{NPEC: table, Tarifs: prices}, dates + "rncp=38362 idcc=3252 niveau=4", "[npec idcc] 14 (Spectacle), 15 (Audiovisuel)"},
		{"nothing at all", Baremes{NPEC: table}, dates, "[npec rncp idcc niveau] "},
		{"a certification alone", Baremes{NPEC: table}, dates + "rncp=38362", "[npec idcc niveau] "},
		{"a price outside its validity", Baremes{Tarifs: prices}, "codeContrat=K1 dateDebut=31/08/2025 dateFin=31/08/2026 rncp=1 idcc=2", "[npec niveau] "},
		{"no first day", Baremes{}, "codeContrat=K1 dateFin=31/08/2026 npec=8000", "[dateDebut] "},
		{"no last day", Baremes{}, "codeContrat=K1 dateDebut=31/08/2026 npec=8000", "[dateFin] "},
		{"a last day that nobody means", Baremes{}, "codeContrat=K1 dateDebut=31/08/2026 dateFin=31/08/2206 npec=8000", "[] durerait 20 ans"},
	} {
		k := contrats(t, nil, tc.contrat)[0]
		missing := tc.baremes.Resoudre(&k)
		got := fmt.Sprint(k.Regles.Source, " ", k.Regles.Annuel)
		if missing != nil {
			got = fmt.Sprint(missing.Manque, " ", missing.Message)
		}
		if missing == nil && got != tc.want || missing != nil && (!strings.HasPrefix(tc.want, fmt.Sprint(missing.Manque)) || !strings.Contains(missing.Message, strings.SplitN(tc.want, "] ", 2)[1])) {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestTheClosingEntriesAndTheirReversal(t *testing.T) {
	t.Parallel()
	comptes := Comptes{Produits: "706100", PCA: "487000", FAE: "418100", Journal: "OD"}
	write := func(list []Ecriture) (out []string) {
		for _, w := range list {
			out = append(out, fmt.Sprint(w.Date, " ", w.Nature, " ", w.Objet, " ", w.Debit, " D ", w.Credit, " C ", w.Montant))
		}
		return out
	}
	early := "codeContrat=K9 dateDebut=01/01/2026 dateFin=31/12/2026 dateEntreeFormation=22/12/2025 npec=3650 niveau=3 dateConclusion=01/12/2025" // earns before it invoices
	settled := "codeContrat=K8 dateDebut=01/09/2024 dateFin=31/08/2025 npec=8000 niveau=3 dateConclusion=01/09/2025"
	e := etat(t, Demande{Au: day("2025-12-31"), Par: []ventilation.Dimension{ventilation.ParFormation}}, early, e1, settled, e3)
	if diff := cmp.Diff([]string{
		"2025-12-31 pca K1 706100 D 487000 C 526.03", "2025-12-31 pca K3 706100 D 487000 C 526.03", "2025-12-31 fae K9 418100 D 706100 C 100.00",
		"2026-01-01 pca K1 487000 D 706100 C 526.03", "2026-01-01 pca K3 487000 D 706100 C 526.03", "2026-01-01 fae K9 706100 D 418100 C 100.00",
	}, write(e.Ecritures(comptes, day("2026-01-01"), true))); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2025-12-31 pca NPEC des contrats 706100 D 487000 C 1052.06", "2025-12-31 fae NPEC des contrats 418100 D 706100 C 100.00"}, write(e.EcrituresParLigne(comptes, 0, false))); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestEntriesAreGroupedByTheLinesOfThePriceList(t *testing.T) {
	t.Parallel()
	validity := func(from, to string) passerelle.Periode {
		return passerelle.Periode{Debut: day(from), Fin: day(to)}
	}
	prices, wrong := ventilation.NewTarifs([]ventilation.Tarif{
		{Par: ventilation.ParFormation, Code: "F1", Montant: 800_000, Validite: validity("2025-01-01", "2025-09-15")},
		{Par: ventilation.ParFormation, Code: "F1", Montant: 730_000, Validite: validity("2025-09-16", "2026-12-31")},
		{Par: ventilation.ParRNCP, Code: "RNCP38362", Montant: 365_000, Validite: validity("2025-01-01", "2026-12-31")},
	})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	const end = " dateConclusion=20/08/2025 niveau=5 dateDebut="
	// Each at the day's end: 40 % invoiced, and 122, 92, 122, 122, 122 days of 365 earned.
	e := etat(t, Demande{Au: day("2025-12-31"), Baremes: Baremes{Tarifs: prices, OPCO: map[string]financement.Centimes{"K5": 730_000}}},
		"codeContrat=K1 codeFormation=F1 dateFin=31/08/2026"+end+"01/09/2025", "codeContrat=K2 codeFormation=F1 dateFin=30/09/2026"+end+"01/10/2025",
		"codeContrat=K3 codeFormation=F2 rncp=38362 dateFin=31/08/2026"+end+"01/09/2025", "codeContrat=K4 codeFormation=F3 dateFin=31/08/2026"+end+"01/09/2025",
		"codeContrat=K5 codeFormation=F1 dateFin=31/08/2026"+end+"01/09/2025")
	var got []string
	for _, w := range e.EcrituresParLigne(Comptes{Produits: "706100", PCA: "487000", FAE: "418100"}, 0, false) {
		got = append(got, fmt.Sprint(w.Nature, " ", w.Objet, " ", w.Montant, " ", w.Contrats))
	}
	if diff := cmp.Diff([]string{"pca F1 (formation dès le 01/01/2025) 526.03 1", "pca F1 (formation dès le 16/09/2025) 1080.00 1", "pca Montants des OPCO 480.00 1", "pca RNCP38362 240.00 1", "pca Valeurs de départ 394.52 1"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestTheFiguresOfACalendarYear(t *testing.T) {
	t.Parallel()
	campagne := func(docs ...string) *Campagne {
		c := NewCampagne(2025, Baremes{}, financement.Options{})
		for _, k := range contrats(t, DimensionsCampagne, docs...) {
			c.Add(&k)
		}
		return c
	}
	write := func(name string, f ChiffresCampagne) string {
		return fmt.Sprint(name, " ", f.Contrats, " ", f.Apprenants, " ", f.Jours, " ", f.Moyenne, " ", f.Presents, " ", f.Ruptures, " ", f.Produit, " ", f.Part)
	}
	lines, total := campagne(e1, e3).Lignes()
	if got := write("total", total); len(lines) != 1 || got != "total 2 2 244 0.67 2 0 5347.94 100.00" {
		t.Errorf("E1 and E3: %s in %d lines", got, len(lines))
	}
	c := campagne(e1, e3,
		"codeContrat=K5 codeApprenant=A1 codeSite=S2 rncp=RS5 niveau=7 dateDebut=15/09/2025 dateFin=14/09/2027 dateRupture=04/11/2025 npec=9000 dateConclusion=01/09/2025",
		"codeContrat=K6 codeApprenant=A6 dateDebut=01/01/2024 dateFin=31/12/2024 npec=9000",
		"codeContrat=K7 codeApprenant=A7 rncp=38362 niveau=5 dateDebut=01/12/2025 dateFin=31/12/2026 | 2025-12-11", // presumed, without an amount but its level's
		"codeContrat=K8 codeApprenant=A8 dateDebut=01/12/2025 dateFin=30/12/2025",
		"codeContrat=K9 codeApprenant=A9 dateDebut=01/12/2025 npec=3",
		"codeContrat=KB codeApprenant=AB codeSite=S3 dateDebut=01/12/2025 npec=3650 | 2025-12-11", // its term is not known, its last day is
		"codeContrat=KA codeApprenant=AA rncp=1 niveau=3 dateDebut=11/01/2026 dateFin=10/01/2027 dateEntreeFormation=22/12/2025 dateConclusion=01/12/2025 npec=3650",
	)
	lines, total = c.Lignes()
	var got []string
	for _, l := range lines {
		got = append(got, write(l.Cles.Certification.Code+"/"+l.Cles.Niveau.Code+"/"+l.Cles.Site.Code, l.ChiffresCampagne))
	}
	want := []string{
		"RNCP38362/5/S1 3 3 254 0.70 2 1 5512.32 73.62", // 244 days and 10 of K7 at 6,000 a year
		"RS5/7/S2 1 1 51 0.14 0 1 1257.53 14.78",
		"//S1 1 1 30 0.08 0 0 0.00 8.70",
		"//S3 1 1 10 0.03 0 1 0.00 2.90",
		"RNCP1/3/S1 0 0 0 0.00 0 0 100.00 0.00", // ten days of training before the contract
	}
	if diff := cmp.Diff(append(want, "total 6 5 345 0.95 2 3 6869.85 100.00"), append(got, write("total", total))); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := fmt.Sprintf("%v %v", c.Incomplets(), c.FinsPresumees()); got != "[{K8 [npec rncp idcc niveau]  } {K9 [dateFin]  } {KB [dateFin]  Le contrat a couru jusqu’au 10/12/2025 et ses jours comptent dans la ventilation, mais l’échéancier dépend de son terme : renseignez dateFin.}] {2 [K7 KB] 20}" {
		t.Error(got)
	}
}

func TestTheFiguresAddUpWhateverTheOrderOfContracts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var docs []Contrat
		for i := range rapid.IntRange(0, 12).Draw(t, "contracts") {
			from := day("2024-06-01") + passerelle.Date(rapid.IntRange(0, 700).Draw(t, "from"))
			k := Contrat{Code: fmt.Sprintf("K%02d", i), Apprenant: fmt.Sprint(rapid.IntRange(0, 5).Draw(t, "apprentice")), ADebut: true, AFin: true, ANPEC: rapid.Bool().Draw(t, "amount"),
				Cles:   [2]ventilation.Cle{{Code: fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "certification"))}, {Code: fmt.Sprint(rapid.IntRange(1, 2).Draw(t, "site"))}},
				Regles: financement.Contrat{Debut: from, Fin: from + passerelle.Date(rapid.IntRange(0, 900).Draw(t, "days")), Annuel: financement.Centimes(rapid.IntRange(0, 900_000).Draw(t, "cents")), Niveau: rapid.IntRange(0, 1).Draw(t, "level") * 7}}
			k.Regles.Dernier = k.Regles.Fin
			docs = append(docs, k)
		}
		au := day("2025-12-31")
		par := []ventilation.Dimension{ventilation.ParRNCP, ventilation.ParSite}
		one, other := New(Demande{Au: au, Par: par}), New(Demande{Au: au, Par: par})
		c, d := NewCampagne(2025, Baremes{}, financement.Options{}), NewCampagne(2025, Baremes{}, financement.Options{})
		for i := range docs {
			one.Add(&docs[i])
			c.Add(&docs[i])
			other.Add(&docs[len(docs)-1-i])
			d.Add(&docs[len(docs)-1-i])
		}
		if diff := cmp.Diff(one.Lignes(), other.Lignes()); diff != "" {
			t.Fatal(diff)
		}
		var sum, list Total
		for _, l := range one.Lignes() {
			sum.Contrats += l.Contrats
			sum.Add(l.Situation)
		}
		for _, f := range one.Fiches() {
			list.Contrats++
			list.Add(f.Situation)
			if f.Situation != one.Plan(&f).Au(au) {
				t.Fatalf("%s: %+v", f.Code, f.Situation)
			}
		}
		if sum != one.Total() || list != one.Total() || len(one.Incomplets())+list.Contrats != len(docs) {
			t.Fatalf("%+v, %+v, %+v", one.Total(), sum, list)
		}
		lines, total := c.Lignes()
		again, _ := d.Lignes()
		if diff := cmp.Diff(lines, again); diff != "" {
			t.Fatal(diff)
		}
		if want := ventilation.Centiemes(100_00); total.Jours > 0 && total.Part != want {
			t.Fatalf("the shares add up to %s", total.Part)
		}
	})
}
