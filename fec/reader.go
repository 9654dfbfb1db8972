package fec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"github.com/passerelle-hub/passerelle/compta"
)

const (
	// MaxLine is the longest line in bytes that a Reader accepts.
	MaxLine = 64 << 10
	// MaxColumns is how many columns a file may have.
	MaxColumns = 256

	bufferSize = 256 << 10
	slack      = 8 // bytes that may be read past a line
	lead       = 1 // byte before the first line, that may be read too
)

// Reader reads a FEC line by line in constant memory.
type Reader struct {
	src        io.Reader
	buf        []byte // lead, bufferSize and slack
	start, end int
	err        error // what src said last
	line       int
	sep        byte
	header     Header
	rec        Line
	encoding   Encoding
	mixed      bool
	eightBits  bool // Windows-1252 rather than ISO 8859-15: a byte of 80 to 9F was seen
	pipes      bool // a | stands in the buffer, in a file of tabs
}

// NewReader returns a Reader of src. It buffers by itself.
func NewReader(src io.Reader) *Reader {
	r := &Reader{src: src, buf: make([]byte, lead+bufferSize+slack), start: lead, end: lead}
	r.rec.ends[0], r.rec.ends[nowhere] = -1, -1
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
	start, stop, err := r.next()
	if err != nil {
		return nil, err
	}
	r.line++
	l := &r.rec
	l.Number = r.line
	l.split(r.buf, start, stop, r.sep)
	l.encoding = ASCII
	if l.high {
		r.decode(l)
	}
	return l, nil
}

// next returns where the next line stands in the buffer, without its end.
func (r *Reader) next() (start, stop int, err error) {
	scanned := r.start
	for {
		if i := bytes.IndexByte(r.buf[scanned:r.end], '\n'); i >= 0 {
			start, stop = r.start, scanned+i
			r.start = stop + 1
			if stop-start > MaxLine {
				return 0, 0, r.tooLong(r.buf[start:stop])
			}
			if stop > start && r.buf[stop-1] == '\r' {
				stop--
			}
			return start, stop, nil
		}
		if r.end-r.start > MaxLine {
			return 0, 0, r.tooLong(r.buf[r.start:r.end])
		}
		if r.err != nil {
			if !errors.Is(r.err, io.EOF) {
				return 0, 0, fmt.Errorf("lecture du FEC, ligne %d : %w", r.line+1, r.err)
			}
			if r.start == r.end {
				return 0, 0, io.EOF
			}
			start, stop = r.start, r.end
			r.start = r.end
			return start, stop, nil
		}
		pending := r.end - r.start
		r.fill()
		scanned = r.start + pending
	}
}

func (r *Reader) fill() {
	if r.start > lead {
		r.end = lead + copy(r.buf[lead:], r.buf[r.start:r.end])
		r.start = lead
	}
	for range 100 {
		n, err := r.src.Read(r.buf[r.end : len(r.buf)-slack])
		if n > 0 && r.sep == '\t' && !r.pipes {
			r.pipes = bytes.IndexByte(r.buf[r.end:r.end+n], '|') >= 0
		}
		r.end += n
		r.err = err
		if n > 0 || err != nil {
			return
		}
	}
	r.err = io.ErrNoProgress
}

func (r *Reader) tooLong(line []byte) error {
	if bytes.IndexByte(line, '\r') >= 0 {
		return &compta.FormatError{Kind: "fin-ligne", Line: r.line + 1, Message: "Les lignes se terminent par CR seul (ancien Macintosh). Enregistrez le fichier avec des fins de ligne CRLF (Windows) ou LF."}
	}
	return &compta.FormatError{Kind: "ligne-longue", Line: r.line + 1, Message: fmt.Sprintf("La ligne dépasse %d octets : ce n’est sans doute pas un FEC, ou ses fins de ligne ont été perdues. Exportez-le de nouveau.", MaxLine)}
}

