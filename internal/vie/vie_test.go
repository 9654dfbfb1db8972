package vie

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
)

// jour reads DD/MM/YYYY, "" for a day that is not known.
func jour(t testing.TB, s string) Jour {
	t.Helper()
	if s == "" {
		return Jour{}
	}
	d, err := passerelle.ParseDateFR(s)
	if err != nil {
		t.Fatal(err)
	}
	return Le(d)
}

func TestAContractEndsWhenAndAsItShould(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		debut, fin, rupture, depart string
		decision                    Nature
		date                        string
		want                        Nature
		dernier                     string
		jours                       int
	}{
		"an active one runs to its dateFin":                        {"01/09/2026", "31/08/2027", "", "", "", "", Active, "31/08/2027", 365},
		"an active one that is broken off runs to its rupture":     {"01/09/2026", "31/08/2027", "10/09/2026", "", "", "", Active, "10/09/2026", 10},
		"nothing is decided of an active one":                      {"01/09/2026", "31/08/2027", "", "", Annule, "", Active, "31/08/2027", 365},
		"one without dateFin has no last day while it is active":   {"01/09/2026", "", "", "", "", "", Active, "", 0},
		"one that left after its end ended by its term":            {"01/09/2025", "31/08/2026", "", "01/09/2026", "", "", Terme, "31/08/2026", 365},
		"one that left on its last day is presumed the day before": {"01/09/2025", "31/08/2026", "", "31/08/2026", "", "", Presumee, "30/08/2026", 364},
		"one that left before its end is presumed":                 {"01/09/2026", "31/08/2027", "", "11/09/2026", "", "", Presumee, "10/09/2026", 10},
		"one that left after its rupture was broken off":           {"01/09/2026", "31/08/2027", "05/09/2026", "11/09/2026", "", "", Rompu, "05/09/2026", 5},
		"one that left before its rupture is presumed":             {"01/09/2026", "31/08/2027", "20/09/2026", "11/09/2026", "", "", Presumee, "10/09/2026", 10},
		"one that left before its start ran no day":                {"01/09/2026", "31/08/2027", "", "01/09/2026", "", "", Presumee, "31/08/2026", 0},
		"one that left on its second day ran one":                  {"01/09/2026", "31/08/2027", "", "02/09/2026", "", "", Presumee, "01/09/2026", 1},
		"one without dateFin is presumed":                          {"01/09/2026", "", "", "11/09/2026", "", "", Presumee, "10/09/2026", 10},
		"one without dateDebut ran no day that is known":           {"", "31/08/2027", "", "11/09/2026", "", "", Presumee, "10/09/2026", 0},
		"a person says that it was broken off":                     {"01/09/2026", "31/08/2027", "", "11/09/2026", Rompu, "03/09/2026", Rompu, "03/09/2026", 3},
		"a person says that it went on after it left":              {"01/09/2026", "31/08/2027", "", "11/09/2026", Rompu, "30/09/2026", Rompu, "30/09/2026", 30},
		"a person says that it went to its term":                   {"01/09/2026", "31/08/2027", "", "11/09/2026", Terme, "", Terme, "31/08/2027", 365},
		"a person says that it never took place":                   {"01/09/2026", "31/08/2027", "05/09/2026", "11/09/2026", Annule, "", Annule, "", 0},
		"a person comes before what the source said":               {"01/09/2026", "31/08/2027", "05/09/2026", "11/09/2026", Terme, "", Terme, "31/08/2027", 365},
	} {
		d := Dates{jour(t, tc.debut), jour(t, tc.fin), jour(t, tc.rupture)}
		v := Of(d, jour(t, tc.depart), Decision{tc.decision, jour(t, tc.date)})
		p, ok := v.Periode()
		days := 0
		if ok {
			days = p.Jours()
		}
		if v.Nature != tc.want || v.Dernier != jour(t, tc.dernier) || days != tc.jours {
			t.Errorf("%s: %+v, %d days", name, v, days)
		}
	}
}

