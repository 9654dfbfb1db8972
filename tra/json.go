package tra

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The JSON form of a file is one object:
//
//	{"finLigne": "\r\n", "bom": false, "lignes": [
//	  {"enregistrement": "EXO", "champs": {"CODE": "N", "DATEDEBUT": "01012024"}},
//	  …]}
//
// A line holds its record and the fields that are not blank, by name. What the
// layout alone does not say stands beside them, only where it is needed:
//
//	bloc, champsBloc  the continuation of an entry, ECR1 or ECR2
//	longueur          columns, where the line stops before its last field
//	reste             text after the last field
//	finLigne          the line's end, where it differs from the file's
//	encodage          "utf-8", where the line is so and goes beyond ASCII
//	brut              the bytes of the line in base64, where no field can say them
//
// A file made by hand needs none of those: it gets CRLF, Windows-1252 and lines
// padded to their last field.

// jsonLine is one line of that form.
type jsonLine struct {
	Enregistrement string          `json:"enregistrement"`
	Champs         json.RawMessage `json:"champs"`
	Bloc           string          `json:"bloc"`
	ChampsBloc     json.RawMessage `json:"champsBloc"`
	Longueur       *int            `json:"longueur"`
	Reste          string          `json:"reste"`
	FinLigne       *string         `json:"finLigne"`
	Encodage       string          `json:"encodage"`
	Brut           *string         `json:"brut"`
}

// ToJSON writes the JSON form of a TRA file, line by line. FromJSON makes the same
// file of it, byte for byte. The error is a *FormatError for what a Reader refuses.
func ToJSON(src io.Reader, dst io.Writer) error {
	r := NewReader(src)
	e := jsonEncoder{dst: dst, rows: map[*Layout]*Row{}}
	for n := 0; ; n++ {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if n == 0 {
			e.start(rec)
		} else {
			e.out = append(e.out, ",\n"...)
		}
		e.line(rec)
		if len(e.out) > bufferSize/2 {
			if err := e.flush(); err != nil {
				return err
			}
		}
	}
	e.out = append(e.out, "\n]}\n"...)
	return e.flush()
}

type jsonEncoder struct {
	dst     io.Writer
	out     []byte
	eol     []byte // of the file: that of its first line
	rows    map[*Layout]*Row
	scratch []byte
}

func (e *jsonEncoder) flush() error {
	_, err := e.dst.Write(e.out)
	e.out = e.out[:0]
	return err
}

func (e *jsonEncoder) start(rec *Record) {
	e.eol = append([]byte(nil), rec.eol...)
	e.out = append(e.out, `{"finLigne":`...)
	e.out = appendString(e.out, string(e.eol))
	if rec.bom {
		e.out = append(e.out, `,"bom":true`...)
	}
	e.out = append(e.out, ",\"lignes\":[\n"...)
}

func (e *jsonEncoder) line(rec *Record) {
	e.out = append(e.out, `{"enregistrement":`...)
	e.out = appendString(e.out, rec.ID)
	sayable := false
	if rec.Layout != nil {
		row := e.row(rec.Layout)
		sayable = e.fields(rec, rec.Layout, row, `,"champs":{`)
		if rec.Block != nil {
			row.SetBlock(rec.Block)
			e.out = append(e.out, `,"bloc":"`...)
			e.out = append(e.out, rec.Block.ID...)
			e.out = append(e.out, '"')
			sayable = e.fields(rec, rec.Block, row, `,"champsBloc":{`) && sayable
		}
		sayable = sayable && e.shape(rec, row)
	}
	if !bytes.Equal(rec.eol, e.eol) {
		e.out = append(e.out, `,"finLigne":`...)
		e.out = appendString(e.out, string(rec.eol))
	}
	if !sayable {
		e.out = append(e.out, `,"brut":"`...)
		e.out = base64.StdEncoding.AppendEncode(e.out, rec.raw)
		e.out = append(e.out, '"')
	}
	e.out = append(e.out, '}')
}

func (e *jsonEncoder) row(l *Layout) *Row {
	row := e.rows[l]
	if row == nil {
		row = NewRow(l)
		e.rows[l] = row
	}
	row.Reset()
	return row
}

// fields writes the fields that are not blank and sets them in row, as FromJSON
// will. It returns false where one of them cannot be set.
func (e *jsonEncoder) fields(rec *Record, l *Layout, row *Row, open string) bool {
	ok, first := true, true
	e.out = append(e.out, open...)
	for i := range l.Fields {
		f := &l.Fields[i]
		if l.constant(f) {
			continue
		}
		v := rec.span(f)
		if isBlank(v) {
			continue
		}
		// Set aligns text left and numbers right; a value that stands otherwise keeps
		// its blanks.
		start, end := f.start, f.start+len(v)
		if f.Kind == Number && len(v) == f.Len && v[len(v)-1] != ' ' {
			for rec.columns[start] == ' ' {
				start++
			}
		} else if f.Kind != Number {
			for rec.columns[end-1] == ' ' {
				end--
			}
		}
		text := rec.text(start, end, false)
		if !first {
			e.out = append(e.out, ',')
		}
		first = false
		e.out = append(e.out, '"')
		e.out = append(e.out, f.Name...)
		e.out = append(e.out, `":`...)
		e.out = appendString(e.out, text)
		ok = row.SetField(f, text) == nil && ok
	}
	e.out = append(e.out, '}')
	return ok
}

// shape writes how the line differs from a padded one, and compares what FromJSON
// will make of it with the line.
func (e *jsonEncoder) shape(rec *Record, row *Row) bool {
	length, rest := len(row.buf), ""
	if n := rec.Len(); n < length {
		length = n
		e.out = append(e.out, `,"longueur":`...)
		e.out = strconv.AppendInt(e.out, int64(n), 10)
	} else if n > length {
		rest = rec.Rest()
		e.out = append(e.out, `,"reste":`...)
		e.out = appendString(e.out, rest)
	}
	if rec.Encoding == UTF8 {
		e.out = append(e.out, `,"encodage":"utf-8"`...)
	}
	var ok bool
	e.scratch, ok = appendLine(e.scratch[:0], row, length, rest, rec.Encoding == UTF8)
	return ok && !strings.ContainsAny(rest, "\r\n") && bytes.Equal(e.scratch, rec.raw)
}

// appendLine makes a line of a row: cut to its length, followed by the rest. ok is
// false where the cut would lose something or the rest is not in Windows-1252.
func appendLine(dst []byte, row *Row, length int, rest string, inUTF8 bool) (line []byte, ok bool) {
	if length > len(row.buf) || length < len(row.buf) && !isBlank(row.buf[length:]) {
		return dst, false
	}
	if inUTF8 {
		return append(append1252AsUTF8(dst, row.buf[:length]), rest...), true
	}
	dst = append(dst, row.buf[:length]...)
	for _, c := range rest {
		b, ok := encode1252(c)
		if !ok {
			return dst, false
		}
		dst = append(dst, b)
	}
	return dst, true
}

const hex = "0123456789abcdef"

func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	if !utf8.ValidString(s) { // does not happen: text is decoded before
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b == '"' || b == '\\':
			dst = append(dst, '\\', b)
		case b == '\r':
			dst = append(dst, `\r`...)
		case b == '\n':
			dst = append(dst, `\n`...)
		case b < ' ' || b == 0x7f:
			dst = append(dst, `\u00`...)
			dst = append(dst, hex[b>>4], hex[b&15])
		default:
			dst = append(dst, b)
		}
	}
	return append(dst, '"')
}
