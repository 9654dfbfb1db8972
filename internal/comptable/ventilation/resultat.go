package ventilation

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/passerelle-hub/passerelle/internal/vie"
)

// Exercice returns the table of the exercice at position i.
func (c *Calcul) Exercice(i int) Ventilation {
	c.settle()
	return c.tables.of(i, func() Ventilation { return c.exercice(i) })
}

// tables are the ventilations that were asked for: who leafs through one that is kept reads
// every contract once.
type tables struct {
	mu     sync.Mutex
	byRang map[int]Ventilation
}

func (t *tables) of(i int, work func() Ventilation) Ventilation {
	t.mu.Lock()
	defer t.mu.Unlock()
	v, known := t.byRang[i]
	if !known {
		if t.byRang == nil {
			t.byRang = map[int]Ventilation{}
		}
		v = work()
		t.byRang[i] = v
	}
	return v
}

func (t *tables) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byRang = nil
}

func (c *Calcul) exercice(i int) Ventilation {
	v := Ventilation{Lignes: c.lines(int32(i))}
	amounts := c.montants()
	if amounts {
		v.Total.Montants, v.SansTarif = &Montants{}, ptr(apart(0))
	}
	jours := make([]int64, len(v.Lignes))
	for k, l := range v.Lignes {
		jours[k] = l.Jours
		v.Total.Contrats += l.Contrats
		v.Total.Jours += l.Jours
		if amounts {
			v.Total.Montants.add(*l.Montants)
		}
	}
	for k, part := range Parts(jours) {
		v.Lignes[k].Part = part
		v.Total.Part += part
	}
	v.Total.Apprenants, v.Total.Mois = c.distinct[i], MoisDe(v.Total.Jours)

	v.SansDates = c.SansDates()
	hors := c.horsList(c.fiches.n - v.Total.Contrats)
	for _, f := range c.fiches.those(func(f *fiche) bool { return !f.touches(int32(i)) || amounts && f.sansPrix != "" }) {
		if f.touches(int32(i)) {
			v.SansTarif.add(f.code, f.sansPrix)
		} else {
			hors.add(f.code, c.raisonHors(i, f.periode), f.nature != vie.Active)
		}
	}
	v.HorsExercice = hors.end(c.nonLus)
	if c.options.Partis {
		v.FinsPresumees = ptr(c.presumees(int32(i), int32(i)))
	}
	return v
}

func ptr[T any](v T) *T { return &v }

func (c *Calcul) lines(exercice int32) []Ligne {
	order := make([]int32, 0, len(c.groups))
	for g := range c.groups {
		if own := c.cell(int32(g), exercice); own.contrats > 0 || own.montants != (Montants{}) {
			order = append(order, int32(g))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		if x, y := c.cell(a, exercice).jours, c.cell(b, exercice).jours; x != y {
			return cmp.Compare(y, x)
		}
		for d := range c.par {
			x, y := c.cle(a, d).Code, c.cle(b, d).Code
			if order := cmp.Compare(x, y); order != 0 {
				return order
			}
		}
		return 0
	})
	lines := make([]Ligne, len(order))
	keys := make([]CleDe, 0, len(order)*len(c.par))
	var amounts []Montants
	if c.montants() {
		amounts = make([]Montants, len(order))
	}
	for k, g := range order {
		cell := c.cell(g, exercice)
		from := len(keys)
		for d, par := range c.par {
			keys = append(keys, CleDe{par, c.cle(g, d)})
		}
		lines[k] = Ligne{Cles: keys[from:len(keys):len(keys)], Somme: Somme{
			Contrats: int(cell.contrats), Apprenants: int(cell.apprenants), Jours: cell.jours, Mois: MoisDe(cell.jours)}}
		if amounts != nil {
			amounts[k] = cell.montants
			lines[k].Montants = &amounts[k]
		}
	}
	return lines
}

func (c *Calcul) cle(groupe int32, d int) Cle {
	return c.values[d].Cle(c.groups[groupe].values[d])
}

// SansDates lists the contracts that have no length: a date is absent, or they
// end before they start.
func (c *Calcul) SansDates() Apart {
	c.settle()
	out := apart(len(c.sansDates))
	for _, e := range c.sansDates {
		out.add(e.code, e.raison)
	}
	return out
}

// HorsTout lists the contracts that touch no exercice.
func (c *Calcul) HorsTout() Apart {
	c.settle()
	hors := c.horsList(0)
	for _, f := range c.fiches.those(func(f *fiche) bool { return f.first < 0 }) {
		hors.add(f.code, HorsToutes, f.nature != vie.Active)
	}
	return hors.end(c.nonLus)
}

// FinsPresumees lists the contracts that touch an exercice and whose last day is
// presumed; nil where ended contracts do not count.
func (c *Calcul) FinsPresumees() *Presumees {
	if !c.options.Partis {
		return nil
	}
	return ptr(c.presumees(0, int32(len(c.exercices)-1)))
}

// presumees lists those that touch one of the exercices first to last.
func (c *Calcul) presumees(first, last int32) Presumees {
	p := Presumees{Codes: []string{}}
	for _, f := range c.fiches.those(func(f *fiche) bool {
		return f.nature == vie.Presumee && f.first >= 0 && f.last >= first && last >= f.first
	}) {
		p.Contrats++
		p.Codes = append(p.Codes, f.code)
		for e := max(first, f.first); e <= min(last, f.last); e++ {
			p.Jours += int64(f.periode.Commun(c.exercices[e]).Jours())
		}
	}
	return p
}

// horsList makes the list of the contracts that touch no exercice, or not the one
// that is shown.
type horsList struct {
	Apart
	partis []ecart // not yet listed, by code
	listed int     // of those that ended
}

