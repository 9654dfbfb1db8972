// Package demo invents a training organisation: realistic French contracts that
// keep every rule of the contract object, modèles that place most of them, and
// mistakes of the kind that real exports make. Nobody in it exists, and every
// address ends in .example (RFC 2606).
package demo

import (
	"iter"
	"math/rand/v2"
	"strconv"
	"time"

	passerelle "github.com/passerelle-hub/passerelle"
)

// Params says what to invent. The same values give the same contracts on every
// machine.
type Params struct {
	Contrats  int    // how many; the more there are, the more sites share them
	Seed      uint64 // picks another organisation of the same kind
	Organisme string // its name, from which addresses are made; "" for Horizon Formation

	// Financement adds the fields of the funding of a contract (design 9).
	Financement bool
}

// periodes are the two school years, by the year in which they begin.
var periodes = []int{2025, 2026}

// A cellule is one année of a formation on a site for a période.
type cellule struct {
	site      *site
	formation *formation
	periode   int
	annee     int
}

// Generate yields p.Contrats contracts, one after the other: memory does not
// grow with their number. Together they keep the rules of design 4; about one in
// 150 has no dates yet. They document at about 1.09 kB of JSON each.
func Generate(p Params) iter.Seq[passerelle.Contrat] {
	return func(yield func(passerelle.Contrat) bool) {
		g := newGenerator(p)
		for k, i := 0, 0; i < p.Contrats; k++ {
			s := g.session(k)
			for range min(s.effectif, p.Contrats-i) {
				if !yield(g.contrat(i, s)) {
					return
				}
				i++
			}
		}
	}
}

type generator struct {
	Params
	domaine  string
	cellules []cellule
	pas      int // coprime to Contrats: scatters an employer's apprentices over the sessions
}

func newGenerator(p Params) *generator {
	if p.Organisme == "" {
		p.Organisme = "Horizon Formation"
	}
	g := &generator{Params: p, domaine: slug(p.Organisme) + ".example"}
	for s := range min(len(sites), 2+p.Contrats/250) {
		for f := range formations {
			if formations[f].partout || (s+f)%3 != 0 {
				for _, periode := range periodes {
					for _, annee := range formations[f].annees {
						g.cellules = append(g.cellules, cellule{&sites[s], &formations[f], periode, annee})
					}
				}
			}
		}
	}
	r := rand.New(rand.NewPCG(p.Seed, 1<<40))
	r.Shuffle(len(g.cellules), func(i, j int) { g.cellules[i], g.cellules[j] = g.cellules[j], g.cellules[i] })
	// However few contracts there are, some show each outcome of integration.
	g.toFront(1, func(c cellule) bool { return c.formation.code == formationAmbigue && c.annee == 1 && c.periode == 2026 })
	g.toFront(2, func(c cellule) bool { return c.formation.code == formationSansModele })

	g.pas = max(1, p.Contrats*5/8)
	for gcd(g.pas, p.Contrats) != 1 {
		g.pas++
	}
	return g
}

func (g *generator) toFront(at int, is func(cellule) bool) {
	for i, c := range g.cellules {
		if is(c) {
			g.cellules[at], g.cellules[i] = g.cellules[i], g.cellules[at]
			return
		}
	}
}

// A session is one groupe and what its contracts have in common.
type session struct {
	cellule
	groupe   passerelle.Contrat // the fields that all contracts of the groupe share
	rentree  time.Month
	effectif int
}

func (g *generator) session(k int) session {
	r := rand.New(rand.NewPCG(g.Seed, 2<<40+uint64(k)))
	s := session{cellule: g.cellules[k%len(g.cellules)], rentree: time.September}
	s.effectif = min(10+r.IntN(17), max(3, g.Contrats/10))
	numero := "G" + strconv.Itoa(k/len(g.cellules)+1)
	annee := strconv.Itoa(s.annee)
	court := strconv.Itoa(s.periode%100) + strconv.Itoa(s.periode%100+1)

	c := &s.groupe
	c.CodeSite, c.NomSite = s.site.code, s.site.nom
	c.CodePeriode = strconv.Itoa(s.periode) + "-" + strconv.Itoa(s.periode+1)
	c.NomPeriode = strconv.Itoa(s.periode) + "/" + strconv.Itoa(s.periode+1)
	c.CodeFormation, c.NomFormation, c.RNCP = s.formation.code, s.formation.nom, s.formation.rncp
	c.CodeAnnee, c.NomAnnee = "A"+annee, annees[s.annee]
	c.CodeMarque = s.formation.marque
	c.NomMarque = marques[c.CodeMarque]
	c.CodeGroupe = s.site.code + "-" + court + "-" + s.formation.code + annee + "-" + numero
	c.NomGroupe = s.formation.sigle + " " + annee + " " + numero + " " + s.site.ville
	switch k % 12 {
	case 5:
		s.rentree, c.MonthStartGroup = time.January, "Janvier"
	case 10:
		s.rentree, c.MonthStartGroup = time.March, "Mars"
	}
	if c.MonthStartGroup != "" {
		c.NomGroupe += " (rentrée décalée)"
	}

	tuteur := personne(g.Seed, 2, k)
	c.CodePersonnel = code("PER-", k+1)
	c.NomPersonnel, c.PrenomPersonnel = tuteur.nom, tuteur.prenom
	c.EmailPersonnel = tuteur.email + "@equipe." + g.domaine
	return s
}

func (g *generator) contrat(i int, s session) passerelle.Contrat {
	r := rand.New(rand.NewPCG(g.Seed, 3<<40+uint64(i)))
	c := s.groupe
	c.CodeContrat = code("CTR-", i+1)

	apprenant := personne(g.Seed, 0, i)
	c.CodeApprenant = code("APP-", i+1)
	c.NomApprenant, c.PrenomApprenant = apprenant.nom, apprenant.prenom
	c.EmailApprenant = apprenant.email + "@etu." + g.domaine

	// Six apprentices in turn have three maîtres, who follow one, two and three.
	place := i * g.pas % g.Contrats
	m := place/6*3 + [6]int{0, 1, 1, 2, 2, 2}[place%6]
	maitre := personne(g.Seed, 1, m)
	employeur := entreprise(g.Seed, m/2)
	c.CodeMaitreApprentissage = code("MA-", m+1)
	c.NomMaitreApprentissage, c.PrenomMaitreApprentissage = maitre.nom, maitre.prenom
	c.EmailMaitreApprentissage = maitre.email + "@" + employeur.domaine
	c.NomEntreprise = employeur.nom

	annee := s.periode - (s.annee - s.formation.annees[0])
	if s.rentree < time.September {
		annee++
	}
	debut := passerelle.NewDate(annee, s.rentree, 1+r.IntN(20))
	if r.IntN(150) != 0 {
		c.DateDebut = debut.FR()
		c.DateFin = (debut.AddMonths(12*len(s.formation.annees)) - 1).FR()
	}
	c.MissionTitle, c.MissionDetails = s.formation.metier.mission(r)
	if g.Financement {
		g.financer(&c, i, debut)
	}
	return c
}

// code writes a prefix and at least six digits.
func code(prefix string, n int) string {
	digits := strconv.Itoa(n)
	if len(digits) < 6 {
		digits = "000000"[len(digits):] + digits
	}
	return prefix + digits
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
