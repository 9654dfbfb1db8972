package recherche

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// folded holds what Latin letters with accents become.
var folded = func() map[rune]string {
	table := map[rune]string{'œ': "oe", 'Œ': "oe", 'æ': "ae", 'Æ': "ae", 'ß': "ss", 'ø': "o", 'Ø': "o", 'ł': "l", 'Ł': "l", '’': "'"}
	for r := rune(0xc0); r < 0x250; r++ {
		if _, ok := table[r]; ok {
			continue
		}
		var plain strings.Builder
		for _, part := range norm.NFD.String(string(r)) {
			if !unicode.Is(unicode.Mn, part) {
				plain.WriteRune(unicode.ToLower(part))
			}
		}
		table[r] = plain.String()
	}
	return table
}()

// Fold writes a text without capitals and accents.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case r < 0x80:
			b.WriteByte(byte(unicode.ToLower(r)))
		case unicode.Is(unicode.Mn, r):
		default:
			if plain, ok := folded[r]; ok {
				b.WriteString(plain)
			} else {
				b.WriteRune(unicode.ToLower(r))
			}
		}
	}
	return b.String()
}
