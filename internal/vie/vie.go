// Package vie says when a contract ended, and why (design 9, "The end"). It is
// pure: what the contract says, the day on which it left and what a person
// decided come in, the days that it ran come out.
package vie

import "github.com/passerelle-hub/passerelle"

// Nature says how a contract ended.
type Nature string

// The ways to end. They are wire values.
const (
	Active   Nature = ""         // it did not: it is still transmitted
	Terme    Nature = "terme"    // on its dateFin
	Rompu    Nature = "rompu"    // broken off, on the day that the source or a person gave
	Presumee Nature = "presumee" // on the day before it left, for want of anything better
	Annule   Nature = "annule"   // it never took place: it weighs nothing
)

// Jour is a day that may not be known; the zero value is not.
type Jour struct {
	passerelle.Date
	Connu bool
}

// Le returns a day that is known.
func Le(d passerelle.Date) Jour { return Jour{d, true} }

// Dates are what a contract says of its own days.
type Dates struct {
	Debut, Fin, Rupture Jour // dateDebut, dateFin, dateRupture
}

// DatesOf reads the days of a contract; one that is no day is not known.
func DatesOf(c *passerelle.Contrat) Dates {
	return Dates{Debut: jourFR(c.DateDebut), Fin: jourFR(c.DateFin), Rupture: jourFR(c.DateRupture)}
}

func jourFR(s string) Jour {
	d, err := passerelle.ParseDateFR(s)
	return Jour{d, err == nil}
}

// terme is the last day that the contract itself gives: its dateRupture, else
// its dateFin.
func (d Dates) terme() Jour {
	if d.Rupture.Connu {
		return d.Rupture
	}
	return d.Fin
}

// Decision is what a person decided of the end of a contract that left; the zero
// value is nothing.
type Decision struct {
	Fin  Nature // Terme, Rompu or Annule
	Date Jour   // of Rompu
}

// EnClair says the decision in French, as a journal writes it; "" where nothing is decided.
func (d Decision) EnClair() string {
	switch d.Fin {
	case Terme:
		return "allé à son terme"
	case Rompu:
		return "rompu, dernier jour le " + d.Date.FR()
	case Annule:
		return "annulé"
	}
	return ""
}

// Vie is the life of a contract.
type Vie struct {
	Nature  Nature
	Debut   Jour
	Dernier Jour // the last day; not known where nothing says it, and for Annule
}

// Of returns the life of a contract. depart is the day, in Paris, of the
// synchronisation that archived it, not known for one that is active, of which
// nothing can be decided.
//
// The last day of a contract is its dateRupture, else its dateFin. One that left
// ended then where that is before the day on which it left, and else, it is
// presumed, on the day before. What a person decided comes first.
func Of(d Dates, depart Jour, decision Decision) Vie {
	v := Vie{Debut: d.Debut, Dernier: d.terme()}
	if !depart.Connu {
		return v
	}
	switch decision.Fin {
	case Annule:
		v.Nature, v.Dernier = Annule, Jour{}
		return v
	case Rompu:
		v.Nature, v.Dernier = Rompu, decision.Date
		return v
	case Terme:
		v.Nature, v.Dernier = Terme, d.Fin
		return v
	}
	switch {
	case !v.Dernier.Connu || v.Dernier.Date >= depart.Date:
		v.Nature, v.Dernier = Presumee, Le(depart.Date-1)
	case d.Rupture.Connu:
		v.Nature = Rompu
	default:
		v.Nature = Terme
	}
	return v
}

// Periode returns the days that the contract ran, both bounds included; ok is
// false where it ran none: it left before its start, or never took place, or a
// bound is not known.
func (v Vie) Periode() (p passerelle.Periode, ok bool) {
	p = passerelle.Periode{Debut: v.Debut.Date, Fin: v.Dernier.Date}
	return p, v.Debut.Connu && v.Dernier.Connu && p.Debut <= p.Fin
}

// Borne returns the latest last day that the contract can have, whatever is
// decided of its end; known is false where there is none.
func (d Dates) Borne() (latest passerelle.Date, known bool) { return d.Fin.Date, d.Fin.Connu }
