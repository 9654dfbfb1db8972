package rapprochement

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/comptabletest"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
)

var day = comptabletest.MustDay

func amount(s string) financement.Centimes {
	whole, cents, _ := strings.Cut(s, ".")
	n, err := strconv.Atoi(whole + (cents + "00")[:2])
	if err != nil {
		panic(err)
	}
	return financement.Centimes(n)
}

// lines reads "2026-06-01 1600.50, 2026-09-01 800".
func announced(code, s string) (list []Annonce) {
	for part := range strings.SplitSeq(s, ", ") {
		d, m, _ := strings.Cut(part, " ")
		list = append(list, Annonce{CodeContrat: code, Date: day(d), Montant: amount(m)})
	}
	return list
}

// e1 are the instalments of the example E1.
func e1() (list []Attendu) {
	plan := financement.Etablir(financement.Contrat{Debut: day("2025-09-01"), Fin: day("2027-08-31"), Dernier: day("2027-08-31"),
		Conclusion: day("2025-08-20"), AConclusion: true, Annuel: 800_000, Source: financement.SourceContrat, Niveau: 5}, financement.Options{})
	for _, e := range plan.Echeances {
		list = append(list, Attendu{e.Date, e.Montant, e.AuPlusTard})
	}
	return list
}

func show(b *Bilan) (out []string) {
	text := func(c *financement.Centimes) string {
		if c == nil {
			return "-"
		}
		return c.String()
	}
	for _, l := range b.Lignes {
		line := fmt.Sprintf("%s %s %s %s %s %s", l.CodeContrat, l.Date, l.Etat, text(l.Attendu), text(l.Annonce), l.Ecart)
		if l.Annoncee != 0 {
			line += " le " + l.Annoncee.String()
		}
		out = append(out, line)
	}
	for _, list := range []struct {
		name string
		dus  []Du
	}{{"à facturer", b.AFacturer}, {"en retard", b.EnRetard}, {"à risque", b.ARisque}, {"perdu", b.Perdus}} {
		for _, d := range list.dus {
			out = append(out, fmt.Sprintf("%s : %s %s %s %d", list.name, d.CodeContrat, d.Date, d.Montant, d.Jours))
		}
	}
	return out
}

const opco = "2025-09-01 3200, 2026-03-01 2400, 2026-06-01 1600.50, 2026-09-01 800"

func TestTheExampleOfAnOPCO(t *testing.T) {
	t.Parallel()
	common := []string{
		"K1 2025-09-01 identique 3200.00 3200.00 0.00", "K1 2026-03-01 identique 2400.00 2400.00 0.00", "K1 2026-06-01 montant 1600.00 1600.50 0.50",
		"K1 2026-09-01 absent 3200.00 - -3200.00", "K1 2026-09-01 identique 800.00 800.00 0.00",
	}
	later := []string{"K1 2027-03-01 absent 2400.00 - -2400.00", "K1 2027-06-01 absent 1600.00 - -1600.00", "K1 2027-09-01 absent 800.00 - -800.00"}
	late := []string{"en retard : K1 2026-09-01 3200.00 %d", "en retard : K1 2027-03-01 2400.00 %d", "en retard : K1 2027-06-01 1600.00 %d", "en retard : K1 2027-09-01 800.00 %d"}
	days := func(lines []string, au string) (out []string) {
		for i, line := range lines {
			from := []string{"2026-09-01", "2027-03-01", "2027-06-01", "2027-09-01"}[i]
			out = append(out, fmt.Sprintf(line, day(au)-day(from)))
		}
		return out
	}
	for au, want := range map[string][]string{
		"2026-08-31": common,
		"2026-09-30": append(common[:5:5], "à facturer : K1 2026-09-01 3200.00 29"),
		"2026-11-28": append(common[:5:5], "en retard : K1 2026-09-01 3200.00 88"),
		"2027-12-01": append(append(append(common[:5:5], later...), days(late, "2027-12-01")...), "à risque : K1 2027-09-01 800.00 30"),
		"2027-12-31": append(append(append(common[:5:5], later...), days(late, "2027-12-31")...), "à risque : K1 2027-09-01 800.00 0"),
		"2028-01-01": append(append(append(common[:5:5], later...), days(late[:3], "2028-01-01")...), "perdu : K1 2027-09-01 800.00 122"),
	} {
		r := New(day(au), announced("K1", opco))
		r.Add("K1", "", e1())
		if diff := cmp.Diff(want, show(r.Bilan())); diff != "" {
			t.Errorf("%s: -want +got\n%s", au, diff)
		}
	}
}