// Line is one line of a file after the first one. Its content is valid until the
// next call of Reader.Read.
type Line struct {
	Number int // from 1: the first line of the file is the header

	raw      []byte
	around   []byte             // raw with lead bytes before it and slack bytes after it
	n        int                // fields
	ends     [nowhere + 2]int32 // -1, then where each field ends; noted without looking, so with room to spare
	quoted   bool
	high     bool // has bytes beyond ASCII
	control  bool // has control characters
	encoding Encoding
}

const (
	block   = 64                         // bytes looked at together
	nowhere = MaxColumns + 2 + block + 8 // the place of a column that is not there: an empty field

	ones    = 0x0101010101010101
	highs   = 0x8080808080808080
	lows    = 0x7f7f7f7f7f7f7f7f
	blanks8 = 0x2020202020202020
	gather  = 0x0002040810204081 // times 80s: a bit for each of them in the highest byte
)

// split finds the fields of a line, eight bytes at a time and the separators of 64
// together, so that the processor has no branch to guess for each. buf has lead
// bytes before start and slack bytes past stop.
func (l *Line) split(buf []byte, start, stop int, sep byte) {
	l.raw, l.around = buf[start:stop], buf[start-lead:stop+slack]
	pattern := uint64(sep) * ones
	var hi, ctl uint64
	n, size, at := 0, stop-start, 0
	for ; at+block <= size; at += block {
		b := (*[block]byte)(buf[start+at:])
		var seps uint64 // a bit for each byte of the block
		for i := 0; i < block; i += 8 {
			x := binary.LittleEndian.Uint64(b[i : i+8])
			hi |= x
			eq := equal(x, pattern)
			ctl |= ^((x | highs) - blanks8) &^ (x | eq)
			seps = seps>>8 | eq*gather&(0xff<<56)
		}
		if n <= MaxColumns {
			l.note(n+1, at, seps)
		}
		n += bits.OnesCount64(seps)
	}
	if at < size {
		var seps uint64
		for i := at; i < size; i += 8 {
			x := binary.LittleEndian.Uint64(buf[start+i:])
			if size-i < 8 {
				keep := uint64(1)<<(8*uint(size-i)) - 1
				x = x&keep | blanks8&^keep
			}
			hi |= x
			eq := equal(x, pattern)
			ctl |= ^((x | highs) - blanks8) &^ (x | eq)
			seps |= eq * gather >> 56 << uint((i-at)&63)
		}
		if n <= MaxColumns {
			l.note(n+1, at, seps)
		}
		n += bits.OnesCount64(seps)
	}
	if n <= MaxColumns {
		l.ends[n+1] = int32(size)
	}
	l.n, l.high, l.control = n+1, hi&highs != 0, ctl&highs != 0
}

// equal returns 80 in each byte of x that is the one of the pattern.
func equal(x, pattern uint64) uint64 {
	y := x ^ pattern
	return ^((y&lows + lows) | y | lows)
}

// note writes down where the separators of a block stand, at least eight at once:
// the next block writes over those that are none.
func (l *Line) note(n, at int, seps uint64) {
	e := (*[8]int32)(l.ends[n:])
	t := seps
	e[0] = int32(at + bits.TrailingZeros64(t))
	t &= t - 1
	e[1] = int32(at + bits.TrailingZeros64(t))
	t &= t - 1
	e[2] = int32(at + bits.TrailingZeros64(t))
	t &= t - 1
	e[3] = int32(at + bits.TrailingZeros64(t))
	t &= t - 1
	e[4] = int32(at + bits.TrailingZeros64(t))
	t &= t - 1
	e[5] = int32(at + bits.TrailingZeros64(t))
	t &= t - 1
	e[6] = int32(at + bits.TrailingZeros64(t))
	t &= t - 1
	e[7] = int32(at + bits.TrailingZeros64(t))
	for t &= t - 1; t != 0; t &= t - 1 {
		n++
		l.ends[n+7] = int32(at + bits.TrailingZeros64(t))
	}
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
	v := l.raw[l.ends[i]+1 : l.ends[i+1]]
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
func (l *Line) Text(rank int) string { return l.text(l.field(rank - 1)) }
