package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"testing"
)

// head and foot are what most sheets begin and end with.
const (
	head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	foot = `</sheetData></worksheet>`
)

// parts of a workbook, by name, over those of a plain one.
type contents map[string]string

var plainBook = contents{
	"[Content_Types].xml":        `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
	"_rels/.rels":                `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
	"xl/workbook.xml":            `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="F" sheetId="1" r:id="rId1"/></sheets></workbook>`,
	"xl/_rels/workbook.xml.rels": `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
	"xl/styles.xml":              stylesOf(),
	"xl/sharedStrings.xml":       `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>`,
}

// stylesOf makes the part of styles: style 0 is General, 1 the built-in day 14, the
// codes follow from 2.
func stylesOf(codes ...string) string {
	formats, xfs := "", `<xf numFmtId="0"/><xf numFmtId="14"/>`
	for i, code := range codes {
		formats += fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="%s"/>`, 164+i, code)
		xfs += fmt.Sprintf(`<xf numFmtId="%d"/>`, 164+i)
	}
	return `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>` + formats + `</numFmts><fonts/><fills/><borders/><cellStyleXfs/><cellXfs>` + xfs + `</cellXfs></styleSheet>`
}

// book makes a workbook of parts; those that are not given are those of a plain
// one, and those that are "" are left out.
func book(t testing.TB, given contents) []byte {
	t.Helper()
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	all := contents{}
	for name, text := range plainBook {
		all[name] = text
	}
	for name, text := range given {
		all[name] = text
	}
	for name, text := range all {
		if text == "" {
			continue
		}
		w, err := out.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sheet makes a workbook whose only sheet holds these rows.
func sheet(t testing.TB, rows string) []byte {
	t.Helper()
	return book(t, contents{"xl/worksheets/sheet1.xml": head + rows + foot})
}

// read writes every row as "number: A=text …", with the kind of what is no text.
func read(content []byte) (lines []string, merges []Range, err error) {
	b, err := Open(bytes.NewReader(content), int64(len(content)), nil)
	if err != nil {
		return nil, nil, err
	}
	rows, err := b.Rows(0)
	if err != nil {
		return nil, nil, err
	}
	for rows.Next() {
		row := rows.Row()
		line := fmt.Sprintf("%d:", row.Number)
		if row.Hidden {
			line += " hidden"
		}
		for i, c := range row.Cells {
			if c.Kind == Empty {
				continue
			}
			line += fmt.Sprintf(" %s=%s%s", Letter(i), c.Text, kindName(c))
		}
		lines = append(lines, line)
	}
	return lines, rows.Merges(), errors.Join(rows.Err(), rows.Close())
}

func kindName(c Cell) string {
	name := map[Kind]string{Number: " n", Long: " long", Day: " day", Shown: " shown", Bool: " bool", Error: " error", NoResult: " none"}[c.Kind]
	if c.Seconds > 0 {
		name += fmt.Sprintf("+%ds", c.Seconds)
	}
	if c.Formula && c.Kind != NoResult {
		name += " formula"
	}
	return name
}
