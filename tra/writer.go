package tra

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// FieldError says why a value cannot stand in a field.
type FieldError struct {
	Line    int // of the file being written, from 1; 0 while unknown
	Column  int // of the first character at fault, from 1
	Record  string
	Field   string
	Message string // French
}

// Error returns place and message in one sentence.
func (e *FieldError) Error() string {
	place := fmt.Sprintf("colonne %d", e.Column)
	if e.Line > 0 {
		place = fmt.Sprintf("ligne %d, %s", e.Line, place)
	}
	return fmt.Sprintf("%s, %s.%s : %s", place, e.Record, e.Field, e.Message)
}

// Row is a line to be written: blank but for *** and the record's ID, until its
// fields are set. A Row may be used for many lines, with Reset in between.
type Row struct {
	layout *Layout
	block  *Layout
	buf    []byte // Windows-1252, as long as the layout or its block
	err    error  // the first value refused

	kept      []byte // what Reset goes back to, nil for an empty row
	keptBlock *Layout
}

// NewRow returns an empty line of a record. Blocks ECR1 and ECR2 are added to a row
// of ECR with SetBlock; NewRow(ECR1) is an error of the program and panics.
func NewRow(l *Layout) *Row {
	if !l.WholeLine() {
		panic("tra: " + l.ID + " continues a line of ECR")
	}
	return &Row{layout: l, buf: append([]byte(nil), l.blank...)}
}

// Layout returns the record that the row belongs to.
func (r *Row) Layout() *Layout { return r.layout }

// Reset empties the row and forgets a refused value and a block, or goes back to what
// Keep kept.
func (r *Row) Reset() {
	if r.err = nil; r.kept != nil {
		r.buf, r.block = append(r.buf[:0], r.kept...), r.keptBlock
		return
	}
	r.buf, r.block = append(r.buf[:0], r.layout.blank...), nil
}

// Keep makes what the row holds now, its block included, what Reset goes back to: what
// many lines have in common is set once.
func (r *Row) Keep() { r.kept, r.keptBlock = append([]byte(nil), r.buf...), r.block }

// SetBlock continues an entry with ECR1 or ECR2 (FORMAT ETE only).
func (r *Row) SetBlock(block *Layout) {
	if r.layout.ID != "ECR" || block.WholeLine() {
		panic("tra: only ECR continues, with ECR1 or ECR2")
	}
	r.block = block
	r.buf = append(r.buf[:r.layout.End], block.blank[r.layout.End:]...)
}

// Set writes a value into the field of that name. See SetField.
func (r *Row) Set(name, value string) error {
	f := r.layout.Field(name)
	if f == nil && r.block != nil {
		f = r.block.Field(name)
	}
	if f == nil {
		return r.fail(&FieldError{Column: 1, Record: r.layout.ID, Field: name, Message: "ce champ n’existe pas dans l’enregistrement"})
	}
	return r.SetField(f, value)
}

// SetField writes a value into a field: text is left-aligned, a number
// right-aligned, the rest of the field blank. The *FieldError returned for a value
// that is too long, of another kind or outside Windows-1252 also comes back from
// Writer.WriteRow, so that a caller may check once per line.
func (r *Row) SetField(f *Field, value string) error {
	if f.end > len(r.buf) {
		return r.fail(f.fault(0, "ce champ demande le bloc "+f.record+" et le format ETE"))
	}
	at := r.buf[f.start:f.end]
	n := 0
	for i := 0; i < len(value); i++ {
		if value[i] < ' ' || value[i] >= 0x7f {
			return r.setWide(f, value)
		}
		if n < len(at) {
			at[n] = value[i]
		}
		n++
	}
	return r.place(f, n)
}

// setWide is SetField for values beyond printable ASCII.
func (r *Row) setWide(f *Field, value string) error {
	at := r.buf[f.start:f.end]
	n := 0
	for _, c := range value {
		b, ok := encode1252(c)
		if !ok || c < ' ' || c == 0x7f {
			r.clear(f)
			if !ok {
				return r.fail(f.fault(n, fmt.Sprintf("le caractère %q n’existe pas en Windows-1252 : remplacez-le", c)))
			}
			return r.fail(f.fault(n, fmt.Sprintf("le caractère de contrôle %q n’a pas sa place dans un champ : supprimez-le", c)))
		}
		if n < len(at) {
			at[n] = b
		}
		n++
	}
	return r.place(f, n)
}

// place finishes a field of which n characters are written from the left.
func (r *Row) place(f *Field, n int) error {
	at := r.buf[f.start:f.end]
	if n > len(at) {
		r.clear(f)
		return r.fail(f.fault(len(at), fmt.Sprintf("%d caractères, alors que le champ en admet %d : raccourcissez la valeur", n, len(at))))
	}
	blank := at[n:]
	for i := range blank {
		blank[i] = ' '
	}
	if f.Kind == Text || isBlank(at) {
		return nil
	}
	if message := f.kindFault(at); message != "" {
		r.clear(f)
		return r.fail(f.fault(0, message))
	}
	if f.Kind == Number && n < len(at) {
		copy(at[len(at)-n:], at[:n])
		for i := range at[:len(at)-n] {
			at[i] = ' '
		}
	}
	return nil
}

