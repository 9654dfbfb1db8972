package tableur

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/passerelle-hub/passerelle"
)

// spoilt says what happened to a text on its way into the file, "" for most texts:
// it was decoded wrongly, or lost letters. Only a person can put it right at its
// source; it is read as it stands.
func spoilt(champ *passerelle.Champ, s string) string {
	if meant, ok := misread(s); ok {
		if strings.ContainsRune(meant, utf8.RuneError) {
			return "a perdu des caractères ; refaites l’export en UTF-8"
		}
		return "semble mal décodé (sans doute « " + abridge(meant) + " ») ; refaites l’export en UTF-8"
	}
	if strings.IndexByte(s, '&') >= 0 {
		if meant := entities.ReplaceAllStringFunc(s, html.UnescapeString); meant != s {
			return "vient d’une page web (sans doute « " + abridge(meant) + " ») ; refaites l’export, ou corrigez le texte"
		}
	}
	if strings.IndexByte(s, '?') > 0 && champ.Kind != passerelle.KindEmail && champ.Nom != "missionDetails" && lostLetter(s) {
		return "a un « ? » au milieu d’un mot, sans doute à la place d’une lettre accentuée ; refaites l’export en UTF-8"
	}
	if len(s) > 3 && s[0] == '=' && formulaText.MatchString(s) {
		return "est une formule écrite en toutes lettres, et non son résultat ; refaites l’export avec les valeurs"
	}
	return ""
}

var (
	entities    = regexp.MustCompile(`&(?:[A-Za-z]{2,8}|#\d{2,5}|#x[0-9A-Fa-f]{2,4});`)
	formulaText = regexp.MustCompile(`^=[A-Z]+[A-Z.]*\(|^=\$?[A-Z]{1,3}\$?\d`)
)

// lostLetter reports whether a question mark stands between two letters.
func lostLetter(s string) bool {
	runes := []rune(s)
	for i := 1; i+1 < len(runes); i++ {
		if runes[i] == '?' && unicode.IsLetter(runes[i-1]) && unicode.IsLower(runes[i+1]) {
			return true
		}
	}
	return false
}

// misread returns the text that was meant where UTF-8 was once read as
// Windows-1252: "Ã‰lÃ©onore" for "Éléonore". ok is false for every other text.
func misread(s string) (meant string, ok bool) {
	if !suspectMisread(s) {
		return "", false
	}
	var b []byte
	for _, r := range s {
		c, known := charmap.Windows1252.EncodeRune(r)
		if !known {
			if r < 0x80 || r > 0x9F { // the five bytes that Windows-1252 leaves out pass as they are
				return "", false
			}
			c = byte(r)
		}
		b = append(b, c)
	}
	if !utf8.Valid(b) {
		return "", false
	}
	return string(b), true
}

// suspectMisread looks for the letters that the first bytes of UTF-8 make: Ã, Â, â,
// and ï before ¿, which stands for what was lost.
func suspectMisread(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == 0xC3 && (s[i+1] == 0x82 || s[i+1] == 0x83 || s[i+1] == 0xA2 || s[i+1] == 0xAF && i+3 < len(s) && s[i+2] == 0xC2 && s[i+3] == 0xBF) {
			return true
		}
	}
	return false
}
