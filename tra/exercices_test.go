package tra_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle/tra"
)

var demo = tra.Dossier{
	Nom: "CFA de l’Orge", Siret: "12345678200010", Utilisateur: "Passerelle",
	Horodatage: time.Date(2024, 2, 29, 14, 5, 0, 0, time.UTC),
}

func day(s string) tra.Date {
	d, ok := tra.ParseDate(s)
	if !ok || d.IsZero() {
		panic(s)
	}
	return d
}

func TestASeedExerciceHasEveryFieldAtItsPosition(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := tra.WriteExercices(&out, demo, []tra.Exercice{
		{Code: "N", Debut: day("01012023"), Fin: day("31122023"), Etat: tra.EtatOuvert, Ano: tra.AnoDetail, Creation: day("01012023")},
		{Code: "N+1", Debut: day("01012024"), Fin: day("31122024"), Etat: tra.EtatOuvert, Ano: tra.AnoProgiciel, Creation: day("01012024")},
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\r\n")
	// Seed 003, TRA table: CODE 7, DATEDEBUT 10, DATEFIN 18, ETATCPTA 26, LIBELLE 32, ETATANO 67, DATECREATION 70.
	want := "***EXO" + "N+1" + "01012024" + "31122024" + "OUV" + "   " + "Exercice au 31122024               " + "OAN" + "01012024"
	if diff := cmp.Diff(want, lines[6]); diff != "" {
		t.Error(diff)
	}
	golden(t, "testdata/check/exercices.tra", out.Bytes())
	report, err := tra.Check(&out, tra.Options{})
	if err != nil || !report.OK() {
		t.Errorf("%v %+v", err, report)
	}
	for _, f := range report.Findings {
		if f.Rule != "enregistrement-absent" {
			t.Error(f)
		}
	}
}

// sequence draws exercices that a file can say.
func sequence(t *rapid.T) []tra.Exercice {
	n := rapid.IntRange(1, 12).Draw(t, "exercices")
	start := time.Date(rapid.IntRange(1990, 2080).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1, 0, 0, 0, 0, time.UTC)
	closed := rapid.IntRange(0, n).Draw(t, "closed")
	list := make([]tra.Exercice, n)
	for i := range list {
		end := start.AddDate(0, rapid.IntRange(1, 24).Draw(t, "months"), 0)
		last := end.AddDate(0, 0, -1)
		e := tra.Exercice{
			Code:  string([]byte{'0', byte('0' + (i+1)/10), byte('0' + (i+1)%10)}),
			Debut: tra.Date{Year: start.Year(), Month: start.Month(), Day: 1},
			Fin:   tra.Date{Year: last.Year(), Month: last.Month(), Day: last.Day()},
			Ano:   rapid.SampledFrom([]tra.Ano{tra.AnoDetail, tra.AnoProgiciel, tra.AnoBlanc}).Draw(t, "ano"),
		}
		e.Creation = e.Debut
		e.Libelle = "Exercice au " + e.Fin.TRA()
		switch {
		case i < closed:
			e.Etat = tra.EtatClos
		case i < closed+2:
			e.Etat = tra.EtatOuvert
		default:
			e.Etat = tra.EtatNonOuvert
		}
		list[i] = e
		start = end
	}
	return list
}

func TestExercicesWrittenAreReadAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := sequence(t)
		var out bytes.Buffer
		if err := tra.WriteExercices(&out, demo, list); err != nil {
			t.Fatal(err)
		}
		got, findings, err := tra.ReadExercices(&out)
		if err != nil || len(findings) > 0 {
			t.Fatal(err, findings)
		}
		if diff := cmp.Diff(list, got, cmpopts.IgnoreFields(tra.Exercice{}, "Line", "Columns")); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestWhatAFileCannotSayIsNotWritten(t *testing.T) {
	t.Parallel()
	year := tra.Exercice{Code: "N", Debut: day("01012024"), Fin: day("31122024"), Etat: tra.EtatOuvert, Ano: tra.AnoDetail, Creation: day("01012024")}
	with := func(change func(*tra.Exercice)) []tra.Exercice {
		e := year
		change(&e)
		return []tra.Exercice{e}
	}
	for _, c := range []struct {
		name    string
		dossier tra.Dossier
		list    []tra.Exercice
		says    []string
	}{
		{"a start on the 15th", demo, with(func(e *tra.Exercice) { e.Debut = day("15012024") }), []string{"ligne 6, colonne 10", "premier de mois"}},
		{"a name of four characters", demo, with(func(e *tra.Exercice) { e.Code = "N-10" }), []string{"ligne 6, colonne 10, EXO.CODE", "4 caractères"}},
		{"an unknown state", demo, with(func(e *tra.Exercice) { e.Etat = "XXX" }), []string{"EXO.ETATCPTA", "OUV, CDE, CPR, NON"}},
		{"no end", demo, with(func(e *tra.Exercice) { e.Fin = tra.Date{} }), []string{"EXO.DATEFIN", "obligatoire"}},
		{"two of the same", demo, []tra.Exercice{year, year}, []string{"code N", "avant la fin"}},
		{"a name outside Windows-1252", tra.Dossier{Nom: "Ł"}, with(func(*tra.Exercice) {}), []string{"ligne 1, colonne 89, HEADER.RAISON_SOCIALE", "ligne 2, colonne 7, PS1.NOM"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			err := tra.WriteExercices(&out, c.dossier, c.list)
			if err == nil || out.Len() > 0 {
				t.Fatalf("%d bytes, %v", out.Len(), err)
			}
			var fe *tra.FieldError
			if !errors.As(err, &fe) {
				t.Errorf("no FieldError in %v", err)
			}
			for _, s := range c.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q does not say %q", err, s)
				}
			}
		})
	}
}

