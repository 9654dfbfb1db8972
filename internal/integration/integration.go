// Package integration says which modèle a contract belongs to (design 4,
// "Integration"). It is pure.
package integration

import (
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

// Value returns what a profil says for a field that a modèle may look at, ""
// where it says nothing.
func Value(p *regles.Profil, champ string) string {
	switch champ {
	case "codeFormation":
		return p.CodeFormation
	case "codeAnnee":
		return p.CodeAnnee
	case "codeSite":
		return p.CodeSite
	case "codePeriode":
		return p.CodePeriode
	case "codeMarque":
		return p.CodeMarque
	case "monthStartGroup":
		return p.MonthStartGroup
	case "rncp":
		return p.RNCP
	}
	return ""
}

// Match is where a profil belongs.
type Match struct {
	Modele  int64         // 0 where Motif says why there is none
	Motif   domaine.Motif // "" where a modèle was found
	Ambigus []int64       // the modèles that match equally well, ascending
}

// Equal reports whether two matches say the same.
func (m Match) Equal(o Match) bool {
	return m.Modele == o.Modele && m.Motif == o.Motif && slices.Equal(m.Ambigus, o.Ambigus)
}

// Matches reports whether every criterion of a modèle matches p. A criterion
// never matches a value that is absent. Certifications match by what they are
// (design 9).
func Matches(m *domaine.Modele, p *regles.Profil) bool {
	for champ, critere := range m.Criteres {
		value := Value(p, champ)
		if value == "" || !slices.Contains(critere, value) && !matchesAnother(champ, critere, value) {
			return false
		}
	}
	return len(m.Criteres) > 0
}

// matchesAnother reports whether a criterion has a value written in another way.
func matchesAnother(champ string, critere passerelle.Critere, value string) bool {
	i, ok := passerelle.ChampIndex([]byte(champ))
	if !ok || passerelle.Champs[i].Kind != passerelle.KindCertification {
		return false
	}
	key := passerelle.Champs[i].Cle(value)
	return slices.ContainsFunc(critere, func(wanted string) bool { return passerelle.Champs[i].Cle(wanted) == key })
}

// Find returns the one active modèle with the most criteria that matches p, or
// why there is none.
func Find(modeles []domaine.Modele, p *regles.Profil) Match {
	var best []int64
	most := 0
	for i := range modeles {
		m := &modeles[i]
		if !m.Actif || len(m.Criteres) < most || !Matches(m, p) {
			continue
		}
		if len(m.Criteres) > most {
			most, best = len(m.Criteres), nil
		}
		best = append(best, m.ID)
	}
	switch len(best) {
	case 0:
		return Match{Motif: domaine.MotifAucunModele}
	case 1:
		return Match{Modele: best[0]}
	}
	slices.Sort(best)
	return Match{Motif: domaine.MotifModelesAmbigus, Ambigus: best}
}
