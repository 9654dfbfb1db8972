package comptable

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// lignes reads "001 2024-01-01 2024-12-31 CDE H [DATECREATION]"; "-" is a blank
// ETATANO and "!" an absent one.
func lignes(t testing.TB, lines ...string) []LigneLue {
	t.Helper()
	var out []LigneLue
	for _, line := range lines {
		w := strings.Fields(line)
		l := LigneLue{Code: w[0], Periode: span(t, w[1]+" "+w[2]), EtatCpta: w[3], EtatANO: w[4]}
		if l.EtatANO == "!" || l.EtatANO == "-" {
			l.ANOAbsent = l.EtatANO == "!"
			l.EtatANO = ""
		}
		if len(w) > 5 {
			l.DateCreation = ptr(day(t, w[5]))
		}
		out = append(out, l)
	}
	return out
}

func TestImport(t *testing.T) {
	t.Parallel()
	open1 := []string{"2024-01-01 2024-12-31"}
	closed := []string{"2023-01-01 2023-12-31 clos", "2024-01-01 2024-12-31"}
	for _, tc := range []struct {
		name     string
		list     []string
		file     []string
		after    []string
		warnings []string
		errors   []string
	}{
		{name: "into an empty dossier, with every state",
			file: []string{"N-1 2022-01-01 2022-12-31 CDE H", "C 2023-01-01 2023-12-31 CPR H", "N 2024-01-01 2024-12-31 OUV H",
				"N+1 2025-01-01 2025-12-31 OUV OAN", "N+2 2026-01-01 2026-12-31 NON OAN"},
			after: []string{"2022-01-01 2022-12-31 clos", "2023-01-01 2023-12-31", "2024-01-01 2024-12-31",
				"2025-01-01 2025-12-31 MULTI", "2026-01-01 2026-12-31 MULTI"},
			warnings: []string{"cloture-provisoire 1"}},
		{name: "the same file again changes nothing", list: closed, file: []string{"N-1 2023-01-01 2023-12-31 CDE H", "N 2024-01-01 2024-12-31 OUV H"}, after: closed},
		{name: "another state of the same exercice is a warning", list: closed, file: []string{"1 2023-01-01 2023-12-31 OUV H", "2 2024-01-01 2024-12-31 NON H"},
			after: closed, warnings: []string{"etat-different 0"}},
		{name: "closing stays an explicit act", list: closed, file: []string{"2 2024-01-01 2024-12-31 CDE H"}, after: closed, warnings: []string{"etat-different 0"}},
		{name: "another lettering of the same exercice is a warning", list: open1, file: []string{"1 2024-01-01 2024-12-31 OUV OAN"}, after: open1, warnings: []string{"lettrage-different 0"}},
		{name: "a closed one before a closed one", list: closed, file: []string{"1 2022-01-01 2022-12-31 CDE H"}, after: append([]string{"2022-01-01 2022-12-31 clos"}, closed...)},
		{name: "an open one before a closed one is refused", list: closed, file: []string{"1 2022-01-01 2022-12-31 OUV H"}, errors: []string{"EXERCICE13 0 start_date=2025-01-01, /N-1"}},
		{name: "an open one before an open one", list: open1, file: []string{"1 2023-01-01 2023-12-31 OUV H"}, after: []string{"2023-01-01 2023-12-31", open1[0]}},
		{name: "a closed one after an open one is refused", list: closed, file: []string{"1 2025-01-01 2025-12-31 CDE H"}, errors: []string{"EXERCICE13 0 state, /"}},
		{name: "other bounds over an existing one", list: closed, file: []string{"1 2023-01-01 2023-11-30 CDE H"}, errors: []string{"EXERCICE3 0 end_date=2023-12-31, /N-1"}},
		{name: "a gap", list: closed, file: []string{"1 2024-01-01 2024-12-31 OUV H", "2 2025-02-01 2025-12-31 OUV H"}, errors: []string{"EXERCICE4 1 start_date=2025-01-01, /N"}},
		{name: "three open ones", file: []string{"1 2024-01-01 2024-12-31 OUV H", "2 2025-01-01 2025-12-31 OUV H", "3 2026-01-01 2026-12-31 OUV H"},
			errors: []string{"EXERCICE13 2 state, /"}},
		{name: "states out of order, in a file in any order", file: []string{"2 2025-01-01 2025-12-31 CPR H", "1 2024-01-01 2024-12-31 OUV H"},
			warnings: []string{"cloture-provisoire 0"}, errors: []string{"EXERCICE13 0 state, /"}},
		{name: "an unknown state", file: []string{"1 2024-01-01 2024-12-31 XXX H"}, errors: []string{"EXERCICE13 0 state, /"}},
		{name: "a blank lettering is MONO, an absent one too", file: []string{"1 2024-01-01 2024-12-31 OUV -", "2 2025-01-01 2025-12-31 OUV !"},
			after: []string{"2024-01-01 2024-12-31", "2025-01-01 2025-12-31"}, warnings: []string{"lettrage-different 0", "lettrage-different 1"}},
		{name: "a lettering that is not said is the one that fits", list: []string{"2024-01-01 2024-12-31 MULTI"}, file: []string{"1 2025-01-01 2025-12-31 OUV -"},
			after: []string{"2024-01-01 2024-12-31 MULTI", "2025-01-01 2025-12-31 MULTI"}, warnings: []string{"lettrage-different 0"}},
		{name: "an absent lettering before a MONO one is MONO", list: open1, file: []string{"1 2023-01-01 2023-12-31 CDE !"},
			after: []string{"2023-01-01 2023-12-31 clos", open1[0]}, warnings: []string{"lettrage-different 0"}},
		{name: "MONO after MULTI is refused", file: []string{"1 2024-01-01 2024-12-31 OUV OAN", "2 2025-01-01 2025-12-31 OUV H"}, errors: []string{"LETTRAGE7 1 lettering_method_id, /"}},
		{name: "MULTI before a MONO that exists is refused", list: open1, file: []string{"1 2023-01-01 2023-12-31 CDE OAN"}, errors: []string{"LETTRAGE7 0 lettering_method_id, /"}},
		{name: "an empty file", list: open1, errors: []string{"EXERCICE13 -1 , /"}},
		{name: "a first one of 18 months, and a later one of 15", file: []string{"1 2023-07-01 2024-12-31 CDE H", "2 2025-01-01 2026-03-31 OUV H"},
			after: []string{"2023-07-01 2024-12-31 clos", "2025-01-01 2026-03-31"}, warnings: []string{"duree-12-mois 1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			before := exercices(t, tc.list...)
			res := Dossier{Exercices: before}.Import(lignes(t, tc.file...), benoit, day(t, "2026-11-25"))
			checkResult(t, before, res, tc.after, tc.warnings, tc.errors)
		})
	}
}

