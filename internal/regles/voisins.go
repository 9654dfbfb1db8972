package regles

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/passerelle-hub/passerelle"
)

// Voisins are two names of the nomenclature that stand side by side, each with a
// code of its own, and that differ in what people do not mean: case, accents,
// blanks, "1re" and "1ère".
type Voisins struct {
	Contrat, Autre string // the contract that has the second name, and the one that has the first; Autre is "" where it is not known
	Champ          string // "nomSite"
	quoi           string
	noms, codes    [2]string
}

// Swap puts the first name in the place of the second.
func (v *Voisins) Swap() {
	v.Contrat, v.Autre = v.Autre, v.Contrat
	v.noms[0], v.noms[1] = v.noms[1], v.noms[0]
	v.codes[0], v.codes[1] = v.codes[1], v.codes[0]
}

// Violation is the warning about them.
func (v *Voisins) Violation(index int) passerelle.Violation {
	return passerelle.Violation{Index: index, CodeContrat: v.Contrat, Field: v.Champ, Code: passerelle.CodeNearName, ConflictsWith: v.Autre,
		Message: fmt.Sprintf("« %s » (code « %s ») et « %s » (code « %s ») sont presque le même nom pour %s : si c’est le même, donnez-lui un seul code et une seule façon de l’écrire.",
			shorten(v.noms[1]), shorten(v.codes[1]), shorten(v.noms[0]), shorten(v.codes[0]), v.quoi)}
}

// EachVoisins passes the names that nearly are another one's, in the order of the
// names.
func (e *Etat) EachVoisins(yield func(Voisins)) {
	for i := range couples {
		noms := make([]string, 0, len(e.parNom[i]))
		for nom := range e.parNom[i] {
			noms = append(noms, nom)
		}
		slices.Sort(noms)
		first := make(map[string]string, len(noms)) // folded -> the first name
		for _, nom := range noms {
			key := foldNom(nom)
			other, twice := first[key]
			if !twice {
				first[key] = nom
				continue
			}
			later, earlier := nom, other
			if e.parNom[i][later].contrat == Unnamed { // it was there before the push
				later, earlier = other, nom
			}
			a, b := e.parNom[i][earlier], e.parNom[i][later]
			if b.contrat == Unnamed || a.valeur == b.valeur {
				continue
			}
			v := Voisins{Contrat: b.contrat, Autre: a.contrat, Champ: "nom" + couples[i].field, quoi: couples[i].nom,
				noms: [2]string{earlier, later}, codes: [2]string{a.valeur, b.valeur}}
			if v.Autre == Unnamed {
				v.Autre = ""
			}
			yield(v)
		}
	}
}

// MemeNom reports whether two names differ at most in case, accents and blanks.
func MemeNom(a, b string) bool { return a == b || foldNom(a) == foldNom(b) }

// Shorten keeps a value short enough to be read in a message.
func Shorten(s string) string { return shorten(s) }

// foldNom writes a name without what people do not mean by it.
func foldNom(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
		case r == '’':
			b.WriteByte('\'')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	words := strings.Fields(b.String())
	for i, word := range words {
		words[i] = ordinal(word)
	}
	var folded strings.Builder
	for i, word := range words {
		// "MCO 1 2" is not "MCO 12".
		if i > 0 && digit(words[i-1][len(words[i-1])-1]) && digit(word[0]) {
			folded.WriteByte(' ')
		}
		folded.WriteString(word)
	}
	return folded.String()
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

// ordinal writes "1re", "1ere", "1er", "2e" and "2eme" as the number.
func ordinal(word string) string {
	number := strings.TrimRight(word, "abcdefghijklmnopqrstuvwxyz")
	if number == "" || number == word || strings.Trim(number, "0123456789") != "" {
		return word
	}
	switch word[len(number):] {
	case "re", "ere", "er", "e", "eme", "nde", "nd":
		return number
	}
	return word
}
