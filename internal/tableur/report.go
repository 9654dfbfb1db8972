package tableur

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle"
)

// Format is the form of a report.
type Format string

// The forms of a report.
const (
	CSV  Format = "csv"  // UTF-8 with a byte order mark and semicolons, as a French Excel opens it
	XLSX Format = "xlsx" // dates and texts as they were, no formula
)

// Messages gathers errors by row, each with its cell first, for WriteReport.
func Messages(faults []CellError) map[int][]string {
	byRow := map[int][]string{}
	for _, f := range faults {
		message := f.Message
		if f.Cell != "" {
			message = f.Cell + " : " + message
		}
		byRow[f.Row] = append(byRow[f.Row], message)
	}
	return byRow
}

// Messages gathers errors by row like the function of that name, for a table whose
// rows may be those of several sheets.
func (t *Table) Messages(faults []CellError) map[int][]string {
	byRow := map[int][]string{}
	for i := range faults {
		message := faults[i].Message
		if faults[i].Cell != "" {
			message = faults[i].Cell + " : " + message
		}
		row := t.rowOf(&faults[i])
		byRow[row] = append(byRow[row], message)
	}
	return byRow
}

// WriteRefused writes the titles of a table and the rows that byRow names, with
// what is wrong with each: a file to correct and send alone.
func WriteRefused(w io.Writer, t *Table, byRow map[int][]string, format Format) error {
	only := *t
	only.src = &refusedSource{source: t.src, t: t, byRow: byRow}
	only.HeaderRow, only.Read = 1, nil
	return WriteReport(w, &only, renumbered(t, byRow), format)
}

// renumbered gives the rows that are kept the numbers that they get.
func renumbered(t *Table, byRow map[int][]string) map[int][]string {
	next := map[int][]string{}
	for _, row := range slices.Sorted(maps.Keys(byRow)) {
		if row > t.HeaderRow {
			next[len(next)+2] = byRow[row]
		}
	}
	return next
}

// refusedSource gives out the titles and the rows that are named, one after the other.
type refusedSource struct {
	source
	t     *Table
	byRow map[int][]string
}

