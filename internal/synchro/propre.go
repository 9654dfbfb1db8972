package synchro

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

// tidy writes the texts of a contract in the one way in which they are kept: the
// letters of Unicode composed (NFC), so that two ways to write an accent are one
// text, and without the characters that nobody sees in what has a form, such as
// codes and addresses. A control character in one of these is refused, one that turns
// the direction of reading too: it shows another text than the one that is kept. It returns
// the fields whose values are not to be taken over, beside those of before.
func tidy(c *passerelle.Contrat, refused regles.Set, found []passerelle.Violation) (regles.Set, []passerelle.Violation) {
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		value := champ.At(c)
		if plain(*value) {
			continue
		}
		if mayDecompose(*value) {
			*value = norm.NFC.String(*value)
		}
		if champ.Kind == passerelle.KindText {
			if strings.IndexFunc(*value, seen) < 0 {
				*value = "" // a blank that no TrimSpace takes
			}
			continue
		}
		*value = visible(*value)
		if at := strings.IndexFunc(*value, deceives); at >= 0 && !refused.Has(i) {
			refused.Add(i)
			found = append(found, passerelle.Violation{Field: champ.Nom, Code: passerelle.CodeType,
				Message: fmt.Sprintf("%s : la valeur contient un caractère de contrôle (%U, en position %d), retirez-le.", champ.Libelle, []rune((*value)[at:])[0], len([]rune((*value)[:at]))+1)})
			*value = ""
		}
	}
	return refused, found
}

// tidyCode is tidy for a code by itself.
func tidyCode(code string) string {
	if plain(code) {
		return code
	}
	return visible(norm.NFC.String(code))
}

// plain reports whether a text holds nothing but printable ASCII, as most do.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// mayDecompose reports whether a text has characters from U+0300 on: what is below is
// composed already, and is not composed with what follows it from below.
func mayDecompose(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xcc {
			return true
		}
	}
	return false
}

// seen reports whether a character shows, be it badly.
func seen(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r)
}

// visible returns a text without the characters that take no room: zero-width
// blanks and joiners, soft hyphens, marks of direction and byte order.
func visible(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) && !turns(r) {
			return -1
		}
		return r
	}, s))
}

// deceives reports whether a character has no place in a code or an address.
func deceives(r rune) bool { return unicode.IsControl(r) || turns(r) }

// turns reports whether a character embeds, overrides or isolates a direction of
// reading (U+202A to U+202E, U+2066 to U+2069).
func turns(r rune) bool { return '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' }
