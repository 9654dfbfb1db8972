package tableur

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
	"github.com/xuri/nfp"

	"github.com/passerelle-hub/passerelle"
)

// dateMark begins the serial number of a real date in what excelize gives out.
// XML cannot hold this character, so no text of a workbook begins with it.
const dateMark = "\x01"

// rawFormat is a number format that no workbook defines: excelize gives out the
// number itself, in full digits.
const rawFormat = 1 << 20

// markFormats changes the number formats of an opened workbook, in memory, so
// that its streamed values say what they are: dates become marked serial numbers
// whatever they look like; numbers are given in full (1200000, not 1.2E+06 nor
// 1,200,000), except where a format of zeros makes a code of them (00042).
func markFormats(f *excelize.File) error {
	if f.Styles == nil || f.Styles.CellXfs == nil {
		return nil // a plain export: no cell has a format
	}
	// A number, since excelize takes ten times as long to write a date.
	pattern := `"` + dateMark + `"0.00000`
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &pattern})
	if err != nil {
		return fmt.Errorf("add the format of dates: %w", err)
	}
	custom := map[int]string{}
	if f.Styles.NumFmts != nil {
		for _, format := range f.Styles.NumFmts.NumFmt {
			custom[format.NumFmtID] = format.FormatCode
		}
	}
	marked := *f.Styles.CellXfs.Xf[style].NumFmtID
	for i := range f.Styles.CellXfs.Xf {
		id := 0
		if f.Styles.CellXfs.Xf[i].NumFmtID != nil {
			id = *f.Styles.CellXfs.Xf[i].NumFmtID
		}
		kind := builtinKind(id)
		if code, ok := custom[id]; ok {
			kind = formatKind(code)
		}
		switch {
		case id == marked || kind == shownFormat:
		case kind == dateFormat:
			f.Styles.CellXfs.Xf[i].NumFmtID = &marked
		default:
			raw := rawFormat
			f.Styles.CellXfs.Xf[i].NumFmtID = &raw
		}
	}
	return nil
}

type numberFormat uint8

const (
	rawNumber   numberFormat = iota // the number in full
	dateFormat                      // a calendar day
	shownFormat                     // as the person sees it: a padded code, a time of day
)

// builtinKind sorts the formats that workbooks use by number (ECMA-376, 18.8.30).
func builtinKind(id int) numberFormat {
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return dateFormat
	case id >= 18 && id <= 21, id >= 45 && id <= 47, id == 1:
		return shownFormat
	}
	return rawNumber
}

// formatKind sorts a custom format code by its first section.
func formatKind(code string) numberFormat {
	parser := nfp.NumberFormatParser()
	sections := parser.Parse(code)
	if len(sections) == 0 {
		return rawNumber
	}
	zeros, others, times := false, false, false
	for _, item := range sections[0].Items {
		switch item.TType {
		case nfp.TokenTypeDateTimes, nfp.TokenTypeElapsedDateTimes:
			lower := strings.ToLower(item.TValue)
			if strings.ContainsAny(lower, "yd") || strings.HasPrefix(lower, "mmm") {
				return dateFormat
			}
			times = true
		case nfp.TokenTypeZeroPlaceHolder:
			zeros = true
		case nfp.TokenTypeLiteral, nfp.TokenTypeColor, nfp.TokenTypeAlignment, nfp.TokenTypeRepeatsChar:
		default:
			others = true
		}
	}
	if times || zeros && !others {
		return shownFormat
	}
	return rawNumber
}

// serialDate reads the number by which a workbook keeps a day.
func serialDate(number string, date1904 bool) (passerelle.Date, bool) {
	serial, err := strconv.ParseFloat(number, 64)
	if err != nil || serial < 1 || serial > 2_958_465 { // 31 December 9999
		return 0, false
	}
	day, err := excelize.ExcelDateToTime(math.Floor(serial), date1904)
	return passerelle.DateOf(day), err == nil && day.Year() <= 9999
}

// longNumber is how excelize writes a number of more than 15 digits.
var longNumber = regexp.MustCompile(`^-?\d\.\d{9,14}E\+\d{2}$`)

// xlsxCells reads the values of a streamed row, without blank ends.
func xlsxCells(values []string, date1904 bool) []Cell {
	cells := make([]Cell, len(values))
	end := 0
	for i, v := range values {
		if v == "" {
			continue
		}
		if marked, ok := strings.CutPrefix(v, dateMark); ok {
			if d, ok := serialDate(marked, date1904); ok {
				cells[i], end = Cell{Text: d.FR(), Kind: CellDate}, i+1
				continue
			}
			v = marked
		}
		if v = strings.TrimSpace(v); v == "" {
			continue
		}
		if len(v) > 14 && longNumber.MatchString(v) {
			if n, _, err := big.ParseFloat(v, 10, 200, big.ToNearestEven); err == nil {
				v = n.Text('f', 0)
			}
		}
		cells[i].Text, end = v, i+1
	}
	return cells[:end]
}
