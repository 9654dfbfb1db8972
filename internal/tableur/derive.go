package tableur

import (
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
)

// proposedDates are the formats that Propose recognises, the usual ones first.
var proposedDates = compileAll(append(slices.Clone(DefaultDates), "M/J/AAAA", "J/M/AA", "AAAA/MM/JJ", "AAAAMMJJ", "M-J-AAAA", "M/J/AA")...)

func isDefault(format string) bool { return slices.Contains(DefaultDates, format) }

// proposeDates declares the format of the date fields whose values most often do
// not fit the default ones; where one field shows it ("8/31/2027"), another whose
// own values leave it open is read the same way. Only one format is declared: two
// that swap day and month would read some of the dates wrongly, and the odd value
// is to be an error.
func proposeDates(m *Mapping, taken map[string]Proposal, formats map[string][]string) {
	for _, champ := range passerelle.Champs {
		p, ok := taken[champ.Nom]
		if !ok || champ.Kind != passerelle.KindDate {
			continue
		}
		at := foreignDates(champ.Nom, formats)
		if at == "" {
			continue
		}
		s := m.Champs[champ.Nom]
		s.Dates = []string{at}
		m.Champs[champ.Nom] = s
		if !strings.Contains(p.Why, at) {
			p.Why += ", au format " + at + " comme l’autre date"
		}
		taken[champ.Nom] = p
	}
}

// foreignDates returns the format to declare for a field, "" for the default ones.
func foreignDates(field string, formats map[string][]string) string {
	first := ""
	for _, format := range formats[field] {
		switch {
		case isDefault(format):
		case shownElsewhere(field, format, formats):
			return format
		case first == "":
			first = format
		}
	}
	if slices.ContainsFunc(formats[field], isDefault) {
		return ""
	}
	return first
}

// shownElsewhere reports whether another date leaves no other format than one.
func shownElsewhere(field, format string, formats map[string][]string) bool {
	shown := false
	for other, theirs := range formats {
		if other == field || len(theirs) == 0 {
			continue
		}
		usual, same := slices.ContainsFunc(theirs, isDefault), slices.Contains(theirs, format)
		if usual && !same {
			return false
		}
		shown = shown || !usual && same
	}
	return shown
}

// proposeDerived makes missing codes of names or addresses, and missing names
// of codes.
func proposeDerived(m *Mapping, taken map[string]Proposal) {
	for _, champ := range passerelle.Champs {
		if _, done := taken[champ.Nom]; len(champ.CodeDe) == 0 || done {
			continue
		}
		source, ok := taken[champ.CodeDe[0]]
		if !ok || source.Column == nil {
			continue
		}
		from := slices.DeleteFunc(slices.Clone(champ.CodeDe), func(field string) bool { _, ok := taken[field]; return !ok })
		m.Champs[champ.Nom] = Source{CodeDe: from}
		taken[champ.Nom] = Proposal{Field: champ.Nom, Confidence: min(70, source.Confidence),
			Why: "aucune colonne ne donne ce code : il est fait de " + strings.Join(from, ", ") + ", toujours de la même façon"}
	}
	for _, champ := range passerelle.Champs {
		name := strings.Replace(champ.Nom, "code", "nom", 1)
		code, ok := taken[champ.Nom]
		i, exists := passerelle.ChampIndex([]byte(name))
		if _, done := taken[name]; !ok || done || !exists || name == champ.Nom || code.Column == nil ||
			!passerelle.Champs[i].Required || len(champ.CodeDe) > 0 && strings.HasPrefix(champ.CodeDe[0], "email") {
			continue
		}
		m.Champs[name] = m.Champs[champ.Nom]
		taken[name] = Proposal{Field: name, Column: code.Column, Confidence: 45,
			Why: "aucune colonne ne donne ce nom : le code en tient lieu"}
	}
}
