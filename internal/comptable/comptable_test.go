package comptable

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/comptabletest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

var benoit = domaine.Personne{ID: 622, Prenom: "BENOIT", Nom: "GARIAZZO"}

var day, span = comptabletest.Day, comptabletest.Span

// exercices reads lines "2024-01-01 2024-12-31 [clos] [MULTI]"; ids are 1, 2, 3….
func exercices(t testing.TB, lines ...string) []domaine.Exercice {
	t.Helper()
	var list []domaine.Exercice
	for i, line := range lines {
		words := strings.Fields(line)
		e := domaine.Exercice{ID: int64(i + 1), Periode: span(t, words[0]+" "+words[1]), Lettrage: domaine.LettrageMono}
		for _, word := range words[2:] {
			switch word {
			case "clos":
				e.Cloture = &domaine.Cloture{Le: e.Periode.Fin + 90, Par: benoit}
			case "MULTI":
				e.Lettrage = domaine.LettrageMulti
			default:
				t.Fatalf("%q in %q", word, line)
			}
		}
		list = append(list, e)
	}
	return list
}

// told returns an exercice as exercices reads it.
func told(e domaine.Exercice) string {
	s := e.Periode.Debut.String() + " " + e.Periode.Fin.String()
	if e.Clos() {
		s += " clos"
	}
	if e.Lettrage == domaine.LettrageMulti {
		s += " MULTI"
	}
	return s
}

func toldAll(list []domaine.Exercice) []string {
	var out []string
	for _, e := range list {
		out = append(out, told(e))
	}
	return out
}

// short says an error as "CODE item field=date, subject/neighbour".
func short(e Erreur) string {
	s := fmt.Sprintf("%s %d %s", e.Code, e.Index, e.Champ)
	if e.Suggestion != nil {
		s += "=" + e.Suggestion.String()
	}
	return s + ", " + e.Nom + "/" + e.NomVoisin
}

func checkErrors(t *testing.T, got []Erreur, want []string) {
	t.Helper()
	var told []string
	for _, e := range got {
		told = append(told, short(e))
		if !strings.HasSuffix(e.Message, ".") || strings.Contains(e.Message, "%!") {
			t.Errorf("not a sentence: %s", e.Message)
		}
		if e.Suggestion != nil && !strings.Contains(e.Message, e.Suggestion.FR()) {
			t.Errorf("the message does not name %s: %s", e.Suggestion.FR(), e.Message)
		}
		for _, name := range []string{e.Nom, e.NomVoisin} {
			if name != "" && !strings.Contains(e.Message, name) {
				t.Errorf("the message does not name %s: %s", name, e.Message)
			}
		}
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
		for _, e := range got {
			t.Log(e.Message)
		}
	}
}

func codes(warnings []Avertissement) []string {
	var out []string
	for _, w := range warnings {
		out = append(out, fmt.Sprintf("%s %d", w.Code, w.Index))
	}
	return out
}

