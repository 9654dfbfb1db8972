package fec_test

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
)

func TestRulesOfOurOwn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what   string
		change func([][]string) [][]string
		want   string
	}{
		{"an account with two labels", cell(4, 6, "Client divers"), "libelle-compte@4:6 CompteLib"},
		{"a journal with two labels", cell(4, 2, "Vente"), "libelle-journal@4:2 JournalLib"},
		{"a third party with two labels", all(cell(2, 7, "C1"), cell(2, 8, "Azur"), cell(4, 7, "C1"), cell(4, 8, "Azura")), "libelle-auxiliaire@4:8 CompAuxLib"},
		{"a third party without label", cell(2, 7, "C1"), "auxiliaire@2:7 CompAuxNum"},
		{"a letter that does not balance", all(cell(2, 14, "A"), cell(2, 15, "20250110"), cell(4, 14, "A"), cell(4, 15, "20250110")), "lettrage@2:14 EcritureLet"},
		{"a letter without date", all(cell(2, 14, "a")), "lettrage-date@2:15 DateLet"},
		{"columns in another order", func(rows [][]string) [][]string {
			for i := range rows {
				rows[i][0], rows[i][1] = rows[i][1], rows[i][0]
			}
			return rows
		}, "colonnes-ordre@1:0"},
		{"a name in quotes", cell(1, 3, `"EcritureNum"`), "colonne-nom@1:3 EcritureNum"},
		{"a name with a separator", cell(1, 3, "Ecriture_Num"), "colonne-nom@1:3 Ecriture_Num"},
		{"a name twice", func(rows [][]string) [][]string {
			for i := range rows {
				rows[i] = append(rows[i], rows[i][0])
			}
			return rows
		}, "!colonne-double@1:19 JournalCode"},
		{"a control character", cell(2, 11, "a\x00b\x00"), "!caractere-controle@2:11 EcritureLib"},
		{"a pipe in a label", cell(3, 11, "a|b"), "caractere-separateur@3:11 EcritureLib"},
		{"five decimals", all(cell(2, 12, "100,000001")), "montant-decimales@2:12 Debit"},
		{"an amount without end", all(cell(2, 12, "99999999999999999999")), "!montant@2:12 Debit"},
		{"an entry of two days", cell(3, 4, "20250111"), "equilibre-jour@2:12 Debit; ecriture-dates@3:4 EcritureDate; equilibre-jour@3:12 Debit"},
		{"an entry of two days with separators", all(cell(2, 4, "10/01/2025"), cell(3, 4, "11/01/2025")), "equilibre-jour@2:12 Debit; ecriture-dates@3:4 EcritureDate; equilibre-jour@3:12 Debit"},
		{"an entry of one day in two forms", cell(3, 4, "10/01/2025"), ""},
		{"à-nouveaux that come last", all(cell(6, 1, "AN"), cell(7, 1, "AN"), cell(6, 2, "À nouveaux"), cell(7, 2, "À nouveaux")), "a-nouveaux@6:1 JournalCode"},
		{"numbers that are none", all(cell(2, 3, "un"), cell(3, 3, "un")), "numerotation-non-verifiee@2:3 EcritureNum"},
		{"an entry validated before the one before it", all(cell(6, 16, "20250101"), cell(7, 16, "20250101")), "validation-ordre@6:16 ValidDate"},
		{"Windows-1252", cell(2, 11, "Formation \x96 a\xe9"), "codage@2:0"},
		{"two encodings", all(cell(2, 11, "déjà"), cell(4, 11, "d\xe9j\xe0")), "codage-melange@4:0"},
		{"a cash basis", func(rows [][]string) [][]string {
			for i := range rows {
				extra := []string{"20250110", "VIR", "", ""}
				if i == 0 {
					extra = []string{"DateRglt", "ModeRglt", "NatOp", "IdClient"}
				}
				rows[i] = append(rows[i], extra...)
			}
			return rows
		}, "tresorerie@1:0"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			report := check(t, join(c.change(good()), "\t", "\r\n"), fec.Options{Name: name})
			if diff := cmp.Diff(c.want, places(report)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAReversalOfTheDayAfterTheClosingIsExplained(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		day       string
		explained bool
	}{{"20260101", true}, {"20260102", false}, {"20241231", false}} {
		rows := good()
		rows[5][3], rows[6][3] = c.day, c.day
		report := check(t, join(rows, "\t", "\r\n"), fec.Options{Name: name})
		if len(report.Findings) != 1 || report.Findings[0].Rule != "hors-exercice" || strings.Contains(report.Findings[0].Message, "extourne") != c.explained {
			t.Errorf("%s: %v", c.day, report.Findings)
		}
	}
}

func TestAColumnThatIsMissingIsOneFinding(t *testing.T) {
	t.Parallel()
	without := func(place int) func([][]string) [][]string {
		return func(rows [][]string) [][]string {
			for i := range rows {
				rows[i] = slices.Delete(rows[i], place-1, place)
			}
			return rows
		}
	}
	for _, c := range []struct {
		what   string
		change func([][]string) [][]string
		want   string
	}{
		{"the number", without(3), "!colonne-manquante@1:3 EcritureNum"},
		{"the debit", without(12), "!colonne-manquante@1:12 Debit"},
		{"the credit", without(13), "!colonne-manquante@1:13 Credit"},
		{"Sens beside Montant", all(cell(1, 12, "Montant"), without(13)), "!colonne-manquante@1:13 Sens"},
		{"Montant beside Sens", all(cell(1, 13, "Sens"), without(12)), "!colonne-manquante@1:12 Montant"},
		{"the credit beside Sens", cell(1, 13, "Sens"), "!colonne-manquante@1:13 Credit"},
	} {
		report := check(t, join(c.change(good()), "\t", "\r\n"), fec.Options{Name: name})
		if got := places(report); got != c.want {
			t.Errorf("%s: %s, not %s", c.what, got, c.want)
		}
	}
}

func TestALineWithoutNumberIsNotAnEntry(t *testing.T) {
	t.Parallel()
	rows := cell(4, 3, "")(good())
	if got, want := places(check(t, join(rows, "\t", "\r\n"), fec.Options{})), "!valeur-manquante@4:3 EcritureNum; !equilibre-ecriture@5:12 Debit"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

func TestASeparatorAtTheEndOfTheNamesIsSaid(t *testing.T) {
	t.Parallel()
	report := check(t, join(good(), "\t", "\t\r\n"), fec.Options{})
	if len(report.Findings) != 1 || !strings.HasPrefix(report.Findings[0].Message, "Un séparateur de trop termine la première ligne, la colonne 19") {
		t.Errorf("%v", report.Findings)
	}
}

func TestNumbersAreOneSequenceOfTheFileOrOneOfEachJournal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, numbers, want string // journal:number …
	}{
		{"the file, in order", "A:1 B:2 A:3", ""},
		{"the file, sorted by journal", "A:1 A:3 B:2 B:4", ""},
		{"each journal", "A:1 A:2 B:1 B:2", ""},
		{"prefixes", "A:AC-001 A:AC-002 B:VE-001", ""},
		{"ranges of journals", "A:1001 A:1002 B:2001 B:2002", ""},
		{"not from one", "A:7 A:8", ""},
		{"leading zeros", "A:0009 A:0010", ""},
		{"a gap hidden by another journal", "A:1 A:2 A:4 B:1 B:2 B:3", "!numerotation@6:3 EcritureNum"},
		{"a gap in a file of several journals", "A:1 B:2 C:4", "!numerotation@6:3 EcritureNum"},
		{"a gap that is found last", "A:1 A:5 A:2 A:3", "!numerotation@4:3 EcritureNum"},
		{"two gaps", "A:1 A:3 A:4 A:9", "!numerotation@4:3 EcritureNum; !numerotation@8:3 EcritureNum"},
		{"a gap without end", "A:1 A:999999999999999999", "!numerotation@4:3 EcritureNum"},
		{"a gap within a word", "A:64 A:66", "!numerotation@4:3 EcritureNum"},
		{"a gap over a word", "A:63 A:130", "!numerotation@4:3 EcritureNum"},
		{"a gap over a page", "A:4095 A:4096 A:9000", "!numerotation@6:3 EcritureNum"},
	} {
		rows := good()[:1]
		for _, word := range strings.Fields(c.numbers) {
			journal, num, _ := strings.Cut(word, ":")
			for _, line := range good()[1:3] {
				line[0], line[1], line[2] = journal, "Journal "+journal, num
				rows = append(rows, line)
			}
		}
		if got := places(check(t, join(rows, "\t", "\r\n"), fec.Options{})); got != c.want {
			t.Errorf("%s: %q, not %q", c.what, got, c.want)
		}
	}
}

func TestEntriesMayBeScattered(t *testing.T) {
	t.Parallel()
	rows := good()
	rows[2], rows[6] = rows[6], rows[2]
	if got := places(check(t, join(rows, "\t", "\r\n"), fec.Options{})); got != "" {
		t.Error(got)
	}
}

func TestMontantAndSensStandForDebitAndCredit(t *testing.T) {
	t.Parallel()
	rows := good()
	rows[0][11], rows[0][12] = "Montant", "Sens"
	for i := 1; i < len(rows); i++ {
		if i%2 == 1 {
			rows[i][12] = []string{"D", "+1"}[i/2%2]
		} else {
			rows[i][11], rows[i][12] = rows[i][12], "C"
		}
	}
	if report := check(t, join(rows, "\t", "\r\n"), fec.Options{Name: name}); places(report) != "" || report.Debit != "160,50" {
		t.Errorf("%s %s", places(report), report.Debit)
	}
	rows[2][12] = "X"
	if got := places(check(t, join(rows, "\t", "\r\n"), fec.Options{})); got != "!sens@3:13 Sens" {
		t.Error(got)
	}
}

func TestTheNameOfTheFile(t *testing.T) {
	t.Parallel()
	file := join(good(), "\t", "\r\n")
	in2025, _ := fec.ParsePeriode("2025-01-01..2025-12-31")
	for _, c := range []struct {
		name     string
		exercice fec.Periode
		want     string
	}{
		{"dossier/732829320FEC20251231.txt", fec.Periode{}, ""},
		{"ecritures.txt", fec.Periode{}, "nom-fichier@0:0"},
		{"732829320FEC20251332.txt", fec.Periode{}, "nom-fichier@0:0"},
		{"732829321FEC20251231.txt", fec.Periode{}, "nom-siren@0:0"},
		{"732829320FEC20251130.txt", fec.Periode{}, ""},
		{"732829320FEC20260228.txt", fec.Periode{}, "!hors-exercice@2:4 EcritureDate; !hors-exercice@4:4 EcritureDate"},
		{"732829320FEC20251231.txt", in2025, ""},
		{"732829320FEC20261231.txt", in2025, "nom-fichier@0:0"},
	} {
		if got := places(check(t, file, fec.Options{Name: c.name, Exercice: c.exercice})); got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}

// The file has the shape of the one that a product prints in its documentation: |,
// 20 columns, LF, 18 entries of 41 lines, letters without dates.
func TestAFileOfTwentyColumnsHasNoError(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/vingt-colonnes.txt")
	if err != nil {
		t.Fatal(err)
	}
	report := check(t, string(data), fec.Options{})
	if report.Errors > 0 || report.Records["ecritures"] != 18 || report.Records["lignes"] != 41 || report.Debit != report.Credit {
		t.Errorf("%s %+v", places(report), report.Report)
	}
	if diff := cmp.Diff([]string{"PJ", "RefInterne"}, report.Extra); diff != "" {
		t.Error(diff)
	}
	if got := places(report); !strings.Contains(got, "colonne-ajoutee@1:19 PJ; colonne-ajoutee@1:20 RefInterne") {
		t.Error(got)
	}
}

func TestWhatIsNoFECIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, file, kind, says string }{
		{"nothing", "", "vide", "vide"},
		{"blanks", "  \r\n \r\n", "blancs", "espaces"},
		{"a TRA file", "***S5CLIDOSSTD", "tra", "fichier TRA"},
		{"a ZIP", "PK\x03\x04\x14\x00", "zip", "archive ZIP"},
		{"a workbook", "PK\x03\x04\x14\x00\x08\x00[Content_Types].xml xl/workbook.xml", "classeur", "classeur Excel"},
		{"a PDF", "%PDF-1.7", "pdf", "PDF"},
		{"UTF-16", "\xff\xfeJ\x00o\x00", "utf-16", "UTF-16"},
		{"MAD", `{"metadata":{"version":"1.0.0","producer":"x"},"data":{}}`, "mad", "MAD"},
		{"entries without their names", join(good()[1:], "\t", "\r\n"), "en-tete", "noms des 18 colonnes"},
		{"a blank line first", "\r\n" + join(good(), "\t", "\r\n"), "en-tete", "lignes vides"},
		{"semicolons", join(good(), ";", "\r\n"), "separateur", "points-virgules"},
		{"CR alone", join(good(), "\t", "\r"), "fin-ligne", "CR seul"},
		{"a line without end", header + strings.Repeat("x", fec.MaxLine), "ligne-longue", "dépasse"},
		{"a million columns", header + strings.Repeat("\t", 1_000_000), "ligne-longue", "dépasse"},
		{"a thousand columns", header + strings.Repeat("\t", 1000) + "\r\n", "colonnes", "1018 colonnes"},
	} {
		_, err := fec.Check(strings.NewReader(c.file), fec.Options{})
		var refused *compta.FormatError
		if !errors.As(err, &refused) || refused.Kind != c.kind || !strings.Contains(refused.Message, c.says) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestALineWithoutEndEndsTheCheck(t *testing.T) {
	t.Parallel()
	for what, rest := range map[string]string{"text": strings.Repeat("x", 1_000_000), "fields": strings.Repeat("\t", 1_000_000), "NUL": strings.Repeat("\x00", 1_000_000),
		"a line": strings.Repeat("x", fec.MaxLine+1) + "\r\nx\r\n"} {
		report := check(t, join(good(), "\t", "\r\n")+rest, fec.Options{})
		if got := places(report); got != "!fichier@8:0" || !report.Incomplete || !strings.Contains(report.Findings[0].Message, "dépasse") {
			t.Errorf("%s: %s", what, got)
		}
	}
	report := check(t, join(good(), "\t", "\r\n")+strings.Repeat("\t", 1000)+"\r\n", fec.Options{})
	if got := places(report); got != "!champs@8:19" {
		t.Errorf("many fields: %s", got)
	}
}

func TestTheGeneratedDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := fec.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	const file = "../docs/fec-rules.md"
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Error(diff)
	}
}
