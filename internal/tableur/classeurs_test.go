package tableur

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
)

// xmlBook makes a workbook of one sheet out of its rows as XML, as a given writer
// shapes them. Style 1 is the day 14, 2 the code 00000, 3 jj/mm/aaaa.
func xmlBook(t testing.TB, rows, after string, date1904 bool) []byte {
	t.Helper()
	const relation = `<Relationship Id="%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/>`
	rels := func(list ...string) string {
		text := `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
		for i := 0; i < len(list); i += 3 {
			text += fmt.Sprintf(relation, list[i], list[i+1], list[i+2])
		}
		return text + `</Relationships>`
	}
	props := ""
	if date1904 {
		props = `<workbookPr date1904="true"/>`
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"_rels/.rels", rels("rId1", "officeDocument", "xl/workbook.xml")},
		{"xl/workbook.xml", `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` + props + `<sheets><sheet name="Contrats" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", rels("rId1", "worksheet", "worksheets/sheet1.xml", "rId2", "styles", "styles.xml")},
		{"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="jj/mm/aaaa"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`},
		{"xl/worksheets/sheet1.xml", `<worksheet><sheetData>` + rows + `</sheetData>` + after + `</worksheet>`},
	} {
		w, err := out.Create(part[0])
		must(t, err)
		_, err = w.Write([]byte(part[1]))
		must(t, err)
	}
	must(t, out.Close())
	return b.Bytes()
}

// strs writes cells of text in the sheet.
func strs(values ...string) string {
	var b strings.Builder
	for _, v := range values {
		b.WriteString(`<c t="str"><v>` + v + `</v></c>`)
	}
	return b.String()
}

// classeur is a small table: a code, a name that may be blank and a date.
var classeur = Mapping{Version: 1, Champs: map[string]Source{
	"codeContrat": {Colonne: "Code"}, "missionTitle": {Colonne: "Poste"}, "dateDebut": {Colonne: "Début"}, "nomGroupe": {Colonne: "Groupe"},
}}

// lire binds the mapping without asking for the required fields.
func lire(t testing.TB, table *Table, m Mapping) *Binding {
	t.Helper()
	c := binder{m: m, columns: table.Columns}
	b := &Binding{filters: c.filters(), blanks: exactly(m.ValeursVides)}
	for _, champ := range passerelle.Champs {
		if s, ok := m.source(champ.Nom, table.Columns); ok {
			b.fields = append(b.fields, c.bind(champ, s))
		}
	}
	if len(c.problems) > 0 {
		t.Fatal(c.problems)
	}
	return b
}

func TestWorkbooksAreReadAsTheirWritersMeantOrNamed(t *testing.T) {
	t.Parallel()
	titles := `<row>` + strs("Code", "Poste", "Début", "Groupe") + `</row>`
	day := func(serial string) string { return `<c s="1"><v>` + serial + `</v></c>` }
	for _, tc := range []struct {
		name, rows, after string
		date1904          bool
		want              []string // code|poste|début|groupe of each row
		faults, remarks   []string // cell and part of the message
	}{
		{name: "a code of 16 digits (excelize, LibreOffice from CSV)", rows: `<row><c><v>2024011234567890</v></c>` + strs("P", "01/09/2026", "G") + `</row>`,
			want: []string{"2024011234567890|P|01/09/2026|G"}, faults: []string{"A2 plus de 15 chiffres"}},
		{name: "a code of 18 digits with an exponent (openpyxl, XlsxWriter)", rows: `<row><c><v>2.024011234567890E+17</v></c>` + strs("P", "01/09/2026", "G") + `</row>`,
			want: []string{"202401123456789000|P|01/09/2026|G"}, faults: []string{"A2 plus de 15 chiffres"}},
		{name: "cells in another order (third-party writers)", rows: `<row r="2"><c r="C2" t="str"><v>01/09/2026</v></c><c r="A2" t="str"><v>K1</v></c><c r="B2" t="str"><v>P</v></c></row>`,
			want: []string{"K1|P|01/09/2026|"}},
		{name: "a formula without a result in an optional field (openpyxl)", rows: `<row>` + strs("K1") + `<c><f>"a"</f><v></v></c>` + strs("01/09/2026", "G") + `</row>`,
			want: []string{"K1||01/09/2026|G"}, faults: []string{"B2 formule sans résultat enregistré"}},
		{name: "a formula without a result (exceljs)", rows: `<row>` + strs("K1") + `<c><f>"a"</f></c>` + strs("01/09/2026", "G") + `</row>`,
			want: []string{"K1||01/09/2026|G"}, faults: []string{"B2 formule sans résultat enregistré"}},
		{name: "a formula whose result is not computed (XlsxWriter)", rows: `<row>` + strs("K1") + `<c><f>"a"</f><v>0</v></c>` + strs("01/09/2026", "G") + `</row>`,
			want: []string{"K1|0|01/09/2026|G"}, remarks: []string{"B2 résultat d’une formule"}},
		{name: "a day written overseas, 43 seconds early (SheetJS 0.18.5)", rows: `<row>` + strs("K1", "P") + day("46265.9995") + strs("G") + `</row>`,
			want: []string{"K1|P|01/09/2026|G"}},
		{name: "a local midnight in UTC, winter and summer (exceljs)", rows: `<row>` + strs("K1", "P") + day("46265.91666666667") + strs("G") + `</row><row>` + strs("K2", "P") + day("46356.95833333333") + strs("G") + `</row>`,
			want: []string{"K1|P|31/08/2026|G", "K2|P|30/11/2026|G"}, remarks: []string{" toutes les dates portent 22:00"}},
		{name: "one evening among days is one", rows: `<row>` + strs("K1", "P") + day("46265.91666666667") + strs("G") + `</row><row>` + strs("K2", "P") + day("46356") + strs("G") + `</row>`,
			want: []string{"K1|P|31/08/2026|G", "K2|P|30/11/2026|G"}},
		{name: "a day without a format in a 1904 workbook", date1904: true, rows: `<row>` + strs("K1", "P") + `<c><v>44804</v></c>` + strs("G") + `</row>`,
			want: []string{"K1|P|01/09/2026|G"}},
		{name: "a day without a format (xlsx-populate)", rows: `<row>` + strs("K1", "P") + `<c><v>46266</v></c>` + strs("G") + `</row>`,
			want: []string{"K1|P|01/09/2026|G"}},
		{name: "an ISO day (openpyxl iso_dates, Strict)", rows: `<row>` + strs("K1", "P") + `<c t="d"><v>2026-09-01T00:00:00</v></c>` + strs("G") + `</row>`,
			want: []string{"K1|P|01/09/2026|G"}},
		{name: "a day in French letters", rows: `<row>` + strs("K1", "P") + `<c s="3"><v>46266</v></c>` + strs("G") + `</row>`,
			want: []string{"K1|P|01/09/2026|G"}},
		{name: "a day of 0", rows: `<row>` + strs("K1", "P") + day("0") + strs("G") + `</row>`,
			want: []string{"K1|P|0|G"}, faults: []string{"C2 « 0 » n’est pas une date"}},
		{name: "codes made decimals (pandas)", rows: `<row>` + strs("2024001.0", "P", "01/09/2026", "G") + `</row><row>` + strs("2024002.0", "P", "01/09/2026", "G") + `</row>`,
			want: []string{"2024001|P|01/09/2026|G", "2024002|P|01/09/2026|G"}, remarks: []string{" finissent par « .0 »"}},
		{name: "one code that ends with .0 is its own", rows: `<row>` + strs("2024001.0", "P", "01/09/2026", "G") + `</row><row>` + strs("K2", "P", "01/09/2026", "G") + `</row>`,
			want: []string{"2024001.0|P|01/09/2026|G", "K2|P|01/09/2026|G"}},
		{name: "a real date where a name is expected (3-4 typed in Excel)", rows: `<row>` + strs("K1", "P", "01/09/2026") + day("46115") + `</row>`,
			want: []string{"K1|P|01/09/2026|03/04/2026"}, remarks: []string{"D2 vraie date du classeur"}},
		{name: "an optional cell merged over its rows", rows: `<row r="2"><c r="A2" t="str"><v>K1</v></c><c r="B2" t="str"><v>P</v></c></row><row r="3"><c r="A3" t="str"><v>K2</v></c><c r="B3" t="str"><v>caché</v></c></row><row r="4"><c r="A4" t="str"><v>K3</v></c></row>`,
			after: `<mergeCells><mergeCell ref="B2:B3"/></mergeCells>`, want: []string{"K1|P||", "K2|P||", "K3|||"}, remarks: []string{" fusionnées (B2:B3)"}},
		{name: "a text that begins with an escaped control character", rows: `<row>` + strs("_x0001_2024001", "P", "01/09/2026", "G") + `</row>`,
			want: []string{"2024001|P|01/09/2026|G"}},
		{name: "an error that only newer workbooks know", rows: `<row>` + strs("K1") + `<c t="e"><v>#BLOCKED!</v></c>` + strs("01/09/2026", "G") + `</row>`,
			want: []string{"K1|#BLOCKED!|01/09/2026|G"}, faults: []string{"B2 formule en erreur"}},
		{name: "escapes in the result of a formula (SheetJS)", rows: `<row>` + strs("K1", "A_x0041_B", "01/09/2026", "G") + `</row>`,
			want: []string{"K1|AAB|01/09/2026|G"}},
		{name: "a code of -0", rows: `<row><c><v>-0</v></c>` + strs("P", "01/09/2026", "G") + `</row>`, want: []string{"0|P|01/09/2026|G"}},
		{name: "real dates up to the 12th beside texts beyond it (a CSV opened by a foreign Excel)",
			rows: `<row>` + strs("K1", "P") + day("46031") + strs("G") + `</row><row>` + strs("K2", "P", "13/09/2026", "G") + `</row>`,
			want: []string{"K1|P|09/01/2026|G", "K2|P|13/09/2026|G"}, remarks: []string{" jour et mois à l’envers"}},
		{name: "hidden rows", rows: `<row hidden="1">` + strs("K1", "P", "01/09/2026", "G") + `</row>`, want: []string{"K1|P|01/09/2026|G"}, remarks: []string{" 1 ligne est masquée dans le classeur (2)"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			readsAs(t, open(t, xmlBook(t, titles+tc.rows, tc.after, tc.date1904), Options{}), tc.want, tc.faults, tc.remarks)
		})
	}
}

// readsAs reads a workbook of four columns: code, post, day and groupe of each row, and
// what is said of cells.
func readsAs(t *testing.T, table *Table, want, wantFaults, wantRemarks []string) {
	t.Helper()
	binding := lire(t, table, classeur)
	var got, faults, remarks []string
	for ligne, err := range binding.Lignes(table) {
		must(t, err)
		k := ligne.Contrat
		got = append(got, strings.Join([]string{k.CodeContrat, k.MissionTitle, k.DateDebut, k.NomGroupe}, "|"))
		for _, f := range ligne.Faults {
			faults = append(faults, f.Cell+" "+f.Message)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("contracts (-want +got):\n%s", diff)
	}
	said(t, "faults", wantFaults, faults)
	for _, r := range binding.Remarques() {
		remarks = append(remarks, r.Cell+" "+r.Message)
	}
	said(t, "remarks", wantRemarks, remarks)
}

// said compares sentences by their places and a part of them.
func said(t *testing.T, what string, want, got []string) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%s %q, want %q", what, got, want)
		return
	}
	for i := range want {
		cell, part, _ := strings.Cut(want[i], " ")
		if !strings.HasPrefix(got[i], cell+" ") || !strings.Contains(got[i], part) {
			t.Errorf("%s %q, want %q", what, got[i], want[i])
		}
	}
}

