// Package xlsx reads the rows of workbooks (ECMA-376 and ISO/IEC 29500 Strict)
// in one pass, straight from the archive: a zip reader, a scanner of bytes, cells
// placed by their references. Nothing is unpacked to disk, and memory does not
// grow with the sheet but for the texts that its cells share.
//
// A sheet is given out whole or refused: what is cut, out of order, said twice or
// not XML ends the reading with a *Damage, never as if the sheet ended there.
package xlsx

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Kind says what a cell holds.
type Kind uint8

// The kinds of cells.
const (
	Empty    Kind = iota // nothing
	Text                 // a text, typed or the result of a formula
	Number               // a number, as decimal digits without exponent, at most 15 significant ones
	Long                 // a number of more than 15 digits: the last ones are not those that were typed
	Day                  // a day: Text is DD/MM/YYYY, Seconds the time of day
	Shown                // a number as its format shows it: 00042, 12:30
	Bool                 // TRUE or FALSE
	Error                // the error of a formula, such as #N/A
	NoResult             // a formula whose result was not stored
)

// Cell is one cell of a row. Text is good until the next row is read.
type Cell struct {
	Kind    Kind
	Formula bool  // Text is the stored result of a formula
	Seconds int32 // time of day of a Day
	Text    []byte
}

// Row is one row of a sheet, good until the next one is read.
type Row struct {
	Number int // from 1
	Hidden bool
	Cells  []Cell // by column, from A; the last one is not Empty
}

// Range is a block of merged cells, both ends included; columns count from 0, rows from 1.
type Range struct{ Left, Top, Right, Bottom int }

// Sheet is one sheet of cells of a workbook.
type Sheet struct {
	Name    string
	Visible bool
	part    *zip.File
}

// Book is an opened workbook.
type Book struct {
	Sheets []Sheet // those that hold cells, in the order of their tabs
	Active int     // the one that was shown last, by position in Sheets; -1 where it holds no cells

	// Date1904 is true where days are counted from 1 January 1904. Days are given
	// out right all the same; a number without a format of dates is not.
	Date1904 bool

	styles []style
	texts  *zip.File // shared by the cells, nil where there are none
	shared sharedTexts
	loaded bool
	grow   func(bytes int64) error
	widest int // window that was asked for
}

// ErrNoWorkbook is returned for an archive that holds no workbook.
var ErrNoWorkbook = errors.New("xlsx: the archive holds no workbook")

// Damage says why a workbook cannot be read to its end.
type Damage struct {
	Row    int // the row where reading stopped, 0 where a part as a whole is meant
	After  int // the row that came before it, where the rows are not in order
	Reason string
}

// Error says what and where.
func (d *Damage) Error() string {
	if d.Row == 0 {
		return "xlsx: " + d.Reason
	}
	return fmt.Sprintf("xlsx: row %d: %s", d.Row, d.Reason)
}

func damage(format string, args ...any) *Damage { return &Damage{Reason: fmt.Sprintf(format, args...)} }

// The bounds of a sheet (Excel specifications and limits) and of what is held.
const (
	maxRows    = 1_048_576
	maxColumns = 16_384
	maxSmall   = 64 << 20  // a part that is parsed whole: workbook, styles
	maxShared  = 256 << 20 // the distinct texts that cells share
	maxMerges  = 1 << 17
)

// ErrTooLarge is returned where the shared texts of a workbook do not fit in memory.
var ErrTooLarge = errors.New("xlsx: the shared texts of the workbook are too large")

// Sheet returns the position of the sheet of a name, compared without case; -1
// where there is none.
func (b *Book) Sheet(name string) int {
	for i := range b.Sheets {
		if strings.EqualFold(b.Sheets[i].Name, name) {
			return i
		}
	}
	return -1
}

// Rows reads the rows of a sheet.
type Rows struct {
	p    parser
	part io.ReadCloser
	err  error
	done bool
}

// Rows begins to read a sheet, by its position in Sheets. The caller closes the
// result. Several sheets may be read at once, by one goroutine.
func (b *Book) Rows(sheet int) (*Rows, error) {
	if err := b.loadShared(); err != nil {
		return nil, err
	}
	part, err := b.Sheets[sheet].part.Open()
	if err != nil {
		return nil, damage("the part of sheet %q cannot be opened: %v", b.Sheets[sheet].Name, err)
	}
	text, err := utf8Reader(part)
	if err != nil {
		return nil, errors.Join(damage("the part of sheet %q cannot be read: %v", b.Sheets[sheet].Name, err), part.Close())
	}
	r := &Rows{part: part}
	w, err := b.window(text)
	if err != nil {
		return nil, errors.Join(err, part.Close())
	}
	r.p = parser{book: b, w: w}
	return r, nil
}

// Next reads the next row and reports whether there is one; Err says why not.
func (r *Rows) Next() bool {
	if r.done || r.err != nil {
		return false
	}
	more, err := r.p.next()
	if err != nil {
		r.err = err
		return false
	}
	r.done = !more
	return more
}

// Row returns the row that Next read.
func (r *Rows) Row() *Row { return &r.p.row }

// Err returns what ended the reading before the end of the sheet: a *Damage, or
// nil. Only a sheet whose XML, archive entry and checksum are whole ends without.
func (r *Rows) Err() error { return r.err }

// Merges returns the merged cells of the sheet. They are known once Next has
// returned false without an error.
func (r *Rows) Merges() []Range { return r.p.merges }

// Close ends the reading.
func (r *Rows) Close() error { return r.part.Close() }
