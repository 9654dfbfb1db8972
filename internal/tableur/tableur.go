// Package tableur reads the tables that training centres export from their
// software (CSV and XLSX, each laid out in its own way), maps their columns to
// the fields of a contract, and writes the same sheet back with what is wrong
// with each row.
//
// It is pure: no network, no database, no temporary files.
package tableur

import (
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/passerelle-hub/passerelle"
)

// The limits of a table. They hold far more than any training centre exports
// and keep one file from taking the server down.
const (
	MaxBytes   = 256 << 20 // default size of a file, as --max-body
	MaxRows    = 1_048_576 // what a sheet of Excel holds
	MaxColumns = 1_000
)

// Options of Open.
type Options struct {
	Sheet    string // the sheet of a workbook, AllSheets, or "" for the visible one that fits contracts best
	MaxBytes int64  // largest file accepted, 0 for MaxBytes

	// Ask is called before a workbook holds more memory, when it is opened and while
	// it is read. Its error ends the reading and is returned as it is. It may be nil.
	Ask func(bytes int64) error
}

// Table is one table of a file: a header row and the rows under it. It reads
// the file anew for each iteration, so the file must stay readable until Close.
type Table struct {
	Columns   []Column // those that have a name or a value, in the order of the sheet
	HeaderRow int      // the row of the header, as seen in Excel (from 1)
	Sheet     string   // the sheet read, "" for CSV, AllSheets for several
	Read      []string // the sheets read, where they are several
	Sheets    []string // the visible sheets of the workbook, nil for CSV
	Others    []string // sheets that hold a table of contracts too, and are not read
	CSV       Dialect  // how the CSV is written, zero for a workbook

	src    source
	width  int  // cells that belong to the table, from column A
	wide   bool // rows longer than the header are suspect (CSV)
	errors int  // index of the column that WriteReport added, -1 where there is none
	empty  bool // no row under the header, as far as it was looked for

	date1904 bool // the days of the workbook are counted from 1904
}

// Column is one column of a table.
type Column struct {
	Index      int    `json:"index"`      // position in Row.Values, from 0
	Letter     string `json:"letter"`     // as Excel names it: "A", "B", … "AA"
	Nom        string `json:"nom"`        // the header, blanks collapsed; "" where it has none
	Occurrence int    `json:"occurrence"` // 1 for the first column of this name, 2 for the second, …
}

// Cell returns the reference of the cell of c in a row, such as "B12".
func (c Column) Cell(row int) string { return fmt.Sprintf("%s%d", c.Letter, row) }

// Row is one row of a table.
type Row struct {
	Number int    // as seen in Excel, from 1
	Values []Cell // by position in the sheet; shorter than the header where the end is blank
	Hidden bool   // hidden in the workbook, by hand or by a filter
}

// CellKind says what the file told of a value beyond its text.
type CellKind uint8

// The kinds of cells.
const (
	CellText         CellKind = iota
	CellDate                  // a real date of a workbook: Text is DD/MM/YYYY
	CellIllegible             // bytes that are no text in the encoding of the file
	CellEvening               // a real date at a whole hour from 13:00 on, as CellDate: maybe midnight in another zone
	CellLong                  // a number of more than 15 digits: a workbook does not keep the last ones
	CellFormulaError          // the error of a formula
	CellNoResult              // a formula whose result the workbook does not hold: Text is ""
	CellZero                  // a formula whose stored result is 0, which some software writes for "not computed"
)

// Cell is one value, without surrounding blanks.
type Cell struct {
	Text string
	Kind CellKind
	Hour uint8 // of a CellEvening
}

// IsDate reports whether the cell is a real date of a workbook.
func (c Cell) IsDate() bool { return c.Kind == CellDate || c.Kind == CellEvening }

// Value returns the cell of a column; the zero Cell where the row is shorter.
func (r Row) Value(c Column) Cell {
	if c.Index < len(r.Values) {
		return r.Values[c.Index]
	}
	return Cell{}
}

func (r Row) blank() bool {
	for i := range r.Values {
		if r.Values[i].Text != "" || r.Values[i].Kind == CellNoResult {
			return false
		}
	}
	return true
}

