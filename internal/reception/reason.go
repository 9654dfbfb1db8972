package reception

import (
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// expectations says in French what the JSON decoder expected, by what it says
// of the place.
var expectations = []struct {
	english *regexp.Regexp
	french  string
}{
	{regexp.MustCompile(`^invalid character ',' at start of value`), "cette virgule est de trop, ou la valeur qui devait la précéder ou la suivre manque"},
	{regexp.MustCompile(`at start of value`), "une valeur était attendue (objet, liste, chaîne entre guillemets, nombre, true, false ou null)"},
	{regexp.MustCompile(`after object name`), "« : » était attendu après le nom de la propriété"},
	{regexp.MustCompile(`after object value`), "« , » ou « } » était attendu après la valeur"},
	{regexp.MustCompile(`after array (element|value)`), "« , » ou « ] » était attendu après l’élément"},
	{regexp.MustCompile(`after top-level value`), "la fin du document était attendue"},
	{regexp.MustCompile(`escape|surrogate`), "la séquence d’échappement n’est pas valide"},
	{regexp.MustCompile(`in string`), "une chaîne ne peut contenir ni retour à la ligne ni caractère de contrôle brut : écrivez \\n ou \\u00XX"},
	{regexp.MustCompile(`at start of string`), "un nom de propriété entre guillemets était attendu"},
	{regexp.MustCompile(`in literal`), "true, false ou null était attendu"},
	{regexp.MustCompile(`in number`), "un chiffre était attendu"},
	{regexp.MustCompile(`max depth`), "les imbrications sont trop profondes (10 000 niveaux au plus)"},
	{regexp.MustCompile(`missing value after object name`), "une valeur était attendue après le nom de la propriété"},
	{regexp.MustCompile(`mismatching structural token`), "l’accolade ou le crochet fermant ne correspond pas à l’ouvrant"},
}

var found = regexp.MustCompile(`invalid character (.+?) (?:at|after|in) `)

// reason explains a syntax error for the person who writes the export.
func reason(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "le document s’arrête avant sa fin : il est tronqué, une valeur ou une fermeture était attendue."
	case errors.Is(err, jsontext.ErrDuplicateName):
		return "une propriété est écrite deux fois dans le même objet : gardez-en une."
	case errors.Is(err, jsontext.ErrNonStringName):
		return "un nom de propriété entre guillemets était attendu."
	}
	text := err.Error()
	if regexp.MustCompile(`invalid UTF-8|invalid character '\\x[89a-f]`).MatchString(text) {
		return "ces octets ne sont pas de l’UTF-8 : enregistrez ou envoyez le document en UTF-8."
	}
	prefix := ""
	if match := found.FindStringSubmatch(text); match != nil {
		prefix = "caractère inattendu " + match[1] + " : "
	}
	for _, e := range expectations {
		if e.english.MatchString(text) {
			return prefix + e.french + "."
		}
	}
	return prefix + "le document n’est pas du JSON valide."
}

// nameExpected says of a syntax error at the place of a property's name what was
// expected there; the decoder speaks of a value.
func nameExpected(err error) error {
	var syntactic *jsontext.SyntacticError
	if !errors.As(err, &syntactic) || !startOfValue.MatchString(syntactic.Err.Error()) {
		return err
	}
	return &jsontext.SyntacticError{ByteOffset: syntactic.ByteOffset, Err: errors.New(
		strings.Replace(syntactic.Err.Error(), "at start of value", "at start of string", 1))}
}

var startOfValue = regexp.MustCompile(`^invalid character '[^,\\].*' at start of value`)
