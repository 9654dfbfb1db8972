package ventilation

import (
	"cmp"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// Options adds amounts to a ventilation. The zero value leaves them out.
type Options struct {
	Tarifs      *Tarifs
	Facturation Facturation
	Partis      bool // contracts that ended count too
	ParMois     bool // days and income are also added up month by month, for ParMois
}

// Calcul accumulates contracts. It keeps some 60 bytes and the code of each
// contract, and one cell per exercice and line.
type Calcul struct {
	exercices []passerelle.Periode
	par       []Dimension
	options   Options

	values     [2]Numeros // values along each dimension
	groups     []groupe
	groupOf    map[uint64]int32
	apprenants map[string]int32

	cells     []cell // group by group, one per exercice
	mois      moisCumules
	fiches    fiches
	sansDates []ecart
	partis    []ecart // ended contracts that ran no day, or no day of any exercice and were not read
	nonLus    int     // such contracts that are not in partis
	settled   bool    // cells count the apprenants, and the lists of ecarts are by code
	distinct  []int
	tables    tables
}

type groupe struct{ values [2]int32 }

type cell struct {
	jours      int64
	contrats   int32
	apprenants int32
	montants   Montants
}

// fiche is one contract with dates. It touches the exercices first to last, none
// where first is -1.
type fiche struct {
	code        string
	periode     passerelle.Periode
	groupe      int32
	apprenant   int32
	first, last int32
	prix        Centimes
	sansPrix    Raison // "" where prix is known
	opco        *Opco  // with FacturationOPCO, nil where sansPrix
	nature      vie.Nature
}

// touches reports whether the contract has a day in the exercice at position e.
func (f *fiche) touches(e int32) bool { return f.first >= 0 && f.first <= e && e <= f.last }

type ecart struct {
	code   string
	raison Raison
}

// New starts a ventilation over exercices, which are in order and do not
// overlap, along one or two dimensions.
func New(exercices []passerelle.Periode, par []Dimension, o Options) *Calcul {
	c := &Calcul{exercices: exercices, par: par, options: o,
		groupOf: make(map[uint64]int32), apprenants: make(map[string]int32)}
	if o.ParMois {
		c.mois.begin(c)
	}
	return c
}

// Add counts one contract in. A code comes once.
func (c *Calcul) Add(k Contrat) {
	c.settled = false
	if r := k.raisonParti(); r != "" {
		c.partis = append(c.partis, ecart{k.Code, r})
		return
	}
	if r := raisonDates(k); r != "" {
		c.sansDates = append(c.sansDates, ecart{k.Code, r})
		return
	}
	f := fiche{code: k.Code, periode: passerelle.Periode{Debut: k.Debut, Fin: k.Fin}, nature: k.Nature}
	f.first, f.last = c.touched(f.periode)
	c.price(&f, &k)
	if f.first >= 0 {
		f.groupe, f.apprenant = c.group(k), c.apprenant(k.Apprenant)
		c.count(f)
	}
	c.countBeside(&f, k)
	c.fiches.add(f)
}

// AddPartis counts in contracts that ended and touch no exercice: the first of them
// by code, PartisMax where there are as many, and how many there are in all. c must
// have one exercice.
func (c *Calcul) AddPartis(first []Contrat, total int) {
	c.settled = false
	for _, k := range first {
		r := k.raisonParti()
		if r == "" {
			r = c.raisonHors(0, passerelle.Periode{Debut: k.Debut, Fin: k.Fin})
		}
		c.partis = append(c.partis, ecart{k.Code, r})
	}
	c.nonLus += total - len(first)
}

// raisonParti returns why a contract that ended ran no day, "" where it ran some,
// or is active.
func (k *Contrat) raisonParti() Raison {
	switch {
	case k.Nature == vie.Active:
		return ""
	case k.Nature == vie.Annule:
		return Annule
	case k.ADebut && k.AFin && k.Fin < k.Debut:
		return AucunJour
	}
	return ""
}

// raisonHors returns why a contract does not touch an exercice.
func (c *Calcul) raisonHors(exercice int, p passerelle.Periode) Raison {
	if p.Fin < c.exercices[exercice].Debut {
		return AvantExercice
	}
	return ApresExercice
}

func raisonDates(k Contrat) Raison {
	switch {
	case !k.ADebut && !k.AFin:
		return SansDates
	case !k.ADebut:
		return SansDebut
	case !k.AFin:
		return SansFin
	case k.Fin < k.Debut:
		return DatesInversees
	}
	return ""
}

func (c *Calcul) touched(p passerelle.Periode) (first, last int32) {
	first, last = -1, -1
	for i, e := range c.exercices {
		if e.Fin < p.Debut {
			continue
		}
		if e.Debut > p.Fin {
			break
		}
		if first < 0 {
			first = int32(i)
		}
		last = int32(i)
	}
	return first, last
}

func (c *Calcul) group(k Contrat) int32 {
	var g groupe
	for i := range c.par {
		g.values[i] = c.values[i].De(k.Cles[i])
	}
	key := uint64(g.values[0])<<32 | uint64(g.values[1])
	id, ok := c.groupOf[key]
	if !ok {
		id = int32(len(c.groups))
		c.groupOf[key] = id
		c.groups = append(c.groups, g)
		c.cells = append(c.cells, make([]cell, len(c.exercices))...)
	}
	return id
}

func (c *Calcul) apprenant(code string) int32 {
	id, ok := c.apprenants[code]
	if !ok {
		id = int32(len(c.apprenants))
		c.apprenants[code] = id
	}
	return id
}

func (c *Calcul) count(f fiche) {
	price := c.montants() && f.sansPrix == ""
	var k contratPrix
	if price && f.opco == nil {
		k = priced(f.periode, f.prix)
	}
	for e := f.first; e <= f.last; e++ {
		cell := c.cell(f.groupe, e)
		cell.contrats++
		cell.jours += int64(f.periode.Commun(c.exercices[e]).Jours())
		switch {
		case f.opco != nil:
			cell.montants.add(f.opco.Montants[e])
		case price:
			cell.montants.add(k.at(c.exercices[e], c.options.Facturation))
		}
		if c.options.ParMois {
			c.mois.days(&f, e)
			if price && f.opco == nil {
				c.mois.income(f.groupe, e, k.earned)
			}
		}
	}
}

func (c *Calcul) cell(groupe, exercice int32) *cell {
	return &c.cells[int(groupe)*len(c.exercices)+int(exercice)]
}

// settle counts the distinct apprenants and puts what is listed apart in the order
// of codes.
func (c *Calcul) settle() {
	if c.settled {
		return
	}
	c.settled = true
	c.tables.forget()
	for _, list := range [][]ecart{c.sansDates, c.partis} {
		slices.SortStableFunc(list, func(a, b ecart) int { return cmp.Compare(a.code, b.code) })
	}
	for i := range c.cells {
		c.cells[i].apprenants = 0
	}
	c.distinct = make([]int, len(c.exercices))
	c.countApprenants()
}
