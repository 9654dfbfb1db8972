package ventilation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
)

// tarifs reads "formation F1 7500,00 2023-01-01 2024-12-31".
func tarifs(t testing.TB, lines ...string) []Tarif {
	t.Helper()
	var out []Tarif
	for _, line := range lines {
		w := strings.Fields(line)
		amount, err := ParseEuros(w[2])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, Tarif{Dimension(w[0]), w[1], amount, span(t, w[3]+" "+w[4])})
	}
	return out
}

func liste(t testing.TB, lines ...string) *Tarifs {
	t.Helper()
	list, errs := NewTarifs(tarifs(t, lines...))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return list
}

// The figures were computed by hand: 7,300 euros a year are 20 euros a day.
func TestIncomeFollowsTheDays(t *testing.T) {
	t.Parallel()
	years := spans(t, "2023-01-01 2023-12-31", "2024-01-01 2024-12-31", "2025-01-01 2025-12-31")
	prices := liste(t, "formation F1 7300,00 2020-01-01 2030-12-31", "rncp 38362 1000,00 2024-01-01 2024-12-31")
	contracts := []string{
		"K1 A1 F1 S1 - 01/09/2023 31/08/2025",     // 122, 366 of which 365 count, 243: 2,440 + 7,300 + 4,860 = 14,600, two years
		"K2 A2 F2 S1 38362 01/07/2024 30/06/2025", // 184, 181: 504.11 + 495.89
		"K3 A3 F2 S1 38362 31/12/2023 30/12/2024", // priced only from the next day on
		"K4 A4 F3 S1 - 01/01/2024 31/12/2024",
	}
	for _, tc := range []struct {
		name string
		f    Facturation
		want [][]string // per exercice
	}{
		{"billed each year of the contract on its first day", FacturationAnnuelle, [][]string{
			{"F1 2440.00 4860.00 0.00", "F2 0.00 0.00 0.00"},
			{"F2 504.11 495.89 0.00", "F1 7300.00 4860.00 0.00", "F3 0.00 0.00 0.00"},
			{"F1 4860.00 0.00 0.00", "F2 495.89 0.00 0.00"}}},
		{"billed whole on its first day", FacturationUnique, [][]string{
			{"F1 2440.00 12160.00 0.00", "F2 0.00 0.00 0.00"},
			{"F2 504.11 495.89 0.00", "F1 7300.00 4860.00 0.00", "F3 0.00 0.00 0.00"},
			{"F1 4860.00 0.00 0.00", "F2 495.89 0.00 0.00"}}},
		{"billed each year of the contract on its last day", FacturationEchue, [][]string{
			{"F1 2440.00 0.00 2440.00", "F2 0.00 0.00 0.00"},
			{"F2 504.11 0.00 504.11", "F1 7300.00 0.00 2440.00", "F3 0.00 0.00 0.00"},
			{"F1 4860.00 0.00 0.00", "F2 495.89 0.00 0.00"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := calcul(t, years, "formation", Options{Tarifs: prices, Facturation: tc.f}, contracts...)
			for i, want := range tc.want {
				var got []string
				var total Montants
				v := c.Exercice(i)
				for _, l := range v.Lignes {
					got = append(got, fmt.Sprint(l.Cles[0].Code, " ", l.Produit, " ", l.Avance, " ", l.ARecevoir))
					total.add(*l.Montants)
				}
				if diff := cmp.Diff(want, got); diff != "" || total != *v.Total.Montants {
					t.Errorf("exercice %d (-want +got):\n%s", i, diff)
				}
			}
			if diff := cmp.Diff(&Apart{2, []string{"K3", "K4"}, []Raison{TarifHorsValidite, TarifAbsent}}, c.Exercice(1).SansTarif); diff != "" {
				t.Error(diff)
			}
			if d := c.Detail(0); d.Total != 14_600_00 || d.Reste != 0 {
				t.Errorf("two years are worth %s, %s of it outside", d.Total, d.Reste)
			}
			if d := c.Detail(3); d.Produits != nil || d.Total != 0 {
				t.Errorf("no price, and yet %+v", d)
			}
		})
	}
}

func TestWhatAContractHasEarned(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, span, at string
		prix, want     Centimes
	}{
		{"nothing before it starts", "2024-01-01 2024-12-31", "2023-12-31", 365_00, 0},
		{"a day is a 365th", "2023-01-01 2023-12-31", "2023-01-01", 365_00, 1_00},
		{"a year is the price", "2023-01-01 2023-12-31", "2023-12-31", 7_523_17, 7_523_17},
		{"a leap year is the price too", "2024-01-01 2024-12-31", "2024-12-31", 7_523_17, 7_523_17},
		{"29 February adds nothing", "2024-01-01 2024-12-31", "2024-02-29", 365_00, 59_00},
		{"twelve months and three days, a leap day among them", "2023-09-01 2024-09-03", "2024-09-03", 365_00, 368_00},
		{"three years from September", "2023-09-01 2026-08-31", "2026-08-31", 100_01, 300_03},
		{"nothing more after its end", "2023-01-01 2023-12-31", "2030-01-01", 365_00, 365_00},
		{"half a cent goes up", "2023-01-01 2023-12-31", "2023-03-14", 2_50, 50}, // 73 days are a fifth
		{"183 days of a cent are more than half of it", "2023-01-01 2023-12-31", "2023-07-02", 1, 1},
		{"182 days of a cent are less", "2023-01-01 2023-12-31", "2023-07-01", 1, 0},
		{"1900 was no leap year", "1900-01-01 1900-12-31", "1900-12-31", 365_00, 365_00},
		{"2000 was", "2000-01-01 2000-12-31", "2000-12-31", 365_00, 365_00},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := priced(span(t, tc.span), tc.prix).earned(day(t, tc.at)); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

func TestTheLongestContractAtTheHighestPriceDoesNotOverflow(t *testing.T) {
	t.Parallel()
	k := priced(passerelle.Periode{Debut: ToujoursDepuis, Fin: ToujoursJusque}, MontantMax)
	if got, want := k.earned(k.Fin), MontantMax*9999; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestAPriceListIsRefusedWithEveryReason(t *testing.T) {
	t.Parallel()
	list := tarifs(t,
		"formation F1 7500 2023-01-01 2023-12-31",
		"formation F1 7600 2024-01-01 2024-12-31",
		"rncp F1 8000 2023-01-01 2024-12-31",
		"formation F1 7700 2023-12-31 2024-01-01",
		"site S1 10 2023-01-01 2023-12-31",
		"rncp 1 10000000,01 2023-01-01 2023-12-31",
		"rncp 2 10 2024-01-01 2023-12-31")
	list = append(list, Tarif{ParRNCP, "", -1, span(t, "2023-01-01 2023-12-31")})
	_, errs := NewTarifs(list)
	var got []int
	for _, e := range errs {
		got = append(got, e.Index)
	}
	if diff := cmp.Diff([]int{3, 4, 5, 6, 7, 7}, got); diff != "" {
		t.Error(diff, errs)
	}
}

func TestThePriceOfTheFormationComesFirst(t *testing.T) {
	t.Parallel()
	prices := liste(t, "formation F1 100 2024-01-01 2024-12-31", "rncp R1 200 2023-01-01 2025-12-31")
	for _, tc := range []struct {
		formation, rncp, on string
		want                Centimes
		missing             Raison
	}{
		{"F1", "R1", "2024-06-01", 100_00, ""},
		{"F1", "R1", "2025-01-01", 200_00, ""},
		{"F1", "", "2025-01-01", 0, TarifHorsValidite},
		{"F2", "R1", "2023-01-01", 200_00, ""},
		{"F2", "R2", "2024-01-01", 0, TarifAbsent},
		{"", "", "2024-01-01", 0, TarifAbsent},
	} {
		if got, missing := prices.Pour(tc.formation, tc.rncp, day(t, tc.on)); missing != tc.missing || (got == nil) != (tc.want == 0) || got != nil && got.Montant != tc.want {
			t.Errorf("%+v: %+v, %s", tc, got, missing)
		}
	}
}

func TestEurosAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Centimes{
		"7500": 7500_00, "7500,5": 7500_50, "7 500,05": 7500_05, "7\u202f500.05 €": 7500_05, "1\u00a0000\u00a0000": 1_000_000_00, "0": 0, "0,01": 1, "007": 700,
	} {
		got, err := ParseEuros(s)
		if err != nil || got != want {
			t.Errorf("%q is %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "€", "-1", "+1", "1,234", "1.234,56", "1,2,3", ",5", "5,", "1e3", "0x1", "７", "99999999999999999999"} {
		if got, err := ParseEuros(s); err == nil {
			t.Errorf("%q is read as %v", s, got)
		}
	}
	if got := Centimes(-7_05).FR() + " " + Centimes(1234_50).String() + " " + Centiemes(5).FR(); got != "-7,05 1234.50 0,05" {
		t.Error(got)
	}
}

func TestThePriceOfACertificationIsFoundHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	day := passerelle.NewDate(2024, 9, 1)
	prices := liste(t, "rncp RNCP38362 8000,00 2024-01-01 2025-12-31", "rncp RS38362 500,00 2024-01-01 2025-12-31", "rncp autre 10,00 2024-01-01 2025-12-31")
	for code, want := range map[string]Centimes{"38362": 800_000, "rncp 38362": 800_000, "38362.0": 800_000, "rs38362": 50_000, "Autre": 1_000} {
		if got, missing := prices.Pour("F1", code, day); got == nil || got.Montant != want || missing != "" {
			t.Errorf("%s is worth %+v (%s), want %s", code, got, missing, want.FR())
		}
	}
	twice := tarifs(t, "rncp RNCP38362 8000,00 2024-01-01 2025-12-31", "rncp 38362 7000,00 2025-01-01 2026-12-31")
	if _, wrong := NewTarifs(twice); len(wrong) != 1 || wrong[0].Index != 1 {
		t.Errorf("two prices of one certification: %v", wrong)
	}
	before, wrong := NewTarifsAuxLettres(twice)
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if got, missing := before.Pour("F1", "rncp38362", day); got != nil || missing != TarifAbsent {
		t.Errorf("by the letters: %+v %s", got, missing)
	}
}