func TestNamesCountFromTheOldestOpenExercice(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		list []string
		want []string
	}{
		{"no exercice, no name", nil, []string{}},
		{"the only one is N", []string{"2024-01-01 2024-12-31"}, []string{"N"}},
		{"all open: the oldest is N", []string{"2023-01-01 2023-12-31", "2024-01-01 2024-12-31", "2025-01-01 2025-12-31"}, []string{"N", "N+1", "N+2"}},
		{"N follows the last closed one", []string{"2022-01-01 2022-12-31 clos", "2023-01-01 2023-12-31 clos", "2024-01-01 2024-12-31", "2025-01-01 2025-12-31"},
			[]string{"N-2", "N-1", "N", "N+1"}},
		{"all closed: nobody is N", []string{"2022-01-01 2022-12-31 clos", "2023-01-01 2023-12-31 clos"}, []string{"N-2", "N-1"}},
		{"names follow the list's own order", []string{"2025-01-01 2025-12-31", "2023-01-01 2023-12-31 clos", "2024-01-01 2024-12-31"}, []string{"N+1", "N-1", "N"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, Names(exercices(t, tc.list...))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	open2 := []string{"2024-01-01 2024-12-31", "2025-01-01 2025-12-31"}
	closed := []string{"2023-01-01 2023-12-31 clos", "2024-01-01 2024-12-31"}
	for _, tc := range []struct {
		name     string
		list     []string
		items    []string
		after    []string // the whole list, where the request passes
		warnings []string
		errors   []string
	}{
		{name: "the first exercice may start on any day and last 18 months", items: []string{"2023-07-01 2024-12-31"}, after: []string{"2023-07-01 2024-12-31"}},
		{name: "the first exercice may last one day", items: []string{"2023-07-01 2023-07-01"}, after: []string{"2023-07-01 2023-07-01"}},
		{name: "24 months pass", items: []string{"2023-01-01 2024-12-31"}, after: []string{"2023-01-01 2024-12-31"}},
		{name: "24 months and a day are refused", items: []string{"2023-01-01 2025-01-01"}, errors: []string{"EXERCICE13 0 end_date=2024-12-31, /"}},
		{name: "24 months from 29 February end before the 28th", items: []string{"2024-02-29 2026-02-28"}, errors: []string{"EXERCICE13 0 end_date=2026-02-27, /"}},
		{name: "a year that ends on 29 February", list: []string{"2022-03-01 2023-02-28"}, items: []string{"2023-03-01 2024-02-29"},
			after: []string{"2022-03-01 2023-02-28", "2023-03-01 2024-02-29"}},
		{name: "forgetting 29 February leaves a gap", list: []string{"2023-03-01 2024-02-28"}, items: []string{"2024-03-01 2025-02-28"},
			errors: []string{"EXERCICE4 0 start_date=2024-02-29, /N"}},
		{name: "after the newest", list: open2, items: []string{"2026-01-01 2026-12-31"}, after: append(open2[:2:2], "2026-01-01 2026-12-31")},
		{name: "before the oldest while none is closed", list: open2, items: []string{"2023-01-01 2023-12-31"}, after: append([]string{"2023-01-01 2023-12-31"}, open2...)},
		{name: "on both sides at once, in any order", list: open2, items: []string{"2027-01-01 2027-12-31", "2023-01-01 2023-12-31", "2026-01-01 2026-12-31"},
			after: []string{"2023-01-01 2023-12-31", "2024-01-01 2024-12-31", "2025-01-01 2025-12-31", "2026-01-01 2026-12-31", "2027-01-01 2027-12-31"}},
		{name: "before a closed one is refused, once", list: closed, items: []string{"2020-01-01 2020-12-31"}, errors: []string{"EXERCICE13 0 start_date=2025-01-01, /N-1"}},
		{name: "a gap after the newest", list: open2, items: []string{"2026-02-01 2026-12-31"}, errors: []string{"EXERCICE4 0 start_date=2026-01-01, /N+1"}},
		{name: "a gap before the oldest", list: open2, items: []string{"2022-01-01 2023-11-30"}, errors: []string{"EXERCICE4 0 end_date=2023-12-31, /N"}},
		{name: "an overlap of one day with the newest", list: open2, items: []string{"2025-12-31 2026-12-31"}, errors: []string{"EXERCICE3 0 start_date=2026-01-01, /N+1"}},
		{name: "an overlap with the oldest while none is closed", list: open2, items: []string{"2023-02-01 2024-01-31"}, errors: []string{"EXERCICE3 0 end_date=2023-12-31, /N"}},
		{name: "an overlap with a closed one cannot move before it", list: closed, items: []string{"2022-02-01 2023-01-31"}, errors: []string{"EXERCICE3 0 start_date=2025-01-01, /N-1"}},
		{name: "the same dates again", list: open2, items: []string{"2025-01-01 2025-12-31"}, errors: []string{"EXERCICE3 0 start_date=2026-01-01, /N+1"}},
		{name: "over two exercices", list: closed, items: []string{"2023-06-01 2024-05-31"}, errors: []string{"EXERCICE3 0 start_date=2025-01-01, /N-1"}},
		{name: "two items that overlap", items: []string{"2024-01-01 2024-12-31", "2024-12-01 2025-11-30"}, errors: []string{"EXERCICE3 1 start_date=2025-01-01, /"}},
		{name: "two items with the same dates", items: []string{"2024-01-01 2024-12-31", "2024-01-01 2024-12-31"}, errors: []string{"EXERCICE3 1 start_date=2025-01-01, /"}},
		{name: "two items with a gap", items: []string{"2024-01-01 2024-12-31", "2026-01-01 2026-12-31"}, errors: []string{"EXERCICE4 1 start_date=2025-01-01, /"}},
		{name: "reversed dates", list: open2, items: []string{"2026-01-01 2025-12-31"}, errors: []string{"EXERCICE13 0 end_date=2026-12-31, /"}},
		{name: "nothing", errors: []string{"EXERCICE13 -1 , /"}},
		{name: "every error at once, later items judged as if the earlier were right", list: open2,
			items: []string{"2025-06-01 2026-12-31", "2027-01-01 2026-12-31", "2028-02-01 2028-12-31", "2029-01-01 2031-01-01"},
			errors: []string{"EXERCICE3 0 start_date=2026-01-01, /N+1", "EXERCICE13 1 end_date=2027-12-31, /",
				"EXERCICE4 2 start_date=2028-01-01, /", "EXERCICE13 3 end_date=2030-12-31, /"}},
		{name: "a later one of 15 months is a warning", list: open2, items: []string{"2026-01-01 2027-03-31"},
			after: append(open2[:2:2], "2026-01-01 2027-03-31"), warnings: []string{"duree-12-mois 0"}},
		{name: "a long first one that is no longer the first is a warning", list: []string{"2023-07-01 2024-12-31"}, items: []string{"2022-07-01 2023-06-30"},
			after: []string{"2022-07-01 2023-06-30", "2023-07-01 2024-12-31"}, warnings: []string{"duree-12-mois -1"}},
		{name: "after MULTI comes MULTI", list: []string{"2023-01-01 2023-12-31 clos MULTI"}, items: []string{"2024-01-01 2024-12-31", "2025-01-01 2025-12-31"},
			after: []string{"2023-01-01 2023-12-31 clos MULTI", "2024-01-01 2024-12-31 MULTI", "2025-01-01 2025-12-31 MULTI"}},
		{name: "before MULTI comes MONO", list: []string{"2023-01-01 2023-12-31 MULTI"}, items: []string{"2022-01-01 2022-12-31"},
			after: []string{"2022-01-01 2022-12-31", "2023-01-01 2023-12-31 MULTI"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			before := exercices(t, tc.list...)
			var items []passerelle.Periode
			for _, item := range tc.items {
				items = append(items, span(t, item))
			}
			res := Dossier{Exercices: before}.Create(items)
			checkResult(t, before, res, tc.after, tc.warnings, tc.errors)
			if len(tc.errors) == 0 && len(res.Changements) != len(tc.items) {
				t.Errorf("%d changes for %d items", len(res.Changements), len(tc.items))
			}
		})
	}
}

// checkResult compares a result with what is wanted; where errors are, nothing
// may have changed.
func checkResult(t *testing.T, before []domaine.Exercice, res Resultat, after, warnings, errors []string) {
	t.Helper()
	checkErrors(t, res.Erreurs, errors)
	if diff := cmp.Diff(warnings, codes(res.Avertissements)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if len(errors) > 0 {
		after = toldAll(Sorted(before))
		if len(res.Changements) > 0 {
			t.Errorf("refused, and yet %d changes", len(res.Changements))
		}
	}
	if diff := cmp.Diff(after, toldAll(res.Exercices)); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
}

func TestNothingStartsBeforeTheRegistrationDay(t *testing.T) {
	t.Parallel()
	d := Dossier{Immatriculation: ptr(day(t, "2023-06-12"))}
	checkErrors(t, d.Create([]passerelle.Periode{span(t, "2023-06-01 2024-05-31")}).Erreurs, []string{"EXERCICE5 0 start_date=2023-06-12, /"})
	checkErrors(t, d.Create([]passerelle.Periode{span(t, "2023-06-12 2024-05-31")}).Erreurs, nil)
	d.Exercices = exercices(t, "2023-06-12 2024-05-31")
	checkErrors(t, d.Move([]Mouvement{{1, span(t, "2023-06-11 2024-05-31")}}).Erreurs, []string{"EXERCICE5 0 start_date=2023-06-12, N/"})
}

func TestMove(t *testing.T) {
	t.Parallel()
	three := []string{"2023-01-01 2023-12-31 clos", "2024-01-01 2024-12-31", "2025-01-01 2025-12-31"}
	open3 := []string{"2024-01-01 2024-12-31", "2025-01-01 2025-12-31", "2026-01-01 2026-12-31"}
	for _, tc := range []struct {
		name     string
		list     []string
		items    []string // "ID start end"
		after    []string
		warnings []string
		errors   []string
	}{
		{name: "the newest may end earlier", list: three, items: []string{"3 2025-01-01 2025-06-30"}, after: []string{three[0], three[1], "2025-01-01 2025-06-30"}},
		{name: "the oldest open may start earlier", list: open3, items: []string{"1 2023-07-01 2024-12-31"}, after: []string{"2023-07-01 2024-12-31", open3[1], open3[2]}},
		{name: "a bound moves with both of its exercices", list: three, items: []string{"3 2024-10-01 2025-12-31", "2 2024-01-01 2024-09-30"},
			after: []string{three[0], "2024-01-01 2024-09-30", "2024-10-01 2025-12-31"}, warnings: []string{"duree-12-mois 0"}},
		{name: "the neighbour never moves by itself: gap", list: three, items: []string{"2 2024-01-01 2024-11-30"}, errors: []string{"EXERCICE4 0 end_date=2024-12-31, N/N+1"}},
		{name: "the neighbour never moves by itself: overlap", list: three, items: []string{"2 2024-01-01 2025-01-31"}, errors: []string{"EXERCICE3 0 end_date=2024-12-31, N/N+1"}},
		{name: "the newest may not leave a gap", list: three, items: []string{"3 2025-02-01 2025-12-31"}, errors: []string{"EXERCICE4 0 start_date=2025-01-01, N+1/N"}},
		{name: "a closed year is not bypassed by moving the next one's start over it", list: three, items: []string{"2 2023-06-01 2024-12-31"},
			errors: []string{"EXERCICE3 0 start_date=2024-01-01, N/N-1"}},
		{name: "a closed year is not swallowed whole", list: three, items: []string{"2 2022-12-01 2024-11-30"},
			errors: []string{"EXERCICE3 0 start_date=2024-01-01, N/N-1", "EXERCICE4 0 end_date=2024-12-31, N/N+1"}},
		{name: "an open year does not pass before a closed one", list: three[:2], items: []string{"2 2022-01-01 2022-12-31"},
			errors: []string{"EXERCICE14 0 start_date=2024-01-01, N/N-1"}},
		{name: "a gap after a closed year", list: three[:2], items: []string{"2 2024-01-02 2024-12-31"}, errors: []string{"EXERCICE4 0 start_date=2024-01-01, N/N-1"}},
		{name: "a closed year does not move, even by a day", list: three, items: []string{"1 2023-01-01 2023-12-30"}, errors: []string{"EXERCICE14 0 start_date=2023-01-01, N-1/"}},
		{name: "a closed year does not move with its neighbour", list: three, items: []string{"1 2023-01-01 2023-11-30", "2 2023-12-01 2024-12-31"},
			errors: []string{"EXERCICE14 0 start_date=2023-01-01, N-1/", "EXERCICE3 1 start_date=2024-01-01, N/N-1"}},
		{name: "a closed year may be named with the dates that it has", list: three, items: []string{"1 2023-01-01 2023-12-31", "3 2025-01-01 2025-03-31"},
			after: []string{three[0], three[1], "2025-01-01 2025-03-31"}},
		{name: "the one in the middle may not leave", list: open3, items: []string{"2 2027-01-01 2027-12-31"}, errors: []string{"EXERCICE4 0 start_date=2025-01-01, N+1/N", "EXERCICE13 0 end_date=2025-12-31, N+1/N+2"}},
		{name: "the oldest may not become the newest", list: open3, items: []string{"1 2027-01-01 2027-12-31"}, errors: []string{"EXERCICE13 0 end_date=2024-12-31, N/N+1"}},
		{name: "reversed dates", list: three, items: []string{"3 2026-01-01 2025-12-31"}, errors: []string{"EXERCICE13 0 end_date=2026-12-31, N+1/", "EXERCICE4 0 start_date=2025-01-01, N+1/N"}},
		{name: "over 24 months by its end", list: three, items: []string{"3 2025-01-01 2027-01-31"}, errors: []string{"EXERCICE13 0 end_date=2026-12-31, N+1/"}},
		{name: "over 24 months by its start", list: open3, items: []string{"1 2022-12-31 2024-12-31"}, errors: []string{"EXERCICE13 0 start_date=2023-01-01, N/"}},
		{name: "an unknown one", list: three, items: []string{"9 2025-01-01 2025-12-31"}, errors: []string{"EXERCICE10 0 exercice_id, /"}},
		{name: "the same one twice", list: three, items: []string{"3 2025-01-01 2025-06-30", "3 2025-01-01 2025-07-31"}, errors: []string{"EXERCICE13 1 exercice_id, N+1/"}},
		{name: "nothing", list: three, errors: []string{"EXERCICE13 -1 , /"}},
		{name: "every error at once", list: three, items: []string{"1 2023-01-01 2023-06-30", "9 2024-01-01 2024-12-31", "2 2024-01-01 2024-11-30"},
			errors: []string{"EXERCICE14 0 start_date=2023-01-01, N-1/", "EXERCICE10 1 exercice_id, /", "EXERCICE4 2 end_date=2024-12-31, N/N+1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			before := exercices(t, tc.list...)
			var items []Mouvement
			for _, item := range tc.items {
				items = append(items, Mouvement{ID: int64(item[0] - '0'), Periode: span(t, item[2:])})
			}
			checkResult(t, before, Dossier{Exercices: before}.Move(items), tc.after, tc.warnings, tc.errors)
		})
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	mono, multi, other := domaine.LettrageMono, domaine.LettrageMulti, domaine.Lettrage("3")
	list := []string{"2023-01-01 2023-12-31 clos", "2024-01-01 2024-12-31", "2025-01-01 2025-12-31"}
	ended := []string{"2023-01-01 2023-12-31 clos MULTI", "2024-01-01 2024-12-31 MULTI"}
	for _, tc := range []struct {
		name     string
		list     []string
		id       int64
		lettrage *domaine.Lettrage
		le       string
		after    []string
		warnings []string
		errors   []string
	}{
		{name: "the oldest open one closes", list: list, id: 2, after: []string{list[0], list[1] + " clos", list[2]}},
		{name: "MONO stays MONO", list: list, id: 2, lettrage: &mono, after: []string{list[0], list[1] + " clos", list[2]}},
		{name: "MULTI holds for it and every later one, not for the closed ones", list: list, id: 2, lettrage: &multi,
			after: []string{list[0], list[1] + " clos MULTI", list[2] + " MULTI"}},
		{name: "a later one does not close first", list: list, id: 3, errors: []string{"EXERCICE13 0 exercice_id, N+1/N"}},
		{name: "a closed one does not close again", list: list, id: 1, errors: []string{"EXERCICE6 0 exercice_id, N-1/"}},
		{name: "an unknown one", list: list, id: 9, errors: []string{"EXERCICE10 0 exercice_id, /"}},
		{name: "MULTI never goes back to MONO", list: ended, id: 2, lettrage: &mono, errors: []string{"LETTRAGE7 0 lettering_method_id, N/"}},
		{name: "MULTI stays without being said", list: ended, id: 2, le: "2025-03-01",
			after: []string{ended[0], "2024-01-01 2024-12-31 clos MULTI"}, warnings: []string{"aucun-ouvert 0"}},
		{name: "an unknown method, and every other error with it", list: list, id: 3, lettrage: &other,
			errors: []string{"EXERCICE13 0 exercice_id, N+1/N", "EXERCICE12 0 lettering_method_id, N+1/"}},
		{name: "before its last day is a warning", list: list, id: 2, le: "2024-12-31",
			after: []string{list[0], list[1] + " clos", list[2]}, warnings: []string{"cloture-avant-fin 0"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if tc.le == "" {
				tc.le = "2025-04-01"
			}
			before := exercices(t, tc.list...)
			review := domaine.ReviewModel{ID: 4, Label: "Révision"}
			res := Dossier{Exercices: before}.Close(DemandeCloture{ID: tc.id, Lettrage: tc.lettrage, ReportANouveau: true, ReviewModel: review}, benoit, day(t, tc.le))
			checkResult(t, before, res, tc.after, tc.warnings, tc.errors)
			if len(tc.errors) > 0 {
				return
			}
			want := exercices(t, tc.list...)[tc.id-1]
			want.Cloture = &domaine.Cloture{Le: day(t, tc.le), Par: benoit}
			want.ReportANouveau, want.ReviewModel = true, review
			if tc.lettrage != nil {
				want.Lettrage = *tc.lettrage
			}
			if diff := cmp.Diff(Changement{Genre: Fermeture, Avant: before[tc.id-1], Apres: want}, res.Changements[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}
