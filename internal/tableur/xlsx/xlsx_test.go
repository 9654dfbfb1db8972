package xlsx

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func text(ref, s string) string {
	return `<c r="` + ref + `" t="inlineStr"><is><t>` + s + `</t></is></c>`
}

func TestValuesAreThoseThatTheirAuthorSaw(t *testing.T) {
	t.Parallel()
	styles := stylesOf("00000", "dd/mm/yyyy", "jj/mm/aaaa", "Standard", "00000000000000000000", "&quot;K-&quot;000", "yyyy", "mm", "[h]:mm", "00-00-00")
	for _, tc := range []struct{ name, cell, want string }{
		{"a text in the sheet", text("A1", "Lyon"), "A=Lyon"},
		{"entities, line ends and references", text("A1", "a&amp;b&#x20AC;&lt;\r\nc"), "A=a&b€<\nc"},
		{"a marked section and a comment", text("A1", "a<![CDATA[<b>]]><!-- x -->c"), "A=a<b>c"},
		{"a rich text", `<c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t xml:space="preserve">CFA </t></r><r><t>Hori&amp;zon</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>`, "A=CFA Hori&zon"},
		{"_xHHHH_ in a text", text("A1", "A_x0041_B"), "A=AAB"},
		{"_xHHHH_ in the result of a formula", `<c r="A1" t="str"><v>A_x0041_B_x000a_</v></c>`, "A=AAB\n"},
		{"an escaped escape", text("A1", "A_x005F_x0041_B"), "A=A_x0041_B"},
		{"a text that begins with a control character", text("A1", "_x0001_46266"), "A=\x0146266"},
		{"no reference at all", `<c t="str"><v>a</v></c><c/><c><v>3</v></c>`, "A=a C=3 n"},
		{"cells out of order", `<c r="C1"><v>3</v></c><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c>`, "A=1 n B=2 n C=3 n"},
		{"a number", `<c r="A1"><v>42</v></c>`, "A=42 n"},
		{"a number of fifteen digits", `<c r="A1"><v>123456789012345</v></c>`, "A=123456789012345 n"},
		{"a number of sixteen digits", `<c r="A1"><v>1234567890123456</v></c>`, "A=1234567890123456 long"},
		{"a long number with an exponent", `<c r="A1"><v>1.234567890123457E+17</v></c>`, "A=123456789012345700 long"},
		{"a sum of decimals", `<c r="A1"><v>0.30000000000000004</v></c>`, "A=0.3 n"},
		{"superfluous zeros", `<c r="A1"><v>0.300000000000000</v></c><c r="B1"><v>901.0</v></c><c r="C1"><v>007</v></c>`, "A=0.3 n B=901 n C=7 n"},
		{"a negative zero", `<c r="A1"><v>-0</v></c>`, "A=0 n"},
		{"a small number with an exponent", `<c r="A1"><v>2.024E3</v></c>`, "A=2024 n"},
		{"what is no number", `<c r="A1"><v>Inf</v></c>`, "A=Inf"},
		{"a padded code", `<c r="A1" s="2"><v>42</v></c>`, "A=00042 shown"},
		{"a padded code of fourteen digits", `<c r="A1" s="6"><v>12345678901234</v></c>`, "A=00000012345678901234 shown"},
		{"a padded code of sixteen digits", `<c r="A1" s="6"><v>1234567890123456</v></c>`, "A=1234567890123456 long"},
		{"a code with a prefix", `<c r="A1" s="7"><v>42</v></c>`, "A=K-042 shown"},
		{"a code in three parts", `<c r="A1" s="11"><v>1234567</v></c>`, "A=123-45-67 shown"},
		{"a day", `<c r="A1" s="1"><v>46266</v></c>`, "A=01/09/2026 day"},
		{"a day with a format of its own", `<c r="A1" s="3"><v>46266</v></c>`, "A=01/09/2026 day"},
		{"a day in French letters", `<c r="A1" s="4"><v>46266</v></c>`, "A=01/09/2026 day"},
		{"a year", `<c r="A1" s="8"><v>46266</v></c>`, "A=01/09/2026 day"},
		{"the number of a month", `<c r="A1" s="9"><v>46266</v></c>`, "A=09 shown"},
		{"hours", `<c r="A1" s="10"><v>1.5</v></c>`, "A=36:00 shown"},
		{"the format Standard is none of a day", `<c r="A1" s="5"><v>12</v></c>`, "A=12 n"},
		{"a day 43 seconds before midnight", `<c r="A1" s="1"><v>46265.9995</v></c>`, "A=01/09/2026 day"},
		{"a day 48 seconds before midnight", `<c r="A1" s="1"><v>46265.999444444</v></c>`, "A=01/09/2026 day"},
		{"the end of a day", `<c r="A1" s="1"><v>46266.999988426</v></c>`, "A=01/09/2026 day+86399s"},
		{"a day at ten in the evening", `<c r="A1" s="1"><v>46265.916666666664</v></c>`, "A=31/08/2026 day+79200s"},
		{"21 seconds after midnight", `<c r="A1" s="1"><v>46266.000243055554</v></c>`, "A=01/09/2026 day+21s"},
		{"the first days of the calendar", `<c r="A1" s="1"><v>1</v></c><c r="B1" s="1"><v>59</v></c><c r="C1" s="1"><v>61</v></c>`, "A=01/01/1900 day B=28/02/1900 day C=01/03/1900 day"},
		{"no day at all", `<c r="A1" s="1"><v>0</v></c>`, "A=0 n"},
		{"an ISO day", `<c r="A1" t="d"><v>2026-09-01</v></c>`, "A=01/09/2026 day"},
		{"a truth", `<c r="A1" t="b"><v>1</v></c>`, "A=TRUE bool"},
		{"an error of any name", `<c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="e"><v>#BLOCKED!</v></c>`, "A=#N/A error B=#BLOCKED! error"},
		{"a formula without a result", `<c r="A1"><f>B1</f></c><c r="B1"><f>C1</f><v></v></c><c r="C1"><f>D1</f><v/></c>`, "A= none B= none C= none"},
		{"a formula whose result is an empty text", `<c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><v>1</v></c>`, "B=1 n"},
		{"a formula whose result is zero", `<c r="A1"><f>B1</f><v>0</v></c>`, "A=0 n formula"},
		{"what is not known is passed over", `<c r="A1"><v>1</v><extLst><ext uri="{x}"><a:b xmlns:a="y">2<a:c/></a:b></ext></extLst></c>`, "A=1 n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			lines, _, err := read(book(t, contents{"xl/styles.xml": styles, "xl/worksheets/sheet1.xml": head + `<row r="1">` + tc.cell + `</row>` + foot}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"1: " + tc.want}, lines); diff != "" {
				t.Errorf("row (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRowsAreNumberedAsTheyAreShown(t *testing.T) {
	t.Parallel()
	lines, merges, err := read(book(t, contents{"xl/worksheets/sheet1.xml": head +
		`<row><c><v>1</v></c></row><row r="4" hidden="1"><c><v>4</v></c></row><row/><row><c r="B6"><v>6</v></c><c/><c/></row>` +
		`</sheetData><mergeCells count="2"><mergeCell ref="A1:A6"/><mergeCell ref="C2:D4"/></mergeCells></worksheet>` + "\n<!-- end -->\n"}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1: A=1 n", "4: hidden A=4 n", "5:", "6: B=6 n"}, lines); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Range{{0, 1, 0, 6}, {2, 2, 3, 4}}, merges); diff != "" {
		t.Errorf("merged cells (-want +got):\n%s", diff)
	}
}

func TestSharedTextsAreThoseOfTheirRunsOnly(t *testing.T) {
	t.Parallel()
	content := book(t, contents{
		"xl/sharedStrings.xml": `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="9" uniqueCount="1">` +
			`<si><t>Lyon</t></si><si><r><t xml:space="preserve">CFA </t></r><r><t>Horizon</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si><si/><si><t>é&amp;</t></si><si><t>plain</t><rPh sb="0" eb="1"><t>y</t></rPh></si><si><r><t>é</t></r><r><t>à</t></r><r><t>b</t></r></si></sst>`,
		"xl/worksheets/sheet1.xml": head + `<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c><c t="s"><v>4</v></c><c t="s"><v>5</v></c></row>` + foot})
	lines, _, err := read(content)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1: A=Lyon B=CFA Horizon D=é& E=plain F=éàb"}, lines); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
}

func TestWhatIsNotWholeOrNotInOrderIsRefused(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string]string{
		"rows out of order":                   `<row r="3"><c r="A3"><v>3</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>`,
		"a row twice":                         `<row r="2"><c r="A2"><v>3</v></c></row><row r="2"><c r="B2"><v>2</v></c></row>`,
		"a cell twice":                        `<row r="2"><c r="A2"><v>3</v></c><c r="A2"><v>4</v></c></row>`,
		"a cell of another row":               `<row r="2"><c r="A3"><v>3</v></c></row>`,
		"a shared text that is not there":     `<row r="2"><c r="A2" t="s"><v>0</v></c></row>`,
		"a control character":                 "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>a\x01b</v></c></row>",
		"a reference to a control character":  `<row r="2"><c r="A2" t="str"><v>a&#1;b</v></c></row>`,
		"a character that is none, last row":  "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>a\uffffb</v></c><c r=\"B2\"><v>1</v></c></row>",
		"bytes that are no text":              "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>a\xffb</v></c></row>",
		"an element that does not close":      `<row r="2"><c r="A2"><v>1</c></row>`,
		"a type that is none":                 `<row r="2"><c r="A2" t="x"><v>1</v></c></row>`,
		"a declared entity":                   `<row r="2"><c r="A2" t="str"><v>&who;</v></c></row>`,
		"text between rows":                   `<row r="2"/>x<row r="3"/>`,
		"a cell beyond the last column":       `<row r="2"><c r="XFE2"><v>1</v></c></row>`,
		"a control character in another part": "<row r=\"2\"><c r=\"A2\"><v>1</v><x>\x02</x></c></row>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read(sheet(t, rows))
			var d *Damage
			if !errors.As(err, &d) || d.Row == 0 {
				t.Errorf("error %v, want a damage at a row", err)
			}
		})
	}
}

func TestEveryCutOfASheetIsRefused(t *testing.T) {
	t.Parallel()
	whole := head + `<row r="1"><c r="A1" t="inlineStr"><is><t>Nom &amp; é</t></is></c></row><row r="2" hidden="1"><c r="A2" t="s"><v>0</v></c><!-- c --></row>` +
		`</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>`
	shared := `<sst><si><t>Lyon</t></si><si><r><t>é</t></r></si></sst>`
	for cut := range whole {
		if _, _, err := read(book(t, contents{"xl/sharedStrings.xml": shared, "xl/worksheets/sheet1.xml": whole[:cut] + " "})); err == nil {
			t.Errorf("a sheet that ends with %q is taken for whole", whole[max(0, cut-20):cut])
		}
	}
	for cut := range shared {
		if _, _, err := read(book(t, contents{"xl/sharedStrings.xml": shared[:cut] + " ", "xl/worksheets/sheet1.xml": whole})); err == nil {
			t.Errorf("shared texts that end with %q are taken for whole", shared[:cut])
		}
	}
	if _, _, err := read(book(t, contents{"xl/sharedStrings.xml": shared, "xl/worksheets/sheet1.xml": whole})); err != nil {
		t.Error(err)
	}
}

func TestASheetWhoseBytesChangedOnTheWayIsRefused(t *testing.T) {
	t.Parallel()
	content := sheet(t, `<row r="1">`+text("A1", strings.Repeat("Lyon", 50))+`</row>`)
	b, err := Open(bytes.NewReader(content), int64(len(content)), nil)
	if err != nil {
		t.Fatal(err)
	}
	offset, err := b.Sheets[0].part.DataOffset()
	if err != nil {
		t.Fatal(err)
	}
	content[offset+int64(b.Sheets[0].part.CompressedSize64)/2] ^= 4
	if _, _, err := read(content); err == nil {
		t.Error("a damaged sheet is taken for whole")
	}
}

func TestTheCalendarOf1904IsThatOfEveryCell(t *testing.T) {
	t.Parallel()
	content := book(t, contents{
		"xl/workbook.xml":          strings.Replace(plainBook["xl/workbook.xml"], "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1),
		"xl/worksheets/sheet1.xml": head + `<row><c s="1"><v>44804</v></c></row>` + foot})
	lines, _, err := read(content)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1: A=01/09/2026 day"}, lines); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
}

func TestPartsAreFoundByTheirRelations(t *testing.T) {
	t.Parallel()
	rows := head + `<row>` + text("A1", "Lyon") + `</row>` + foot
	rels := func(target string) string {
		return strings.Replace(plainBook["xl/_rels/workbook.xml.rels"], "worksheets/sheet1.xml", target, 1)
	}
	strict := strings.NewReplacer("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
		"http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships")
	for name, given := range map[string]contents{
		"an absolute target in other letters": {"xl/_rels/workbook.xml.rels": rels("/xl/worksheets/Sheet1.XML"), "xl/worksheets/sheet1.xml": rows},
		"backslashes":                         {`xl\worksheets\f.xml`: rows, "xl/_rels/workbook.xml.rels": rels("worksheets/f.xml")},
		"a way up":                            {"xl/_rels/workbook.xml.rels": rels("../xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml": rows},
		"a workbook of another name": {"xl/workbook.xml": "", "xl/classeur.xml": plainBook["xl/workbook.xml"], "_rels/.rels": strings.Replace(plainBook["_rels/.rels"], "workbook", "classeur", 1),
			"xl/_rels/workbook.xml.rels": "", "xl/_rels/classeur.xml.rels": plainBook["xl/_rels/workbook.xml.rels"], "xl/worksheets/sheet1.xml": rows},
		"a workbook at the root": {"xl/workbook.xml": "", "workbook.xml": plainBook["xl/workbook.xml"], "_rels/.rels": strings.Replace(plainBook["_rels/.rels"], "xl/", "", 1),
			"xl/_rels/workbook.xml.rels": "", "_rels/workbook.xml.rels": rels("f.xml"), "f.xml": rows},
		"Strict": {"_rels/.rels": strict.Replace(plainBook["_rels/.rels"]), "xl/workbook.xml": strict.Replace(plainBook["xl/workbook.xml"]),
			"xl/_rels/workbook.xml.rels": strict.Replace(plainBook["xl/_rels/workbook.xml.rels"]), "xl/worksheets/sheet1.xml": strict.Replace(rows)},
		"a prefix":                   {"xl/worksheets/sheet1.xml": `<x:worksheet xmlns:x="u"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>Lyon</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`},
		"no styles, no shared texts": {"xl/styles.xml": "", "xl/sharedStrings.xml": "", "xl/worksheets/sheet1.xml": rows},
		"a byte order mark":          {"xl/worksheets/sheet1.xml": "\ufeff" + rows},
		"a chart sheet before it": {"xl/chartsheets/c.xml": "<chartsheet/>", "xl/worksheets/sheet1.xml": rows,
			"xl/workbook.xml":            strings.Replace(plainBook["xl/workbook.xml"], "<sheets>", `<sheets><sheet name="G" sheetId="9" r:id="rId9"/>`, 1),
			"xl/_rels/workbook.xml.rels": strings.Replace(plainBook["xl/_rels/workbook.xml.rels"], `<Relationship Id="rId1"`, `<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartsheet" Target="chartsheets/c.xml"/><Relationship Id="rId1"`, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines, _, err := read(book(t, given))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"1: A=Lyon"}, lines); diff != "" {
				t.Errorf("row (-want +got):\n%s", diff)
			}
		})
	}
}
