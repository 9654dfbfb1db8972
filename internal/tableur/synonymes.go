package tableur

import (
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
)

// isSynonym reports whether the key of a column's name is that of one of the whole
// names of the field.
func (f *fieldNom) isSynonym(key []string) bool {
	return len(key) > 0 && slices.ContainsFunc(f.synonyms, func(known []string) bool { return slices.Equal(known, key) })
}

// synonymKey returns the words of a name without those that say nothing, sorted,
// each once. The words of numbers are one.
func synonymKey(name string) []string {
	var key []string
	for _, word := range words(name) {
		switch word {
		case "n", "no", "num", "numero":
			word = "numero"
		case "de", "du", "des", "la", "le", "les", "l", "d", "en", "a", "au", "aux", "et", "o":
			continue
		}
		key = append(key, word)
	}
	slices.Sort(key)
	return slices.Compact(key)
}

// sharedLess is how much less sure a column is that another field has too.
const sharedLess = 15

// proposeShared gives to a required field without a column the one that an
// optional field took, where its name may mean both: a file whose only number is
// that of DECA has no other code for its contracts.
func proposeShared(m *Mapping, taken map[string]Proposal, ranked []candidate, columns []Column) {
	for _, c := range ranked {
		champ, column := &passerelle.Champs[c.champ], columns[c.column]
		if _, done := taken[champ.Nom]; done || !champ.Required || c.score < 60 {
			continue
		}
		for _, p := range taken {
			i, _ := passerelle.ChampIndex([]byte(p.Field))
			if p.Column != nil && p.Column.Index == column.Index && !passerelle.Champs[i].Required {
				taken[champ.Nom] = Proposal{Field: champ.Nom, Column: &column, Confidence: c.score - sharedLess,
					Why: c.why + " ; elle donne aussi le champ « " + passerelle.Champs[i].Libelle + " »"}
				m.Champs[champ.Nom] = sourceOf(column, columns)
				break
			}
		}
	}
}

// speaksOf reports whether the values of a column tell if it holds a kind.
func (s shape) speaksOf(kind passerelle.Kind) bool {
	switch kind {
	case passerelle.KindMontant, passerelle.KindHeures, passerelle.KindChoix, passerelle.KindIDCC, passerelle.KindSiret:
		return true
	}
	return false
}

// suits counts the values that a field accepts, however a file writes them.
func (s shape) suits(champ *passerelle.Champ) (n int) {
	for _, text := range s.texts {
		ok := false
		switch champ.Kind {
		case passerelle.KindMontant, passerelle.KindHeures:
			_, ok = passerelle.ParseMontant(plainNumber(champ.Kind, text))
		case passerelle.KindChoix:
			ok = slices.Contains(champ.Valeurs, strings.ToLower(text))
		case passerelle.KindIDCC:
			_, ok = passerelle.ParseIDCC(text)
		case passerelle.KindSiret:
			ok = passerelle.SiretValide(strings.ReplaceAll(text, " ", ""))
		}
		if ok {
			n++
		}
	}
	return n
}

// units are what files write behind a number.
var units = map[passerelle.Kind][]string{
	passerelle.KindMontant: {"€", "EUR", "euros"},
	passerelle.KindHeures:  {"heures", "h"},
}

// blanks are those between thousands.
var blanks = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "")

// plainNumber writes an amount or a number of hours without what files write
// around it: the blanks between thousands, and the unit at the end.
func plainNumber(kind passerelle.Kind, text string) string {
	text = strings.TrimSpace(text)
	for _, unit := range units[kind] {
		if rest, ok := strings.CutSuffix(text, unit); ok {
			text = strings.TrimSpace(rest)
			break
		}
	}
	return blanks.Replace(text)
}
