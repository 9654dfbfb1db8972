package passerelle

import (
	"strings"
	"unicode"
)

// Certification says which certification a text names, so that two texts are
// compared by what they are: "RNCP38362", "38362", "rncp 38362" and "38362.0" (as
// spreadsheets write it) are RNCP38362, "RS38362" is another one. What is no such
// number is compared by its trimmed text without case. It is "" for a blank text.
// Texts are kept as they were sent.
type Certification string

// CertificationOf returns the certification that a text names.
func CertificationOf(s string) Certification {
	s = strings.TrimSpace(s)
	if kind, number, ok := splitCertification(s); ok {
		if len(s) == len(kind)+len(number) && strings.HasPrefix(s, kind) {
			return Certification(s) // as most are: nothing to write anew
		}
		return Certification(kind + number)
	}
	return Certification(strings.ToUpper(s))
}

// Numero reports whether c is a number of the RNCP or of the répertoire spécifique,
// "RNCP38362" or "RS38362"; other texts name nothing that a register knows.
func (c Certification) Numero() bool {
	kind, number, ok := splitCertification(string(c))
	return ok && string(c) == kind+number
}

// AfficheCertification returns a text as people are shown it: "RNCP38362" where it
// names that certification in any way, the trimmed text where it is no number.
func AfficheCertification(s string) string {
	if c := CertificationOf(s); c.Numero() {
		return string(c)
	}
	return strings.TrimSpace(s)
}

// splitCertification cuts a trimmed text into its register and its number without
// the zeros before it.
func splitCertification(s string) (kind, number string, ok bool) {
	kind = "RNCP"
	if rest, is := cutPrefixFold(s, "RNCP"); is {
		s = rest
	} else if rest, is := cutPrefixFold(s, "RS"); is {
		kind, s = "RS", rest
	}
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	if at := strings.IndexAny(s, ".,"); at >= 0 {
		if at+1 == len(s) || strings.Trim(s[at+1:], "0") != "" {
			return "", "", false
		}
		s = s[:at]
	}
	s = strings.TrimLeft(s, "0")
	return kind, s, s != "" && len(s) <= 10 && onlyDigits(s)
}

func cutPrefixFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// Affiche returns a value of the field as people are shown it.
func (champ *Champ) Affiche(value string) string {
	if champ.Kind == KindCertification {
		return AfficheCertification(value)
	}
	return value
}

// Cle returns what a value of the field is compared by: what matches a criterion,
// a price or a line of a table has the same one.
func (champ *Champ) Cle(value string) string {
	if champ.Kind == KindCertification {
		return string(CertificationOf(value))
	}
	return value
}
