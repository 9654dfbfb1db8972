package xlsx

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/xuri/nfp"
)

type formatKind uint8

const (
	formatNumber  formatKind = iota // the number in full
	formatDay                       // a calendar day
	formatShown                     // as the person sees it: a padded code, a time of day
	formatPercent                   // a hundred times the number, with its sign
)

// style is what a cell format makes of a number.
type style struct {
	kind     formatKind
	sections [][]nfp.Token // of formatShown
}

// readStyles reads the number formats of the cell formats (ECMA-376, 18.8).
func readStyles(r io.Reader) ([]style, error) {
	var doc struct {
		NumFmts []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Xfs []struct {
			NumFmt int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := decodeXML(r, &doc); err != nil {
		return nil, err
	}
	custom := make(map[int]string, len(doc.NumFmts))
	for _, format := range doc.NumFmts {
		custom[format.ID] = format.Code
	}
	made := map[int]style{}
	styles := make([]style, len(doc.Xfs))
	for i, xf := range doc.Xfs {
		st, ok := made[xf.NumFmt]
		if !ok {
			if code, is := custom[xf.NumFmt]; is {
				st = styleOf(code)
			} else {
				st = builtin(xf.NumFmt)
			}
			made[xf.NumFmt] = st
		}
		styles[i] = st
	}
	return styles, nil
}

// decodeXML reads a small part whole.
func decodeXML(r io.Reader, into any) error {
	text, err := utf8Reader(io.LimitReader(r, maxSmall))
	if err != nil {
		return err
	}
	d := xml.NewDecoder(text)
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// builtin sorts the formats that workbooks use by number (ECMA-376, 18.8.30).
func builtin(id int) style {
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return style{kind: formatDay}
	}
	if code, ok := map[int]string{1: "0", 9: "0%", 10: "0.00%", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0"}[id]; ok {
		return styleOf(code)
	}
	return style{}
}

// styleOf sorts a format code by its first section.
func styleOf(code string) style {
	if lower := strings.ToLower(strings.TrimSpace(code)); lower == "standard" || lower == "general" {
		return style{}
	}
	if frenchDay(code) {
		return style{kind: formatDay}
	}
	parser := nfp.NumberFormatParser()
	var sections [][]nfp.Token
	for _, section := range parser.Parse(code) {
		sections = append(sections, section.Items)
	}
	if len(sections) == 0 {
		return style{}
	}
	var zeros, hashes, others, times, percent, words bool
	for _, item := range sections[0] {
		switch item.TType {
		case nfp.TokenTypeDateTimes, nfp.TokenTypeElapsedDateTimes:
			lower := strings.ToLower(item.TValue)
			if strings.ContainsAny(lower, "yd") || strings.HasPrefix(lower, "mmm") {
				return style{kind: formatDay}
			}
			times = true
		case nfp.TokenTypeZeroPlaceHolder:
			zeros = true
		case nfp.TokenTypeHashPlaceHolder:
			hashes = true
		case nfp.TokenTypePercent:
			percent = true
		case nfp.TokenTypeLiteral:
			words = words || strings.ContainsFunc(item.TValue, unicode.IsLetter)
		case nfp.TokenTypeColor, nfp.TokenTypeAlignment, nfp.TokenTypeRepeatsChar:
		case nfp.TokenTypeDecimalPoint:
			others = others || !times // seconds have decimals too
		default:
			others = true
		}
	}
	switch {
	case percent && !times:
		return style{kind: formatPercent}
	case times, zeros && !others && !hashes, hashes && words && !others:
		return style{kind: formatShown, sections: sections}
	}
	return style{}
}

// frenchDay recognises the letters of a French Excel, jj/mm/aaaa, which workbooks
// do not know but which some writers put there.
func frenchDay(code string) bool {
	var days, months, years int
	quoted, bracket := false, false
	for _, r := range code {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '[':
			bracket = true
		case r == ']':
			bracket = false
		case bracket:
		case r == 'j' || r == 'J':
			days++
		case r == 'm' || r == 'M':
			months++
		case r == 'a' || r == 'A':
			years++
		case unicode.IsLetter(r), r == '0', r == '#':
			return false
		}
	}
	return days > 0 && days <= 4 && (months > 0 || years > 0) || months > 0 && years >= 2 && years <= 4 && days == 0 && years%2 == 0
}

// timed reports whether a section shows a time.
func timed(section []nfp.Token) bool {
	return slices.ContainsFunc(section, func(item nfp.Token) bool {
		return item.TType == nfp.TokenTypeDateTimes || item.TType == nfp.TokenTypeElapsedDateTimes
	})
}

// show writes a number as its format shows it.
func (st *style) show(dst []byte, number float64, date1904 bool) []byte {
	section := st.sections[0]
	negative := number < 0
	switch {
	case negative && len(st.sections) > 1:
		section, negative = st.sections[1], false
	case number == 0 && len(st.sections) > 2:
		section = st.sections[2]
	}
	number = math.Abs(number)
	zeros := 0
	for _, item := range section {
		if item.TType == nfp.TokenTypeZeroPlaceHolder {
			zeros += len(item.TValue)
		}
	}
	var clock *clock
	if timed(section) {
		clock, zeros = newClock(section, number), 0
	}
	digits := strconv.FormatFloat(math.Round(number), 'f', 0, 64)
	if len(digits) < zeros {
		digits = strings.Repeat("0", zeros-len(digits)) + digits
	}
	if negative && math.Round(number) != 0 {
		dst = append(dst, '-')
	}
	left := zeros
	for i, item := range section {
		switch item.TType {
		case nfp.TokenTypeZeroPlaceHolder:
			if clock != nil {
				dst = append(dst, clock.decimals(len(item.TValue))...)
				continue
			}
			take := len(item.TValue)
			if left == zeros { // the first zeros take what there is beyond them all
				take += len(digits) - zeros
			}
			dst = append(dst, digits[:take]...)
			digits, left = digits[take:], left-len(item.TValue)
		case nfp.TokenTypeHashPlaceHolder:
			if zeros == 0 && clock == nil { // nothing but such signs: the first one takes all
				dst = append(dst, strings.TrimLeft(digits, "0")...)
				digits = ""
			}
		case nfp.TokenTypeLiteral:
			dst = append(dst, item.TValue...)
		case nfp.TokenTypeDecimalPoint:
			dst = append(dst, '.')
		case nfp.TokenTypeDateTimes, nfp.TokenTypeElapsedDateTimes:
			dst = append(dst, clock.show(section, i)...)
		}
	}
	return []byte(strings.TrimSpace(string(dst)))
}