func (c *Calcul) horsList(about int) *horsList {
	return &horsList{Apart: apart(about), partis: c.partis}
}

// add lists a contract; those that ended wait behind those before them by code.
func (h *horsList) add(code string, r Raison, ended bool) {
	for len(h.partis) > 0 && h.partis[0].code < code {
		h.addParti(h.partis[0].code, h.partis[0].raison)
		h.partis = h.partis[1:]
	}
	if ended {
		h.addParti(code, r)
	} else {
		h.Apart.add(code, r)
	}
}

func (h *horsList) addParti(code string, r Raison) {
	if h.listed++; h.listed > PartisMax {
		h.Contrats++
	} else {
		h.Apart.add(code, r)
	}
}

// end returns the list, with contracts that are counted and not listed.
func (h *horsList) end(others int) Apart {
	for _, e := range h.partis {
		h.addParti(e.code, e.raison)
	}
	h.Contrats += others
	return h.Apart
}

// Len returns the number of contracts that have both dates.
func (c *Calcul) Len() int { return c.fiches.n }

// Dans returns which contracts touch the exercice at position i, in the order of
// codes, as positions for Detail.
func (c *Calcul) Dans(i int) []int {
	var found []int
	all := c.fiches.order()
	for at := range all {
		if all[at].touches(int32(i)) {
			found = append(found, at)
		}
	}
	return found
}

// Sommer adds up the days and the income of contracts, positions for Detail, in the exercice at
// position i, or in all of them for -1: what their Details come to.
func (c *Calcul) Sommer(places []int, i int) (jours int64, produit Centimes) {
	first, last := i, i
	if i < 0 {
		first, last = 0, len(c.exercices)-1
	}
	all, amounts := c.fiches.order(), c.montants()
	for _, at := range places {
		f := &all[at]
		for e := first; e <= last; e++ {
			jours += int64(f.periode.Commun(c.exercices[e]).Jours())
			if amounts && f.sansPrix == "" {
				produit += c.at(f, e).Produit
			}
		}
	}
	return jours, produit
}

// Detail returns one contract over every exercice, i from 0 to Len in the order
// of codes.
func (c *Calcul) Detail(i int) Detail {
	f := c.fiches.order()[i]
	d := Detail{Code: f.code, Periode: f.periode, Jours: make([]int, len(c.exercices)), Hors: f.periode.Jours()}
	for e, p := range c.exercices {
		d.Jours[e] = f.periode.Commun(p).Jours()
		d.Hors -= d.Jours[e]
	}
	if !c.montants() || f.sansPrix != "" {
		return d
	}
	d.Produits = make([]Centimes, len(c.exercices))
	if d.Total = priced(f.periode, f.prix).earned(f.periode.Fin); f.opco != nil {
		d.Total = f.opco.Total
	}
	d.Reste = d.Total
	for e := range c.exercices {
		d.Produits[e] = c.at(&f, e).Produit
		d.Reste -= d.Produits[e]
	}
	return d
}

// SansTarif lists the contracts with dates that have no price, whatever
// exercices they touch; none where no price list was given.
func (c *Calcul) SansTarif() Apart {
	out := apart(0)
	for _, f := range c.fiches.those(func(f *fiche) bool { return f.sansPrix != "" }) {
		out.add(f.code, f.sansPrix)
	}
	return out
}

// AvecMontants reports whether a price list was given.
func (c *Calcul) AvecMontants() bool { return c.montants() }

// Digest returns the SHA-256 of the ventilation of the exercice at position i,
// for the proof of its closing. It is the same whatever the dimensions and the
// way to bill. What is hashed: the text "passerelle/ventilation/1\n", the
// exercice's first and last day, then for each contract that touches it, in the
// byte order of codes, its code, its first and last day, and its days inside.
// Where a price list was given the text is "passerelle/ventilation/2\n", and
// after the days of each contract come its price per year in cents, -1 where it
// has none, and its income in the exercice in cents. With FacturationOPCO the text
// is "passerelle/ventilation/3\n", contracts that have amounts in the exercice and no
// day come too, the price is what a full year pays, and after the income come the
// deferred income and the income to invoice in cents. Numbers are 8 bytes,
// big-endian, days counted since 1970-01-01; a code is preceded by its length in
// bytes as such a number.
func (c *Calcul) Digest(i int) [sha256.Size]byte {
	e := c.exercices[i]
	h := sha256.New()
	amounts := c.montants()
	title := "passerelle/ventilation/1\n"
	opco := c.options.Facturation == FacturationOPCO
	if opco {
		title = "passerelle/ventilation/3\n"
	} else if amounts {
		title = "passerelle/ventilation/2\n"
	}
	buf := append(make([]byte, 0, 1<<12), title...)
	number := func(n int64) { buf = binary.BigEndian.AppendUint64(buf, uint64(n)) }
	number(int64(e.Debut))
	number(int64(e.Fin))
	for _, f := range c.fiches.order() {
		jours := f.periode.Commun(e).Jours()
		if jours == 0 && (f.opco == nil || f.opco.Montants[i] == (Montants{})) {
			continue
		}
		number(int64(len(f.code)))
		buf = append(buf, f.code...)
		number(int64(f.periode.Debut))
		number(int64(f.periode.Fin))
		number(int64(jours))
		if amounts {
			prix, m := int64(-1), Montants{}
			if f.sansPrix == "" {
				prix, m = int64(f.prix), c.at(&f, i)
			}
			number(prix)
			number(int64(m.Produit))
			if opco {
				number(int64(m.Avance))
				number(int64(m.ARecevoir))
			}
		}
		if len(buf) > 1<<11 {
			h.Write(buf)
			buf = buf[:0]
		}
	}
	h.Write(buf)
	return [sha256.Size]byte(h.Sum(nil))
}