func TestADecisionIsChecked(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		debut, fin string
		decision   Nature
		date       string
		want       passerelle.Code
	}{
		"on the first day":              {"01/09/2026", "31/08/2027", Rompu, "01/09/2026", ""},
		"on the last day":               {"01/09/2026", "31/08/2027", Rompu, "31/08/2027", ""},
		"before the first day":          {"01/09/2026", "31/08/2027", Rompu, "31/08/2026", passerelle.CodeDateOrder},
		"after the last day":            {"01/09/2026", "31/08/2027", Rompu, "01/09/2027", passerelle.CodeDateOrder},
		"without a day":                 {"01/09/2026", "31/08/2027", Rompu, "", passerelle.CodeRequired},
		"without dateDebut":             {"", "31/08/2027", Rompu, "31/08/1926", ""},
		"without dateFin":               {"01/09/2026", "", Rompu, "31/08/2096", ""},
		"the term":                      {"01/09/2026", "31/08/2027", Terme, "", ""},
		"the term without dateFin":      {"01/09/2026", "", Terme, "", passerelle.CodeDateOrder},
		"that it never took place":      {"", "", Annule, "", ""},
		"that it is presumed":           {"01/09/2026", "31/08/2027", Presumee, "", "value"},
		"nothing":                       {"01/09/2026", "31/08/2027", Active, "", "value"},
		"something that does not exist": {"01/09/2026", "31/08/2027", "fini", "", "value"},
	} {
		d := Dates{Debut: jour(t, tc.debut), Fin: jour(t, tc.fin)}
		got := passerelle.Code("")
		if v := d.Check(Decision{tc.decision, jour(t, tc.date)}); v != nil {
			got = v.Code
			if v.Field == "" || v.Message == "" {
				t.Errorf("%s: %+v says nothing", name, v)
			}
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestWhatEndedRanNoMoreThanItsDates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := func(label string) Jour {
			return Jour{passerelle.Date(rapid.IntRange(20000, 20100).Draw(t, label)), rapid.IntRange(0, 4).Draw(t, label+" is known") > 0}
		}
		d := Dates{Debut: day("debut"), Fin: day("fin")}
		if d.Debut.Connu && d.Fin.Connu && d.Fin.Date < d.Debut.Date {
			d.Debut, d.Fin = d.Fin, d.Debut
		}
		if r := day("rupture"); (!d.Debut.Connu || r.Date >= d.Debut.Date) && (!d.Fin.Connu || r.Date <= d.Fin.Date) {
			d.Rupture = r
		}
		depart := Le(passerelle.Date(rapid.IntRange(19990, 20110).Draw(t, "depart")))
		decision := Decision{Fin: rapid.SampledFrom([]Nature{"", "", Terme, Rompu, Annule}).Draw(t, "decision")}
		if decision.Fin == Rompu {
			decision.Date = day("date")
		}
		if decision.Fin != "" && d.Check(decision) != nil {
			decision = Decision{}
		}
		v := Of(d, depart, decision)
		if v.Nature == Active {
			t.Fatalf("it left and is active: %+v", v)
		}
		if decision.Fin != "" && v.Nature != decision.Fin {
			t.Fatalf("a person said %s, it is %s", decision.Fin, v.Nature)
		}
		if decision.Fin == "" && v.Dernier.Date >= depart.Date {
			t.Fatalf("nobody decided, and it ran until %s, though it left on %s", v.Dernier, depart)
		}
		p, ok := v.Periode()
		if !ok {
			return
		}
		if p.Debut != d.Debut.Date || d.Fin.Connu && p.Fin > d.Fin.Date || p.Jours() < 1 {
			t.Fatalf("%+v runs %s", d, p)
		}
		if borne, known := d.Borne(); known && p.Fin > borne {
			t.Fatalf("%+v runs %s, which is beyond %s", d, p, borne)
		}
	})
}

func TestADecisionReadsAsASentenceOfTheJournal(t *testing.T) {
	day, err := passerelle.ParseDateFR("15/03/2027")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		decision Decision
		want     string
	}{
		{Decision{}, ""},
		{Decision{Fin: Terme}, "allé à son terme"},
		{Decision{Fin: Rompu, Date: Le(day)}, "rompu, dernier jour le 15/03/2027"},
		{Decision{Fin: Annule}, "annulé"},
	} {
		if got := c.decision.EnClair(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.decision, got, c.want)
		}
	}
}
