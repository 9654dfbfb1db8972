package financement

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAFullYearPaysTheAmountLessTheDistanceRulePlusTheMajoration(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ contrat, want string }{
		{"A=6000 heures=400 distance=320", "4800.00"}, // E6
		{"A=4500 heures=400 distance=320", "4000.00"},
		{"A=3900 heures=400 distance=400", "3900.00"},
		{"A=6000 heures=400 distance=319.99", "6000.00"},
		{"A=6000 distance=320", "6000.00"}, // without the hours in all there is no share
		{"A=6000 heures=400 distance=320 majoration=4000", "8800.00"},
		{"A=6000 majoration=1500.50", "7500.50"},
		{"A=6000 heures=400 distance=320 majoration=4000 source=opco", "6000.00"}, // the OPCO's figure has both in it
		{"A=6000 heures=400 distance=320 source=depart", "4800.00"},
		{"A=5000.01 heures=1 distance=1", "4000.01"}, // 4000.008
	} {
		c := contrat(t, "2025-09-01 2026-08-31 "+tc.contrat)
		if got := c.AnnuelRetenu().String(); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.contrat, got, tc.want)
		}
	}
}

func TestTheRegimeFollowsTheDayOfConclusion(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		contrat string
		want    Regime
	}{
		{"2025-09-01 2026-08-31 conclu=2025-06-30", RegimeMois},
		{"2025-06-01 2026-05-31 conclu=2025-07-01", RegimeJour},
		{"2025-06-30 2026-05-31", RegimeMois}, // not known: the first day stands for it
		{"2025-07-01 2026-05-31", RegimeJour},
	} {
		c := contrat(t, tc.contrat)
		if got := c.Regime(); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.contrat, got, tc.want)
		}
	}
}

// instalments returns the lines of show that are no years.
func instalments(p *Plan) []string {
	return slices.DeleteFunc(show(p), func(s string) bool { return strings.HasPrefix(s, "année") })
}