func TestEachWayToDiffer(t *testing.T) {
	t.Parallel()
	expected := []Attendu{{day("2026-01-01"), 100_00, 0}, {day("2026-02-01"), 200_00, 0}, {day("2026-02-01"), 300_00, 0}, {day("2026-03-01"), 0, 0}}
	for _, tc := range []struct {
		name, lines string
		want        []string
	}{
		{"a balance paid with the next advance", "2026-01-01 100, 2026-02-01 500", []string{
			"K1 2026-01-01 identique 100.00 100.00 0.00", "K1 2026-02-01 identique 200.00 200.00 0.00", "K1 2026-02-01 identique 300.00 300.00 0.00"}},
		{"an instalment paid in two", "2026-01-01 60, 2026-01-01 40, 2026-02-01 200, 2026-02-01 300", []string{
			"K1 2026-01-01 identique 100.00 100.00 0.00", "K1 2026-02-01 identique 200.00 200.00 0.00", "K1 2026-02-01 identique 300.00 300.00 0.00"}},
		{"another day", "2026-01-04 100, 2026-02-01 200, 2026-02-01 300", []string{
			"K1 2026-01-01 date 100.00 100.00 0.00 le 2026-01-04", "K1 2026-02-01 identique 200.00 200.00 0.00", "K1 2026-02-01 identique 300.00 300.00 0.00"}},
		{"the closest amounts of a day", "2026-01-01 100, 2026-02-01 299, 2026-02-01 150", []string{
			"K1 2026-01-01 identique 100.00 100.00 0.00", "K1 2026-02-01 montant 200.00 150.00 -50.00", "K1 2026-02-01 montant 300.00 299.00 -1.00"}},
		{"one line too many", "2026-01-01 100, 2026-01-15 7, 2026-02-01 200, 2026-02-01 300", []string{
			"K1 2026-01-01 identique 100.00 100.00 0.00", "K1 2026-01-15 inconnu - 7.00 7.00", "K1 2026-02-01 identique 200.00 200.00 0.00", "K1 2026-02-01 identique 300.00 300.00 0.00"}},
	} {
		r := New(day("2025-12-31"), announced("K1", tc.lines))
		r.Add("K1", "", expected)
		if diff := cmp.Diff(tc.want, show(r.Bilan())); diff != "" {
			t.Errorf("%s: -want +got\n%s", tc.name, diff)
		}
	}
}

func TestAContractThatNoOPCOSpeaksOfIsAtRiskAndThenLost(t *testing.T) {
	t.Parallel()
	for au, want := range map[string][]string{"2026-12-31": nil, "2027-09-01": {"à risque : K1 2027-09-01 800.00 121"}, "2027-12-31": {"à risque : K1 2027-09-01 800.00 0"}, "2028-01-01": {"perdu : K1 2027-09-01 800.00 122"}} {
		r := New(day(au), nil)
		r.Add("K1", "", e1())
		if diff := cmp.Diff(want, show(r.Bilan())); diff != "" {
			t.Errorf("%s: -want +got\n%s", au, diff)
		}
	}
}

func TestLinesOfUnknownContractsAreToldApart(t *testing.T) {
	t.Parallel()
	r := New(day("2026-12-31"), []Annonce{{CodeContrat: "K9", Date: day("2026-01-01"), Montant: 5}, {Dossier: "075-1", Date: day("2026-01-02"), Montant: 6}})
	b := r.Bilan()
	if diff := cmp.Diff([]string{" 2026-01-02 inconnu - 0.06 0.06", "K9 2026-01-01 inconnu - 0.05 0.05"}, show(b)); diff != "" || b.Lignes[0].Dossier != "075-1" {
		t.Error(diff)
	}
}

