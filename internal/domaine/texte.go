package domaine

import "unicode/utf8"

// Abrege keeps a text short enough for a sentence or a list: its first characters, most of
// them, with "…" where there are more.
func Abrege(text string, most int) string {
	if len(text) <= most || utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}
