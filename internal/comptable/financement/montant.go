package financement

import "github.com/passerelle-hub/passerelle"

const euro Centimes = 100

// Depart returns the start value of a level, which pays until the amount of the
// certification is fixed (D6332-80; arrêté of 2022-08-31). ok is false for a level
// that is not 3 to 8.
func Depart(niveau int) (c Centimes, ok bool) {
	switch niveau {
	case 3:
		return 5470 * euro, true
	case 4:
		return 5621 * euro, true
	case 5, 6:
		return 6000 * euro, true
	case 7, 8:
		return 7000 * euro, true
	}
	return 0, false
}

const plancherDistance = 4000 * euro

// ADistance reports whether at least 80 % of the teaching is at a distance
// (D6332-82-1).
func (c *Contrat) ADistance() bool {
	return c.HeuresFormation > 0 && c.HeuresDistance >= c.HeuresFormation-c.HeuresFormation/5
}

// AnnuelRetenu returns what a full year pays: four fifths where the teaching is
// at a distance, not under 4,000 euros nor above the amount itself, and the yearly
// majoration. The OPCO's own figure already has both in it.
func (c *Contrat) AnnuelRetenu() Centimes {
	if c.Source == SourceOPCO {
		return c.Annuel
	}
	a := c.Annuel
	if c.ADistance() {
		a = min(a, max(a.share(4, 5), plancherDistance))
	}
	return a + c.Majoration
}

// Regime returns the regime of the contract, by the day it was signed.
func (c *Contrat) Regime() Regime {
	if c.signe() < debutRegimeJour {
		return RegimeMois
	}
	return RegimeJour
}

func (c *Contrat) signe() passerelle.Date {
	if c.AConclusion {
		return c.Conclusion
	}
	return c.Debut
}

// court reports whether the contract was made for less than a year (R6332-25 IV).
func (c *Contrat) court() bool { return c.Fin < c.Debut.AddMonths(12)-1 }

// rompu reports whether the contract ended before its term.
func (c *Contrat) rompu() bool { return c.Dernier < c.Fin }

// joursAvant returns the days of training before the contract (L6222-12-1).
func (c *Contrat) joursAvant() int64 {
	if !c.AEntree || c.Entree >= c.Debut {
		return 0
	}
	return int64(c.Debut - c.Entree)
}
