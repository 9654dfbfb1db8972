package conversion

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
	"github.com/passerelle-hub/passerelle/fec/fectest"
	"github.com/passerelle-hub/passerelle/tra"
	"github.com/passerelle-hub/passerelle/tra/tratest"
)

// traFile makes a TRA file of records: an ID, then names and values.
func traFile(t testing.TB, format string, records ...[]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tra.NewWriter(&b)
	write := func(row *tra.Row) {
		if err := w.WriteRow(row); err != nil {
			t.Fatal(err)
		}
	}
	rows := newRows()
	write(set(set(rows.row("HEADER"), header...), "TYPE_FICHIER", "JRL", "FORMAT", format, "UTILISATEUR", "Passerelle"))
	for _, r := range records {
		row := rows.row(r[0])
		if r[0] == "ECR" && format == "ETE" {
			row.SetBlock(lECR1)
		}
		write(set(row, r[1:]...))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func ecr(general, aux, sens string, more ...string) []string {
	out := []string{"ECR", "JOURNAL", "VTE", "DATECOMPTABLE", "15012026", "TYPE_PIECE", "FC", "GENERAL", general, "REFINTERNE", "F-2026-001",
		"LIBELLE", "Formation", "SENS", sens, "MONTANT1", "7300,00", "TYPE_ECRITURE", "N", "NUMEROPIECE", "1", "DEVISE", "EUR", "CODEMONTANT", "E--"}
	if aux != "" {
		out = append(out, "TYPE_CPTE", "X", "AUXILIAIRE_OU_SECTION", aux)
	}
	return append(out, more...)
}

func account(code, libelle, nature string) []string {
	return []string{"CGN", "CODE", code, "LIBELLE", libelle, "NATURE", nature, "LETTRABLE", "-", "POINTABLE", "-",
		"VENTILABLE_AXE_1", "-", "VENTILABLE_AXE_2", "-", "VENTILABLE_AXE_3", "-", "VENTILABLE_AXE_4", "-", "VENTILABLE_AXE_5", "-"}
}

func example(t testing.TB) []byte {
	return traFile(t, "STD",
		account("411000", "Clients", "COC"), account("706100", "Formation par apprentissage", "PRO"),
		[]string{"CAE", "CODE", "9OPCOX", "LIBELLE", "OPCO X", "NATURE", "CLI", "LETTRABLE", "X", "COLLECTIF", "411000"},
		[]string{"JAL", "CODE", "VTE", "LIBELLE", "Ventes", "NATURE", "VTE", "MODESAISIE", "-"},
		ecr("411000", "9OPCOX", "D"), ecr("706100", "", "C"))
}

func conv(t testing.TB, src []byte, o Options) ([]byte, *Rapport) {
	t.Helper()
	var out bytes.Buffer
	r, err := Convert(bytes.NewReader(src), &out, o)
	if err != nil {
		var refus *Refus
		if errors.As(err, &refus) && refus.Controle != nil {
			t.Fatalf("%v %v", err, refus.Controle.Findings)
		}
		t.Fatal(err)
	}
	return out.Bytes(), r
}

func lossNames(r *Rapport) string {
	var list []string
	for _, p := range r.Pertes {
		list = append(list, fmt.Sprintf("%s %d@%d", p.Ce, p.Lignes, p.Premiere))
	}
	return strings.Join(list, ", ")
}

func TestTheExampleOfTheReference(t *testing.T) {
	t.Parallel()
	src := example(t)
	out, r := conv(t, src, Options{De: TRA, Vers: FEC})
	want := "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\r\n" +
		"VTE\tVentes\t1\t20260115\t411000\tClients\t9OPCOX\tOPCO X\tF-2026-001\t20260115\tFormation\t7300,00\t0,00\t\t\t\t\t\r\n" +
		"VTE\tVentes\t1\t20260115\t706100\tFormation par apprentissage\t\t\tF-2026-001\t20260115\tFormation\t0,00\t7300,00\t\t\t\t\t\r\n"
	if diff := cmp.Diff(want, string(out)); diff != "" {
		t.Error(diff)
	}
	if len(r.Avertissements) != 1 || r.Avertissements[0].Rule != "provisoire" || r.Avertissements[0].Line != 2 || r.Avertissements[0].Field != "ValidDate" {
		t.Errorf("%v", r.Avertissements)
	}
	if lossNames(r) != "" || r.Lignes != 2 || r.Ecritures != 1 {
		t.Errorf("%+v", r)
	}
	back, r := conv(t, out, Options{De: FEC, Vers: TRA})
	if diff := cmp.Diff(string(src), string(back)); diff != "" || lossNames(r) != "" {
		t.Errorf("%s %s", diff, lossNames(r))
	}
	report, err := tra.Check(bytes.NewReader(back), tra.Options{})
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("%v %v", err, report.Findings)
	}
}

func TestWhatTheTargetCannotHoldIsCounted(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Formation ", 5)
	for _, c := range []struct {
		what string
		src  []byte
		o    Options
		want string
	}{
		{"due dates, modes of payment, analytic lines", traFile(t, "STD", []string{"SAT", "CODE", "BTS", "LIBELLE", "BTS", "AXE", "A1"},
			account("706100", "Formation", "PRO"), account("512000", "Banque", "BQE"), []string{"JAL", "CODE", "VTE", "LIBELLE", "Ventes", "NATURE", "VTE", "MODESAISIE", "-"},
			ecr("512000", "", "D", "ECHEANCE", "15022026", "MODEPAIE", "VIR", "ETABLISSEMENT", "001"), ecr("706100", "", "C"),
			ecr("706100", "", "C", "TYPE_CPTE", "A", "AUXILIAIRE_OU_SECTION", "BTS", "AXE", "A1")),
			Options{De: TRA, Vers: FEC}, "analytique 1@8, echeance 1@6, etablissement 1@6, mode-paiement 1@6, sections 1@2"},
		{"exercices", dossier(t, 4), Options{De: TRA, Vers: FEC},
			"analytique 1@25, champs CAE 1@21, champs CGN 5@16, champs HEADER 1@1, champs PS2 1@3, champs PS5 1@5, dossier 1@1, echeance 3@23, etablissement 3@23, exercices 1@6, refinterne 3@23, sections 1@14"},
		{"labels and codes that are too long", fecFile("BANQ", "1", long), Options{De: FEC, Vers: TRA}, "journal 2@2, libelle 2@2"},
		{"letters' dates", fecFile("BQ", "1", "x", "A", "20250110"), Options{De: FEC, Vers: TRA}, "date-lettrage 2@2"},
		{"numbers that are none", fecFile("BQ", "BQ-1", "x"), Options{De: FEC, Vers: TRA}, "numero 2@2"},
		{"numbers of MAD are ranks", fecFile("BQ", "7", "x"), Options{De: FEC, Vers: MAD}, "numero 2@2"},
		{"nothing", fecFile("BQ", "1", "x"), Options{De: FEC, Vers: MAD}, ""},
		{"added columns", []byte(strings.ReplaceAll(strings.Replace(string(fecFile("BQ", "1", "x")), "Idevise", "Idevise\tPJ", 1), "\t\t\r\n", "\t\t\ta.pdf\r\n")), Options{De: FEC, Vers: MAD}, "colonne PJ 2@2"},
	} {
		_, r := conv(t, c.src, c.o)
		if diff := cmp.Diff(c.want, lossNames(r)); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
		c.o.Strict = true
		var out bytes.Buffer
		_, err := Convert(bytes.NewReader(c.src), &out, c.o)
		var refus *Refus
		if (c.want == "") != (err == nil) || c.want != "" && (!errors.As(err, &refus) || out.Len() > 0) {
			t.Errorf("%s, strictly: %v, %d bytes", c.what, err, out.Len())
		}
	}
}

func dossier(t testing.TB, lines int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tratest.Write(&b, lines); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// fecFile is one entry of two lines.
func fecFile(journal, num, libelle string, let ...string) []byte {
	var b bytes.Buffer
	w := fec.NewWriter(&b)
	for _, l := range [...][3]string{{"512000", "10", "0"}, {"706100", "0", "10"}} {
		r := &fec.Row{}
		for id, v := range map[fec.ID]string{fec.JournalCode: journal, fec.JournalLib: "Banque", fec.EcritureNum: num, fec.EcritureDate: "20250110", fec.CompteNum: l[0],
			fec.CompteLib: "Compte " + l[0], fec.PieceRef: "P", fec.PieceDate: "20250110", fec.EcritureLib: libelle, fec.Debit: l[1], fec.Credit: l[2], fec.ValidDate: "20250111"} {
			if err := r.Set(id, v); err != nil {
				panic(err)
			}
		}
		if len(let) > 0 {
			_, _ = r.Set(fec.EcritureLet, let[0]), r.Set(fec.DateLet, let[1])
		}
		if err := w.Write(r); err != nil {
			panic(err)
		}
	}
	_ = w.Flush()
	return b.Bytes()
}

func TestAFileWithErrorsIsRefusedUnlessForced(t *testing.T) {
	t.Parallel()
	bad := bytes.Replace(fecFile("BQ", "1", "x"), []byte("10,00\t0,00"), []byte("11,00\t0,00"), 1)
	var out bytes.Buffer
	_, err := Convert(bytes.NewReader(bad), &out, Options{De: FEC, Vers: TRA})
	var refus *Refus
	if !errors.As(err, &refus) || refus.Controle.Errors == 0 || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
	if forced, _ := conv(t, bad, Options{De: FEC, Vers: TRA, Force: true}); !bytes.Contains(forced, []byte("11,00")) {
		t.Errorf("%s", forced)
	}
	for what, src := range map[Format]string{TRA: "%PDF", FEC: "***S5CLIDOSSTD", MAD: "JournalCode"} {
		_, err := Convert(strings.NewReader(src), &out, Options{De: what, Vers: map[Format]Format{TRA: FEC, FEC: MAD, MAD: TRA}[what]})
		var format *compta.FormatError
		if !errors.As(err, &format) || out.Len() > 0 {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestTheTargetsPassTheirChecks(t *testing.T) {
	t.Parallel()
	var made bytes.Buffer
	if err := fectest.Write(&made, 500); err != nil {
		t.Fatal(err)
	}
	for _, nom := range []string{"", fectest.Name} {
		asTRA, r := conv(t, made.Bytes(), Options{De: FEC, Vers: TRA, Nom: nom})
		report, err := tra.Check(bytes.NewReader(asTRA), tra.Options{})
		if err != nil || len(report.Findings) > 0 {
			t.Errorf("%q: %v %v", nom, err, report.Findings)
		}
		if diff := cmp.Diff("date-lettrage 200@2", lossNames(r)); diff != "" {
			t.Errorf("%q: %s", nom, diff)
		}
		asMAD, r := conv(t, asTRA, Options{De: TRA, Vers: MAD})
		if want := map[bool]string{true: "natures 1@124"}[nom != ""]; lossNames(r) != want {
			t.Errorf("%q to MAD: %s", nom, lossNames(r))
		}
		asFEC, r := conv(t, asMAD, Options{De: MAD, Vers: FEC})
		fecReport, err := fec.Check(bytes.NewReader(asFEC), fec.Options{Name: fectest.Name})
		if err != nil || fecReport.Errors > 0 {
			t.Errorf("%q: %v %v", nom, err, fecReport.Findings)
		}
		want := "exercices 1@1"
		if nom == "" {
			want = ""
		}
		if diff := cmp.Diff(want, lossNames(r)); diff != "" {
			t.Errorf("%q: %s", nom, diff)
		}
		// All but the dates of the letters is back.
		if got := withoutColumn(asFEC, int(fec.DateLet)); got != withoutColumn(made.Bytes(), int(fec.DateLet)) {
			t.Errorf("%q: %s", nom, cmp.Diff(withoutColumn(made.Bytes(), int(fec.DateLet))[:2000], got[:2000]))
		}
	}
}

func withoutColumn(file []byte, n int) string {
	var out []string
	for line := range strings.SplitSeq(string(file), "\r\n") {
		if parts := strings.Split(line, "\t"); len(parts) > n {
			out = append(out, strings.Join(slices.Delete(parts, n, n+1), "\t"))
		}
	}
	return strings.Join(out, "\n")
}

func TestEntriesOfMADAreNumberedByDate(t *testing.T) {
	t.Parallel()
	entry := func(date string) string {
		return `{"producerId":"9","date":"` + date + `","journal":{"customerReferenceCode":"OD","name":"OD","type":"OD"},"movements":[` +
			`{"description":"` + date + `","value":{"debit":5,"credit":0,"amount":-5},"account":{"number":"411AZUR","name":"Azur"},"lettering":{"state":"none","value":null}},` +
			`{"description":"b","value":{"debit":0,"credit":5,"amount":5},"account":{"number":"706100","name":"Formation"},"lettering":{"state":"partial","value":"*A"}}]}`
	}
	out, r := conv(t, []byte("["+entry("2025-03-01")+","+entry("2025-01-01")+","+entry("2025-02-01")+"]"), Options{De: MAD, Vers: FEC})
	lines := strings.Split(string(out), "\r\n")
	for i, want := range []string{"1\t20250101\t411000\tClients\tAZUR\tAzur", "1\t20250101\t706100", "2\t20250201", "2\t20250201", "3\t20250301"} {
		if !strings.HasPrefix(lines[i+1], "OD\tOD\t"+want) {
			t.Errorf("line %d: %s", i+2, lines[i+1])
		}
	}
	if !strings.Contains(lines[2], "\t*A\t") || r.Avertissements[0].Rule != "numerotation" {
		t.Errorf("%s %v", lines[2], r.Avertissements)
	}
}

func TestScatteredLinesOfAnEntryAreJoinedForMAD(t *testing.T) {
	t.Parallel()
	var made bytes.Buffer
	if err := fectest.Write(&made, 20); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(made.String(), "\r\n")
	mixed := strings.Join([]string{lines[0], lines[6], lines[1], lines[7], lines[3], lines[8], lines[2], lines[4], lines[5], lines[9], lines[10]}, "")
	asMAD, _ := conv(t, []byte(mixed), Options{De: FEC, Vers: MAD})
	report, err := CheckMAD(bytes.NewReader(asMAD), Options{})
	if err != nil || report.Errors > 0 || report.Records["ecritures"] != 4 || report.Records["lignes"] != 10 {
		t.Errorf("%v %+v", err, report)
	}
}

func TestEntriesOutsideTheExerciceOfTheNameAreErrorsOfTheSource(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if err := fectest.Write(&file, 10); err != nil {
		t.Fatal(err)
	}
	for nom, want := range map[string]int{fectest.Name: 0, "": 0, "732829320FEC20241231.txt": 4} {
		report, err := Controle(bytes.NewReader(file.Bytes()), Options{De: FEC, Vers: TRA, Nom: nom})
		if err != nil || report.Errors != want {
			t.Errorf("%q: %d errors, want %d (%v)", nom, report.Errors, want, err)
		}
	}
}

func TestAnEntryOfSeveralDaysIsOfItsFirstDayWhereATargetHoldsOne(t *testing.T) {
	t.Parallel()
	line := func(numero, day, account, debit, credit string) string {
		return strings.Join([]string{"OD", "Divers", numero, day, account, "Compte " + account, "", "", "F1", day, "Vente", debit, credit, "", "", "", "", ""}, "\t") + "\r\n"
	}
	var names string
	for i, c := range fec.Columns()[:18] {
		names += []string{"", "\t"}[min(i, 1)] + c.Name
	}
	names += "\r\n"
	for _, tc := range []struct {
		name, lines string
		lost        []Perte
		entries     int
	}{
		{"an entry over two days", line("1", "20260115", "411000", "5,00", "0,00") + line("1", "20260116", "706100", "0,00", "5,00"), []Perte{{"date-ecriture", 1, 3}}, 1},
		{"two balanced entries of one number", line("1", "20260115", "411000", "5,00", "0,00") + line("1", "20260115", "706100", "0,00", "5,00") +
			line("1", "20260116", "411000", "7,00", "0,00") + line("1", "20260116", "706100", "0,00", "7,00"), nil, 2},
	} {
		for _, target := range []Format{TRA, MAD} {
			out, r := conv(t, []byte(names+tc.lines), Options{De: FEC, Vers: target, Nom: "732829320FEC20261231.txt"})
			lost := slices.DeleteFunc(r.Pertes, func(p Perte) bool { return p.Ce != "date-ecriture" })
			if diff := cmp.Diff(tc.lost, lost, cmpopts.EquateEmpty()); diff != "" || r.Ecritures != tc.entries {
				t.Errorf("%s to %s: %d entries %s", tc.name, target, r.Ecritures, diff)
			}
			if back, err := Convert(bytes.NewReader(out), io.Discard, Options{De: target, Vers: FEC}); err != nil || back.Ecritures != tc.entries {
				t.Errorf("%s, back from %s: %+v %v", tc.name, target, back, err)
			}
		}
	}
}
