package xlsx

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
)

// slowly reads the texts of a sheet with encoding/xml, the plain way: those of t
// and v inside cells, by row. It is what the scanner must agree with.
func slowly(part string) (lines []string, err error) {
	d := xml.NewDecoder(strings.NewReader(part))
	var path []string
	var values []string
	number, hidden := 0, false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			if at(path, "worksheet", "sheetData", "row") {
				number, hidden, values = number+1, false, nil
				for _, a := range token.Attr {
					switch a.Name.Local {
					case "r":
						if _, err := fmt.Sscanf(a.Value, "%d", &number); err != nil {
							return nil, err
						}
					case "hidden":
						hidden = a.Value == "1" || a.Value == "true"
					}
				}
			}
			if at(path, "worksheet", "sheetData", "row", "c") {
				values = append(values, "")
			}
		case xml.CharData:
			if at(path, "worksheet", "sheetData", "row", "c", "v") || at(path, "worksheet", "sheetData", "row", "c", "is", "t") || at(path, "worksheet", "sheetData", "row", "c", "is", "r", "t") {
				values[len(values)-1] += string(token)
			}
		case xml.EndElement:
			if at(path, "worksheet", "sheetData", "row") {
				lines = append(lines, fmt.Sprint(number, hidden, len(values)))
			}
			path = path[:len(path)-1]
		}
	}
}

func at(path []string, names ...string) bool {
	if len(path) != len(names) {
		return false
	}
	for i := range names {
		if path[i] != names[i] {
			return false
		}
	}
	return true
}

// FuzzSheet looks for sheets that crash the scanner, that it takes though they are
// not XML, or whose rows it sees otherwise than encoding/xml.
func FuzzSheet(f *testing.F) {
	for _, rows := range []string{
		`<row r="1"><c r="A1" t="inlineStr"><is><t>a&amp;b</t></is></c><c r="C1"><v>3</v></c></row>`,
		`<row><c t="str"><v>x</v><f>1</f></c></row><row r="7" hidden="1"><c><v>4.5E2</v></c></row><!-- c --><?p i?>`,
		`<row r="2"><c r="B2" t="inlineStr"><is><r><rPr><b val='>'/></rPr><t xml:space="preserve"> a</t></r><r><t>b<![CDATA[<c>]]></t></r></is></c></row>`,
		`<x:row xmlns:x="u" r="2"/><row r="3"><c s="1"><v>46266</v></c></row>`,
	} {
		f.Add(head + rows + foot)
	}
	f.Fuzz(func(t *testing.T, part string) {
		if len(part) > 1<<16 {
			return
		}
		lines, cells, err := parsed(part, 64, false)
		for _, way := range []struct {
			window int
			slow   bool
		}{{1 << 12, false}, {1 << 12, true}} {
			_, same, other := parsed(part, way.window, way.slow)
			if (err == nil) != (other == nil) || err == nil && cells != same {
				t.Fatalf("read in two ways: %s (%v) and %s (%v)", cells, err, same, other)
			}
		}
		if err != nil {
			return
		}
		want, err := slowly(part)
		if err != nil {
			t.Skip() // XML that encoding/xml is stricter about: names, prefixes, attributes twice
		}
		for i := range want {
			want[i] = want[i][:strings.LastIndexByte(want[i], ' ')]
		}
		if strings.Join(want, "\n") != strings.Join(lines, "\n") {
			t.Errorf("rows %q, want %q", lines, want)
		}
	})
}

// parsed returns the rows of a sheet, and everything that their cells hold.
func parsed(part string, size int, slow bool) (lines []string, cells string, err error) {
	book := &Book{styles: []style{{}, {kind: formatDay}}}
	p := parser{book: book, w: window{book: &Book{}, r: strings.NewReader(part), buf: make([]byte, size)}, slow: slow}
	var all strings.Builder
	for {
		more, err := p.next()
		if err != nil || !more {
			return lines, all.String(), err
		}
		lines = append(lines, fmt.Sprint(p.row.Number, p.row.Hidden))
		for i, c := range p.row.Cells {
			fmt.Fprintf(&all, "%d %d %d %v %d %q;", p.row.Number, i, c.Kind, c.Formula, c.Seconds, c.Text)
		}
	}
}

// FuzzText looks for texts that the scanner reads otherwise than encoding/xml.
func FuzzText(f *testing.F) {
	for _, text := range []string{"a", "a&amp;b\r\nc", "a<![CDATA[b]]>c", "é<!-- x -->&#x20;", "&#1;", "\x01", "a]]>b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "_x") || strings.Contains(text, "]]>") && !strings.Contains(text, "CDATA") {
			t.Skip()
		}
		part := "<t>" + text + "</t>"
		s := scanner{b: []byte(part)}
		var element tag
		var scratch []byte
		if !s.next(&element) || string(element.name) != "t" || element.empty || element.close || len(element.attrs) > 0 {
			return
		}
		got, ok := s.content(nameText, &scratch)
		if !ok || s.i != len(part) {
			return
		}
		var want struct {
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal([]byte(part), &want); err != nil {
			t.Skip()
		}
		if string(got) != want.Text {
			t.Errorf("%q is read as %q, want %q", text, got, want.Text)
		}
	})
}
