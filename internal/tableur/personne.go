package tableur

import (
	"strings"
	"unicode"
)

// civilities stand before a name and are no part of it.
var civilities = exactly([]string{"m", "m.", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "mrs", "ms"})

// splitName splits a text that holds a name and a first name. Capitals tell which is
// which ("LE GOFF Anne-Marie", "Anne-Marie LE GOFF"), or a comma after the name.
// Else two words are taken in their order: the name first, or last with firstNameFirst;
// sure is then false. ok is false where nothing tells.
func splitName(text string, firstNameFirst bool) (nom, prenom string, sure, ok bool) {
	text = collapse(text)
	if before, after, found := strings.Cut(text, ","); found {
		nom, prenom = strings.TrimSpace(before), strings.TrimSpace(after)
		return nom, prenom, true, nom != "" && prenom != "" && !strings.Contains(prenom, ",")
	}
	list := strings.Fields(text)
	if len(list) > 1 && civilities[strings.ToLower(list[0])] {
		list = list[1:]
	}
	leading, trailing := 0, 0
	for leading < len(list) && capitals(list[leading]) {
		leading++
	}
	for trailing < len(list)-leading && capitals(list[len(list)-1-trailing]) {
		trailing++
	}
	join := func(words []string) string { return strings.Join(words, " ") }
	switch {
	case leading > 0 && leading < len(list) && trailing == 0 && !anyCapitals(list[leading:]):
		return join(list[:leading]), join(list[leading:]), true, true
	case trailing > 0 && leading == 0 && trailing < len(list) && !anyCapitals(list[:len(list)-trailing]):
		return join(list[len(list)-trailing:]), join(list[:len(list)-trailing]), true, true
	case len(list) != 2:
		return "", "", false, false
	case firstNameFirst:
		return list[1], list[0], false, true
	}
	return list[0], list[1], false, true
}

func anyCapitals(words []string) bool {
	for _, w := range words {
		if capitals(w) {
			return true
		}
	}
	return false
}

// capitals reports whether a word of two letters or more is in capitals.
func capitals(word string) bool {
	letters := 0
	for _, r := range word {
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 2
}
