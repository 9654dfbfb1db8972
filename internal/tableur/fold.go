package tableur

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold writes a name in the one way in which names are compared: without
// accents, case, punctuation and the boundaries of camelCase.
func fold(s string) string { return strings.Join(words(s), " ") }

// ligatures are letters that no normal form takes apart.
var ligatures = strings.NewReplacer("œ", "oe", "Œ", "OE", "æ", "ae", "Æ", "AE")

// words splits a name into folded words: "dateDébut_Contrat" gives date, debut,
// contrat.
func words(s string) []string {
	if ascii(s) {
		return asciiWords(s)
	}
	var list []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			list = append(list, string(word))
			word = word[:0]
		}
	}
	lower := false // the letter before is lower case or a digit
	for _, r := range norm.NFD.String(ligatures.Replace(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if unicode.IsUpper(r) && lower {
				flush()
			}
			lower = !unicode.IsUpper(r)
			word = append(word, unicode.ToLower(r))
		default:
			flush()
			lower = false
		}
	}
	flush()
	return list
}

// asciiWords is words for texts without accents, as most are.
func asciiWords(s string) []string {
	var list []string
	text := strings.ToLower(s)
	first, lower := -1, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		upper := 'A' <= c && c <= 'Z'
		inside := upper || 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
		if first >= 0 && (!inside || upper && lower) {
			list = append(list, text[first:i])
			first = -1
		}
		if inside && first < 0 {
			first = i
		}
		lower = inside && !upper
	}
	if first >= 0 {
		list = append(list, text[first:])
	}
	return list
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// collapse replaces every run of blanks by one space.
func collapse(s string) string {
	if collapsed(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// collapsed reports whether a text has no blanks to replace; it may fail to see so
// where there are signs that begin like a blank.
func collapsed(s string) bool {
	before := byte(' ')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ', c == ' ' && before == ' ', c == 0xC2, c >= 0xE1 && c <= 0xE3:
			return false
		default:
			before = c
		}
	}
	return s == "" || before != ' '
}

// distance is the number of letters to insert, remove or change between two
// words (Levenshtein).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