// SetDate writes a date; the zero Date leaves the field blank.
func (r *Row) SetDate(f *Field, d Date) error {
	if d.IsZero() || f.Kind != DateJour || f.end > len(r.buf) || d.Year < 1000 || d.Year > 9999 {
		return r.SetField(f, d.TRA())
	}
	copy(r.buf[f.start:f.end], []byte{
		byte('0' + d.Day/10), byte('0' + d.Day%10), byte('0' + d.Month/10), byte('0' + d.Month%10),
		byte('0' + d.Year/1000), byte('0' + d.Year/100%10), byte('0' + d.Year/10%10), byte('0' + d.Year%10)})
	return nil
}

// SetMontant writes an amount.
func (r *Row) SetMontant(f *Field, m Montant) error {
	if f.end > len(r.buf) {
		return r.SetField(f, m.String())
	}
	var scratch [32]byte
	digits := m.AppendTo(scratch[:0])
	at := r.buf[f.start:f.end]
	if len(digits) > len(at) {
		return r.fail(f.fault(0, "le montant "+string(digits)+" ne tient pas dans le champ"))
	}
	pad := len(at) - len(digits)
	for i := range at[:pad] {
		at[i] = ' '
	}
	copy(at[pad:], digits)
	return nil
}

func (r *Row) clear(f *Field) {
	at := r.buf[f.start:f.end]
	for i := range at {
		at[i] = ' '
	}
}

func (r *Row) fail(err *FieldError) error {
	if r.err == nil {
		r.err = err
	}
	return err
}

func (f *Field) fault(offset int, message string) *FieldError {
	return &FieldError{Column: f.Pos + offset, Record: f.record, Field: f.Name, Message: message}
}

// kindFault says in French why columns that are not blank are not of the field's
// kind, "" where they are.
func (f *Field) kindFault(v []byte) string {
	switch f.Kind {
	case Number:
		switch checkNumber(v) {
		case numberSyntax:
			return "nombre attendu (chiffres, virgule décimale)"
		case numberPoint:
			return "nombre attendu avec une virgule décimale, non un point"
		case numberThousand:
			return "nombre attendu sans séparateur de milliers"
		}
	case DateJour:
		if _, ok := parseDate(v); !ok {
			return "date du calendrier attendue, sous la forme JJMMAAAA"
		}
	case DateTime:
		if !validDateTime(v) {
			return "date et heure attendues, sous la forme JJMMAAAAHHMM"
		}
	case Flag:
		if v[0] != 'X' && v[0] != '-' {
			return "X ou - attendu"
		}
	}
	return ""
}

func validDateTime(v []byte) bool {
	if len(v) != 12 {
		return false
	}
	if _, ok := parseDate(v[:8]); !ok {
		return false
	}
	h, m := v[8:10], v[10:]
	if isBlank(v[8:]) {
		return true
	}
	for _, c := range v[8:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return string(h) < "24" && string(m) < "60"
}

const writeSize = 32 << 10

// Writer writes records.
type Writer struct {
	w    *bufio.Writer
	line int
}

// NewWriter returns a Writer to w. Flush must be called at the end.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, writeSize)} }

// Line returns the number of lines written.
func (w *Writer) Line() int { return w.line }

// WriteRow writes a row, padded to its last field, with CRLF. It writes nothing
// and returns a *FieldError with the line where one of the row's values was
// refused.
func (w *Writer) WriteRow(r *Row) error {
	if r.err != nil {
		if fe, ok := r.err.(*FieldError); ok {
			fe.Line = w.line + 1
		}
		return r.err
	}
	w.line++
	_, _ = w.w.Write(r.buf) // bufio keeps the error for the next call
	_, err := w.w.WriteString("\r\n")
	return err
}

// WriteRecord writes a record exactly as it was read: its bytes, its line end and
// the byte order mark before it.
func (w *Writer) WriteRecord(rec *Record) error {
	w.line++
	if rec.bom {
		_, _ = w.w.Write(utf8BOM)
	}
	_, _ = w.w.Write(rec.raw)
	_, err := w.w.Write(rec.eol)
	return err
}

// Flush writes what is buffered.
func (w *Writer) Flush() error { return w.w.Flush() }

// Differences calls f for each field of the row, its block included, whose value is
// not that of a record that was read: blanks around values do not matter, and numbers
// that are equal do not differ.
func (r *Row) Differences(rec *Record, f func(*Field)) {
	if bytes.Equal(r.buf, rec.columns) {
		return
	}
	for _, l := range [...]*Layout{r.layout, r.block} {
		if l == nil {
			continue
		}
		for i := range l.Fields {
			field := &l.Fields[i]
			here, there := trim(r.buf[field.start:field.end]), trim(rec.span(field))
			if bytes.Equal(here, there) {
				continue
			}
			if field.Kind == Number {
				a, faultA := parseMontant(here)
				b, faultB := parseMontant(there)
				if faultA == numberOK && faultB == numberOK && a == b {
					continue
				}
			}
			f(field)
		}
	}
}
