package tableur

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
)

// forme is a value with one of the ways in which writers put it into a sheet.
type forme struct {
	vu    string // what its author sees
	named bool   // an error or a remark is expected
	attrs string
	inner string
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes all
	return b.String()
}

// textForme writes a text as an inline text, in one run or two, or as the result of
// a formula; typed or not.
func textForme(t *rapid.T, text string) forme {
	switch rapid.IntRange(0, 3).Draw(t, "written as") {
	case 0:
		return forme{vu: text, attrs: ` t="inlineStr"`, inner: `<is><t xml:space="preserve">` + escaped(text) + `</t></is>`}
	case 1:
		runes := []rune(text)
		cut := rapid.IntRange(0, len(runes)).Draw(t, "cut")
		return forme{vu: text, attrs: ` t="inlineStr"`, inner: `<is><r><rPr><b/></rPr><t xml:space="preserve">` + escaped(string(runes[:cut])) + `</t></r><r><t xml:space="preserve">` +
			escaped(string(runes[cut:])) + `</t></r><rPh sb="0" eb="1"><t>lu</t></rPh></is>`}
	case 2:
		return forme{vu: text, attrs: ` t="str"`, inner: `<f>A1&amp;B1</f><v>` + escaped(text) + `</v>`}
	}
	return forme{vu: text, attrs: ` t="str"`, inner: `<v><![CDATA[` + strings.ReplaceAll(text, "]]>", "") + `]]></v>`}
}

// codeForme writes a code: as a text, or as a number in full, with an exponent, padded
// by its format, or with more digits than a workbook keeps.
func codeForme(t *rapid.T) forme {
	n := rapid.Int64Range(1, 99_999).Draw(t, "n")
	full := strconv.FormatInt(n, 10)
	switch rapid.IntRange(0, 4).Draw(t, "code as") {
	case 0:
		return textForme(t, "K"+full)
	case 1:
		return forme{vu: full, inner: `<v>` + full + `</v>`}
	case 2:
		return forme{vu: full, attrs: ` t="n"`, inner: `<v>` + strconv.FormatFloat(float64(n), 'E', -1, 64) + `</v>`}
	case 3:
		return forme{vu: fmt.Sprintf("%05d", n), attrs: ` s="2"`, inner: `<v>` + full + `</v>`}
	}
	long := fmt.Sprintf("9%015d", n)
	return forme{vu: long, named: true, inner: `<v>` + long + `</v>`}
}

// dayForme writes a day: as a serial with a format or none, with a time, lost seconds,
// as an ISO day or as a text.
func dayForme(t *rapid.T, date1904 bool) forme {
	d := passerelle.NewDate(2000, 1, 1) + passerelle.Date(rapid.IntRange(0, 20_000).Draw(t, "day"))
	serial := int(d - passerelle.NewDate(1899, 12, 30))
	if date1904 {
		serial -= serial1904
	}
	switch rapid.IntRange(0, 5).Draw(t, "day as") {
	case 0:
		return forme{vu: d.FR(), attrs: ` s="1"`, inner: fmt.Sprintf(`<v>%d</v>`, serial)}
	case 1:
		return forme{vu: d.FR(), attrs: ` s="3"`, inner: fmt.Sprintf(`<v>%d.%d</v>`, serial, rapid.IntRange(0, 49).Draw(t, "time"))}
	case 2:
		return forme{vu: d.FR(), attrs: ` s="1"`, inner: fmt.Sprintf(`<v>%d.%d</v>`, serial-1, rapid.IntRange(9994, 9998).Draw(t, "lost"))}
	case 3:
		return forme{vu: d.FR(), attrs: ` t="d"`, inner: `<v>` + d.Time().Format("2006-01-02T15:04:05") + `</v>`}
	case 4:
		return forme{vu: d.FR(), inner: fmt.Sprintf(`<v>%d</v>`, serial)}
	}
	return textForme(t, d.FR())
}

// TestValuesInTheShapesOfAllWritersAreReadOrNamed puts values into a sheet in any of
// the ways that writers have, cells named or not, in their order or not.
func TestValuesInTheShapesOfAllWritersAreReadOrNamed(t *testing.T) {
	t.Parallel()
	texts := rapid.StringMatching(`[A-Za-zÀ-ÿ0-9 '’&<>"-]{1,12}[A-Za-z]`)
	rapid.Check(t, func(rt *rapid.T) {
		date1904 := rapid.Bool().Draw(rt, "1904")
		var rows strings.Builder
		rows.WriteString(`<row>` + strs("Code", "Poste", "Début", "Groupe") + `</row>`)
		var want [][]forme
		for n := range rapid.IntRange(1, 5).Draw(rt, "rows") {
			line := []forme{codeForme(rt), textForme(rt, strings.TrimSpace(texts.Draw(rt, "poste"))), dayForme(rt, date1904), textForme(rt, strings.TrimSpace(texts.Draw(rt, "groupe")))}
			want = append(want, line)
			named := rapid.Bool().Draw(rt, "named")
			order := []int{0, 1, 2, 3}
			if named {
				order = rapid.Permutation(order).Draw(rt, "order")
			}
			rows.WriteString(`<row>`)
			for _, i := range order {
				at := ""
				if named {
					at = fmt.Sprintf(` r="%s%d"`, Letter(i), n+2)
				}
				rows.WriteString(`<c` + at + line[i].attrs + `>` + line[i].inner + `</c>`)
			}
			rows.WriteString(`</row>`)
		}
		table := open(t, xmlBook(t, rows.String(), "", date1904), Options{})
		binding := lire(t, table, classeur)
		n := 0
		for ligne, err := range binding.Lignes(table) {
			if err != nil {
				rt.Fatal(err)
			}
			c := &ligne.Contrat
			for i, got := range []string{c.CodeContrat, c.MissionTitle, c.DateDebut, c.NomGroupe} {
				cell := fmt.Sprintf("%s%d", Letter(i), ligne.Row)
				faulty := false
				for _, f := range ligne.Faults {
					faulty = faulty || f.Cell == cell
				}
				if f := want[n][i]; faulty != f.named || !f.named && got != tidy(&passerelle.Champ{}, f.vu) {
					rt.Fatalf("%s is %q (named: %v), its author saw %q: %s%s", cell, got, faulty, f.vu, f.attrs, f.inner)
				}
			}
			n++
		}
		if n != len(want) {
			rt.Fatalf("%d rows of %d", n, len(want))
		}
	})
}