func TestEachClauseOfTheSchedule(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, contrat string
		o             Options
		want          []string
	}{
		{"the OPCO takes 750 from its first instalments, none below zero", "2025-09-01 2026-08-31 A=1500 niveau=6", Options{}, []string{
			"1 1 avance opco 2025-09-01 0.00", "2 1 employeur employeur 2025-12-01 750.00", "3 1 acompte opco 2026-03-01 300.00",
			"4 1 acompte opco 2026-06-01 300.00", "5 1 solde opco 2026-09-01 150.00 avant 2026-12-31", "total 1500.00"}},
		{"the employer never owes more than the amount", "2025-09-01 2026-08-31 A=500 niveau=8", Options{}, []string{
			"1 1 avance opco 2025-09-01 0.00", "2 1 employeur employeur 2025-12-01 500.00", "3 1 acompte opco 2026-03-01 0.00",
			"4 1 acompte opco 2026-06-01 0.00", "5 1 solde opco 2026-09-01 0.00 avant 2026-12-31", "total 500.00"}},
		{"200 where the apprentice comes from a contract that was broken off", "2025-09-01 2026-08-31 A=7500 niveau=6 suite", Options{}, []string{
			"1 1 avance opco 2025-09-01 2800.00", "2 1 employeur employeur 2025-12-01 200.00", "3 1 acompte opco 2026-03-01 2250.00",
			"4 1 acompte opco 2026-06-01 1500.00", "5 1 solde opco 2026-09-01 750.00 avant 2026-12-31", "total 7500.00"}},
		{"no employer's share by setting", "2025-09-01 2026-08-31 A=7500 niveau=6", Options{SansPartEmployeur: true}, []string{
			"1 1 avance opco 2025-09-01 3000.00", "2 1 acompte opco 2026-03-01 2250.00",
			"3 1 acompte opco 2026-06-01 1500.00", "4 1 solde opco 2026-09-01 750.00 avant 2026-12-31", "total 7500.00"}},
		{"no employer's share without a level", "2025-09-01 2026-08-31 A=7500", Options{}, []string{
			"1 1 avance opco 2025-09-01 3000.00", "2 1 acompte opco 2026-03-01 2250.00",
			"3 1 acompte opco 2026-06-01 1500.00", "4 1 solde opco 2026-09-01 750.00 avant 2026-12-31", "total 7500.00"}},
		{"no employer's share before July 2025", "2025-09-01 2026-08-31 conclu=2025-06-01 A=7500 niveau=6", Options{}, []string{
			"1 1 avance opco 2025-09-01 3000.00", "2 1 acompte opco 2026-03-01 2250.00", "3 1 acompte opco 2026-06-01 2250.00", "total 7500.00"}},
		{"the employer's share is due on the last day where that is earlier", "2025-09-01 2025-10-31 A=7300 niveau=6", Options{}, []string{ // 61 days, 20 a day
			"1 1 avance opco 2025-09-01 0.00", "2 1 employeur employeur 2025-10-31 750.00", "3 1 solde opco 2025-11-01 470.00 avant 2026-02-28", "total 1220.00"}},
		{"broken off within three months, 750 is less than half", "2025-09-01 2026-08-31 A=14600 niveau=6 rompu=2025-11-30", Options{}, []string{ // 91 days at 40
			"1 1 avance opco 2025-09-01 5090.00", "2 1 employeur employeur 2025-11-30 750.00", "total 3640.00"}},
		{"broken off on the first day of the fourth month, no half", "2025-09-01 2026-08-31 A=3650 niveau=6 rompu=2025-12-01", Options{}, []string{ // 92 days at 10
			"1 1 avance opco 2025-09-01 710.00", "2 1 employeur employeur 2025-12-01 750.00", "total 920.00"}},
		{"what fell due before a broken end keeps its date and amount", "2025-09-01 2027-08-31 A=7300 niveau=5 rompu=2027-03-01", Options{}, []string{
			"1 1 avance opco 2025-09-01 2920.00", "2 1 acompte opco 2026-03-01 2190.00", "3 1 acompte opco 2026-06-01 1460.00", "4 1 solde opco 2026-09-01 730.00",
			"5 2 avance opco 2026-09-01 2920.00", "6 2 acompte opco 2027-03-01 2190.00", "total 10940.00"}}, // 182 days: 3640 of 5110
		{"broken off on the last day of a year, the balance is the last one", "2025-09-01 2027-08-31 A=7300 niveau=5 rompu=2026-08-31", Options{}, []string{
			"1 1 avance opco 2025-09-01 2920.00", "2 1 acompte opco 2026-03-01 2190.00", "3 1 acompte opco 2026-06-01 1460.00", "4 1 solde opco 2026-09-01 730.00 avant 2026-12-31", "total 7300.00"}},
		{"exactly one year is not under one year", "2025-09-01 2026-08-31 A=1000", Options{}, []string{
			"1 1 avance opco 2025-09-01 400.00", "2 1 acompte opco 2026-03-01 300.00", "3 1 acompte opco 2026-06-01 200.00", "4 1 solde opco 2026-09-01 100.00 avant 2026-12-31", "total 1000.00"}},
		{"month 7 reached on the last day, month 10 not: paid with the balance", "2025-09-01 2027-03-01 A=7300", Options{}, []string{ // 182 days at 20
			"1 1 avance opco 2025-09-01 2920.00", "2 1 acompte opco 2026-03-01 2190.00", "3 1 acompte opco 2026-06-01 1460.00", "4 1 solde opco 2026-09-01 730.00",
			"5 2 avance opco 2026-09-01 1456.00", "6 2 acompte opco 2027-03-01 1092.00", "7 2 solde opco 2027-03-02 1092.00 avant 2027-07-01", "total 10940.00"}},
		{"day 31: the last day of the month", "2025-08-31 2026-08-30 A=1000", Options{}, []string{
			"1 1 avance opco 2025-08-31 400.00", "2 1 acompte opco 2026-02-28 300.00", "3 1 acompte opco 2026-05-31 200.00", "4 1 solde opco 2026-08-31 100.00 avant 2026-12-30", "total 1000.00"}},
		{"the last day for papers is a day of the month", "2025-11-01 2026-10-31 A=1000", Options{}, []string{
			"1 1 avance opco 2025-11-01 400.00", "2 1 acompte opco 2026-05-01 300.00", "3 1 acompte opco 2026-08-01 200.00", "4 1 solde opco 2026-11-01 100.00 avant 2027-02-28", "total 1000.00"}},
		{"by month, month 10 not reached: the day after the end", "2024-09-01 2026-02-28 conclu=2024-08-01 A=1200", Options{}, []string{
			"1 1 avance opco 2024-09-01 480.00", "2 1 acompte opco 2025-03-01 360.00", "3 1 acompte opco 2025-06-01 360.00",
			"4 2 avance opco 2025-09-01 240.00", "5 2 solde opco 2026-03-01 360.00", "total 1800.00"}},
		{"by month, what was paid in excess is given back", "2024-09-01 2026-08-31 conclu=2024-08-01 A=1200 rompu=2024-09-30", Options{}, []string{
			"1 1 avance opco 2024-09-01 480.00", "total 100.00"}},
		{"one day", "2025-09-01 2025-09-01 A=3650", Options{}, []string{
			"1 1 avance opco 2025-09-01 5.00", "2 1 solde opco 2025-09-02 5.00 avant 2026-01-01", "total 10.00"}},
		{"10 % more is never above a full year", "2025-09-01 2026-08-29 A=3650 reduite", Options{}, []string{ // 363 days: 3630, 3993 with 10 % more
			"1 1 avance opco 2025-09-01 1825.00", "2 1 solde opco 2026-08-30 1825.00 avant 2026-12-29", "total 3650.00"}},
		{"10 % more is for less than a year", "2025-09-01 2026-08-31 A=1000 reduite", Options{}, []string{
			"1 1 avance opco 2025-09-01 400.00", "2 1 acompte opco 2026-03-01 300.00", "3 1 acompte opco 2026-06-01 200.00", "4 1 solde opco 2026-09-01 100.00 avant 2026-12-31", "total 1000.00"}},
		{"10 % more stays where it is broken off", "2025-09-01 2026-06-30 A=3650 reduite rompu=2025-12-09", Options{}, []string{ // 100 days: 1000 and 10 %; the advance was half of 303 days
			"1 1 avance opco 2025-09-01 1666.50", "total 1100.00"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, instalments(Etablir(contrat(t, tc.contrat), tc.o))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestYearsRunFromAnniversaryToAnniversary(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, contrat string
		base          Base
		want          []string
	}{
		{"29 February comes back every fourth year", "2024-02-29 2028-02-28 conclu=2025-07-01 A=1000", "", []string{
			"année 1 : 2024-02-29 2025-02-27 365/365 1000.00", "année 2 : 2025-02-28 2026-02-27 365/365 1000.00",
			"année 3 : 2026-02-28 2027-02-27 365/365 1000.00", "année 4 : 2027-02-28 2028-02-28 366/366 1000.00"}},
		{"a whole year of 366 days pays the amount", "2027-09-01 2028-08-31 A=1000", "", []string{"année 1 : 2027-09-01 2028-08-31 366/366 1000.00"}},
		{"on base 365 too", "2027-09-01 2028-08-31 A=1000", Base365, []string{"année 1 : 2027-09-01 2028-08-31 366/365 1000.00"}},
		{"365 of 366 days on base 365 pay the amount, never more", "2027-09-01 2028-08-30 A=1000", Base365, []string{"année 1 : 2027-09-01 2028-08-30 365/365 1000.00"}},
		{"365 of 366 days pay 365 parts", "2027-09-01 2028-08-30 A=1000", "", []string{"année 1 : 2027-09-01 2028-08-30 365/366 997.27"}},
		{"days before the contract are added above a whole year on base 365", "2027-09-01 2028-08-31 entree=2027-08-22 A=3650", Base365, []string{"année 1 : 2027-08-22 2028-08-31 376/365 3750.00"}},
		{"days before the contract are of the first year only", "2026-09-01 2028-08-31 entree=2026-08-22 A=3650", "", []string{
			"année 1 : 2026-08-22 2027-08-31 375/365 3750.00", "année 2 : 2027-09-01 2028-08-31 366/366 3650.00"}},
		{"training that begins after the contract takes nothing away", "2026-09-01 2027-08-31 entree=2026-10-01 A=3650", "", []string{"année 1 : 2026-09-01 2027-08-31 365/365 3650.00"}},
		{"by month, a month begun is whole", "2024-09-15 2025-12-15 conclu=2024-06-01 A=1200", "", []string{
			"année 1 : 2024-09-15 2025-09-14 365/365 1200.00", "année 2 : 2025-09-15 2025-12-15 92/365 400.00"}},
		{"the official example: 370 days", "2025-09-01 2026-09-05 A=8000", "", []string{
			"année 1 : 2025-09-01 2026-08-31 365/365 8000.00", "année 2 : 2026-09-01 2026-09-05 5/365 109.59"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			years := slices.DeleteFunc(show(Etablir(contrat(t, tc.contrat), Options{Base: tc.base})), func(s string) bool { return !strings.HasPrefix(s, "année") })
			if diff := cmp.Diff(tc.want, years); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestRulesAndWarningsSayWhatWasDone(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		contrat string
		o       Options
		rules   []string
		words   []string // one in each warning
	}{
		{e1, Options{}, []string{"R6332-25 III", "base 365 ou 366 jours"}, nil},
		{"2026-01-05 2026-08-31 A=7000 reduite", Options{Base: Base365}, []string{"R6332-25 IV", "L6222-7-1", "base 365 jours"}, []string{"dateConclusion", "niveau"}},
		{"2024-09-28 2025-10-03 conclu=2024-09-10 A=7200", Options{}, []string{"R6332-25 (avant le décret 2025-585)"}, nil},
		{"2025-09-15 2027-09-14 conclu=2025-09-01 A=9000 niveau=7 rompu=2025-11-04", Options{}, []string{"R6332-25 III", "R6332-25 VI", "R6332-25-1", "L6222-18", "base 365 ou 366 jours"}, []string{"45 premiers jours", "2221,24"}},
		{e1 + "source=depart majoration=1000 heures=10 distance=10 entree=2025-08-01", Options{}, []string{"R6332-25 III", "R6332-25 VI", "D6332-80", "D6332-82-1", "D6332-82", "L6222-12-1", "base 365 ou 366 jours"}, []string{"valeur de départ du niveau 5"}},
		{e1 + "rompu=2026-07-15 presume", Options{}, []string{"R6332-25 III", "R6332-25 VI", "base 365 ou 366 jours"}, []string{"présumée", "appelés de trop"}},
	} {
		p := Etablir(contrat(t, tc.contrat), tc.o)
		if diff := cmp.Diff(tc.rules, p.Regles()); diff != "" {
			t.Errorf("%s: -want +got\n%s", tc.contrat, diff)
		}
		told := p.Avertissements()
		if len(told) != len(tc.words) {
			t.Errorf("%s: %q", tc.contrat, told)
			continue
		}
		for i, word := range tc.words {
			if !strings.Contains(told[i], word) {
				t.Errorf("%s: %q does not speak of %s", tc.contrat, told[i], word)
			}
		}
	}
}
