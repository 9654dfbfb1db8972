package tra_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/tra"
)

func TestTheFormOfTheFileIsSaidFirst(t *testing.T) {
	t.Parallel()
	l := dossier(t)
	set(l, "PS1", 1, "NOM", "CFA")
	file := strings.Join(l, "\r\n") + "\r\n"
	for what, c := range map[string]struct{ file, want string }{
		"UTF-8":                  {strings.Replace(file, "Lan", "é", 1), ""},
		"a byte order mark":      {"\ufeff" + file, "bom@1:0"},
		"LF":                     {strings.ReplaceAll(file, "\r\n", "\n"), "fin-ligne@1:0"},
		"an end mark":            {file + "\x1a", "fin-dos@27:0"},
		"an end mark and CRLF":   {file + "\x1a\r\n", "fin-dos@27:0"},
		"an end mark on a line":  {strings.TrimSuffix(file, "\r\n") + "\x1a", "fin-dos@26:0"},
		"all of them, and a tab": {"\ufeff" + strings.ReplaceAll(file, "\r\n", "\n") + "\x1a", "bom@1:0; fin-ligne@1:0; fin-dos@27:0"},
	} {
		report, err := tra.Check(strings.NewReader(c.file), tra.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(places(report, ""), "; "); got != c.want || report.Errors > 0 {
			t.Errorf("%s: %s", what, got)
		}
		if c.want != "" && report.Findings[len(report.Findings)-1].Rule != "enregistrement-absent" {
			t.Errorf("%s: not first: %v", what, report.Findings)
		}
		if back, err := copyFile([]byte(c.file)); err != nil || string(back) != c.file {
			t.Errorf("%s: %v, written back as %q", what, err, back[max(0, len(back)-20):])
		}
		if back, _, err := throughJSON([]byte(c.file)); err != nil || string(back) != c.file {
			t.Errorf("%s: %v, through JSON %q", what, err, back[max(0, len(back)-20):])
		}
	}
}

// oldFile is what files of version 006 look like: a header of 127 columns, PS5
// without accounts of conversion, EXO without label, journals that are not
// declared.
func oldFile(t *testing.T, version string) string {
	t.Helper()
	lines := []string{
		"***S5CLIJRLETE   0101190001011900" + version + strings.Repeat(" ", 91),
		line(t, "PS1"), "***PS2100100 60 50 50 50 50", line(t, "PS3"), "***PS5EUR2X" + strings.Repeat(" ", 37) + "1",
		"***EXO0010107202630062027OUV" + strings.Repeat(" ", 41), "***ETB216Atelier Martin",
		line(t, "ECR", "JOURNAL", "HA", "DATECOMPTABLE", "06102026", "TYPE_PIECE", "FF", "GENERAL", "606100", "SENS", "D",
			"MONTANT1", "100,00", "TYPE_ECRITURE", "N", "CODEMONTANT", "E--"),
		line(t, "ECR", "JOURNAL", "HA", "DATECOMPTABLE", "06102026", "TYPE_PIECE", "FF", "GENERAL", "401000", "SENS", "C",
			"MONTANT1", "100,00", "TYPE_ECRITURE", "N", "CODEMONTANT", "E--"),
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}

func TestAFileIsJudgedByItsVersion(t *testing.T) {
	t.Parallel()
	errs := func(version string) string {
		report, err := tra.Check(strings.NewReader(oldFile(t, version)), tra.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, f := range report.Findings {
			if f.Severity == tra.SeverityError {
				list = append(list, f.Field)
			}
		}
		return strings.Join(list, " ")
	}
	for version, want := range map[string]string{
		"006": "",
		"007": "SOUSVERSION JALECC CPTECCD CPTECCC",
		"011": "SOUSVERSION SO_NEWANALYTIQUE SO_READYGUID JALECC CPTECCD CPTECCC",
	} {
		if diff := cmp.Diff(want, errs(version)); diff != "" {
			t.Errorf("%s: %s", version, diff)
		}
	}
}

func TestTwoFilesJoinedAreRefusedAtTheSecondHeader(t *testing.T) {
	t.Parallel()
	file := strings.Join(dossier(t), "\r\n") + "\r\n"
	for what, c := range map[string]struct {
		joined string
		line   int
	}{
		"one after the other":    {file + file, 27},
		"with a byte order mark": {file + "\ufeff" + file, 27},
		"without a line end":     {strings.TrimSuffix(file, "\r\n") + file, 26},
		"after an end mark":      {file + "\x1a" + file, 27},
	} {
		report, err := tra.Check(strings.NewReader(c.joined), tra.Options{})
		if err != nil || report.OK() || !report.Incomplete || report.Findings[0].Line != c.line || !strings.Contains(report.Findings[0].Message, "bout à bout") {
			t.Errorf("%s: %v %+v", what, err, report)
		}
		_, _, err = tra.ReadExercices(strings.NewReader(c.joined))
		var refused *tra.FormatError
		if !errors.As(err, &refused) || refused.Line != c.line || refused.Kind != "deux-fichiers" {
			t.Errorf("%s, exercices: %v", what, err)
		}
	}
}

func TestAFileOfExercicesHasNoWarning(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	debut, _ := tra.NewDate(2025, 1, 1)
	fin, _ := tra.NewDate(2025, 12, 31)
	list := []tra.Exercice{{Code: "N", Debut: debut, Fin: fin, Etat: tra.EtatOuvert, Ano: tra.AnoDetail, Creation: debut}}
	if err := tra.WriteExercices(&b, tra.Dossier{Nom: "CFA de l’Éclair"}, list); err != nil {
		t.Fatal(err)
	}
	report, err := tra.Check(&b, tra.Options{})
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("%v %v", err, report.Findings)
	}
}

func TestBadBytesAreOneFinding(t *testing.T) {
	t.Parallel()
	file := strings.Join(dossier(t), "\r\n") + "\r\n"
	for what, c := range map[string]struct{ file, want string }{
		"a NUL":                 {strings.Replace(file, "Facture de", "Facture\x00de", 1), "caractere-controle@23:91"},
		"a line without end":    {file + strings.Repeat("x", 1_000_000), "fichier@27:0"},
		"a million NUL":         {file + strings.Repeat("\x00", 1_000_000), "fichier@27:0"},
		"a million tabulations": {file + strings.Repeat("\t", 1_000_000), "fichier@27:0"},
	} {
		report, err := tra.Check(strings.NewReader(c.file), tra.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(places(report, ""), "; "); got != c.want {
			t.Errorf("%s: %s", what, got)
		}
	}
	for what, c := range map[string]struct{ file, kind string }{
		"a FEC":                 {"\"Journal_Code\"|\"journal_lib\"|\"ECRITURENUM\"|EcritureDate\r\n", "fec"},
		"a FEC of a cash basis": {"JournalCode\tJournalLib\tDateRglt\tModeRglt\r\n", "fec"},
		"a workbook":            {"PK\x03\x04\x14\x00[Content_Types].xml", "classeur"},
		"an archive":            {"PK\x03\x04\x14\x00dossier.TRA", "zip"},
		"a PDF":                 {"%PDF-1.4", "pdf"},
	} {
		_, err := tra.Check(strings.NewReader(c.file), tra.Options{})
		var refused *tra.FormatError
		if !errors.As(err, &refused) || refused.Kind != c.kind {
			t.Errorf("%s: %v", what, err)
		}
	}
}
