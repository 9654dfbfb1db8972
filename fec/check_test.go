package fec_test

import (
	"bytes"
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
	"github.com/passerelle-hub/passerelle/fec/fectest"
)

var update = flag.Bool("update", false, "rewrite golden files and the generated document")

const name = "732829320FEC20251231.txt"

const header = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise"

// good is a file without findings: three entries of two lines.
func good() [][]string {
	line := func(num, date, compte, lib, debit, credit string) []string {
		return []string{"VTE", "Ventes", num, date, compte, lib, "", "", "F" + num, date, "Formation", debit, credit, "", "", date, "", ""}
	}
	return [][]string{
		strings.Split(header, "\t"),
		line("1", "20250110", "411000", "Clients", "100,00", "0,00"),
		line("1", "20250110", "706100", "Formations", "0,00", "100,00"),
		line("2", "20250210", "411000", "Clients", "50,50", "0,00"),
		line("2", "20250210", "706100", "Formations", "0,00", "50,50"),
		line("3", "20250310", "411000", "Clients", "10,00", "0,00"),
		line("3", "20250310", "706100", "Formations", "0,00", "10,00"),
	}
}

func join(rows [][]string, sep, end string) string {
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(strings.Join(row, sep) + end)
	}
	return b.String()
}

func check(t *testing.T, file string, o fec.Options) *fec.Report {
	t.Helper()
	report, err := fec.Check(strings.NewReader(file), o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// places says what a report found: rule@line:column field, errors with !.
func places(r *fec.Report) string {
	var list []string
	for _, f := range r.Findings {
		mark := ""
		if f.Severity == compta.SeverityError {
			mark = "!"
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s%s@%d:%d %s", mark, f.Rule, f.Line, f.Column, f.Field)))
	}
	return strings.Join(list, "; ")
}

func TestAGoodFileHasNoFinding(t *testing.T) {
	t.Parallel()
	rows := good()
	for what, file := range map[string]string{
		"tabs and CRLF":           join(rows, "\t", "\r\n"),
		"LF":                      join(rows, "\t", "\n"),
		"a byte order mark":       "\ufeff" + join(rows, "\t", "\r\n"),
		"pipes":                   join(rows, "|", "\r\n"),
		"no end of the last line": strings.TrimSuffix(join(rows, "\t", "\r\n"), "\r\n"),
		"an end mark of DOS":      join(rows, "\t", "\r\n") + "\x1a",
		"names in capitals":       strings.ToUpper(header) + "\r\n" + join(rows[1:], "\t", "\r\n"),
		"names with accents":      strings.ReplaceAll(strings.ReplaceAll(header, "Debit", "Débit"), "Credit", " Crédit ") + "\r\n" + join(rows[1:], "\t", "\r\n"),
		"blanks around values":    header + "\r\n" + strings.ReplaceAll(join(rows[1:], "\t", "\r\n"), "\t", " \t "),
		"ISO 8859-15":             strings.ReplaceAll(join(rows, "\t", "\r\n"), "Formations", "Pr\xe9paration \xa4"),
	} {
		report := check(t, file, fec.Options{Name: name})
		if got := places(report); got != "" || report.Records["lignes"] != 6 || report.Records["ecritures"] != 3 || report.Debit != "160,50" {
			t.Errorf("%s: %s %+v", what, got, report.Report)
		}
	}
}

func TestAMadeFileOfEachSizeHasNoFinding(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 1000} {
		var b bytes.Buffer
		if err := fectest.Write(&b, n); err != nil {
			t.Fatal(err)
		}
		if report := check(t, b.String(), fec.Options{Name: fectest.Name}); places(report) != "" {
			t.Error(places(report))
		}
	}
}

// cell changes one value of the good file.
func cell(line, rank int, value string) func([][]string) [][]string {
	return func(rows [][]string) [][]string {
		rows[line-1][rank-1] = value
		return rows
	}
}

func drop(rank int) func([][]string) [][]string {
	return func(rows [][]string) [][]string {
		for i := range rows {
			rows[i] = append(rows[i][:rank-1:rank-1], rows[i][rank:]...)
		}
		return rows
	}
}

// all applies several changes.
func all(changes ...func([][]string) [][]string) func([][]string) [][]string {
	return func(rows [][]string) [][]string {
		for _, change := range changes {
			rows = change(rows)
		}
		return rows
	}
}

func TestEachRuleOfTheAdministrationIsFoundAtItsPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what   string
		change func([][]string) [][]string
		want   string
	}{
		{"no EcritureNum", drop(3), "!colonne-manquante@1:3 EcritureNum"},
		{"no EcritureDate", drop(4), "!colonne-manquante@1:4 EcritureDate"},
		{"no CompteNum", drop(5), "!colonne-manquante@1:5 CompteNum"},
		{"no CompteLib", drop(6), "!colonne-manquante@1:6 CompteLib"},
		{"no EcritureLib", drop(11), "!colonne-manquante@1:11 EcritureLib"},
		{"no Debit", drop(12), "!colonne-manquante@1:12 Debit"},
		{"no Credit", drop(13), "!colonne-manquante@1:13 Credit"},
		{"no Idevise", drop(18), "colonne-absente@1:18 Idevise"},
		{"a column more", func(rows [][]string) [][]string {
			for i := range rows {
				rows[i] = append(rows[i], map[bool]string{true: "PJ"}[i == 0])
			}
			return rows
		}, "colonne-ajoutee@1:19 PJ"},
		{"a separator too many at the end of each line", func(rows [][]string) [][]string {
			for i := range rows {
				rows[i] = append(rows[i], "")
			}
			return rows
		}, "colonne-ajoutee@1:19"},
		{"a line with a field less", func(rows [][]string) [][]string { rows[3] = rows[3][:17]; return rows }, "!champs@4:18 Idevise"},
		{"a line with a field more", func(rows [][]string) [][]string { rows[3] = append(rows[3], "x"); return rows }, "!champs@4:19"},
		{"a blank line", func(rows [][]string) [][]string { return append(rows, []string{""}) }, "ligne-vide@8:0"},
		{"a blank EcritureNum", cell(2, 3, ""), "!valeur-manquante@2:3 EcritureNum"},
		{"a blank JournalCode", cell(2, 1, ""), "valeur-absente@2:1 JournalCode"},
		{"a blank EcritureDate", cell(2, 4, ""), "!valeur-manquante@2:4 EcritureDate"},
		{"a blank CompteNum", cell(2, 5, ""), "!valeur-manquante@2:5 CompteNum"},
		{"a blank CompteLib", cell(2, 6, "  "), "!valeur-manquante@2:6 CompteLib"},
		{"a blank EcritureLib", cell(2, 11, ""), "!valeur-manquante@2:11 EcritureLib"},
		{"a blank JournalLib, twice", all(cell(2, 2, ""), cell(3, 2, "")), "valeur-absente@2:2 JournalLib"},
		{"a blank PieceRef", cell(4, 9, ""), "valeur-absente@4:9 PieceRef"},
		{"a blank PieceDate", cell(4, 10, ""), "valeur-absente@4:10 PieceDate"},
		{"a blank ValidDate", cell(4, 16, ""), "provisoire@4:16 ValidDate"},
		{"an amount with a point", cell(2, 12, "100.00"), "!montant@2:12 Debit"},
		{"an amount with a blank", cell(2, 12, "1 000,00"), "!montant@2:12 Debit"},
		{"an amount with an unbreakable blank", cell(2, 12, "1\u00a0000,00"), "!montant@2:12 Debit"},
		{"an amount with two commas", cell(2, 12, "1,000,00"), "!montant@2:12 Debit"},
		{"an amount that is none", cell(3, 13, "cent"), "!montant@3:13 Credit"},
		{"an amount in a currency that is none", cell(3, 17, "cent"), "!montant@3:17 Montantdevise"},
		{"a month 13", cell(2, 4, "20251310"), "!date@2:4 EcritureDate"},
		{"a day 32", cell(2, 10, "20250132"), "!date@2:10 PieceDate"},
		{"a date in words", cell(2, 16, "10 janv."), "!date@2:16 ValidDate"},
		{"a date of seven digits", cell(2, 15, "2025011"), "lettrage-date@2:15 DateLet; !date@2:15 DateLet"},
		{"a year 1850", cell(2, 10, "18500110"), "date-annee@2:10 PieceDate"},
		{"a debit and a credit", all(cell(2, 13, "1,00"), cell(2, 12, "101,00")), "debit-et-credit@2:13 Credit"},
		{"neither debit nor credit", all(cell(4, 12, "0"), cell(5, 13, "")), "debit-et-credit@4:12 Debit; debit-et-credit@5:12 Debit"},
		{"an account that does not begin with three digits", all(cell(2, 5, "C411"), cell(2, 6, "Client")), "compte@2:5 CompteNum"},
		{"no line at all", func(rows [][]string) [][]string { return rows[:1] }, "!sans-ligne@1:0"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			report := check(t, join(c.change(good()), "\t", "\r\n"), fec.Options{Name: name})
			for _, want := range strings.Split(c.want, "; ") {
				if !strings.Contains("; "+places(report)+";", "; "+want+";") {
					t.Errorf("%s, not %s", places(report), want)
				}
			}
			if !strings.Contains(c.want, "!") && report.Errors > 0 {
				t.Error(places(report))
			}
		})
	}
}

