package fec

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Encoding is how a line's characters are coded.
type Encoding uint8

// The encodings that a line may have.
const (
	ASCII       Encoding = iota // nothing beyond ASCII: the same in all
	UTF8                        // what the writer produces
	Latin9                      // ISO 8859-15
	Windows1252                 // not among those of the text
)

var encodingNames = [...]string{ASCII: "ascii", UTF8: "utf-8", Latin9: "iso-8859-15", Windows1252: "windows-1252"}

// String returns the usual name of the encoding, in lower case.
func (e Encoding) String() string { return encodingNames[e] }

var from1252, fromLatin9 [256]rune

func init() {
	for i := range from1252 {
		from1252[i] = charmap.Windows1252.DecodeByte(byte(i))
		fromLatin9[i] = charmap.ISO8859_15.DecodeByte(byte(i))
	}
}

// decode finds out how a line beyond ASCII is coded. A line that is not valid UTF-8
// is of eight bits wherever it stands; such lines are Windows-1252 from the first
// byte on that ISO 8859-15 has no letter for.
func (r *Reader) decode(l *Line, valid bool) {
	if valid {
		l.encoding = UTF8
	} else {
		r.eightBits = r.eightBits || noLatin9(l.raw)
		l.encoding = Latin9
		if r.eightBits {
			l.encoding = Windows1252
		}
	}
	switch {
	case r.encoding == ASCII, r.encoding == Latin9 && l.encoding == Windows1252:
		r.encoding = l.encoding
	case r.encoding != l.encoding:
		r.mixed = true
	}
}

// valid says whether a line beyond ASCII is UTF-8: only what is marked needs a look.
func (r *Reader) valid(l *Line) bool {
	start, stop := int(l.ends[0])+1, int(l.ends[0])+1+len(l.raw)
	for at := start; at < stop; {
		high := r.marks[at/block].high >> (at % block)
		if high == 0 {
			at = (at/block + 1) * block
			continue
		}
		if at += bits.TrailingZeros64(high); at >= stop {
			return true
		}
		if at+2 <= stop { // most are of two bytes
			if c := binary.LittleEndian.Uint16(r.buf[at:]); c&0xc0e0 == 0x80c0 && c&0x1e != 0 {
				at += 2
				continue
			}
		}
		c, size := utf8.DecodeRune(r.buf[at:stop])
		if c == utf8.RuneError && size == 1 {
			return false
		}
		at += size
	}
	return true
}

// noLatin9 says whether there is a byte that ISO 8859-15 has no letter for: 80 to 9F.
func noLatin9(v []byte) bool {
	for ; len(v) >= 8; v = v[8:] {
		if x := binary.LittleEndian.Uint64(v); x&highs&^(x<<1|x<<2) != 0 {
			return true
		}
	}
	for _, b := range v {
		if b >= 0x80 && b < 0xa0 {
			return true
		}
	}
	return false
}

// text decodes bytes of the line.
func (l *Line) text(v []byte) string {
	if !l.high || l.encoding <= UTF8 {
		return string(v)
	}
	return string(l.appendText(nil, v))
}

func (l *Line) appendText(dst, v []byte) []byte {
	if !l.high || l.encoding <= UTF8 {
		return append(dst, v...)
	}
	table := &fromLatin9
	if l.encoding == Windows1252 {
		table = &from1252
	}
	for _, b := range v {
		if b < utf8.RuneSelf {
			dst = append(dst, b)
		} else {
			dst = utf8.AppendRune(dst, table[b])
		}
	}
	return dst
}