// source yields every row of a sheet from the first, blank ones included where
// the format knows them.
type source interface {
	rows() iter.Seq2[Row, error]
	close() error
}

// Open finds out what a file is and where its table begins. The name only
// serves to say which file is meant in an error, never to tell its kind. What
// cannot be read is refused with a *FileError, whose text is for the person who
// chose the file. The caller closes the table.
func Open(name string, r io.ReaderAt, size int64, opt Options) (*Table, error) {
	limit := opt.MaxBytes
	if limit <= 0 {
		limit = MaxBytes
	}
	switch {
	case size == 0:
		return nil, refuse(FileEmpty, name, "Le fichier est vide. Vérifiez l’export et recommencez.")
	case size > limit:
		return nil, refuse(FileTooLarge, name, fmt.Sprintf(
			"Le fichier pèse %s, la limite est de %s. Retirez les colonnes inutiles ou n’exportez que les contrats actifs.",
			megabytes(size), megabytes(limit)))
	}
	format, err := detect(name, r, size)
	if err != nil {
		return nil, err
	}
	if format == formatXLSX {
		return openXLSX(name, r, size, opt)
	}
	return openCSV(name, r, size)
}

// Close ends the use of the table.
func (t *Table) Close() error { return t.src.close() }

// Rows iterates over the rows under the header, without the blank ones. An
// error ends the iteration; a *FileError among them is for the person who chose
// the file. A row belongs to the caller. Merged cells give their value to each of
// their rows once the sheet was read to its end (Binding.Etudier does so).
func (t *Table) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for row, err := range t.filled() {
			if err == nil && (row.Number <= t.HeaderRow || row.blank()) {
				continue
			}
			if err == nil && t.errors >= 0 && t.wide {
				row = unprotect(row, t.errors)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// filled iterates over all rows, with the values of merged cells in each of them.
func (t *Table) filled() iter.Seq2[Row, error] {
	merged := t.merged()
	if len(merged) == 0 {
		return t.src.rows()
	}
	return func(yield func(Row, error) bool) {
		f := filler{ranges: merged}
		for row, err := range t.src.rows() {
			f.fill(&row)
			if !yield(row, err) {
				return
			}
		}
	}
}

// Sample returns the first n rows under the header, for Propose.
func (t *Table) Sample(n int) ([]Row, error) {
	var rows []Row
	for row, err := range t.Rows() {
		if err != nil {
			return rows, err
		}
		if rows = append(rows, row); len(rows) >= n {
			break
		}
	}
	return rows, nil
}

// Surplus returns the first value of a row that lies beyond the columns of a
// CSV file; ok is false where there is none. Such a row most often holds a
// separator that quotes should have protected: its values have shifted.
func (t *Table) Surplus(row Row) (CellError, bool) {
	if !t.wide {
		return CellError{}, false
	}
	columns := t.width
	if t.errors >= 0 {
		columns--
	}
	for i := t.width; i < len(row.Values); i++ {
		if row.Values[i].Text == "" {
			continue
		}
		return CellError{
			Row: row.Number, Cell: Column{Letter: Letter(i)}.Cell(row.Number), Value: row.Values[i].Text, Code: passerelle.CodeType,
			Message: fmt.Sprintf("la ligne a plus de valeurs que les %d colonnes de l’en-tête : une valeur contient sans doute le séparateur « %s » sans guillemets autour ; mettez-la entre guillemets dans l’export",
				columns, t.CSV.SeparatorName()),
		}, true
	}
	return CellError{}, false
}

// Letter names a column as Excel does: 0 is "A", 25 "Z", 26 "AA".
func Letter(index int) string {
	var b [8]byte
	i := len(b)
	for index++; index > 0; index = (index - 1) / 26 {
		i--
		b[i] = byte('A' + (index-1)%26)
	}
	return string(b[i:])
}

// letterIndex is the inverse of Letter, in either case; -1 for what names no column.
func letterIndex(s string) int {
	n := 0
	for _, r := range strings.ToUpper(s) {
		if r < 'A' || r > 'Z' || n > MaxColumns {
			return -1
		}
		n = n*26 + int(r-'A') + 1
	}
	return n - 1
}
