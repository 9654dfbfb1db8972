package tableur

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/passerelle-hub/passerelle"
)

const slugLength = 24

// slugSum is how many characters of the sum end a code, of so many bytes.
const slugSum, slugHash = 10, 10

// Slug makes the code of a field out of values that name the same thing, such
// as "bts-mco-1a-q5mzk3t2vd" for a group called "BTS MCO 1A". The same values
// give the same code in every import, on every machine: the code holds no
// counter and depends on no other row. It is the values in lower-case letters
// without accents, cut to 24, then ten characters (50 bits) of a SHA-256 over
// the field's name and the values, so that names that only differ in accents,
// case or their ends get different codes, as the rules ask of a code (one code,
// one name), and a learner and a tutor of one name too. The names of a person are
// compared without accents and case, as people type them both ways, and an e-mail
// address without case. It is "" where all values are blank.
func Slug(field string, champs []passerelle.Champ, values []string) string {
	hash := sha256.New()
	hash.Write([]byte(field))
	blank := true
	var text []string
	for i, v := range values {
		v = slugged(&champs[i], v)
		if v != "" {
			blank = false
			text = append(text, v)
		}
		hash.Write([]byte{0})
		hash.Write([]byte(v))
	}
	if blank {
		return ""
	}
	slug := strings.Join(slugWords(strings.Join(text, " ")), "-")
	if len(slug) > slugLength {
		slug = strings.TrimRight(slug[:slugLength], "-")
	}
	sum := hash.Sum(nil)
	code := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:slugHash]))[:slugSum]
	if slug == "" {
		return code
	}
	return slug + "-" + code
}

// looksMade reports whether a code may be one that Slug made.
func looksMade(code string) bool {
	before := len(code) - slugSum
	if before < 0 || before > 0 && code[before-1] != '-' {
		return false
	}
	return strings.Trim(code[before:], "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// slugged is a value as codes that are made of it compare it.
func slugged(champ *passerelle.Champ, v string) string {
	v = collapse(norm.NFC.String(v))
	switch {
	case champ.Kind == passerelle.KindEmail:
		return strings.ToLower(v)
	case personName(champ.Nom):
		return fold(strings.ToLower(v))
	}
	return v
}

// personName reports whether a field is a name of one of the three people.
func personName(field string) bool {
	return strings.HasSuffix(field, "Apprenant") || strings.HasSuffix(field, "Personnel") || strings.HasSuffix(field, "MaitreApprentissage")
}

// slugWords folds a text to words of ASCII letters and digits.
func slugWords(s string) []string {
	return strings.FieldsFunc(fold(strings.ToLower(s)), func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9')
	})
}
