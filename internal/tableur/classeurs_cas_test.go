package tableur

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// cas is one measured behaviour of a writer of workbooks, as a small file of that
// shape. The numbers are those of the 30 questions that were put to nine writers.
type cas struct {
	number  int
	name    string
	content []byte // a whole file, where rows do not tell all
	rows    string // under the titles Code, Poste, Début, Groupe
	after   string
	formats []string // those of the styles 4, 5, …
	y1904   bool
	opt     Options

	want            []string  // code|poste|début|groupe of each row
	faults, remarks []string  // cell and part of the message, all of them
	refused         *FileCode // the file is refused instead
	says            string    // part of the refusal
}

// parts rewrites parts of a workbook, and their names.
func parts(t testing.TB, content []byte, changes map[string]func(string) (name, text string)) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	must(t, err)
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		r, err := f.Open()
		must(t, err)
		data, err := io.ReadAll(r)
		must(t, err, r.Close())
		name, text := f.Name, string(data)
		if change := changes[f.Name]; change != nil {
			name, text = change(text)
		}
		w, err := out.Create(name)
		must(t, err)
		_, err = io.WriteString(w, text)
		must(t, err)
	}
	must(t, out.Close())
	return b.Bytes()
}

func (c *cas) file(t testing.TB) []byte {
	if c.content != nil {
		return c.content
	}
	content := xmlBook(t, `<row>`+strs("Code", "Poste", "Début", "Groupe")+`</row>`+c.rows, c.after, c.y1904)
	if len(c.formats) == 0 {
		return content
	}
	return parts(t, content, map[string]func(string) (string, string){"xl/styles.xml": func(text string) (string, string) {
		formats, xfs := "", ""
		for i, code := range c.formats {
			formats += fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="%s"/>`, 170+i, code)
			xfs += fmt.Sprintf(`<xf numFmtId="%d"/>`, 170+i)
		}
		return "xl/styles.xml", strings.NewReplacer("</numFmts>", formats+"</numFmts>", "</cellXfs>", xfs+"</cellXfs>").Replace(text)
	}})
}

// line is a row of four cells of which one is given as XML.
func line(at int, cell string) string {
	values := []string{"K1", "P", "01/09/2026", "G"}
	var b strings.Builder
	for i, v := range values {
		if i == at {
			b.WriteString(cell)
		} else {
			b.WriteString(strs(v))
		}
	}
	return `<row>` + b.String() + `</row>`
}

func number(v string) string        { return `<c><v>` + v + `</v></c>` }
func styled(s int, v string) string { return fmt.Sprintf(`<c s="%d"><v>%s</v></c>`, s, v) }

func TestTheThirtyMeasuredCasesOfWorkbooksAreRightOrNamed(t *testing.T) {
	t.Parallel()
	same := func(n int) (list []string) {
		for range n {
			list = append(list, "K1|P|01/09/2026|G")
		}
		return list
	}
	whole := func() []byte { c := cas{rows: line(-1, "")}; return c.file(t) }
	strict := strings.NewReplacer("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships")
	strictly := func(name string) func(string) (string, string) {
		return func(text string) (string, string) { return name, strict.Replace(text) }
	}
	sheets := func(text string) func(string) (string, string) {
		return func(old string) (string, string) {
			return "xl/workbook.xml", strings.Replace(old, `<sheet name="Contrats" sheetId="1" r:id="rId1"/>`, text, 1)
		}
	}
	for _, c := range []cas{
		{number: 1, name: "ISO days in a 1904 workbook", y1904: true, rows: line(2, `<c s="1" t="d"><v>2026-09-01</v></c>`) + line(2, styled(1, "44804")), want: same(2)},
		{number: 2, name: "ISO days with and without a time", rows: line(2, `<c t="d"><v>2026-09-01</v></c>`) + line(2, `<c t="d"><v>2026-09-01T00:00:00</v></c>`) + line(2, `<c t="d"><v>2026-09-01T23:59:59</v></c>`), want: same(3)},
		{number: 2, name: "an hour alone is no day", rows: line(2, `<c t="d"><v>08:30:00</v></c>`), want: []string{"K1|P|08:30:00|G"}, faults: []string{"C2 n’est pas une date"}},
		{number: 3, name: "local midnights of exceljs", rows: line(2, styled(1, "46265.91666666667")) + line(2, styled(1, "46356.95833333333")),
			want: []string{"K1|P|31/08/2026|G", "K1|P|30/11/2026|G"}, remarks: []string{" toutes les dates portent 22:00"}},
		{number: 4, name: "midnights of SheetJS, in Paris and overseas", rows: line(2, styled(1, "46266.000243055554")) + line(2, `<c s="1" t="d"><v>2026-09-01T00:00:00.000Z</v></c>`) + line(2, styled(1, "46265.9995")) + line(2, styled(1, "46265.9998")), want: same(4)},
		{number: 5, name: "days without a format, beside texts", rows: line(2, number("46266")) + line(-1, ""), want: same(2)},
		{number: 5, name: "days without a format in a 1904 workbook", y1904: true, rows: line(2, number("44804")), want: same(1)},
		{number: 6, name: "French letters in formats", formats: []string{"jj/mm/aaaa", "[$-40C]jj/mm/aaaa", "jj mmmm aaaa"}, rows: line(2, styled(4, "46266")) + line(2, styled(5, "46266")) + line(2, styled(6, "46266")), want: same(3)},
		{number: 7, name: "formats of the month or of the year alone", formats: []string{"mm/yyyy", "mmmm", "yyyy", `[$-40C]mmmm\ yyyy;@`, "mm"},
			rows: line(2, styled(4, "46266")) + line(2, styled(5, "46266")) + line(2, styled(6, "46266")) + line(2, styled(7, "46266")) + line(2, styled(8, "46266")),
			want: append(same(4), "K1|P|09|G"), faults: []string{"C6 « 09 » n’est pas une date"}}, // "mm" may be minutes
		{number: 8, name: "codes that the writer made numbers of", rows: line(0, number("20240")) + line(0, strs("12D3")) + line(0, number("42")) + line(0, number("33612345678")) + line(0, strs("1_000")) + line(0, strs(" 42")),
			want: []string{"20240|P|01/09/2026|G", "12D3|P|01/09/2026|G", "42|P|01/09/2026|G", "33612345678|P|01/09/2026|G", "1_000|P|01/09/2026|G", "42|P|01/09/2026|G"}},
		{number: 9, name: "a code of 14 digits padded to 20", formats: []string{"00000000000000000000"}, rows: line(0, styled(4, "12345678901234")), want: []string{"00000012345678901234|P|01/09/2026|G"}},
		{number: 9, name: "codes of 16 and 18 digits", formats: []string{"00000000000000000000"}, rows: line(0, styled(4, "1234567890123456")) + line(0, styled(4, "123456789012345678")),
			want: []string{"1234567890123456|P|01/09/2026|G", "123456789012345678|P|01/09/2026|G"}, faults: []string{"A2 plus de 15 chiffres", "A3 plus de 15 chiffres"}},
		{number: 10, name: "long numbers, as writers print them", rows: line(0, number("123456789012345680")) + line(0, number("1.234567890123457e+17")) + line(0, number("1E+21")),
			want: []string{"123456789012345680|P|01/09/2026|G", "123456789012345700|P|01/09/2026|G", "1000000000000000000000|P|01/09/2026|G"}, faults: []string{"A2 plus de 15 chiffres", "A3 plus de 15 chiffres", "A4 plus de 15 chiffres"}},
		{number: 10, name: "minus nothing, and tenths", rows: line(0, number("-0")) + line(0, number("0.30000000000000004")), want: []string{"0|P|01/09/2026|G", "0.3|P|01/09/2026|G"}},
		{number: 11, name: "escaped signs, in texts and in results", rows: line(1, strs("A_x0041_B")) + line(1, `<c t="inlineStr"><is><t>A_x0041_B</t></is></c>`) + line(1, strs("A_x005F_x0041_B")),
			want: []string{"K1|AAB|01/09/2026|G", "K1|AAB|01/09/2026|G", "K1|A_x0041_B|01/09/2026|G"}},
		{number: 11, name: "a sign that is not XML in the last row", rows: line(1, strs("a\ufffeb")), refused: new(FileCorrupt)},
		{number: 12, name: "a text that looked like a stored date", rows: line(0, `<c t="inlineStr"><is><t>_x0001_46266</t></is></c>`), want: []string{"46266|P|01/09/2026|G"}},
		{number: 13, name: "a formula of openpyxl, of exceljs", rows: line(1, `<c><f>B2&amp;"-"</f><v></v></c>`) + line(1, `<c><f>B2&amp;"-"</f></c>`),
			want: []string{"K1||01/09/2026|G", "K1||01/09/2026|G"}, faults: []string{"B2 formule sans résultat enregistré", "B3 formule sans résultat enregistré"}},
		{number: 13, name: "a formula of XlsxWriter, whose result is 0", rows: line(1, `<c><f>B2&amp;"-"</f><v>0</v></c>`), want: []string{"K1|0|01/09/2026|G"}, remarks: []string{"B2 résultat d’une formule"}},
		{number: 14, name: "formulas in error, new ones too", rows: line(1, `<c t="e"><v>#N/A</v></c>`) + line(3, `<c t="e"><v>#GETTING_DATA</v></c>`) + line(3, `<c t="e"><v>#PYTHON!</v></c>`),
			want: []string{"K1|#N/A|01/09/2026|G", "K1|P|01/09/2026|#GETTING_DATA", "K1|P|01/09/2026|#PYTHON!"}, faults: []string{"B2 formule en erreur", "D3 formule en erreur", "D4 formule en erreur"}},
		{number: 15, name: "a sheet that its writer left open, whole all the same", rows: strings.Repeat(line(-1, ""), 5), want: same(5)},
		{number: 16, name: "cells in another order", rows: `<row r="2"><c r="C2" t="str"><v>01/09/2026</v></c><c r="D2" t="str"><v>G</v></c><c r="A2" t="str"><v>K1</v></c><c r="B2" t="str"><v>P</v></c></row>`, want: same(1)},
		{number: 16, name: "rows in another order", rows: strings.Replace(line(-1, ""), "<row>", `<row r="3">`, 1) + strings.Replace(line(-1, ""), "<row>", `<row r="2">`, 1), refused: new(FileCorrupt)},
		{number: 17, name: "references left out, on some rows and on all", rows: `<row r="3">` + strs("K1") + `<c/>` + strs("01/09/2026", "G") + `</row>` + line(-1, ""), want: []string{"K1||01/09/2026|G", "K1|P|01/09/2026|G"}},
		{number: 18, name: "two cells of one name", rows: `<row r="2"><c r="A2" t="str"><v>K1</v></c><c r="A2" t="str"><v>K2</v></c></row>`, refused: new(FileCorrupt)},
		{number: 18, name: "two rows of one number", rows: strings.Repeat(strings.Replace(line(-1, ""), "<row>", `<row r="2">`, 1), 2), refused: new(FileCorrupt)},
		{number: 19, name: "a group merged over its rows, a post too", after: `<mergeCells><mergeCell ref="D2:D4"/><mergeCell ref="B2:B3"/></mergeCells>`,
			rows: line(-1, "") + `<row r="3">` + strs("K2") + `<c r="C3" t="str"><v>01/09/2026</v></c></row><row r="4">` + strs("K3", "Q", "01/09/2026") + `</row>`,
			want: []string{"K1|P|01/09/2026|G", "K2|P|01/09/2026|G", "K3|Q|01/09/2026|G"}, remarks: []string{" fusionnées"}},
		{number: 20, name: "rich texts with a phonetic reading", rows: line(1, `<c t="inlineStr"><is><r><t xml:space="preserve">CFA </t></r><r><t>Horizon</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>`) +
			line(1, `<c t="inlineStr"><is><r><t>CFA </t></r><r><t>Horizon</t></r></is></c>`), want: []string{"K1|CFA Horizon|01/09/2026|G", "K1|CFA Horizon|01/09/2026|G"}},
		{number: 21, name: "a Strict workbook", content: parts(t, whole(), map[string]func(string) (string, string){"_rels/.rels": strictly("_rels/.rels"),
			"xl/workbook.xml": strictly("xl/workbook.xml"), "xl/_rels/workbook.xml.rels": strictly("xl/_rels/workbook.xml.rels")}), want: same(1)},
		{number: 22, name: "a hidden sheet before the visible one", content: parts(t, whole(), map[string]func(string) (string, string){
			"xl/workbook.xml": sheets(`<sheet name="Ancien" sheetId="1" state="veryHidden" r:id="rId9"/><sheet name="Contrats" sheetId="2" r:id="rId1"/>`),
			"xl/_rels/workbook.xml.rels": func(text string) (string, string) {
				return "xl/_rels/workbook.xml.rels", strings.Replace(text, `<Relationship Id="rId1"`, `<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId1"`, 1)
			}}), want: same(1)},
		{number: 22, name: "all sheets hidden", content: parts(t, whole(), map[string]func(string) (string, string){"xl/workbook.xml": sheets(`<sheet name="Contrats" sheetId="1" state="hidden" r:id="rId1"/>`)}), refused: new(FileNoTable)},
		{number: 23, name: "parts between backslashes, in other letters", content: parts(t, whole(), map[string]func(string) (string, string){
			"xl/worksheets/sheet1.xml": func(text string) (string, string) { return `xl\worksheets\Sheet1.XML`, text }}), want: same(1)},
		{number: 23, name: "a workbook part of another name", content: parts(t, whole(), map[string]func(string) (string, string){
			"_rels/.rels": func(text string) (string, string) {
				return "_rels/.rels", strings.Replace(text, "workbook.xml", "classeur.xml", 1)
			},
			"xl/workbook.xml":            func(text string) (string, string) { return "xl/classeur.xml", text },
			"xl/_rels/workbook.xml.rels": func(text string) (string, string) { return "xl/_rels/classeur.xml.rels", text }}), want: same(1)},
		{number: 24, name: "SYLK", content: []byte("ID;PWXL;N;E\r\nC;Y1;X1;K\"Code\"\r\nE\r\n"), refused: new(FileKind), says: "SYLK"},
		{number: 24, name: "MHTML", content: []byte("MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n\r\n<html>"), refused: new(FileKind), says: "page web archivée"},
		{number: 24, name: "DIF", content: []byte("TABLE\n0,1\n\"EXCEL\"\nVECTORS\n0,2\n"), refused: new(FileKind), says: "DIF"},
		{number: 25, name: "a workbook of 97, maybe with a password", content: append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 2000)...), refused: new(FileKind), says: "xlsx"},
		{number: 26, name: "what LibreOffice makes of a CSV: days turned round, digits lost", rows: line(2, styled(1, "46031")) + line(2, strs("13/09/2026")) + line(0, number("202401123456789000")),
			want: []string{"K1|P|09/01/2026|G", "K1|P|13/09/2026|G", "202401123456789000|P|01/09/2026|G"}, faults: []string{"A4 plus de 15 chiffres"}, remarks: []string{" jour et mois à l’envers"}},
		{number: 27, name: "the same in French: days right, nothing to say", rows: line(2, styled(1, "46266")) + line(2, styled(1, "46278")) + line(0, strs("3-4")),
			want: []string{"K1|P|01/09/2026|G", "K1|P|13/09/2026|G", "3-4|P|01/09/2026|G"}},
		{number: 28, name: "days as xlsx2csv and in2csv write them", content: []byte("Code;Poste;Début;Groupe\nK1;P;09-01-26;G\nK1;P;01/09/2026;G\nK1;P;2026-09-01;G\n"),
			want: []string{"K1|P|09-01-26|G", "K1|P|01/09/2026|G", "K1|P|01/09/2026|G"}, faults: []string{"C2 n’est pas une date"}},
		{number: 29, name: "codes that pandas made decimals of", content: []byte("Code;Poste;Début;Groupe\n2024001.0;P;01/09/2026;G\n2024002.0;P;01/09/2026;G\n"),
			want: []string{"2024001|P|01/09/2026|G", "2024002|P|01/09/2026|G"}, remarks: []string{" finissent par « .0 »"}},
		{number: 30, name: "a report and back: texts that look like formulas, the column of errors left out", content: reportOf(t, "=Durand", "+Léa", "-Roux", "@MCO"),
			want: []string{"K1|=Durand|01/09/2026|G", "K1|+Léa|01/09/2026|G", "K1|-Roux|01/09/2026|G", "K1|@MCO|01/09/2026|G"}},
		{number: 30, name: "a day of nothing, as it is in the cell", rows: line(2, styled(1, "0")), want: []string{"K1|P|0|G"}, faults: []string{"C2 « 0 » n’est pas une date"}},
		{number: 30, name: "a real day in a name", rows: line(3, styled(1, "46115")), want: []string{"K1|P|01/09/2026|03/04/2026"}, remarks: []string{"D2 vraie date du classeur"}},
	} {
		t.Run(fmt.Sprintf("%02d %s", c.number, c.name), func(t *testing.T) {
			t.Parallel()
			content := c.file(t)
			if c.refused != nil {
				err := readAll(content, c.opt)
				var refused *FileError
				if !errors.As(err, &refused) || refused.Code != *c.refused || !strings.Contains(refused.Message, c.says) {
					t.Errorf("%v, want it refused as %s (%s)", err, *c.refused, c.says)
				}
				return
			}
			readsAs(t, open(t, content, c.opt), c.want, c.faults, c.remarks)
		})
	}
}

// reportOf is the report of errors of a workbook with these posts.
func reportOf(t testing.TB, posts ...string) []byte {
	t.Helper()
	rows := ""
	for _, post := range posts {
		rows += line(1, strs(post))
	}
	c := cas{rows: rows}
	content := c.file(t)
	table, err := Open("export", bytes.NewReader(content), int64(len(content)), Options{})
	must(t, err)
	var book bytes.Buffer
	must(t, WriteReport(&book, table, map[int][]string{2: {"B2 : non"}}, XLSX), table.Close())
	return book.Bytes()
}