func TestAnImportedClosingIsDatedByTheFileWhereItCan(t *testing.T) {
	t.Parallel()
	res := Dossier{}.Import(lignes(t, "1 2022-01-01 2022-12-31 CDE H 2023-04-15", "2 2023-01-01 2023-12-31 CDE H 2023-01-01",
		"3 2024-01-01 2024-12-31 CDE H", "4 2025-01-01 2025-12-31 OUV H 2026-02-01"), benoit, day(t, "2026-11-25"))
	var got []string
	for _, e := range res.Exercices {
		if e.Clos() {
			got = append(got, e.Cloture.Le.String()+" "+e.Cloture.Par.Nom)
		}
	}
	if diff := cmp.Diff([]string{"2023-04-15 GARIAZZO", "2026-11-25 GARIAZZO", "2026-11-25 GARIAZZO"}, got); diff != "" {
		t.Error(diff, res.Erreurs)
	}
}

func TestToTRA(t *testing.T) {
	t.Parallel()
	list := exercices(t, "2022-07-01 2023-12-31 clos", "2024-01-01 2024-12-31", "2025-01-01 2025-12-31 MULTI", "2026-01-01 2026-12-31 MULTI")
	lines, warnings, errs := ToTRA(list, OptionsTRA{})
	if len(warnings)+len(errs) > 0 {
		t.Fatal(warnings, errs)
	}
	d := func(s string) passerelle.Date { return day(t, s) }
	want := []LigneTRA{
		{"N-1", d("2022-07-01"), d("2023-12-31"), "CDE", "Exercice au 31122023", "H", d("2022-07-01")},
		{"N", d("2024-01-01"), d("2024-12-31"), "OUV", "Exercice au 31122024", "H", d("2024-01-01")},
		{"N+1", d("2025-01-01"), d("2025-12-31"), "OUV", "Exercice au 31122025", "OAN", d("2025-01-01")},
		{"N+2", d("2026-01-01"), d("2026-12-31"), "NON", "Exercice au 31122026", "OAN", d("2026-01-01")},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	lines, _, _ = ToTRA(list, OptionsTRA{CodeRang: true, DateDeCloture: true})
	for i, code := range []string{"001", "002", "003", "004"} {
		want[i].Code = code
	}
	want[0].DateCreation = list[0].Cloture.Le
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
}

func TestANameThatDoesNotFitTheFileGivesWayToTheRank(t *testing.T) {
	t.Parallel()
	var list []domaine.Exercice
	for year := 2010; year < 2022; year++ {
		e := domaine.Exercice{ID: int64(year), Lettrage: domaine.LettrageMono,
			Periode: passerelle.Periode{Debut: passerelle.NewDate(year, 1, 1), Fin: passerelle.NewDate(year, 12, 31)}}
		if year < 2021 {
			e.Cloture = &domaine.Cloture{Le: e.Periode.Fin + 30, Par: benoit}
		}
		list = append(list, e)
	}
	lines, warnings, errs := ToTRA(list, OptionsTRA{})
	var got []string
	for _, l := range lines {
		got = append(got, l.Code)
	}
	if diff := cmp.Diff([]string{"001", "002", "N-9", "N-8", "N-7", "N-6", "N-5", "N-4", "N-3", "N-2", "N-1", "N"}, got); diff != "" || len(errs) > 0 {
		t.Error(diff, errs)
	}
	if diff := cmp.Diff([]string{"code-rang -1", "code-rang -1"}, codes(warnings)); diff != "" {
		t.Error(diff)
	}
}

func TestBoundsWithinAMonthAreRefusedOrWidened(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		list    []string
		refused []string // without widening
		widened []string // with
		still   []string // errors with widening
	}{
		{"a registration day", []string{"2023-06-12 2024-12-31"}, []string{"EXERCICE13 -1 start_date=2023-06-01, N/"}, []string{"2023-06-01 2024-12-31"}, nil},
		{"both ends", []string{"2023-06-12 2024-02-28"}, []string{"EXERCICE13 -1 start_date=2023-06-01, N/", "EXERCICE13 -1 end_date=2024-02-29, N/"},
			[]string{"2023-06-01 2024-02-29"}, nil},
		{"two that meet within a month", []string{"2023-01-01 2024-03-14", "2024-03-15 2024-12-31"},
			[]string{"EXERCICE13 -1 end_date=2024-03-31, N/", "EXERCICE13 -1 start_date=2024-03-01, N+1/"}, nil,
			[]string{"EXERCICE13 -1 end_date=2024-03-31, N/", "EXERCICE13 -1 start_date=2024-03-01, N+1/"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			list := exercices(t, tc.list...)
			_, _, errs := ToTRA(list, OptionsTRA{})
			checkErrors(t, errs, tc.refused)
			lines, warnings, errs := ToTRA(list, OptionsTRA{ElargirAuxMois: true})
			checkErrors(t, errs, tc.still)
			var got []string
			for _, l := range lines {
				got = append(got, l.DateDebut.String()+" "+l.DateFin.String())
			}
			if diff := cmp.Diff(tc.widened, got); diff != "" || len(errs) == 0 && len(warnings) != 1 {
				t.Error(diff, warnings)
			}
		})
	}
}
