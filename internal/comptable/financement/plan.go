package financement

import "github.com/passerelle-hub/passerelle"

// Plan is what a contract brings and when. The zero Plan is made ready by Etablir,
// again and again: it keeps its memory.
type Plan struct {
	Contrat   Contrat
	Annuel    Centimes // what a full year pays
	Annees    []Annee
	Echeances []Echeance // by date
	Montant   Centimes   // of all years
	Employeur Centimes   // of it, what the employer owes
	EnTrop    Centimes   // what was invoiced above what is due, to give back once the contract is broken off

	options      Options
	demiEssai    bool // the employer owes half: broken off within three months
	depuis       passerelle.Date
	dueEmployeur passerelle.Date
}

// Etablir computes the plan of a contract.
func (p *Plan) Etablir(c Contrat, o Options) {
	*p = Plan{Contrat: c, Annuel: c.AnnuelRetenu(), Annees: p.Annees[:0], Echeances: p.Echeances[:0], options: o}
	p.depuis = c.Debut - passerelle.Date(c.joursAvant())
	p.years()
	p.shareEmployer()
	p.instalments()
}

// Etablir returns the plan of a contract.
func Etablir(c Contrat, o Options) *Plan {
	p := new(Plan)
	p.Etablir(c, o)
	return p
}

// years cuts the contract into years of execution, anniversary to anniversary.
// Anniversaries count from the first day, so that 29 February comes back.
func (p *Plan) years() {
	c := &p.Contrat
	for k, from := 0, c.Debut; from <= c.Dernier; k++ {
		next := c.Debut.AddMonths(12 * (k + 1))
		y := Annee{Rang: k + 1, Debut: from, Fin: min(next-1, c.Dernier), sAnniv: from, finPrevue: min(next-1, c.Fin), JoursBase: int(next - from)}
		if p.options.Base == Base365 {
			y.JoursBase = 365
		}
		avant := int64(0)
		if k == 0 {
			avant, y.Debut = c.joursAvant(), p.depuis
		}
		y.Jours = passerelle.Periode{Debut: y.Debut, Fin: y.Fin}.Jours()
		y.Montant = p.year(&y, y.Fin, next-1, avant)
		if c.Regime() == RegimeMois {
			y.Mois = moisEntames(from, y.Fin)
		}
		y.prevu = y.Montant
		if y.Fin < y.finPrevue {
			y.prevu = p.year(&y, y.finPrevue, next-1, avant)
		}
		p.Montant += y.Montant
		p.Annees = append(p.Annees, y)
		from = next
	}
}

// year returns what a year pays that is executed up to fin, of which entiere would
// be the last day, and before which avant days of training were given.
func (p *Plan) year(y *Annee, fin, entiere passerelle.Date, avant int64) Centimes {
	base := int64(y.JoursBase)
	done, of := int64(fin-y.sAnniv)+1, base
	switch {
	case p.Contrat.Regime() == RegimeMois:
		done, of = int64(moisEntames(y.sAnniv, fin)), 12
	case fin == entiere:
		done = of
	default:
		done = min(done, of) // 365 of the 366 days of a year on base 365
	}
	num, den := done*base+avant*of, of*base
	m := p.Annuel.share(num, den)
	if p.Contrat.DureeReduite && p.Contrat.court() {
		m = max(m, min(p.Annuel, p.Annuel.share(num*11, den*10)))
	}
	return m
}

// moisEntames returns the months of a year of execution that were begun by fin.
func moisEntames(debut, fin passerelle.Date) int {
	return min(12, passerelle.Periode{Debut: debut, Fin: fin}.MoisEntames())
}

// Produit returns what is earned by the end of d: the amount of each year, spread
// evenly over its days.
func (p *Plan) Produit(d passerelle.Date) Centimes {
	var sum Centimes
	for i := range p.Annees {
		y := &p.Annees[i]
		if d >= y.Fin {
			sum += y.Montant
			continue
		}
		if d >= y.Debut {
			sum += y.Montant.share(int64(d-y.Debut)+1, int64(y.Jours))
		}
		break
	}
	return sum
}

// ProduitSur returns what is earned in a period, such as an exercice: what is
// earned by its last day less what was by the day before its first. Periods that
// follow one another add up.
func (p *Plan) ProduitSur(e passerelle.Periode) Centimes {
	return p.Produit(e.Fin) - p.Produit(e.Debut-1)
}

// Facture returns the instalments whose date is reached at d.
func (p *Plan) Facture(d passerelle.Date) Centimes {
	var sum Centimes
	for i := range p.Echeances {
		if p.Echeances[i].Date > d {
			break
		}
		sum += p.Echeances[i].Montant
	}
	return sum
}

// Au returns the contract at the end of d.
func (p *Plan) Au(d passerelle.Date) Situation {
	s := Situation{Montant: p.Montant, Produit: p.Produit(d), Facture: p.Facture(d)}
	if d >= p.Contrat.Dernier {
		s.ARecouvrer = p.EnTrop
	}
	if balance := s.Facture - s.ARecouvrer - s.Produit; balance > 0 {
		s.PCA = balance
	} else {
		s.FAE = -balance
	}
	return s
}
