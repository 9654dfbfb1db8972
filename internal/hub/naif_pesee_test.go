package hub_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/passerelle-hub/passerelle"
)

// pesee decides which contracts of a push stand where they contradict each other,
// as the model does it: with lists, looking at every pair.
type pesee struct {
	n       *naif
	envois  []envoi
	r       *resultat
	garde   contrats // the versions that are kept
	garder  func(i int) bool
	debout  []passerelle.Contrat // what stands, whatever comes
	ouverts []int                // the contracts that are not decided, in the order of the push
}

// peser weighs them, and again with those who must give way to many others.
func (p *pesee) peser() {
	for i := range p.envois {
		switch e := &p.envois[i]; {
		case p.r.refuses[i]:
		case p.n.actifs[e.CodeContrat] == e.Contrat:
			p.debout = append(p.debout, e.Contrat)
		default:
			p.ouverts = append(p.ouverts, i)
		}
	}
	refuses, garde, debout, ouverts := maps.Clone(p.r.refuses), maps.Clone(p.garde), p.debout, p.ouverts
	var cedent []int
	essayer := func(cedent []int) int {
		p.r.refuses, p.r.croises = maps.Clone(refuses), map[int]bool{}
		clear(p.garde)
		maps.Copy(p.garde, garde)
		p.debout, p.ouverts = slices.Clone(debout), slices.Clone(ouverts)
		p.peserSans(cedent)
		return len(p.r.croises)
	}
	perdus := essayer(nil)
	if perdus <= 5 {
		return
	}
	lost := p.majorites(ouverts, debout)
	for _, others := range lost[:min(len(lost), 8)] {
		if perdus <= 5 {
			return
		}
		if now := essayer(append(slices.Clone(cedent), others...)); perdus-now >= 5 {
			cedent, perdus = append(cedent, others...), now
		} else {
			essayer(cedent)
		}
	}
}

// affirmation is one thing that a contract says of something.
type affirmation struct{ sujet, valeur string }

func affirmations(c *passerelle.Contrat) (dites []affirmation) {
	for i, x := range couples(c) {
		if x.code != "" && x.nom != "" {
			dites = append(dites, affirmation{fmt.Sprint("code", i, x.code), x.nom}, affirmation{fmt.Sprint("nom", i, x.nom), x.code})
		}
	}
	dites = append(dites, affirmation{"groupe" + c.CodeGroupe, c.NomGroupe})
	for role, g := range gens(c) {
		dites = append(dites, affirmation{"usager" + g.code, fmt.Sprint(role, g.email)}, affirmation{"email" + g.email, g.code})
	}
	return dites
}

// majorites returns those who say otherwise than most, of each subject on which most
// lost; those whom more contracts oppose come first.
func (p *pesee) majorites(ouverts []int, avant []passerelle.Contrat) (lost [][]int) {
	disent := map[string]map[string][]int{}
	for _, i := range ouverts {
		for _, a := range affirmations(&p.envois[i].Contrat) {
			if disent[a.sujet] == nil {
				disent[a.sujet] = map[string][]int{}
			}
			disent[a.sujet][a.valeur] = append(disent[a.sujet][a.valeur], i)
		}
	}
	contre := func(sujet, valeur string, debout []passerelle.Contrat) bool {
		return slices.ContainsFunc(debout, func(c passerelle.Contrat) bool {
			return slices.ContainsFunc(affirmations(&c), func(a affirmation) bool { return a.sujet == sujet && a.valeur != valeur })
		})
	}
	more := map[string]int{} // by those who say otherwise, as text
	for sujet, valeurs := range disent {
		best := ""
		for valeur, qui := range valeurs {
			if len(qui) > len(valeurs[best]) || len(qui) == len(valeurs[best]) && qui[0] < valeurs[best][0] {
				best = valeur
			}
		}
		if len(valeurs[best]) < 5 || !contre(sujet, best, p.debout) || contre(sujet, best, avant) {
			continue
		}
		var others []int
		for valeur, qui := range valeurs {
			if valeur != best {
				others = append(others, qui...)
			}
		}
		slices.Sort(others)
		if n := len(valeurs[best]) - len(others); n > 0 {
			if len(others) > 0 {
				lost = append(lost, others)
				more[fmt.Sprint(others)] = max(n, more[fmt.Sprint(others)])
			}
		}
	}
	slices.SortFunc(lost, func(a, b []int) int {
		return cmp.Or(cmp.Compare(more[fmt.Sprint(b)], more[fmt.Sprint(a)]), slices.Compare(a, b))
	})
	return lost
}

