package tra

import "unicode/utf8"

// Record is one line of a file. Its content is valid until the next call of
// Reader.Read.
type Record struct {
	Line     int     // from 1
	ID       string  // record ID; "" for a line that is blank or not understood
	Layout   *Layout // nil where the ID is "" or unknown
	Block    *Layout // ECR1 or ECR2 where an entry continues after column 222 in an ETE file
	Encoding Encoding

	raw     []byte // the line as read, without its end
	eol     []byte // "\r\n", "\n" or nothing
	columns []byte // one byte per character, Windows-1252
	offsets []int  // for UTF-8 beyond ASCII: where each character starts in raw
	bom     bool   // a byte order mark stands before the line
	mark    bool   // the end mark of DOS ends the file: columns do not have it
	control bool   // has control characters
	outside int    // column of the first character that Windows-1252 lacks, from 1
}

// Raw returns the bytes of the line without its end, as read.
func (r *Record) Raw() []byte { return r.raw }

// EOL returns the line's end as read: CRLF, LF, or nothing on a last line.
func (r *Record) EOL() []byte { return r.eol }

// Len returns the number of columns that the line has.
func (r *Record) Len() int { return len(r.columns) }

// Reaches says whether the line has that column, counted from 1. A field that the
// line does not reach is missing rather than blank (EXO's ETATANO tells the two
// apart).
func (r *Record) Reaches(column int) bool { return len(r.columns) >= column }

// Field returns the value of a field without the blanks around it, "" where the
// record has no such field, or the line stops before it.
func (r *Record) Field(name string) string {
	for _, l := range [...]*Layout{r.Layout, r.Block} {
		if l != nil {
			if f := l.Field(name); f != nil {
				return r.Value(f)
			}
		}
	}
	return ""
}

// Value returns the value of a field without the blanks around it.
func (r *Record) Value(f *Field) string { return r.text(f.start, f.end, true) }

// Rest returns what follows the last field that the layout knows, blanks included.
func (r *Record) Rest() string {
	from := 0
	if r.Block != nil {
		from = r.Block.End
	} else if r.Layout != nil {
		from = r.Layout.End
	}
	return r.text(from, len(r.columns), false)
}

// span returns the columns of a field as far as the line has them.
func (r *Record) span(f *Field) []byte {
	return r.columns[min(f.start, len(r.columns)):min(f.end, len(r.columns))]
}

// text returns columns start to end (from 0) as a string.
func (r *Record) text(start, end int, trimmed bool) string {
	start, end = min(start, len(r.columns)), min(end, len(r.columns))
	if trimmed {
		for end > start && r.columns[end-1] == ' ' {
			end--
		}
		for start < end && r.columns[start] == ' ' {
			start++
		}
	}
	switch r.Encoding {
	case ASCII:
		return string(r.columns[start:end])
	case UTF8:
		return string(r.raw[r.offset(start):r.offset(end)])
	}
	return string(append1252AsUTF8(nil, r.columns[start:end]))
}

func (r *Record) offset(column int) int {
	if column >= len(r.offsets) {
		return len(r.raw)
	}
	return r.offsets[column]
}

// decodeUTF8 fills columns and offsets from raw; scratch memory is kept in the
// arguments' place by the reader.
func (r *Record) decodeUTF8(columns []byte, offsets []int) ([]byte, []int) {
	columns, offsets = columns[:0], offsets[:0]
	for i := 0; i < len(r.raw); {
		c, size := utf8.DecodeRune(r.raw[i:])
		b, ok := encode1252(c)
		if !ok {
			b = 0x7f
			if r.outside == 0 {
				r.outside = len(columns) + 1
			}
		}
		columns = append(columns, b)
		offsets = append(offsets, i)
		i += size
	}
	r.columns, r.offsets = columns, offsets
	return columns, offsets
}
