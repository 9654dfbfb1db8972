package mad

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle/compta"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plain returns the place of the next byte that is a quote, a backslash, a control
// character or none of ASCII; len(b) where there is none.
func plain(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, slash := x^'"'*ones, x^'\\'*ones
		// The lowest mark is that of a byte that is meant; those above it may not be.
		if m := ((quote-ones)&^quote | (slash-ones)&^slash | (x - ' '*ones) | x) & highs; m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
	}
	for i < len(b) && b[i] >= ' ' && b[i] < utf8.RuneSelf && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// text reads a string. One that is the same as before stays.
func (s *scanner) text(into *string, i int) int {
	b := s.b
	if b[i] != '"' {
		return odd
	}
	end := plain(b, i+1)
	if end >= len(b) {
		return cut
	}
	if b[end] != '"' {
		return s.wide(into, i, end)
	}
	if v := b[i+1 : end]; *into != string(v) {
		*into = string(v)
	}
	return end + 1
}

// wide reads a string with escapes, or beyond ASCII from a place on.
func (s *scanner) wide(into *string, i, end int) int {
	b := s.b
	escaped := false
	for ; ; end = plain(b, end) {
		if end >= len(b) {
			return cut
		}
		switch c := b[end]; {
		case c == '"':
			v := b[i+1 : end]
			if escaped {
				unquoted, err := jsontext.AppendUnquote(nil, b[i:end+1])
				if err != nil {
					return odd
				}
				v = unquoted
			} else if !utf8.Valid(v) {
				return odd
			}
			if *into != string(v) {
				*into = string(v)
			}
			return end + 1
		case c == '\\':
			escaped = true
			end += 2
		case c < ' ':
			return odd
		default:
			end++
		}
	}
}

// number reads a JSON number.
func (s *scanner) number(into *Number, i int) int {
	b := s.b
	start := i
	negative := b[i] == '-'
	if negative {
		i++
	}
	u, first := int64(0), i
	for ; i < len(b) && b[i]-'0' <= 9 && i-first < 13; i++ {
		u = u*10 + int64(b[i]-'0')
	}
	if i == first || b[first] == '0' && i > first+1 {
		return s.oddNumber(into, start)
	}
	decimals := 0
	if i < len(b) && b[i] == '.' {
		for i++; i < len(b) && b[i]-'0' <= 9 && decimals < 4; i++ {
			u = u*10 + int64(b[i]-'0')
			decimals++
		}
		if decimals == 0 {
			return s.oddNumber(into, start)
		}
	}
	if i >= len(b) {
		return cut
	}
	if c := b[i]; c-'0' <= 9 || c == '.' || c == 'e' || c == 'E' {
		return s.oddNumber(into, start)
	}
	u *= powers[4-decimals]
	if negative {
		u = -u
	}
	*into = Number(u)
	return i
}

var powers = [...]int64{1, 10, 100, 1000, 10_000}

// oddNumber reads any number.
func (s *scanner) oddNumber(into *Number, i int) int {
	end := s.literal(i)
	if end < 0 {
		return end
	}
	m, ok := compta.ParseDecimal(string(s.b[i:end]))
	if !ok {
		return odd
	}
	*into = Number(m)
	return end
}

// literal returns the place after a number, true, false or null.
func (s *scanner) literal(i int) int {
	end := i
	for end < len(s.b) && (s.b[end]-'0' <= 9 || s.b[end] >= 'a' && s.b[end] <= 'z' || s.b[end] == '-' || s.b[end] == '+' || s.b[end] == '.' || s.b[end] == 'E') {
		end++
	}
	if end >= len(s.b) {
		return cut
	}
	if v := jsontext.Value(s.b[i:end]); !v.IsValid() {
		return odd
	}
	return end
}

// maxSkipped is how deep a value may be that is passed over here.
const maxSkipped = 100

// skip passes over a value that no field has.
func (s *scanner) skip(i, depth int) int {
	b := s.b
	if i >= len(b) {
		return cut
	}
	switch c := b[i]; {
	case c == '"':
		var none string
		return s.text(&none, i)
	case c != '{' && c != '[':
		return s.literal(i)
	case depth == maxSkipped:
		return odd
	}
	end := b[i] + 2 // ] or }
	object := b[i] == '{'
	if i = blanks(b, i+1); i < len(b) && b[i] == end {
		return i + 1
	}
	for {
		if object {
			var none string
			if i >= len(b) {
				return cut
			}
			if i = s.text(&none, i); i < 0 {
				return i
			}
			if i = colon(b, i); i < 0 {
				return i
			}
		}
		if i = s.skip(i, depth+1); i < 0 {
			return i
		}
		var ended bool
		if i, ended = after(b, i, end); ended {
			return i
		}
	}
}
