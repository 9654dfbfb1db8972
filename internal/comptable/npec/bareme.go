package npec

import (
	"cmp"
	"slices"
	"sort"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
)

// Etat says whether a contract has an amount.
type Etat uint8

// What a search for an amount may find.
const (
	Trouve        Etat = iota // one amount
	SansEdition               // there is no edition, or none that held on that day
	SansRNCP                  // the contract has no certification
	SansBranche               // it has neither a commission nor a collective agreement
	Inconnu                   // the table has no amount for them
	PlusieursCPNE             // its collective agreement is in several commissions, whose amounts differ
)

// Reponse is what a search found.
type Reponse struct {
	Etat    Etat
	Montant financement.Centimes // of Trouve
	Edition int64                // that was searched, 0 where there was none
	CPNE    []CPNE               // of PlusieursCPNE: those that it may be
}

// Source is the part of an edition that some contracts need.
type Source struct {
	ID       int64
	Depuis   passerelle.Date
	Montants map[string][]Montant // by RNCP, each by CPNE and Depuis
	Branches map[string][]CPNE    // by IDCC
}

// Bareme finds the amounts of contracts in editions. The zero value has none.
type Bareme struct{ editions []Source }

// New returns a Bareme over editions. Of two that begin on one day the one with
// the higher id is right.
func New(editions []Source) *Bareme {
	b := &Bareme{slices.Clone(editions)}
	slices.SortFunc(b.editions, func(a, c Source) int { return cmp.Or(cmp.Compare(a.Depuis, c.Depuis), cmp.Compare(a.ID, c.ID)) })
	return b
}

// Pour returns the amount of a certification in a branch on the day on which the
// contract was concluded. The edition is that of the day; where the day comes
// before all editions it is the first one, whose amounts count from their own day
// on. cpne is right where it is given; else the branch is that of the collective
// agreement idcc, as long as it leads to one amount.
func (b *Bareme) Pour(rncp, cpne, idcc string, conclu passerelle.Date) Reponse {
	if b == nil || len(b.editions) == 0 {
		return Reponse{Etat: SansEdition}
	}
	at := sort.Search(len(b.editions), func(i int) bool { return b.editions[i].Depuis > conclu })
	edition := &b.editions[max(0, at-1)]
	r := Reponse{Edition: edition.ID}
	amounts := edition.Montants[rncp]
	if every, ok := on(amounts, "", conclu); ok && rncp != "" {
		r.Montant = every
		return r
	}
	switch {
	case rncp == "":
		r.Etat = SansRNCP
	case cpne != "":
		r.Etat = Inconnu
		if m, ok := on(amounts, cpne, conclu); ok {
			r.Etat, r.Montant = Trouve, m
		}
	case idcc == "":
		r.Etat = SansBranche
	default:
		edition.byAgreement(&r, amounts, idcc, conclu)
	}
	return r
}

// byAgreement looks for the one amount of the commissions of a collective
// agreement. Where one of them has none, that of another is not taken for it.
func (s *Source) byAgreement(r *Reponse, amounts []Montant, idcc string, conclu passerelle.Date) {
	branches := s.Branches[idcc]
	known, same := 0, true
	for _, branch := range branches {
		m, ok := on(amounts, branch.Code, conclu)
		if !ok {
			continue
		}
		same = same && (known == 0 || m == r.Montant)
		r.Montant = m
		known++
	}
	switch {
	case known == 0:
		r.Etat = Inconnu
	case known < len(branches) || !same:
		r.Etat, r.Montant, r.CPNE = PlusieursCPNE, 0, branches
	}
}

// on returns the amount of a branch that applied on a day.
func on(amounts []Montant, cpne string, day passerelle.Date) (c financement.Centimes, ok bool) {
	for i := range amounts {
		if amounts[i].CPNE == cpne && amounts[i].Depuis <= day {
			c, ok = amounts[i].Montant, true // by Depuis: the last one is right
		}
	}
	return c, ok
}