func TestWhatTheAdministrationTakesIsTaken(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func([][]string) [][]string{
		"a sign before":          all(cell(2, 12, "+100,00"), cell(3, 13, "100")),
		"a sign after":           all(cell(2, 12, "100,00+"), cell(3, 13, "100,0")),
		"negative amounts":       all(cell(2, 12, "-100,00"), cell(3, 13, "100,00-")),
		"exponents":              all(cell(2, 12, "1E2"), cell(3, 13, "0,1e+3")),
		"JJMMAAAA":               cell(2, 10, "10012025"),
		"slashes":                cell(2, 10, "10/01/2025"),
		"dashes":                 cell(2, 10, "2025-01-10"),
		"points":                 cell(2, 10, "10.01.2025"),
		"an hour":                cell(2, 10, "2025-01-10 23:59:59"),
		"a blank amount":         cell(2, 13, ""),
		"a blank PieceDate date": cell(2, 15, ""),
	} {
		if report := check(t, join(change(good()), "\t", "\r\n"), fec.Options{Name: name}); places(report) != "" {
			t.Errorf("%s: %s %v", what, places(report), report.Findings)
		}
	}
}

func TestWhatTheAdministrationLetsPassIsFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what   string
		change func([][]string) [][]string
		want   string
	}{
		{"total debit is not total credit", cell(5, 13, "50,00"),
			"!equilibre-journal@2:12 Debit; !equilibre-ecriture@4:12 Debit; !equilibre-fichier@4:12 Debit; equilibre-jour@4:12 Debit"},
		{"31 February", all(cell(4, 4, "20250231"), cell(5, 4, "20250231")), "!date-inexistante@4:4 EcritureDate; !date-inexistante@5:4 EcritureDate"},
		{"31 February as the date of a piece", cell(4, 10, "31/02/2025"), "!date-inexistante@4:10 PieceDate"},
		{"a gap in EcritureNum", all(cell(6, 3, "4"), cell(7, 3, "4")), "!numerotation@6:3 EcritureNum"},
		{"a date after the exercice", all(cell(6, 4, "20260101"), cell(7, 4, "20260101")), "!hors-exercice@6:4 EcritureDate"},
		{"a date before the exercice", all(cell(2, 4, "20241231"), cell(3, 4, "20241231")), "!hors-exercice@2:4 EcritureDate"},
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
