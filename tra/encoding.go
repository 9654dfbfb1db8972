package tra

import (
	"encoding/binary"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Encoding is how a line's characters are coded.
type Encoding uint8

// The encodings that a line may have.
const (
	ASCII       Encoding = iota // nothing beyond ASCII: the same in both
	Windows1252                 // what the writer produces
	UTF8
)

var encodingNames = [...]string{ASCII: "ascii", Windows1252: "windows-1252", UTF8: "utf-8"}

// String returns the usual name of the encoding, in lower case.
func (e Encoding) String() string { return encodingNames[e] }

var (
	from1252 [256]rune
	to1252   = map[rune]byte{}
)

func init() {
	for i := range from1252 {
		from1252[i] = charmap.Windows1252.DecodeByte(byte(i))
		if i >= 0x80 && from1252[i] != utf8.RuneError {
			to1252[from1252[i]] = byte(i)
		}
	}
}

// encode1252 returns the byte of a character, ok false where Windows-1252 has none.
func encode1252(r rune) (b byte, ok bool) {
	if r < utf8.RuneSelf {
		return byte(r), true
	}
	b, ok = to1252[r]
	return b, ok
}

// looksUTF8 says whether the first line beyond ASCII tells that its file is UTF-8.
// Being valid is not enough: É followed by œ, ’ or » in Windows-1252 is also a
// letter of the phonetic alphabet in UTF-8, and é€€ a Chinese one. So all of its
// characters have to be of those that such files hold: Latin letters, punctuation,
// signs, ligatures, pictures, and the replacement character of failed conversions.
func looksUTF8(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, c := range string(b) {
		switch {
		case c < 0x180, c >= 0x2000 && c < 0x2200, c >= 0xfb00 && c <= 0xfb06, c == utf8.RuneError, c == 0xfeff, c >= 0x1f000:
		default:
			return false
		}
	}
	return true
}

func append1252AsUTF8(dst, columns []byte) []byte {
	for _, b := range columns {
		if b < utf8.RuneSelf {
			dst = append(dst, b)
		} else {
			dst = utf8.AppendRune(dst, from1252[b])
		}
	}
	return dst
}

const (
	highBits = 0x8080808080808080
	blanks8  = 0x2020202020202020
)

// survey says whether a line has bytes beyond ASCII and whether it has control
// characters.
func survey(b []byte) (high, control bool) {
	var hi, ctl uint64
	for len(b) >= 8 {
		x := binary.LittleEndian.Uint64(b)
		hi |= x
		ctl |= (x - blanks8) &^ x // high bit set where a byte is below a blank
		b = b[8:]
	}
	for _, c := range b {
		hi |= uint64(c)
		if c < ' ' {
			ctl |= 0x80
		}
	}
	return hi&highBits != 0, ctl&highBits != 0
}

// isBlank says whether all columns are blank.
func isBlank(v []byte) bool {
	for len(v) >= 8 {
		if binary.LittleEndian.Uint64(v) != blanks8 {
			return false
		}
		v = v[8:]
	}
	for _, c := range v {
		if c != ' ' {
			return false
		}
	}
	return true
}

// trim removes blanks on both sides.
func trim(v []byte) []byte {
	for len(v) > 0 && v[len(v)-1] == ' ' {
		v = v[:len(v)-1]
	}
	for len(v) > 0 && v[0] == ' ' {
		v = v[1:]
	}
	return v
}
