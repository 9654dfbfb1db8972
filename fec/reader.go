package fec

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/passerelle-hub/passerelle/compta"
)

const (
	// MaxLine is the longest line in bytes that a Reader accepts.
	MaxLine = 64 << 10
	// MaxColumns is how many columns a file may have.
	MaxColumns = 256

	bufferSize = 128 << 10
	readSize   = 24 << 10 // at once: with its marks, it stays near the processor
	lead       = block    // bytes before the first line, that may be looked at too
	slack      = block    // bytes past the last one
)

// Reader reads a FEC line by line in constant memory.
//
// What it reads is marked as it comes, and the places of all separators and LFs are
// noted: a line is then a part of that list.
type Reader struct {
	src      io.Reader
	buf      []byte   // lead and slack bytes around what is read
	marks    []marks  // of what is in buf
	odd      []uint64 // where any of the marks is
	strange  bool     // any of those is
	places   []uint32 // in buf, of its separators and LFs, after the place before its first line
	n        int      // how many places
	at       int      // the one of the LF before the next line
	ends     []uint32 // which of the places are LFs
	lines    int      // how many ends
	taken    int      // those of lines that were read
	start    int      // of the next line
	end      int
	err      error // what src said last
	line     int
	sep      byte
	header   Header
	rec      Line
	encoding Encoding
	mixed    bool
	// eightBits says that lines beyond ASCII are Windows-1252 rather than ISO 8859-15: a
	// byte of 80 to 9F was seen.
	eightBits bool
	lax       uint64 // all ones where letters of UTF-8 are nothing new
	pipes     bool   // a | stands in the buffer, in a file of tabs
}

// NewReader returns a Reader of src. It buffers by itself.
func NewReader(src io.Reader) *Reader {
	const blocks = (lead + bufferSize + slack) / block
	r := &Reader{src: src, buf: make([]byte, lead+bufferSize+slack), marks: make([]marks, blocks), odd: make([]uint64, blocks),
		places: make([]uint32, 1+bufferSize+2*block), ends: make([]uint32, 1+bufferSize+2*block), start: lead, end: lead}
	r.places[0], r.n = lead-1, 1
	r.buf[lead-1] = '\n' // what stands before the first line that is held, whichever it is
	r.rec.buf = r.buf
	return r
}

// Header returns what the first line says, and reads it if need be. The error is a
// *compta.FormatError for what is no FEC.
func (r *Reader) Header() (*Header, error) {
	if r.line == 0 {
		if err := r.open(); err != nil {
			return nil, err
		}
	}
	return &r.header, nil
}

// Encoding returns the encoding of the lines read so far.
func (r *Reader) Encoding() Encoding { return r.encoding }

// Read returns the next line after the header, which is valid until the next call,
// and io.EOF after the last one. Blank lines are returned too: see Line.IsBlank.
func (r *Reader) Read() (*Line, error) {
	if r.line == 0 {
		if err := r.open(); err != nil {
			return nil, err
		}
	}
	l := &r.rec
	if err := r.next(l); err != nil {
		return nil, err
	}
	r.line++
	l.Number = r.line
	l.encoding = ASCII
	if l.high {
		r.decode(l, r.valid(l))
		if l.encoding == UTF8 && r.encoding == UTF8 { // lines like it need no look: their bytes are their text
			r.lax = ^uint64(0)
		}
	}
	return l, nil
}

// next finds the next line.
func (r *Reader) next(l *Line) error {
	for r.taken == r.lines {
		switch {
		case r.end-r.start > MaxLine:
			return r.tooLong(r.buf[r.start:r.end])
		case r.err == nil:
			r.fill()
			continue
		case !errors.Is(r.err, io.EOF):
			return fmt.Errorf("lecture du FEC, ligne %d : %w", r.line+1, r.err)
		case r.start == r.end:
			return io.EOF
		}
		r.places[r.n] = uint32(r.end) // the last line has no end
		r.ends[r.lines] = uint32(r.n)
		r.n, r.lines = r.n+1, r.lines+1
	}
	start, last := r.start, int(r.ends[r.taken])
	stop := int(r.places[last])
	if stop-start > MaxLine {
		return r.tooLong(r.buf[start:stop])
	}
	r.taken++
	r.places[r.at] = uint32(start - 1) // the line before may have been cut before its CR
	l.n = last - r.at
	l.ends = r.places[r.at : last+1]
	r.at, r.start = last, min(stop+1, r.end)
	if stop < r.end && stop > start && r.buf[stop-1] == '\r' {
		stop--
		r.places[last] = uint32(stop)
	}
	l.raw = r.buf[start:stop]
	l.high, l.control, l.padded = false, false, stop > start && r.buf[stop-1] == ' '
	if start == stop || !r.strange {
		return nil
	}
	// What marks the bytes of the line: those of its blocks but for what is before and after it.
	first, final := start/block, (stop-1)/block
	head, tail := ^uint64(0)<<(start%block), ^uint64(0)>>(uint(-stop)%block)
	if first == final {
		head &= tail
		tail = 0
	}
	odd := r.odd[first]&head | r.odd[final]&tail
	for _, o := range r.odd[first+1 : max(final, first+1)] {
		odd |= o
	}
	if odd != 0 {
		r.details(l, start, stop)
	}
	return nil
}

