package regles

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Set is a set of the fields of a contract: i stands for passerelle.Champs[i].
type Set [(passerelle.NombreChamps + 63) / 64]uint64

// Add puts field i in the set.
func (s *Set) Add(i int) { s[i/64] |= 1 << (i % 64) }

// Has reports whether field i is in the set.
func (s *Set) Has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

// Verify returns every rule that c breaks by itself: required, too-long, those of
// the form of a value (date-format, email-format, amount-format, value,
// siret-format) and date-order. Fields of skip are left out: their values were
// refused before (type). Index and CodeContrat are the caller's to fill in.
func Verify(c *passerelle.Contrat, skip Set) []passerelle.Violation {
	return AppendVerify(nil, c, skip)
}

// manquants says of each field that its value is missing: many contracts may miss
// it, and share the text.
var manquants = func() []string {
	textes := make([]string, len(passerelle.Champs))
	for i := range textes {
		textes[i] = passerelle.Champs[i].Libelle + " : la valeur est obligatoire, elle manque ou est vide."
	}
	return textes
}()

// AppendVerify appends to found what Verify returns.
func AppendVerify(found []passerelle.Violation, c *passerelle.Contrat, skip Set) []passerelle.Violation {
	add := func(field string, code passerelle.Code, message string) {
		found = append(found, passerelle.Violation{Field: field, Code: code, Message: message})
	}
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		if skip.Has(i) {
			continue
		}
		value := *champ.At(c)
		switch {
		case value == "":
			if champ.Required {
				add(champ.Nom, passerelle.CodeRequired, manquants[i])
			}
		case len(value) > champ.Max && utf8.RuneCountInString(value) > champ.Max:
			add(champ.Nom, passerelle.CodeTooLong, fmt.Sprintf("%s : %d caractères, le maximum est de %d.", champ.Libelle, utf8.RuneCountInString(value), champ.Max))
		case champ.Kind != passerelle.KindText && champ.Kind != passerelle.KindCode:
			if code, problem := checkValue(champ, value); code != "" {
				add(champ.Nom, code, champ.Libelle+" : "+problem)
			}
		}
	}
	found = verifyDates(c, found)
	found = verifyHeures(c, found)
	if (c.CodeMarque == "") != (c.NomMarque == "") {
		field, present := "nomMarque", "codeMarque"
		if c.CodeMarque == "" {
			field, present = present, field
		}
		if i, _ := passerelle.ChampIndex([]byte(field)); !skip.Has(i) {
			add(field, passerelle.CodeRequired, fmt.Sprintf("%s : obligatoire dès que %s est renseigné.", field, present))
		}
	}
	return found
}

// plausibleEmail accepts an address of RFC 5322 without display name whose
// domain has a dot.
func plausibleEmail(s string) bool {
	if plainEmail(s) {
		return true
	}
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s || parsed.Name != "" {
		return false
	}
	_, domain, _ := strings.Cut(s, "@")
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		domain = s[at+1:]
	}
	dot := strings.LastIndexByte(domain, '.')
	return dot > 0 && dot < len(domain)-1
}

// plainEmail accepts, without the cost of a parser, what nearly every address
// looks like: words of letters, digits, hyphens and underscores with single dots
// between them, one @, a domain with a dot.
func plainEmail(s string) bool {
	domain := 0 // where it begins, 0 before the @
	word, dots := 0, 0
	for i := range len(s) {
		switch b := s[i]; {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9', b == '-', b == '_':
			word++
			continue
		case b == '.' && word > 0:
			if domain > 0 {
				dots++
			}
		case b == '@' && word > 0 && domain == 0:
			domain = i + 1
		default:
			return false
		}
		word = 0
	}
	return domain > 0 && dots > 0 && word > 0
}

// shorten keeps a refused value short enough to be read in a message.
func shorten(s string) string {
	return domaine.Abrege(s, 60)
}
