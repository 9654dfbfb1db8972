package ventilation

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/passerelle-hub/passerelle"
)

// Cle is a short name of a line that says nothing of what it is about: an
// entreprise is a name, and addresses are no place for names.
func (c Cles) Cle() string {
	h := sha256.New()
	for _, cle := range c {
		_, _ = h.Write([]byte(cle.Code + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// clesDe returns what a line is about.
func (c *Calcul) clesDe(g int32) Cles {
	cles := make(Cles, len(c.par))
	for d, dimension := range c.par {
		cles[d] = CleDe{dimension, c.cle(g, d)}
	}
	return cles
}

// DeLigne returns which contracts make a line of the exercice at position i, by its short
// name, as positions for Detail: those that have a day in it, or an amount. ok is false where there is no
// such line.
func (c *Calcul) DeLigne(i int, cle string) (cles Cles, found []int, ok bool) {
	wanted := int32(-1)
	for g := range c.groups {
		if own := c.clesDe(int32(g)); own.Cle() == cle {
			cles, wanted = own, int32(g)
			break
		}
	}
	if wanted < 0 {
		return nil, nil, false
	}
	all := c.fiches.order()
	for at := range all {
		f := &all[at]
		if f.groupe == wanted && (f.touches(int32(i)) || f.opco != nil && f.opco.Montants[i] != (Montants{})) {
			found = append(found, at)
		}
	}
	return cles, found, true
}

// Mois are the months of the exercice at position i, each cut to it, in order.
func (c *Calcul) Mois(i int) (list []passerelle.Periode) {
	e := c.exercices[i]
	for first := e.Debut; first <= e.Fin; first = first.LastOfMonth() + 1 {
		list = append(list, passerelle.Periode{Debut: first, Fin: min(first.LastOfMonth(), e.Fin)})
	}
	return list
}

// Ordonner puts everything in its order: from then on, and until a contract is added,
// c is only read, by several goroutines if need be.
func (c *Calcul) Ordonner() {
	c.settle()
	c.fiches.order()
}
