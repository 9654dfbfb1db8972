package hub

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// NonIntegre is a group of transmitted contracts that are in no session for one
// reason.
type NonIntegre struct {
	CodeFormation, NomFormation string
	CodeAnnee, NomAnnee         string
	CodeSite, NomSite           string
	CodePeriode, NomPeriode     string
	Motif                       domaine.Motif
	Ambigus                     []domaine.Modele // the modèles that match equally well
	Contrats                    int
	Modele                      domaine.Modele // ready to be created: it takes the group
}

// NonIntegres returns what is in no session, largest group first.
func (h *Integration) NonIntegres(ctx context.Context, organisme int64) (list []NonIntegre, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		modeles, profils, err := placing(ctx, tx, organisme)
		if err != nil {
			return err
		}
		list = groupsOf(profils, modeles)
		return nil
	})
	return list, err
}

// groupsOf groups what is in no session, largest group first.
func groupsOf(profils []store.Profil, modeles []domaine.Modele) []NonIntegre {
	type key struct {
		formation, annee, site, periode string
		motif                           domaine.Motif
		ambigus                         string
	}
	groups := map[key]*NonIntegre{}
	for i := range profils {
		p := &profils[i]
		if p.Effectif == 0 || p.Motif == "" {
			continue
		}
		v := &p.Valeurs
		k := key{v.CodeFormation, v.CodeAnnee, v.CodeSite, v.CodePeriode, p.Motif, fmt.Sprint(p.Ambigus)}
		g := groups[k]
		if g == nil {
			g = &NonIntegre{
				CodeFormation: v.CodeFormation, NomFormation: v.NomFormation, CodeAnnee: v.CodeAnnee, NomAnnee: v.NomAnnee,
				CodeSite: v.CodeSite, NomSite: v.NomSite, CodePeriode: v.CodePeriode, NomPeriode: v.NomPeriode, Motif: p.Motif,
			}
			for _, m := range modeles {
				if slices.Contains(p.Ambigus, m.ID) {
					g.Ambigus = append(g.Ambigus, m)
				}
			}
			groups[k] = g
		}
		g.Contrats += p.Effectif
	}
	list := make([]NonIntegre, 0, len(groups))
	for _, g := range groups {
		g.Modele = suggest(g)
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b NonIntegre) int {
		return cmp.Or(cmp.Compare(b.Contrats, a.Contrats), strings.Compare(a.CodeFormation, b.CodeFormation), strings.Compare(a.CodeAnnee, b.CodeAnnee),
			strings.Compare(a.CodeSite, b.CodeSite), strings.Compare(a.CodePeriode, b.CodePeriode), strings.Compare(string(a.Motif), string(b.Motif)))
	})
	return list
}

// suggest returns a modèle that takes a group. Where modèles compete for it, the
// suggestion is more specific than any of them: it has their criteria too.
func suggest(g *NonIntegre) domaine.Modele {
	m := domaine.Modele{
		Nom:   strings.Join([]string{g.NomFormation, g.NomAnnee, g.NomSite, g.NomPeriode}, " – "),
		Actif: true,
		Criteres: passerelle.Criteres{
			"codeFormation": {g.CodeFormation}, "codeAnnee": {g.CodeAnnee}, "codeSite": {g.CodeSite}, "codePeriode": {g.CodePeriode},
		},
	}
	for _, rival := range g.Ambigus {
		for champ, critere := range rival.Criteres {
			if _, ok := m.Criteres[champ]; !ok {
				m.Criteres[champ] = slices.Clone(critere)
			}
		}
	}
	if nom := []rune(m.Nom); len(nom) > maxNom {
		m.Nom = string(nom[:maxNom])
	}
	return m
}
