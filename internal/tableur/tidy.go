package tableur

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/passerelle-hub/passerelle"
)

// tidy puts right what a value picked up on its way through spreadsheets, web
// pages and mail programs, and that nobody sees: ="00101" and '00101 for 00101,
// invisible characters, no-break and double blanks, accents written apart from
// their letters. An address loses what stands around it.
func tidy(champ *passerelle.Champ, s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '=':
		s = unquoted(s)
	case '\'':
		if typedAsText(s[1:]) {
			s = s[1:]
		}
	case "’"[0]: // as word processors write it
		if rest, ok := strings.CutPrefix(s, "’"); ok && typedAsText(rest) {
			s = rest
		}
	}
	if untidy(s) {
		s = tidied(s, champ.Nom == "missionDetails")
	}
	if champ.Kind == passerelle.KindEmail {
		s = bareAddress(s)
	}
	return s
}

// unquoted reads ="00101", by which exports keep a spreadsheet from taking a code
// for a number.
func unquoted(s string) string {
	if rest, ok := strings.CutPrefix(s, "=T("); ok && strings.HasSuffix(rest, ")") {
		s = "=" + rest[:len(rest)-1]
	}
	if len(s) < 3 || s[1] != '"' || s[len(s)-1] != '"' {
		return s
	}
	inner := strings.ReplaceAll(s[2:len(s)-1], `""`, "\x00")
	if strings.Contains(inner, `"`) {
		return s // a formula of several parts
	}
	return strings.TrimSpace(strings.ReplaceAll(inner, "\x00", `"`))
}

// typedAsText reports whether a value is one before which people type an
// apostrophe so that it stays as it is.
func typedAsText(s string) bool {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("-_./", r))
	})
}

// untidy reports whether tidied may change a text.
func untidy(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
			if i > 0 && s[i-1] == ' ' {
				return true
			}
		case c < ' ':
			if c != '\t' && c != '\n' && c != '\r' {
				return true
			}
		case c == 0xC2, c == 0xCC, c == 0xCD, c >= 0xE1:
			return true
		}
	}
	return false
}

func tidied(s string, keepBlanks bool) string {
	var b strings.Builder
	blank := false
	for _, r := range s {
		switch {
		case unseen(r):
			continue
		case r == ' ' || unicode.Is(unicode.Zs, r):
			if !blank || keepBlanks {
				b.WriteByte(' ')
			}
			blank = true
			continue
		}
		blank = false
		b.WriteRune(r)
	}
	return strings.TrimSpace(norm.NFC.String(b.String()))
}

// unseen lists the characters that no font shows: controls, joiners, marks of
// direction, soft hyphens, byte order marks.
func unseen(r rune) bool {
	switch {
	case r < ' ':
		return r != '\t' && r != '\n' && r != '\r' && r != 0 // a zero byte is damage, which the rules name
	case r == 0x7F, r == 0xAD, r == 0x180E, r == 0xFEFF:
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2064, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// bareAddress takes an address out of what mail programs put around it:
// "mailto:a@b", "Nom <a@b>", "a@b;".
func bareAddress(s string) string {
	if open, end := strings.LastIndexByte(s, '<'), strings.LastIndexByte(s, '>'); open >= 0 && end > open && strings.Count(s, "@") <= strings.Count(s[:open], "@")+1 {
		if inner := s[open+1 : end]; strings.Contains(inner, "@") && strings.Trim(s[end+1:], " ;,") == "" {
			s = inner
		}
	}
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s, _, _ = strings.Cut(s[7:], "?")
	}
	return strings.Trim(s, " ;,\"'")
}