func TestExercicesAreReadAsTheReferenceDecides(t *testing.T) {
	t.Parallel()
	const line = "***EXON  0101202431122024"
	label := "Exercice au 31122024               "
	for _, c := range []struct {
		name, line string
		etat       tra.Etat
		ano        tra.Ano
		creation   string
		rules      string
	}{
		{"a whole line", line + "CDE   " + label + "H  15042025", "CDE", "H", "2025-04-15", ""},
		{"a blank ETATANO is no journal of à-nouveaux", line + "OUV   " + label + "   01012024", "OUV", "", "2024-01-01", ""},
		{"a line that stops before ETATANO is blank", line + "OUV   " + strings.TrimRight(label, " "), "OUV", "", "", "exo-ano-absent exo-datecreation"},
		{"a line of version 010", line + "OUV   " + label + "OAN", "OUV", "OAN", "", "exo-datecreation"},
		{"closed provisionally", line + "CPR   " + label + "H  01012024", "CPR", "H", "2024-01-01", "exo-provisoire"},
		{"another text as label", line + "OUV   Année 2024" + strings.Repeat(" ", 25) + "H  01012024", "OUV", "H", "2024-01-01", "exo-libelle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			list, findings, err := tra.ReadExercices(strings.NewReader("***S5EXPJRLETE" + strings.Repeat(" ", 19) + "011\n" + c.line + "\n***QQQ\n"))
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			e := list[0]
			var rules []string
			for _, f := range findings {
				rules = append(rules, f.Rule)
			}
			if e.Etat != c.etat || e.AnoLu() != c.ano || e.Creation.String() != c.creation || strings.Join(rules, " ") != c.rules || e.Line != 2 {
				t.Errorf("%+v %v", e, findings)
			}
		})
	}
}

func TestAFileWithoutExercicesSaysSo(t *testing.T) {
	t.Parallel()
	list, findings, err := tra.ReadExercices(strings.NewReader(header + "\r\n***PS1\r\n"))
	if err != nil || len(list) != 0 || len(findings) != 1 || findings[0].Rule != "enregistrement-manquant" {
		t.Error(list, findings, err)
	}
	var refused *tra.FormatError
	if _, _, err := tra.ReadExercices(strings.NewReader("%PDF-1.4")); !errors.As(err, &refused) {
		t.Error(err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestAnErrorOfTheTargetComesBack(t *testing.T) {
	t.Parallel()
	if err := tra.WriteExercices(full{}, demo, nil); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
}
