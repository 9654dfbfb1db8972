package tableur

import (
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
)

type namedDate struct {
	name  string
	parse dateFormatter
}

// proposedDates are the formats that Propose recognises, the usual ones first.
var proposedDates = func() []namedDate {
	names := append(slices.Clone(DefaultDates), "M/J/AAAA", "J/M/AA", "AAAA/MM/JJ", "AAAAMMJJ")
	parsers := compileAll(names...)
	list := make([]namedDate, len(names))
	for i := range names {
		list[i] = namedDate{names[i], parsers[i]}
	}
	return list
}()

func isDefault(format string) bool { return slices.Contains(DefaultDates, format) }

// proposeDates declares the format of the date fields where the default ones do
// not fit every value of the sample; where one field shows it ("8/31/2027"), the
// other is read the same way. Only one format is declared: two that swap day and
// month would read some of the dates wrongly.
func proposeDates(m *Mapping, taken map[string]Proposal, formats map[string][]string) {
	fields := []string{"dateDebut", "dateFin"}
	for i, field := range fields {
		own, other := formats[field], formats[fields[1-i]]
		foreign := func(format string) bool {
			return !slices.ContainsFunc(own, isDefault) || !slices.ContainsFunc(other, isDefault) && slices.Contains(other, format)
		}
		at := slices.IndexFunc(own, func(format string) bool { return !isDefault(format) && foreign(format) })
		p, ok := taken[field]
		if !ok || at < 0 {
			continue
		}
		s := m.Champs[field]
		s.Dates = own[at : at+1]
		m.Champs[field] = s
		if !strings.Contains(p.Why, s.Dates[0]) {
			p.Why += ", au format " + s.Dates[0] + " comme l’autre date"
		}
		taken[field] = p
	}
}

// codeFrom says which fields a missing code can be made of, the best first.
var codeFrom = map[string][]string{
	"codeGroupe": {"nomGroupe"}, "codeSite": {"nomSite"}, "codePeriode": {"nomPeriode"},
	"codeFormation": {"nomFormation"}, "codeAnnee": {"nomAnnee"}, "codeMarque": {"nomMarque"},
	"codeApprenant": {"emailApprenant"}, "codePersonnel": {"emailPersonnel"},
	"codeMaitreApprentissage": {"emailMaitreApprentissage"},
}

// proposeDerived makes missing codes of names or addresses, and missing names
// of codes.
func proposeDerived(m *Mapping, taken map[string]Proposal) {
	for _, champ := range passerelle.Champs {
		from, ok := codeFrom[champ.Nom]
		if _, done := taken[champ.Nom]; !ok || done {
			continue
		}
		source, ok := taken[from[0]]
		if !ok || source.Column == nil {
			continue
		}
		m.Champs[champ.Nom] = Source{CodeDe: from}
		taken[champ.Nom] = Proposal{Field: champ.Nom, Confidence: min(70, source.Confidence),
			Why: "aucune colonne ne donne ce code : il est fait du champ " + from[0] + ", toujours de la même façon"}
	}
	for _, champ := range passerelle.Champs {
		name := strings.Replace(champ.Nom, "code", "nom", 1)
		code, ok := taken[champ.Nom]
		i, exists := passerelle.ChampIndex([]byte(name))
		if _, done := taken[name]; !ok || done || !exists || name == champ.Nom || code.Column == nil ||
			!passerelle.Champs[i].Required || strings.HasPrefix(codeFrom[champ.Nom][0], "email") {
			continue
		}
		m.Champs[name] = m.Champs[champ.Nom]
		taken[name] = Proposal{Field: name, Column: code.Column, Confidence: 45,
			Why: "aucune colonne ne donne ce nom : le code en tient lieu"}
	}
}
