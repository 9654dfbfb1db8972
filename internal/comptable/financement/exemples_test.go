package financement

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
)

func day(t testing.TB, s string) passerelle.Date {
	t.Helper()
	d, err := passerelle.ParseDate(s)
	if err != nil {
		t.Fatal(s, err)
	}
	return d
}

func euros(t testing.TB, s string) Centimes {
	t.Helper()
	whole, cents, _ := strings.Cut(s, ".")
	n, err := strconv.Atoi(whole + (cents + "00")[:2])
	if err != nil {
		t.Fatal(s, err)
	}
	return Centimes(n)
}

// contrat reads "2025-09-01 2027-08-31 A=8000 niveau=5 conclu=2025-08-20
// rompu=2026-02-10 entree=2025-07-01 majoration=4000 heures=400 distance=320
// suite reduite source=opco presume".
func contrat(t testing.TB, s string) Contrat {
	t.Helper()
	words := strings.Fields(s)
	c := Contrat{Debut: day(t, words[0]), Fin: day(t, words[1]), Source: SourceContrat}
	c.Dernier = c.Fin
	for _, word := range words[2:] {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "A":
			c.Annuel = euros(t, value)
		case "majoration":
			c.Majoration = euros(t, value)
		case "niveau":
			c.Niveau, _ = strconv.Atoi(value)
		case "conclu":
			c.Conclusion, c.AConclusion = day(t, value), true
		case "entree":
			c.Entree, c.AEntree = day(t, value), true
		case "rompu":
			c.Dernier = day(t, value)
		case "heures":
			c.HeuresFormation = int64(euros(t, value))
		case "distance":
			c.HeuresDistance = int64(euros(t, value))
		case "source":
			c.Source = Source(value)
		case "suite":
			c.EmployeurPrecedent = true
		case "reduite":
			c.DureeReduite = true
		case "presume":
			c.FinPresumee = true
		default:
			t.Fatalf("unknown word %q", word)
		}
	}
	return c
}

// show writes a plan as years, instalments and their sum.
func show(p *Plan) []string {
	var out []string
	for _, y := range p.Annees {
		out = append(out, fmt.Sprintf("année %d : %s %s %d/%d %s", y.Rang, y.Debut, y.Fin, y.Jours, y.JoursBase, y.Montant))
	}
	for _, e := range p.Echeances {
		line := fmt.Sprintf("%d %d %s %s %s %s", e.Rang, e.Annee, e.Nature, e.Payeur(), e.Date, e.Montant)
		if e.AuPlusTard != 0 {
			line += " avant " + e.AuPlusTard.String()
		}
		out = append(out, line)
	}
	return append(out, "total "+p.Montant.String())
}

const e1 = "2025-09-01 2027-08-31 conclu=2025-08-20 A=8000 niveau=5 "

