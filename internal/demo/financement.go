package demo

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle"
)

// niveaux are the levels of the formations that are no BTS, by the first letters of
// their code.
var niveaux = []struct{ prefixe, niveau string }{{"TPCC", "4"}, {"TP", "5"}, {"RDC", "6"}, {"CDA", "6"}}

// opcos are some of the operators of competences that pay for contracts.
var opcos = []string{"AKTO", "OPCO EP", "Atlas", "L’Opcommerce", "Uniformation"}

// financer gives a contract what its funding is worked out from. One in 40 has no amount
// yet, and one in 60 of those that began first was broken off within a year.
func (g *generator) financer(c *passerelle.Contrat, i int, debut passerelle.Date) {
	r := rand.New(rand.NewPCG(g.Seed, 4<<40+uint64(i)))
	c.Niveau = "5"
	for _, n := range niveaux {
		if strings.HasPrefix(c.CodeFormation, n.prefixe) {
			c.Niveau = n.niveau
			break
		}
	}
	c.OPCO = opcos[r.IntN(len(opcos))]
	montants := []string{"7200", "7450.50", "7800", "8000", "8350"}
	if c.Niveau == "6" {
		montants = []string{"7400", "7950", "8600", "9100.40"}
	}
	if montant := montants[r.IntN(len(montants))]; r.IntN(40) != 0 {
		c.NPEC = montant
	}
	rompu, jour := r.IntN(60) == 0, 30+r.IntN(300)
	if c.DateDebut == "" {
		return
	}
	c.DateConclusion = (debut - passerelle.Date(10+r.IntN(50))).FR()
	if fin := debut + passerelle.Date(jour); rompu && fin < passerelle.NewDate(2026, time.October, 1) {
		c.DateRupture = fin.FR()
	}
}