// details says which kinds of bytes a line has.
func (r *Reader) details(l *Line, start, stop int) {
	var high, control, padded uint64
	first := start / block
	part := r.marks[first : (stop-1)/block+1]
	keep := ^uint64(0) << (start % block)
	for k := range part {
		if k == len(part)-1 {
			keep &= ^uint64(0) >> (-stop % block & (block - 1))
		}
		high |= part[k].high & keep
		control |= part[k].ctl & keep
		padded |= part[k].pad & keep
		keep = ^uint64(0)
	}
	l.high, l.control, l.padded = high != 0, control != 0, l.padded || padded != 0
}

func (r *Reader) fill() {
	from := r.end
	if r.start > lead {
		r.compact()
		from = lead
	}
	for range 100 {
		n, err := r.src.Read(r.buf[r.end:min(r.end+readSize, len(r.buf)-slack)])
		if n > 0 && r.sep == '\t' && !r.pipes {
			r.pipes = bytes.IndexByte(r.buf[r.end:r.end+n], '|') >= 0
		}
		r.end += n
		r.err = err
		if n > 0 || err != nil {
			r.mark(from)
			return
		}
	}
	r.err = io.ErrNoProgress
}

// compact moves what is still to be read to the front; it is to be marked again.
func (r *Reader) compact() {
	r.end = lead + copy(r.buf[lead:], r.buf[r.start:r.end])
	r.start, r.at, r.n, r.taken, r.lines = lead, 0, 1, 0, 0
	r.places[0] = lead - 1
}

// mark marks what stands in the buffer from a place on, which is in the next line.
func (r *Reader) mark(from int) {
	first, last := from/block, (r.end-1)/block
	for r.n > r.at+1 && int(r.places[r.n-1]) >= first*block {
		r.n--
	}
	r.drop()
	if first <= last {
		n, lines := scan(r.marks[first:last+1], r.odd[first:last+1], r.places[r.n:], r.ends[r.lines:], r.buf, first*block, r.n, r.sep, r.lax)
		r.n, r.lines = r.n+n, r.lines+lines
		any := uint64(0)
		for _, o := range r.odd[first : last+1] {
			any |= o
		}
		r.strange = any != 0 || first > lead/block && r.strange // what stood before is marked still
	}
	for r.n > r.at+1 && int(r.places[r.n-1]) >= r.end { // left over from what stood there before
		r.n--
	}
	r.drop()
}

// drop forgets the ends of places that are no more.
func (r *Reader) drop() {
	for r.lines > r.taken && int(r.ends[r.lines-1]) >= r.n {
		r.lines--
	}
}

func (r *Reader) tooLong(line []byte) error {
	if bytes.Count(line, []byte{'\r'}) > 1 { // one may be of its end, or stand in a text
		return &compta.FormatError{Kind: "fin-ligne", Line: r.line + 1, Message: "Les lignes se terminent par CR seul (ancien Macintosh). Enregistrez le fichier avec des fins de ligne CRLF (Windows) ou LF."}
	}
	return &compta.FormatError{Kind: "ligne-longue", Line: r.line + 1, Message: fmt.Sprintf("La ligne dépasse %d octets : ce n’est sans doute pas un FEC, ou ses fins de ligne ont été perdues. Exportez-le de nouveau.", MaxLine)}
}

// Line is one line of a file after the first one. Its content is valid until the
// next call of Reader.Read.
type Line struct {
	Number int // from 1: the first line of the file is the header

	buf      []byte // that holds the line
	raw      []byte
	ends     []uint32 // in buf: the byte before the line, then the end of each field
	n        int      // fields
	quoted   bool
	padded   bool // a field may begin or end with a blank
	high     bool // has bytes beyond ASCII
	control  bool // has control characters
	encoding Encoding
	scratch  []byte
}

// Len returns how many fields the line has.
func (l *Line) Len() int { return l.n }

// IsBlank says whether the line holds nothing but blanks, or the end mark of DOS.
func (l *Line) IsBlank() bool {
	return l.n == 1 && len(bytes.Trim(l.raw, " \x1a\u00a0")) == 0
}

// Raw returns the bytes of the line without its end, as read.
func (l *Line) Raw() []byte { return l.raw }

// field returns the bytes of a field by its place from 0, without blanks and quotes
// around them, nil where the line has no such field.
func (l *Line) field(i int) []byte {
	if uint(i) >= uint(min(l.n, MaxColumns)) {
		return nil
	}
	v := l.buf[l.ends[i]+1 : l.ends[i+1]]
	if len(v) > 0 && (v[0] == ' ' || v[len(v)-1] == ' ' || l.quoted) {
		return l.trim(v)
	}
	return v
}

func (l *Line) trim(v []byte) []byte {
	v = bytes.Trim(v, " ")
	if l.quoted && len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
		v = bytes.Trim(v[1:len(v)-1], " ")
	}
	return v
}

// Text returns the value of a field by its rank, from 1, without the blanks around
// it; "" where the line has no such field.
func (l *Line) Text(rank int) string { return l.text(l.single(l.field(rank - 1))) }

// single makes of quotes that stand twice in a file of quoted values what they mean.
func (l *Line) single(v []byte) []byte {
	if l.quoted && bytes.Contains(v, twice) {
		return bytes.ReplaceAll(v, twice, twice[:1])
	}
	return v
}

var twice = []byte(`""`)