func TestADossierIsThatOfItsContractAndTheLastDepositStands(t *testing.T) {
	t.Parallel()
	var standing Dernieres
	standing.Add(3, Annonce{Dossier: "075-1", Date: day("2026-01-01"), Montant: 100_00})
	standing.Add(2, Annonce{CodeContrat: "K2", Date: day("2026-01-01"), Montant: 7})
	standing.Add(2, Annonce{Dossier: "075-1", Date: day("2026-01-01"), Montant: 99_00})
	standing.Add(1, Annonce{CodeContrat: "K2", Date: day("2026-02-01"), Montant: 8})
	r := New(day("2026-06-01"), standing.Annonces)
	r.Add("K1", "075-1", []Attendu{{day("2026-01-01"), 100_00, 0}})
	r.Add("K2", "", nil)
	if diff := cmp.Diff([]string{"K1 2026-01-01 identique 100.00 100.00 0.00", "K2 2026-01-01 inconnu - 0.07 0.07"}, show(r.Bilan())); diff != "" {
		t.Error(diff)
	}
}

func TestALaterDepositStandsWhetherItNamesTheContractOrItsDossier(t *testing.T) {
	t.Parallel()
	byCode, byDossier := Annonce{CodeContrat: "K1", Date: day("2026-01-01"), Montant: 99_00}, Annonce{Dossier: "075-1", Date: day("2026-01-01"), Montant: 100_00}
	for _, tc := range []struct {
		name   string
		latest []Annonce
		older  []Annonce
		want   []string
	}{
		{"the dossier last", []Annonce{byDossier}, []Annonce{byCode}, []string{"K1 2026-01-01 identique 100.00 100.00 0.00"}},
		{"the code last", []Annonce{byCode}, []Annonce{byDossier}, []string{"K1 2026-01-01 montant 100.00 99.00 -1.00"}},
		{"both at once", []Annonce{byCode, byDossier}, nil, []string{"K1 2026-01-01 identique 100.00 100.00 0.00", "K1 2026-01-01 inconnu - 99.00 99.00"}},
	} {
		var standing Dernieres
		for _, a := range tc.latest {
			standing.Add(2, a)
		}
		for _, a := range tc.older {
			standing.Add(1, a)
		}
		r := New(day("2026-06-01"), standing.Annonces)
		r.Add("K1", "075-1", []Attendu{{day("2026-01-01"), 100_00, 0}})
		if diff := cmp.Diff(tc.want, show(r.Bilan())); diff != "" {
			t.Errorf("%s: -want +got\n%s", tc.name, diff)
		}
	}
}

func TestADossierOfTwoContractsIsThatOfNone(t *testing.T) {
	t.Parallel()
	r := New(day("2026-06-01"), []Annonce{{Dossier: "075-1", Date: day("2026-01-01"), Montant: 100_00}, {CodeContrat: "K2", Date: day("2026-01-01"), Montant: 100_00}})
	r.Add("K1", "075-1", []Attendu{{day("2026-01-01"), 100_00, 0}})
	r.Add("K2", "075-1", []Attendu{{day("2026-01-01"), 100_00, 0}})
	b := r.Bilan()
	if diff := cmp.Diff([]string{" 2026-01-01 inconnu - 100.00 100.00", "K2 2026-01-01 identique 100.00 100.00 0.00"}, show(b)); diff != "" || b.Lignes[0].Dossier != "075-1" {
		t.Error(diff)
	}
}

func TestEveryLineAndInstalmentIsAccountedForOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		instalment := rapid.Custom(func(t *rapid.T) Attendu {
			return Attendu{passerelle.Date(20_000 + rapid.IntRange(0, 6).Draw(t, "day")), financement.Centimes(rapid.IntRange(1, 4).Draw(t, "amount")), 0}
		})
		expected := rapid.SliceOfN(instalment, 0, 6).Draw(t, "expected")
		var lines []Annonce
		var sum financement.Centimes
		for _, a := range rapid.SliceOfN(instalment, 1, 6).Draw(t, "announced") {
			lines = append(lines, Annonce{CodeContrat: "K1", Date: a.Date, Montant: a.Montant})
			sum += a.Montant
		}
		r := New(30_000, lines)
		r.Add("K1", "", expected)
		for _, e := range expected {
			sum -= e.Montant
		}
		var gaps financement.Centimes
		count := 0
		for _, l := range r.Bilan().Lignes {
			gaps += l.Ecart
			if l.Attendu != nil {
				count++
			}
		}
		if gaps != sum || count != len(expected) {
			t.Fatalf("%d of %d instalments, gaps of %s instead of %s: %v", count, len(expected), gaps, sum, show(r.Bilan()))
		}
	})
}
