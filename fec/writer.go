package fec

import (
	"bufio"
	"fmt"
	"io"

	"github.com/passerelle-hub/passerelle/compta"
)

// FieldError says why a value cannot stand in a column.
type FieldError struct {
	Line    int // of the file being written, from 1; 0 while unknown
	Column  int // its rank, from 1
	Field   string
	Message string // French
}

// Error returns place and message in one sentence.
func (e *FieldError) Error() string {
	place := fmt.Sprintf("colonne %d", e.Column)
	if e.Line > 0 {
		place = fmt.Sprintf("ligne %d, %s", e.Line, place)
	}
	return fmt.Sprintf("%s, %s : %s", place, e.Field, e.Message)
}

// Row is a line to be written: its 18 columns are blank until they are set. A Row
// may be used for many lines, with Reset in between.
type Row struct {
	vals [width][]byte
	err  error // the first value refused
}

// Reset empties the row and forgets a refused value.
func (r *Row) Reset() {
	for i := range r.vals {
		r.vals[i] = r.vals[i][:0]
	}
	r.err = nil
}

// Set writes a value into a column, without the blanks around it. A date is written
// AAAAMMJJ and an amount with a decimal comma, whatever the form in which they
// come. The *FieldError returned for a value that is of another kind or holds a tab
// or a control character also comes back from Writer.Write.
func (r *Row) Set(id ID, value string) error {
	if int(id) >= width {
		return r.fail(id, "cette colonne n’est pas écrite : donnez Debit et Credit")
	}
	at := r.vals[id][:0]
	switch columns[id].Kind {
	case Day:
		d, ok := ParseDate(value)
		if !ok {
			return r.fail(id, "date attendue, sous la forme AAAAMMJJ")
		}
		at = append(at, d.FEC()...)
	case Amount:
		m, ok := ParseAmount(value)
		if !ok {
			return r.fail(id, "montant attendu, en chiffres avec une virgule décimale")
		}
		if value != "" {
			at = m.AppendTo(at)
		}
	default:
		for i := range len(value) {
			if value[i] < ' ' || value[i] == 0x7f {
				return r.fail(id, "un champ ne contient ni tabulation, ni retour à la ligne, ni autre caractère de contrôle")
			}
		}
		at = append(at, value...)
	}
	r.vals[id] = at
	return nil
}

// SetDate writes a date; the zero Date leaves the column blank.
func (r *Row) SetDate(id ID, d compta.Date) error {
	if d.IsZero() {
		r.vals[id] = r.vals[id][:0]
		return nil
	}
	if int(id) >= width || columns[id].Kind != Day {
		return r.Set(id, d.FEC())
	}
	r.vals[id] = append(r.vals[id][:0],
		byte('0'+d.Year/1000), byte('0'+d.Year/100%10), byte('0'+d.Year/10%10), byte('0'+d.Year%10),
		byte('0'+d.Month/10), byte('0'+d.Month%10), byte('0'+d.Day/10), byte('0'+d.Day%10))
	return nil
}

// SetMontant writes an amount.
func (r *Row) SetMontant(id ID, m compta.Montant) error {
	if int(id) >= width || columns[id].Kind != Amount {
		return r.Set(id, m.String())
	}
	r.vals[id] = m.AppendTo(r.vals[id][:0])
	return nil
}

func (r *Row) fail(id ID, message string) error {
	err := &FieldError{Column: int(id) + 1, Field: id.String(), Message: message}
	if r.err == nil {
		r.err = err
	}
	return err
}

// Writer writes a FEC: tabs, UTF-8 without byte order mark, CRLF, decimal comma, the
// 18 columns in the order of the text.
type Writer struct {
	w    *bufio.Writer
	line int
}

// NewWriter returns a Writer to w. Flush must be called at the end.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, 64<<10)} }

// Line returns the number of lines written, that of the names of columns included.
func (w *Writer) Line() int { return w.line }

// Write writes a row, after the names of the columns if it is the first one. Debit
// and Credit are written 0,00 where they are not set. It writes nothing and returns
// a *FieldError with the line where one of the row's values was refused.
func (w *Writer) Write(r *Row) error {
	w.header()
	if r.err != nil {
		if fe, ok := r.err.(*FieldError); ok {
			fe.Line = w.line + 1
		}
		return r.err
	}
	w.line++
	for i, v := range r.vals {
		if i > 0 {
			_ = w.w.WriteByte('\t') // bufio keeps the error for the next call
		}
		if len(v) == 0 && (ID(i) == Debit || ID(i) == Credit) {
			v = zero
		}
		_, _ = w.w.Write(v)
	}
	_, err := w.w.WriteString("\r\n")
	return err
}

var zero = []byte("0,00")

func (w *Writer) header() {
	if w.line > 0 {
		return
	}
	w.line = 1
	for i := range width {
		if i > 0 {
			_ = w.w.WriteByte('\t')
		}
		_, _ = w.w.WriteString(columns[i].Name)
	}
	_, _ = w.w.WriteString("\r\n")
}

// Flush writes what is buffered; a file without any row has the names of the
// columns alone.
func (w *Writer) Flush() error {
	w.header()
	return w.w.Flush()
}

// Forget forgets a refused value, so that another one may take its place.
func (r *Row) Forget() { r.err = nil }
