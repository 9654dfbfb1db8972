package tra_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/tra"
	"github.com/passerelle-hub/passerelle/tra/tratest"
)

var update = flag.Bool("update", false, "rewrite golden files and the generated document")

// dossier is a complete file without errors: parameters, then one piece of four
// entries (lines 23 to 26).
func dossier(t *testing.T) []string {
	t.Helper()
	var b bytes.Buffer
	if err := tratest.Write(&b, 4); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\r\n"), "\r\n")
}

// set writes a value over the field of the first line of a record.
func set(lines []string, record string, nth int, field, value string) {
	f := tra.LayoutOf(record).Field(field)
	for i, line := range lines {
		if !isRecord(line, record) {
			continue
		}
		if nth--; nth > 0 {
			continue
		}
		if len(value) < f.Len && f.Kind == tra.Number {
			value = strings.Repeat(" ", f.Len-len(value)) + value
		}
		value += strings.Repeat(" ", f.Len-len(value))
		lines[i] = line[:f.Pos-1] + value + line[f.Pos-1+f.Len:]
		return
	}
	panic("no " + record)
}

func isRecord(line, record string) bool {
	switch record {
	case "HEADER":
		return strings.HasPrefix(line, "***S5")
	case "ECR":
		return !strings.HasPrefix(line, "***")
	}
	return strings.HasPrefix(line, "***"+record)
}

func position(lines []string, record string) int {
	return slices.IndexFunc(lines, func(line string) bool { return isRecord(line, record) })
}

