package ventilation

import "github.com/passerelle-hub/passerelle"

// Montants are the amounts of some contracts in an exercice, in euros.
//
// The rule. A year of a contract is worth its price, and each of its days the
// 365th part of it; 29 February adds nothing, so that every full year of a
// contract is worth the price, no more and no less. What a contract has earned
// by the end of a day is its price times the days so far, 29 February left out,
// divided by 365 and rounded half up to the cent. The income of an exercice is
// what the contract has earned by its last day less what it had earned the day
// before its first. So each amount is rounded once, per contract; a contract's
// exercices add up to its total to the cent, lines add up to totals, and a later
// exercice never changes the income of an earlier one.
type Montants struct {
	Produit   Centimes `json:"produit"`   // income of the exercice
	Avance    Centimes `json:"avance"`    // billed and not earned by its last day: received in advance
	ARecevoir Centimes `json:"aRecevoir"` // earned and not billed by its last day: still due
}

// Facturation says when a contract's amounts are billed, from which follows
// what is received in advance or still due at the end of an exercice. The hub
// knows no invoices: it is an assumption, which the one who asks chooses.
type Facturation string

// The ways to bill.
const (
	FacturationAnnuelle Facturation = ""       // each year of the contract on its first day, an anniversary of the contract's; the default
	FacturationUnique   Facturation = "unique" // the whole contract on its first day
	FacturationOPCO     Facturation = "opco"   // by the schedule of its funding: Contrat.Opco
	FacturationEchue    Facturation = "echue"  // each year of the contract on its last day, the last one with the contract
)

const joursParAn = 365

// feb29 returns the number of 29 Februaries from the year 1 to d included, which is not
// before that year. It is asked for every month of every contract: it counts in years
// that begin in March, of which a 29 February is the last day.
func feb29(d passerelle.Date) int64 {
	const sinceMarch, era = 719468, 146097 // days from 1 March of the year 0 to 1970, and in 400 years
	z := int64(d) + sinceMarch
	eras, day := z/era, z%era
	year := (day - day/1460 + day/36524 - day/146096) / 365
	leaps := year/4 - year/100
	if day-365*year-leaps == 365 {
		leaps++
	}
	return 97*eras + leaps
}

// contratPrix is a contract with the price of a year.
type contratPrix struct {
	passerelle.Periode
	prix  Centimes
	leaps int64 // 29 Februaries before the first day
}

func priced(p passerelle.Periode, prix Centimes) contratPrix {
	return contratPrix{p, prix, feb29(p.Debut - 1)}
}

// earned returns what the contract has earned by the end of d.
func (c contratPrix) earned(d passerelle.Date) Centimes {
	if d < c.Debut {
		return 0
	}
	d = min(d, c.Fin)
	days := int64(d-c.Debut) + 1 - (feb29(d) - c.leaps)
	return Centimes(divide(int64(c.prix)*days, joursParAn))
}

// billed returns what has been billed by the end of d.
func (c contratPrix) billed(d passerelle.Date, f Facturation) Centimes {
	if d < c.Debut {
		return 0
	}
	if d >= c.Fin || f == FacturationUnique {
		return c.earned(c.Fin)
	}
	if f == FacturationEchue {
		return c.earned(c.anniversary(d+1, 0) - 1)
	}
	return c.earned(c.anniversary(d, 1) - 1)
}

// anniversary returns the first day of the contract's year that d lies in, or
// that of the year so many years later.
func (c contratPrix) anniversary(d passerelle.Date, later int) passerelle.Date {
	years := d.Time().Year() - c.Debut.Time().Year()
	if c.Debut.AddMonths(12*years) > d {
		years--
	}
	return c.Debut.AddMonths(12 * (years + later))
}

// at returns the amounts of the contract in an exercice.
func (c contratPrix) at(e passerelle.Periode, f Facturation) Montants {
	earned := c.earned(e.Fin)
	m := Montants{Produit: earned - c.earned(e.Debut-1)}
	if balance := c.billed(e.Fin, f) - earned; balance > 0 {
		m.Avance = balance
	} else {
		m.ARecevoir = -balance
	}
	return m
}

func (m *Montants) add(n Montants) {
	m.Produit += n.Produit
	m.Avance += n.Avance
	m.ARecevoir += n.ARecevoir
}