func TestWorkbooksThatCannotBeReadToTheirEndAreRefused(t *testing.T) {
	t.Parallel()
	titles := `<row r="1">` + strs("Code", "Poste") + `</row>`
	for name, rows := range map[string]string{
		"rows out of order":                     `<row r="3">` + strs("K3", "P") + `</row><row r="2">` + strs("K2", "P") + `</row>`,
		"a row twice":                           `<row r="2">` + strs("K2", "P") + `</row><row r="2">` + strs("K3", "P") + `</row>`,
		"a cell twice":                          `<row r="2"><c r="A2" t="str"><v>K2</v></c><c r="A2" t="str"><v>K3</v></c></row>`,
		"a sign that XML forbids, last row":     `<row r="2">` + strs("K2", "a\uffffb") + `</row>`,
		"a control sign, row before the last":   `<row r="2">` + strs("K2", "a\x01b") + `</row><row r="3">` + strs("K3", "P") + `</row>`,
		"a control sign behind its number":      `<row r="2">` + strs("K2", "a&#1;b") + `</row>`,
		"a shared text that does not exist":     `<row r="2"><c t="s"><v>7</v></c></row>`,
		"a cell whose name is of another row":   `<row r="2"><c r="A9" t="str"><v>K2</v></c></row>`,
		"a value that is cut inside its entity": `<row r="2">` + strs("K2", "a&amp") + `</row>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := xmlBook(t, titles+rows, "", false)
			table, err := Open("export.xlsx", bytes.NewReader(content), int64(len(content)), Options{})
			if err == nil {
				for _, e := range table.Rows() {
					err = e
				}
			}
			var refused *FileError
			if !errors.As(err, &refused) || refused.Code != FileCorrupt || refused.Row < 2 {
				t.Errorf("error %v, want a damaged sheet with its row", err)
			}
		})
	}
}

func TestFilesOfOtherKindsAreNamedForWhatTheyAre(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K\"Code\"\r\nE\r\n":                       "SYLK",
		"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n\r\n<html>":                  "page web archivée",
		"TABLE\n0,1\n\"EXCEL\"\nVECTORS\n0,2\n":                                         "DIF",
		"JournalCode\tJournalLib\tEcritureNum\tEcritureDate\nVE\tVentes\t1\t20260901\n": "FEC",
		"JournalCode|JournalLib|EcritureNum|EcritureDate\nVE|Ventes|1|20260901\n":       "FEC",
	} {
		_, err := Open("export.xls", strings.NewReader(content), int64(len(content)), Options{})
		var refused *FileError
		if !errors.As(err, &refused) || refused.Code != FileKind || !strings.Contains(refused.Message, want) {
			t.Errorf("%.20q: %v, want the kind %s", content, err, want)
		}
	}
}