func (s *refusedSource) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		next := 1
		for row, err := range s.source.rows() {
			if err == nil {
				if row.Number != s.t.HeaderRow && (row.Number < s.t.HeaderRow || s.byRow[row.Number] == nil) {
					continue
				}
				row.Number = next
				next++
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// sequel gives the rows of further sheets the numbers after those of the first.
type sequel struct{ last int }

func (s *sequel) number(n int) int {
	if n > rowMask {
		n = s.last + 1
	}
	s.last = n
	return n
}

// WriteReport writes the sheet of a table again, row for row (titles and blank
// rows included), with one more column that says what is wrong with each row.
// A report that is corrected and opened again reads as the table it came from;
// its own column is then left out. No value is written in a way that a
// spreadsheet would run as a formula.
func WriteReport(w io.Writer, t *Table, byRow map[int][]string, format Format) error {
	switch format {
	case CSV:
		return writeCSV(w, t, byRow)
	case XLSX:
		return writeXLSX(w, t, byRow)
	}
	return fmt.Errorf("no report of the format %q", format)
}

// reportRow returns the values of a row without the column that an earlier
// report added, and the message that belongs in the column at.
func (t *Table) reportRow(row Row, byRow map[int][]string, between string) (values []Cell, message string) {
	if t.errors >= 0 && row.Number >= t.HeaderRow {
		if row.Number > t.HeaderRow && t.wide {
			row = unprotect(row, t.errors)
		}
		if t.errors < len(row.Values) {
			row.Values = slices.Delete(row.Values, t.errors, t.errors+1)
		}
	}
	if row.Number == t.HeaderRow {
		return row.Values, reportTitle
	}
	return row.Values, strings.Join(byRow[row.Number], between)
}

// reportColumn returns the position of the column of messages. In a CSV file it
// stands right after the header, before the values of rows that are too long, so
// that they are found again. In a workbook it stands after every value.
func (t *Table) reportColumn() (int, error) {
	if t.errors >= 0 {
		return t.errors, nil
	}
	at := t.width
	if t.wide {
		return at, nil
	}
	for row, err := range t.src.rows() {
		if err != nil {
			return 0, err
		}
		at = max(at, len(row.Values))
	}
	return at, nil
}

func writeCSV(w io.Writer, t *Table, byRow map[int][]string) error {
	at, err := t.reportColumn()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	record := make([]string, at+1)
	next := 1
	var numbers sequel
	for row, err := range t.src.rows() {
		if err != nil {
			return err
		}
		for number := numbers.number(row.Number); next < number; next++ { // blank rows that the reader skipped
			record = record[:at+1]
			clear(record)
			if err := out.Write(record); err != nil {
				return fmt.Errorf("write the report: %w", err)
			}
		}
		next++
		values, message := t.reportRow(row, byRow, " | ")
		record = record[:at+1]
		clear(record)
		for i, cell := range values {
			if i < at {
				record[i] = protect(cell.Text)
			} else {
				record = append(record, protect(cell.Text))
			}
		}
		record[at] = protect(message)
		if err := out.Write(record); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// protect keeps a spreadsheet from running a value of a CSV file as a formula:
// an apostrophe before its first sign makes a text of it (OWASP, CSV injection).
// A value that already looks protected is protected once more, so that
// unprotect gives back what was there.
func protect(s string) string {
	if dangerous(s) {
		return "'" + s
	}
	return s
}

func dangerous(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.IndexByte("=+-@\t\r\n|%", s[0]) >= 0
}

// unprotect undoes protect in a row of a report that was opened again.
func unprotect(row Row, errors int) Row {
	for i := range row.Values[:min(len(row.Values), errors)] {
		if v := row.Values[i].Text; v[:min(1, len(v))] == "'" && dangerous(v) {
			row.Values[i].Text = v[1:]
		}
	}
	return row
}

func writeXLSX(w io.Writer, t *Table, byRow map[int][]string) (err error) {
	at, err := t.reportColumn()
	if err != nil {
		return err
	}
	f := excelize.NewFile()
	defer func() {
		if closing := f.Close(); err == nil && closing != nil {
			err = fmt.Errorf("close the report: %w", closing)
		}
	}()
	sheet := t.Sheet
	if sheet == "" || sheet == AllSheets {
		sheet = "Contrats"
	}
	if err := f.SetSheetName(f.GetSheetName(0), sheet); err != nil {
		return fmt.Errorf("name the sheet of the report: %w", err)
	}
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	styles, err := newReportStyles(f)
	if err != nil {
		return err
	}
	if err := out.SetColWidth(at+1, at+1, 80); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	cells := make([]any, 0, at+1)
	var numbers sequel
	for row, err := range t.src.rows() {
		if err != nil {
			return err
		}
		values, message := t.reportRow(row, byRow, "\n")
		number := numbers.number(row.Number)
		if cells = styles.cells(cells[:0], values, row.Number == t.HeaderRow); message != "" {
			for len(cells) < at {
				cells = append(cells, nil)
			}
			style := styles.fault
			if row.Number == t.HeaderRow {
				style = styles.header
			}
			cells = slices.Insert(cells, at, any(excelize.Cell{StyleID: style, Value: message}))
		} else if len(cells) > at {
			cells = slices.Insert(cells, at, any(nil))
		}
		if len(cells) == 0 {
			continue
		}
		if err := out.SetRow(fmt.Sprintf("A%d", number), cells); err != nil {
			return fmt.Errorf("write row %d of the report: %w", row.Number, err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

type reportStyles struct{ date, text, header, fault int }

func newReportStyles(f *excelize.File) (s reportStyles, err error) {
	day := "dd/mm/yyyy"
	for _, style := range []struct {
		into *int
		as   excelize.Style
	}{
		{&s.date, excelize.Style{CustomNumFmt: &day}},
		{&s.text, excelize.Style{NumFmt: 49}}, // as text: a code typed over keeps its zeros
		{&s.header, excelize.Style{Font: &excelize.Font{Bold: true}}},
		{&s.fault, excelize.Style{Font: &excelize.Font{Color: "9C0006"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFC7CE"}},
			Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
	} {
		if *style.into, err = f.NewStyle(&style.as); err != nil {
			return s, fmt.Errorf("style the report: %w", err)
		}
	}
	return s, nil
}

// cells writes every value as a text or a date, never as a formula.
func (s reportStyles) cells(into []any, values []Cell, header bool) []any {
	for _, c := range values {
		if c.Text == "" {
			into = append(into, nil)
			continue
		}
		if c.IsDate() {
			if d, err := passerelle.ParseDateFR(c.Text); err == nil {
				into = append(into, excelize.Cell{StyleID: s.date, Value: d.Time()})
				continue
			}
		}
		style := s.text
		if header {
			style = s.header
		}
		into = append(into, excelize.Cell{StyleID: style, Value: c.Text})
	}
	return into
}