func TestTheWorkedExamplesComeOutToTheCent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, contrat string
		base          Base
		want          []string
	}{
		{"E1, two whole years", e1, "", []string{
			"année 1 : 2025-09-01 2026-08-31 365/365 8000.00", "année 2 : 2026-09-01 2027-08-31 365/365 8000.00",
			"1 1 avance opco 2025-09-01 3200.00", "2 1 acompte opco 2026-03-01 2400.00", "3 1 acompte opco 2026-06-01 1600.00",
			"4 1 solde opco 2026-09-01 800.00", "5 2 avance opco 2026-09-01 3200.00", "6 2 acompte opco 2027-03-01 2400.00",
			"7 2 acompte opco 2027-06-01 1600.00", "8 2 solde opco 2027-09-01 800.00 avant 2027-12-31", "total 16000.00"}},
		{"E1 broken off, month 7 never due", e1 + "rompu=2026-02-10", "", []string{
			"année 1 : 2025-09-01 2026-02-10 163/365 3572.60",
			"1 1 avance opco 2025-09-01 3200.00", "2 1 solde opco 2026-02-11 372.60 avant 2026-06-10", "total 3572.60"}},
		{"E2, level 6: the employer's share", "2025-10-01 2026-09-30 conclu=2025-09-20 A=7500 niveau=6", "", []string{
			"année 1 : 2025-10-01 2026-09-30 365/365 7500.00",
			"1 1 avance opco 2025-10-01 2250.00", "2 1 employeur employeur 2026-01-01 750.00", "3 1 acompte opco 2026-04-01 2250.00",
			"4 1 acompte opco 2026-07-01 1500.00", "5 1 solde opco 2026-10-01 750.00 avant 2027-01-30", "total 7500.00"}},
		{"E3, 370 days", "2025-09-01 2026-09-05 conclu=2025-08-20 A=8000 niveau=5", "", []string{
			"année 1 : 2025-09-01 2026-08-31 365/365 8000.00", "année 2 : 2026-09-01 2026-09-05 5/365 109.59",
			"1 1 avance opco 2025-09-01 3200.00", "2 1 acompte opco 2026-03-01 2400.00", "3 1 acompte opco 2026-06-01 1600.00", "4 1 solde opco 2026-09-01 800.00",
			"5 2 avance opco 2026-09-01 43.84", "6 2 solde opco 2026-09-06 65.75 avant 2027-01-05", "total 8109.59"}},
		{"E4, under one year", "2026-01-05 2026-08-31 conclu=2025-12-20 A=7000 niveau=4", "", []string{
			"année 1 : 2026-01-05 2026-08-31 239/365 4583.56",
			"1 1 avance opco 2026-01-05 2291.78", "2 1 solde opco 2026-09-01 2291.78 avant 2026-12-31", "total 4583.56"}},
		{"E4 shortened under L6222-7-1, 10 % more", "2026-01-05 2026-08-31 conclu=2025-12-20 A=7000 niveau=4 reduite", "", []string{
			"année 1 : 2026-01-05 2026-08-31 239/365 5041.92",
			"1 1 avance opco 2026-01-05 2520.96", "2 1 solde opco 2026-09-01 2520.96 avant 2026-12-31", "total 5041.92"}},
		{"E5, ended in the trial period", "2025-09-15 2027-09-14 conclu=2025-09-01 A=9000 niveau=7 rompu=2025-11-04", "", []string{
			"année 1 : 2025-09-15 2025-11-04 51/365 1257.53",
			"1 1 avance opco 2025-09-15 2850.00", "2 1 employeur employeur 2025-11-04 628.77", "total 1257.53"}},
		{"E7 on the days of the year", "2026-09-01 2028-06-30 conclu=2026-08-20 A=8000 niveau=5", BaseReelle, []string{
			"année 1 : 2026-09-01 2027-08-31 365/365 8000.00", "année 2 : 2027-09-01 2028-06-30 304/366 6644.81",
			"1 1 avance opco 2026-09-01 3200.00", "2 1 acompte opco 2027-03-01 2400.00", "3 1 acompte opco 2027-06-01 1600.00", "4 1 solde opco 2027-09-01 800.00",
			"5 2 avance opco 2027-09-01 2657.92", "6 2 acompte opco 2028-03-01 1993.44", "7 2 acompte opco 2028-06-01 1328.96", "8 2 solde opco 2028-07-01 664.49 avant 2028-10-30", "total 14644.81"}},
		{"E7 on base 365", "2026-09-01 2028-06-30 conclu=2026-08-20 A=8000 niveau=5", Base365, []string{
			"année 1 : 2026-09-01 2027-08-31 365/365 8000.00", "année 2 : 2027-09-01 2028-06-30 304/365 6663.01",
			"1 1 avance opco 2026-09-01 3200.00", "2 1 acompte opco 2027-03-01 2400.00", "3 1 acompte opco 2027-06-01 1600.00", "4 1 solde opco 2027-09-01 800.00",
			"5 2 avance opco 2027-09-01 2665.20", "6 2 acompte opco 2028-03-01 1998.90", "7 2 acompte opco 2028-06-01 1332.60", "8 2 solde opco 2028-07-01 666.31 avant 2028-10-30", "total 14663.01"}},
		{"E8, by month begun", "2024-09-28 2025-10-03 conclu=2024-09-10 A=7200 niveau=7", "", []string{
			"année 1 : 2024-09-28 2025-09-27 365/365 7200.00", "année 2 : 2025-09-28 2025-10-03 6/365 600.00",
			"1 1 avance opco 2024-09-28 2880.00", "2 1 acompte opco 2025-03-28 2160.00", "3 1 acompte opco 2025-06-28 2160.00",
			"4 2 avance opco 2025-09-28 240.00", "5 2 solde opco 2025-10-04 360.00", "total 7800.00"}},
		{"E8, broken off after nine months", "2024-09-01 2026-08-31 conclu=2024-08-10 A=7000 rompu=2025-05-31", "", []string{
			"année 1 : 2024-09-01 2025-05-31 273/365 5250.00",
			"1 1 avance opco 2024-09-01 2800.00", "2 1 acompte opco 2025-03-01 2100.00", "3 1 solde opco 2025-06-01 350.00", "total 5250.00"}},
		{"E8, nine months shortened under L6222-7-1", "2024-09-01 2025-05-31 conclu=2024-08-10 A=7000 reduite", "", []string{
			"année 1 : 2024-09-01 2025-05-31 273/365 5775.00",
			"1 1 avance opco 2024-09-01 2887.50", "2 1 solde opco 2025-06-01 2887.50", "total 5775.00"}},
		{"E9, training begun before the contract", "2026-09-01 2027-08-31 conclu=2026-09-01 entree=2026-07-01 A=8765 niveau=5", "", []string{
			"année 1 : 2026-07-01 2027-08-31 427/365 10253.85",
			"1 1 avance opco 2026-09-01 4101.54", "2 1 acompte opco 2027-03-01 3076.16", "3 1 acompte opco 2027-06-01 2050.77", "4 1 solde opco 2027-09-01 1025.38 avant 2027-12-31", "total 10253.85"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, show(Etablir(contrat(t, tc.contrat), Options{Base: tc.base}))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestWhatIsEarnedInvoicedAndDeferredAtADate(t *testing.T) {
	t.Parallel()
	const e5 = "2025-09-15 2027-09-14 conclu=2025-09-01 A=9000 niveau=7 rompu=2025-11-04"
	for _, tc := range []struct{ contrat, au, want string }{ // want: produit facture pca fae aRecouvrer
		{e1, "2025-08-31", "0.00 0.00 0.00 0.00 0.00"},
		{e1, "2025-12-31", "2673.97 3200.00 526.03 0.00 0.00"},
		{e1, "2026-06-30", "6641.10 7200.00 558.90 0.00 0.00"},
		{e1, "2026-08-31", "8000.00 7200.00 0.00 800.00 0.00"},
		{e1, "2026-12-31", "10673.97 11200.00 526.03 0.00 0.00"},
		{e1, "2027-08-31", "16000.00 15200.00 0.00 800.00 0.00"},
		{e1, "2027-09-01", "16000.00 16000.00 0.00 0.00 0.00"},
		{e1 + "rompu=2026-02-10", "2025-12-31", "2673.97 3200.00 526.03 0.00 0.00"},
		{e1 + "rompu=2026-02-10", "2026-02-10", "3572.60 3200.00 0.00 372.60 0.00"},
		{e1 + "rompu=2026-02-10", "2026-12-31", "3572.60 3572.60 0.00 0.00 0.00"},
		{e5, "2025-10-31", "1158.90 2850.00 1691.10 0.00 0.00"}, // 47 days of 51
		{e5, "2025-11-04", "1257.53 3478.77 0.00 0.00 2221.24"},
		{e5, "2025-12-31", "1257.53 3478.77 0.00 0.00 2221.24"},
		{"2026-09-01 2027-08-31 conclu=2026-09-01 entree=2026-07-01 A=8765 niveau=5", "2026-08-31", "1488.85 0.00 0.00 1488.85 0.00"},
	} {
		s := Etablir(contrat(t, tc.contrat), Options{}).Au(day(t, tc.au))
		if got := fmt.Sprint(s.Produit, s.Facture, s.PCA, s.FAE, s.ARecouvrer); strings.ReplaceAll(got, "  ", " ") != tc.want {
			t.Errorf("%s at %s: %s, want %s", tc.contrat, tc.au, got, tc.want)
		}
	}
}
