package passerelle

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func day(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return d
}

// span reads "2024-01-01 2024-12-31".
func span(t *testing.T, s string) Periode {
	t.Helper()
	debut, fin, _ := strings.Cut(s, " ")
	return Periode{Debut: day(t, debut), Fin: day(t, fin)}
}

func TestOnlyRealDatesAreRead(t *testing.T) {
	t.Parallel()
	type parser func(string) (Date, error)
	for _, tc := range []struct {
		name  string
		parse parser
		good  []string
		bad   []string
	}{
		{"YYYY-MM-DD", ParseDate,
			[]string{"0001-01-01", "1970-01-01", "2000-02-29", "2024-02-29", "9999-12-31"},
			[]string{"", "2024-1-1", "2024-13-01", "2024-00-10", "2024-04-31", "2023-02-29", "1900-02-29", "0000-01-01",
				"2024/01/01", "2024-01-01 ", " 2024-01-01", "2024-01-0x", "+024-01-01", "２024-01-01", "20240101"}},
		{"DD/MM/YYYY", ParseDateFR,
			[]string{"01/01/0001", "29/02/2024", "31/12/9999"},
			[]string{"", "1/1/2024", "29/02/2023", "31/04/2024", "00/01/2024", "12/31/2024", "01-01-2024", "01/01/24"}},
		{"YYYYMMDD", ParseDateCompact,
			[]string{"00010101", "20240229", "99991231"},
			[]string{"", "20230229", "2024-01-01", "202401", "20241301", "2024010a"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, s := range tc.good {
				if _, err := tc.parse(s); err != nil {
					t.Errorf("%q is refused: %v", s, err)
				}
			}
			for _, s := range tc.bad {
				if d, err := tc.parse(s); err == nil {
					t.Errorf("%q is read as %v", s, d)
				}
			}
		})
	}
}

func TestADateIsReadBackInEveryForm(t *testing.T) {
	t.Parallel()
	first, last := NewDate(1, 1, 1), NewDate(9999, 12, 31)
	rapid.Check(t, func(t *rapid.T) {
		d := Date(rapid.Int32Range(int32(first), int32(last)).Draw(t, "d"))
		if got, err := ParseDate(d.String()); err != nil || got != d {
			t.Fatalf("%s gives %v, %v", d.String(), got, err)
		}
		if got, err := ParseDateFR(d.FR()); err != nil || got != d {
			t.Fatalf("%s gives %v, %v", d.FR(), got, err)
		}
		if got, err := ParseDateCompact(d.Compact()); err != nil || got != d {
			t.Fatalf("%s gives %v, %v", d.Compact(), got, err)
		}
		if tra := d.TRA(); tra != strings.ReplaceAll(d.FR(), "/", "") {
			t.Fatalf("TRA form of %v is %s", d, tra)
		}
		if got := DateOf(d.Time().Add(23 * time.Hour)); got != d {
			t.Fatalf("%v at 23:00 is %v", d, got)
		}
		if a, b := d.FirstOfMonth(), d.LastOfMonth(); a > d || b < d || !a.IsFirstOfMonth() || !b.IsLastOfMonth() || b-a > 30 {
			t.Fatalf("the month of %v is %v to %v", d, a, b)
		}
	})
}

func TestAddingMonthsKeepsTheDayOrTakesTheMonthsLast(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		from string
		n    int
		want string
	}{
		{"2024-01-31", 1, "2024-02-29"},
		{"2023-01-31", 1, "2023-02-28"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2024-12-15", 1, "2025-01-15"},
		{"2024-01-15", -1, "2023-12-15"},
		{"2024-03-31", -25, "2022-02-28"},
		{"0001-01-01", 0, "0001-01-01"},
	} {
		if got := day(t, tc.from).AddMonths(tc.n); got != day(t, tc.want) {
			t.Errorf("%s and %d months is %v, want %s", tc.from, tc.n, got, tc.want)
		}
	}
}

func TestAPeriodIsMeasuredInDaysAndMonths(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		p       string
		jours   int
		mois    int // 0: not whole months
		entames int
	}{
		{"a civil year", "2023-01-01 2023-12-31", 365, 12, 12},
		{"a leap year", "2024-01-01 2024-12-31", 366, 12, 12},
		{"eleven months, as in the flat example", "2021-01-01 2021-11-30", 334, 11, 11},
		{"eighteen months", "2023-07-01 2024-12-31", 550, 18, 18},
		{"a year from the middle of a month", "2023-03-15 2024-03-14", 366, 12, 12},
		{"February of a leap year", "2024-02-01 2024-02-29", 29, 1, 1},
		{"February of a leap year but its last day", "2024-02-01 2024-02-28", 28, 0, 1},
		{"a year that ends on 29 February", "2023-03-01 2024-02-29", 366, 12, 12},
		{"a year that starts on 29 February", "2024-02-29 2025-02-28", 366, 0, 13},
		{"from the registration day", "2023-06-12 2024-12-31", 569, 0, 19},
		{"one day", "2024-05-10 2024-05-10", 1, 0, 1},
		{"a month and a day", "2024-05-10 2024-06-10", 32, 0, 2},
		{"from a 31st over a shorter month", "2023-01-31 2023-03-30", 59, 2, 2},
		{"nothing", "2024-05-10 2024-05-09", 0, 0, 0},
		{"reversed", "2024-05-10 2023-05-09", 0, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := span(t, tc.p)
			mois, ok := p.Mois()
			got := []int{p.Jours(), mois, p.MoisEntames()}
			if diff := cmp.Diff([]int{tc.jours, tc.mois, tc.entames}, got); diff != "" || ok != (tc.mois > 0) {
				t.Errorf("ok %v, days, months, started months:\n%s", ok, diff)
			}
		})
	}
}

func TestStartedMonthsAgreeWithWholeMonths(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		debut := Date(rapid.Int32Range(-20_000, 40_000).Draw(t, "debut"))
		p := Periode{Debut: debut, Fin: debut + Date(rapid.Int32Range(0, 2_000).Draw(t, "length"))}
		n := p.MoisEntames()
		if debut.AddMonths(n) <= p.Fin || debut.AddMonths(n-1) > p.Fin {
			t.Fatalf("%v has %d started months", p, n)
		}
		if whole, ok := p.Mois(); ok && whole != n {
			t.Fatalf("%v has %d whole and %d started months", p, whole, n)
		}
	})
}

func TestTwoPeriodsShareTheirCommonDays(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, p, q string
		want       int
	}{
		{"one inside the other", "2024-01-01 2024-12-31", "2024-02-29 2024-02-29", 1},
		{"side by side", "2024-01-01 2024-06-30", "2024-07-01 2024-12-31", 0},
		{"a bound in common", "2024-01-01 2024-07-01", "2024-07-01 2024-12-31", 1},
		{"far apart", "2020-01-01 2020-12-31", "2024-01-01 2024-12-31", 0},
	} {
		p, q := span(t, tc.p), span(t, tc.q)
		if got := p.Commun(q).Jours(); got != tc.want || q.Commun(p).Jours() != tc.want || p.Chevauche(q) != (tc.want > 0) {
			t.Errorf("%s: %d days in common, want %d", tc.name, got, tc.want)
		}
	}
	if p := span(t, "2024-01-01 2024-12-31"); !p.Contient(p.Debut) || !p.Contient(p.Fin) || p.Contient(p.Fin+1) || p.Contient(p.Debut-1) {
		t.Error("both bounds belong to a period, the days beside it do not")
	}
}