// peserSans weighs them with some refused from the beginning.
func (p *pesee) peserSans(cedent []int) {
	for _, i := range cedent {
		if slices.Contains(p.ouverts, i) {
			p.refuser(i)
		}
	}
	p.suivre()
	for len(p.ouverts) > 0 {
		if pris := p.ensemble(); len(pris) > 0 {
			p.accepter(pris)
			continue
		}
		premier := p.ouverts[0]
		if besoins, possible := p.besoins([]int{premier}, nil); possible {
			p.accepter(besoins)
			continue
		}
		p.refuser(premier)
		p.suivre()
		for part := range 4 {
			dit := &p.envois[premier].Contrat
			if _, possible := p.besoins(nil, func(c *passerelle.Contrat) bool { return contreditPar(dit, part, c) }); !possible {
				for _, i := range slices.Clone(p.ouverts) {
					if memePart(dit, &p.envois[i].Contrat, part) {
						p.refuser(i)
					}
				}
				p.suivre()
			}
		}
	}
}

func (p *pesee) fermer(i int) {
	p.ouverts = slices.DeleteFunc(p.ouverts, func(o int) bool { return o == i })
}

func (p *pesee) refuser(i int) {
	p.fermer(i)
	p.r.refuses[i], p.r.croises[i] = true, true
	if p.garder(i) {
		p.debout = append(p.debout, p.n.actifs[p.envois[i].CodeContrat])
	}
}

// suivre refuses what contradicts what stands, until nothing does.
func (p *pesee) suivre() {
	for encore := true; encore; {
		encore = false
		for _, i := range slices.Clone(p.ouverts) {
			c := &p.envois[i].Contrat
			if slices.ContainsFunc(p.debout, func(d passerelle.Contrat) bool { return contredit(c, &d) }) {
				p.refuser(i)
				encore = true
			}
		}
	}
}

func (p *pesee) accepter(pris []int) {
	for _, i := range pris {
		p.fermer(i)
		p.debout = append(p.debout, p.envois[i].Contrat)
	}
	p.suivre()
}

// ancien returns the active version of an open contract.
func (p *pesee) ancien(i int) (passerelle.Contrat, bool) {
	c, actif := p.n.actifs[p.envois[i].CodeContrat]
	return c, actif
}

// ensemble takes the open contracts in their order, and leaves out again those
// that contradict the kept version of one that is out.
func (p *pesee) ensemble() []int {
	var pris, dehors []int
	for _, i := range p.ouverts {
		c := &p.envois[i].Contrat
		if slices.ContainsFunc(pris, func(j int) bool { return contredit(c, &p.envois[j].Contrat) }) {
			dehors = append(dehors, i)
		} else {
			pris = append(pris, i)
		}
	}
	for encore := true; encore; {
		encore = false
		for _, i := range slices.Clone(pris) {
			for _, j := range dehors {
				if c, actif := p.ancien(j); actif && slices.Contains(pris, i) && contredit(&p.envois[i].Contrat, &c) {
					pris = slices.DeleteFunc(pris, func(k int) bool { return k == i })
					dehors = append(dehors, i)
					encore = true
				}
			}
		}
	}
	return pris
}

// besoins returns the open contracts that must stand with those given, or with
// what dit contradicts, and whether they can.
func (p *pesee) besoins(avec []int, dit func(*passerelle.Contrat) bool) ([]int, bool) {
	pris := slices.Clone(avec)
	for encore := true; encore; {
		encore = false
		for _, i := range p.ouverts {
			c, actif := p.ancien(i)
			if !actif || slices.Contains(pris, i) {
				continue
			}
			if dit != nil && dit(&c) || slices.ContainsFunc(pris, func(j int) bool { return contredit(&p.envois[j].Contrat, &c) }) {
				pris = append(pris, i)
				encore = true
			}
		}
	}
	for k, i := range pris {
		c := &p.envois[i].Contrat
		if dit != nil && dit(c) || slices.ContainsFunc(pris[:k], func(j int) bool { return contredit(c, &p.envois[j].Contrat) }) {
			return nil, false
		}
	}
	return pris, true
}