func line(t *testing.T, record string, pairs ...string) string {
	t.Helper()
	row := tra.NewRow(tra.LayoutOf(record))
	for i := 0; i < len(pairs); i += 2 {
		if err := row.Set(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	w := tra.NewWriter(&b)
	if err := errors.Join(w.WriteRow(row), w.Flush()); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\r\n")
}

func check(t *testing.T, lines []string) *tra.Report {
	t.Helper()
	report, err := tra.Check(strings.NewReader(strings.Join(lines, "\r\n")+"\r\n"), tra.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// places lists the findings as rule@line:column field, without those of absent
// records unless they are asked for.
func places(report *tra.Report, want string) []string {
	var got []string
	for _, f := range report.Findings {
		if f.Rule == "enregistrement-absent" && !strings.Contains(want, f.Rule) {
			continue
		}
		s := fmt.Sprintf("%s@%d:%d", f.Rule, f.Line, f.Column)
		if f.Field != "" {
			s += " " + f.Field
		}
		got = append(got, s)
	}
	return got
}

func TestACompleteDossierHasNoErrors(t *testing.T) {
	t.Parallel()
	report := check(t, dossier(t))
	if !report.OK() || report.Debit != "240,00" && report.Debit != "120,00" || report.Debit != report.Credit {
		t.Errorf("%+v", report)
	}
	if diff := cmp.Diff([]string(nil), places(report, "")); diff != "" {
		t.Error(diff)
	}
}

func TestEachRuleIsFoundAtItsPlace(t *testing.T) {
	t.Parallel()
	drop := func(record string) func(*testing.T, []string) []string {
		return func(_ *testing.T, l []string) []string {
			return slices.DeleteFunc(l, func(s string) bool { return isRecord(s, record) })
		}
	}
	put := func(pairs ...string) func(*testing.T, []string) []string {
		return func(_ *testing.T, l []string) []string {
			for i := 0; i < len(pairs); i += 3 {
				set(l, pairs[i], 1, pairs[i+1], pairs[i+2])
			}
			return l
		}
	}
	nth := func(n int, record, field, value string) func(*testing.T, []string) []string {
		return func(_ *testing.T, l []string) []string {
			set(l, record, n, field, value)
			return l
		}
	}
	add := func(after string, record string, pairs ...string) func(*testing.T, []string) []string {
		return func(t *testing.T, l []string) []string {
			return slices.Insert(l, position(l, after)+1, line(t, record, pairs...))
		}
	}
	exos := func(lines ...string) func(*testing.T, []string) []string {
		return func(_ *testing.T, l []string) []string {
			i := position(l, "EXO")
			return slices.Replace(l, i, i+1, lines...)
		}
	}
	exo := func(code, debut, fin, etat string) string {
		return "***EXO" + fmt.Sprintf("%-3s", code) + debut + fin + etat + "   " + fmt.Sprintf("%-35s", "Exercice au "+fin) + "H  " + debut
	}
	for _, c := range []struct {
		name string
		edit func(*testing.T, []string) []string
		want string
	}{
		{"a line without header first", drop("HEADER"), "en-tete@1:0"},
		{"PS1 stands once", add("PS1", "PS1"), "unique@3:0"},
		{"a blank line", func(_ *testing.T, l []string) []string { return slices.Insert(l, 2, "") }, "ligne-vide@3:0"},
		{"an unknown record", func(_ *testing.T, l []string) []string { return slices.Insert(l, 2, "***QQQ", "***QQQ") }, "enregistrement-inconnu@3:4"},
		{"a control character", nth(1, "PS1", "NOM", "A\tB"), "caractere-controle@2:8"},
		{"text after the last field", func(_ *testing.T, l []string) []string { l[5] += "x"; return l }, "au-dela@6:78"},
		{"columns of a block in STD", func(_ *testing.T, l []string) []string { l[len(l)-1] += "x"; return l }, "bloc-ignore@26:223"},
		{"a mandatory field is blank", put("CGN", "NATURE", ""), "obligatoire@16:59 NATURE; collectif@23:14 GENERAL"},
		{"a code that is not foreseen", put("JAL", "NATURE", "ZZZ"), "code@22:45 NATURE"},
		{"a flag of another letter", put("CGN", "LETTRABLE", "O"), "indicateur@16:62 LETTRABLE"},
		{"a number with letters", put("PS2", "LGGEN", "A"), "nombre@3:7 LGGEN"},
		{"a date that does not exist", nth(1, "ECR", "ECHEANCE", "30022025"), "date@23:122 ECHEANCE"},
		{"account lengths", put("PS2", "LGGEN", "5", "PS2", "LGSEC2", "18"), "ps2-longueurs@3:7 LGGEN; ps2-longueurs@3:16 LGSEC2"},
		{"a dossier in euro without TENUEEURO", put("PS5", "TENUEEURO", "-"), "ps5-euro@5:11 TENUEEURO"},
		{"a dossier in another currency with TENUEEURO", put("PS5", "DEVISE", "CHF"), "ps5-euro@5:11 TENUEEURO"},
		{"rates that add up to 99", add("MDR", "MDR", "CODE", "30J", "LIBELLE", "30 jours", "TAUX1", "49,5", "TAUX2", "49,5"), "mdr-taux@11:85 TAUX1"},
		{"rates that add up to 100", add("MDR", "MDR", "CODE", "30J", "LIBELLE", "30 jours", "TAUX1", "49,5", "TAUX12", "50,5"), ""},
		{"a bank journal without account", put("JAL", "NATURE", "BQE"), "jal-compte@22:54 COMPTE"},
		{"an analytic journal without axe", put("JAL", "NATURE", "ODA"), "jal-axe@22:71 AXE"},
		{"a closing journal in mode BOR", put("JAL", "NATURE", "CLO", "JAL", "MODESAISIE", "BOR"), "jal-mode@22:74 MODESAISIE"},
		{"a journal in mode LIB takes normal entries only",
			func(_ *testing.T, l []string) []string {
				set(l, "JAL", 1, "MODESAISIE", "LIB")
				set(l, "ECR", 2, "TYPE_ECRITURE", "S")
				return l
			}, "journal-mode@24:151 TYPE_ECRITURE"},
		{"an account declared twice", add("CGN", "CGN", "CODE", "411000", "LIBELLE", "x", "NATURE", "COC", "LETTRABLE", "-", "POINTABLE", "-",
			"VENTILABLE_AXE_1", "-", "VENTILABLE_AXE_2", "-", "VENTILABLE_AXE_3", "-", "VENTILABLE_AXE_4", "-", "VENTILABLE_AXE_5", "-"), "code-double@17:7 CODE"},
		{"an account that is not declared", nth(4, "ECR", "GENERAL", "445711"), "compte-non-declare@26:14 GENERAL"},
		{"an account of a parameter that is not declared", put("PS5", "CPTECCC", "768801"), "compte-non-declare@5:32 CPTECCC"},
		{"a customer that is not declared", nth(1, "ECR", "AUXILIAIRE_OU_SECTION", "CDURAND"), "auxiliaire-non-declare@23:32 AUXILIAIRE_OU_SECTION"},
		{"a section that is not declared", nth(3, "ECR", "AUXILIAIRE_OU_SECTION", "CAP"), "section-non-declaree@25:32 AUXILIAIRE_OU_SECTION"},
		{"a section of another axe", nth(3, "ECR", "AXE", "A2"), "section-non-declaree@25:32 AUXILIAIRE_OU_SECTION"},
		{"a journal that is not declared", put("PS5", "JALECC", "ECC"), "journal-non-declare@5:12 JALECC"},
		{"an account that the file of journals leaves to the target",
			func(_ *testing.T, l []string) []string {
				set(l, "HEADER", 1, "TYPE_FICHIER", "JRL")
				set(l, "ECR", 4, "GENERAL", "445711")
				return l
			}, "hors-fichier@26:14 GENERAL"},
		{"a file of journals without journal", func(_ *testing.T, l []string) []string {
			set(l, "HEADER", 1, "TYPE_FICHIER", "JRL")
			return slices.DeleteFunc(l, func(s string) bool { return isRecord(s, "JAL") })
		}, "enregistrement-absent@0:0; hors-fichier@5:12 JALECC"},
		{"a dossier without PS3", drop("PS3"), "enregistrement-manquant@0:0"},
		{"a dossier without MDP", drop("MDP"), "enregistrement-absent@0:0"},
		{"a balance in the long format", put("HEADER", "TYPE_FICHIER", "BAL", "HEADER", "FORMAT", "ETE"), "balance-std@1:12 FORMAT"},
		{"the new analytic handling with SAT", put("HEADER", "SO_NEWANALYTIQUE", "X"), "analytique@14:0"},
		{"a parameter after the entries", func(t *testing.T, l []string) []string {
			return append(l, line(t, "CRR", "CODE", "1", "LIBELLE", "x", "TYPE", "CO1"))
		}, "ordre@27:0"},
		{"a parameter in the wrong place", func(_ *testing.T, l []string) []string { l[5], l[7] = l[7], l[5]; return l }, "ordre@7:0; ordre@8:0"},
		{"records after the entries in the wrong order", func(t *testing.T, l []string) []string {
			return append(l, line(t, "ARS", "TYPERESSOURCE", "SAL", "RESSOURCE", "1"), line(t, "XTL", "TYPE", "A", "CODE", "1"))
		}, "ordre-annexe@28:0"},
		{"entries after what follows the entries", func(t *testing.T, l []string) []string {
			return append(slices.Insert(l, position(l, "ECR")+1, line(t, "XTL", "TYPE", "A", "CODE", "1")), line(t, "XTL", "TYPE", "A", "CODE", "2"))
		}, "ordre-annexe@25:0"},
		{"sections after the entries are in their place", func(t *testing.T, l []string) []string {
			l = slices.DeleteFunc(l, func(s string) bool { return isRecord(s, "SAT") })
			return append(l, line(t, "NSA", "CODE", "BTS", "LIBELLE", "BTS", "AXE", "A1", "SOUSPLAN", "1"))
		}, ""},
		{"an entry outside the exercices", nth(2, "ECR", "DATECOMPTABLE", "01012026"),
			"equilibre-piece@23:131 MONTANT1; hors-exercice@24:4 DATECOMPTABLE; equilibre-piece@24:131 MONTANT1; analytique-orpheline@25:14 GENERAL"},
		{"X without a customer", nth(1, "ECR", "AUXILIAIRE_OU_SECTION", ""), "auxiliaire@23:32 AUXILIAIRE_OU_SECTION"},
		{"X on an account that is not collective", nth(1, "ECR", "GENERAL", "445710"), "collectif@23:14 GENERAL"},
		{"an analytic line without section and axe",
			func(_ *testing.T, l []string) []string {
				set(l, "ECR", 3, "AUXILIAIRE_OU_SECTION", "")
				set(l, "ECR", 3, "AXE", "")
				return l
			}, "section@25:32 AUXILIAIRE_OU_SECTION; section@25:219 AXE"},
		{"a code of amounts that starts unused", nth(1, "ECR", "CODEMONTANT", "-E-"), "codemontant@23:173 CODEMONTANT; equilibre-non-verifie@0:0"},
		{"an amount announced and blank", nth(1, "ECR", "CODEMONTANT", "ED-"),
			"codemontant@23:176 MONTANT2; equilibre-non-verifie@0:0"},
		{"an amount not announced", nth(1, "ECR", "MONTANT2", "5,00"), "montant-sans-code@23:176 MONTANT2"},
		{"an amount with a decimal point", nth(1, "ECR", "MONTANT1", "120.00"), "nombre@23:131 MONTANT1; equilibre-non-verifie@0:0"},
		{"an amount aligned left", nth(1, "ECR", "MONTANT1", "120,00              "), "alignement@23:131 MONTANT1"},
		{"a currency without its code", func(_ *testing.T, l []string) []string {
			set(l, "ECR", 1, "CODEMONTANT", "ED-")
			set(l, "ECR", 1, "MONTANT2", "130,00")
			set(l, "ECR", 1, "DEVISE", "")
			return l
		}, "devise@23:160 DEVISE"},
		{"a currency without rate", func(_ *testing.T, l []string) []string {
			for i := 1; i <= 4; i++ {
				set(l, "ECR", i, "CODEMONTANT", "D--")
				set(l, "ECR", i, "DEVISE", "CHF")
				if i != 2 {
					set(l, "ECR", i, "TAUXDEV", "0,95")
				}
			}
			return l
		}, "devise@24:163 TAUXDEV; equilibre-non-verifie@0:0"},
		{"a piece that does not balance", nth(1, "ECR", "MONTANT1", "120,01"),
			"equilibre-fichier@0:0; equilibre-journal@23:0 JOURNAL; equilibre-piece@23:131 MONTANT1"},
		{"a piece whose lines are apart", func(_ *testing.T, l []string) []string {
			last := l[len(l)-1]
			other := strings.Replace(last, "00000001", "00000002", 2)
			debit := strings.Replace(other, "C             ", "D             ", 1)
			return append(l[:len(l)-1], other, debit, last)
		}, ""},
		{"an analytic split that falls short", nth(3, "ECR", "MONTANT1", "99,99"), "analytique-somme@25:131 MONTANT1"},
		{"an analytic line after another entry", func(_ *testing.T, l []string) []string {
			n := len(l)
			l[n-1], l[n-2] = l[n-2], l[n-1]
			return l
		}, "analytique-orpheline@26:14 GENERAL"},
		{"an exercice that starts on the 2nd", put("EXO", "DATEDEBUT", "02012025"), "exo-bornes@6:10 DATEDEBUT; hors-exercice@23:4 DATECOMPTABLE; hors-exercice@24:4 DATECOMPTABLE; hors-exercice@25:4 DATECOMPTABLE; hors-exercice@26:4 DATECOMPTABLE"},
		{"an exercice that ends before the month does", put("EXO", "DATEFIN", "30122025"), "exo-bornes@6:18 DATEFIN"},
		{"an exercice that ends on 28 February of a leap year", exos(exo("1", "01032023", "28022024", "CDE"), exo("2", "01032024", "31122025", "OUV")),
			"exo-bornes@6:18 DATEFIN; exo-suite@7:10 DATEDEBUT"},
		{"an exercice that ends on 29 February", exos(exo("1", "01032023", "29022024", "CDE"), exo("2", "01032024", "31122025", "OUV")), ""},
		{"a first exercice of 18 months", exos(exo("1", "01072023", "31122024", "CDE"), exo("2", "01012025", "31122025", "OUV")), ""},
		{"an exercice that ends before it starts", put("EXO", "DATEFIN", "31122024"),
			"exo-bornes@6:18 DATEFIN; hors-exercice@23:4 DATECOMPTABLE; hors-exercice@24:4 DATECOMPTABLE; hors-exercice@25:4 DATECOMPTABLE; hors-exercice@26:4 DATECOMPTABLE"},
		{"a gap", exos(exo("1", "01012023", "31122023", "CDE"), exo("2", "01012025", "31122025", "OUV")), "exo-suite@7:10 DATEDEBUT"},
		{"an overlap, in any order of lines", exos(exo("2", "01012025", "31122025", "OUV"), exo("1", "01012024", "31012025", "CDE")), "exo-chevauchement@6:10 DATEDEBUT"},
		{"three open exercices", exos(exo("1", "01012025", "31122025", "OUV"), exo("2", "01012026", "31122026", "OUV"), exo("3", "01012027", "31122027", "OUV")), "exo-ouverts@8:26 ETATCPTA"},
		{"states in order, CPR and NON not counted", exos(exo("1", "01012023", "31122023", "CDE"), exo("2", "01012024", "31122024", "CPR"),
			exo("3", "01012025", "31122025", "OUV"), exo("4", "01012026", "31122026", "OUV"), exo("5", "01012027", "31122027", "NON")), "exo-provisoire@7:26 ETATCPTA"},
		{"an open exercice before a closed one", exos(exo("1", "01012024", "31122024", "OUV"), exo("2", "01012025", "31122025", "CDE")), "exo-etats@7:26 ETATCPTA"},
		{"two exercices with one code", exos(exo("1", "01012024", "31122024", "CDE"), exo("1", "01012025", "31122025", "OUV")), "exo-code@7:7 CODE"},
		{"an exercice whose line stops before ETATANO", func(_ *testing.T, l []string) []string { l[5] = l[5][:66]; return l },
			"exo-ano-absent@6:67 ETATANO; exo-datecreation@6:70 DATECREATION"},
		{"an exercice of a file before version 011", func(_ *testing.T, l []string) []string {
			set(l, "HEADER", 1, "VERSION", "010")
			l[5] = l[5][:69]
			return l
		}, ""},
		{"a label that says nothing", put("EXO", "LIBELLE", ""), "exo-libelle@6:32 LIBELLE"},
		{"a creation date that is none", put("EXO", "DATECREATION", "99999999"), "date@6:70 DATECREATION"},
		{"a mixture of encodings", func(_ *testing.T, l []string) []string {
			l[1] = "***PS1" + strings.Repeat("é", 3)
			return l
		}, "codage@2:0; encodage-melange@17:0"},
		{"a character beyond Windows-1252", func(_ *testing.T, l []string) []string {
			l[1] = "***PS1Łódź"
			for i, s := range l {
				l[i] = strings.NewReplacer("\xe9", "e", "\xc9", "E", "\xe2", "a").Replace(s)
			}
			return l
		}, "codage@2:0; hors-windows-1252@2:7"},
		{"a line that is too long ends the check", func(_ *testing.T, l []string) []string {
			return append(l[:len(l)-4], strings.Repeat("x", tra.MaxLine+1), l[len(l)-1])
		}, "fichier@23:0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			report := check(t, c.edit(t, dossier(t)))
			got := strings.Join(places(report, c.want), "; ")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s\n%v", diff, report.Findings)
			}
		})
	}
}
