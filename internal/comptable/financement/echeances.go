package financement

import "github.com/passerelle-hub/passerelle"

const (
	partEmployeur                 = 750 * euro // R6332-25-1
	partEmployeurSuivant          = 200 * euro // after a contract that was broken off
	niveauPartEmployeur           = 6
	moisEssai                     = 3    // stands for the 45 days of practical training, which a contract does not say
	moisPieces                    = 4    // after the last day, for the papers of the last balance
	premierAcompte, secondAcompte = 6, 9 // months after the first day of a year
)

// retenue returns what the OPCO takes off for the employer's share.
func (p *Plan) retenue() Centimes {
	c := &p.Contrat
	switch {
	case p.options.SansPartEmployeur || c.Niveau < niveauPartEmployeur || c.Regime() == RegimeMois:
		return 0
	case c.EmployeurPrecedent:
		return partEmployeurSuivant
	}
	return partEmployeur
}

// shareEmployer works out what the employer owes and from when.
func (p *Plan) shareEmployer() {
	c := &p.Contrat
	p.Employeur = min(p.retenue(), p.Montant)
	due := c.Debut.AddMonths(moisEssai)
	p.dueEmployeur = min(due, c.Dernier)
	if half := p.Montant.share(1, 2); c.rompu() && c.Dernier < due && half < p.Employeur {
		p.Employeur, p.demiEssai = half, true
	}
}

// instalments lists the instalments in order of date: those of the OPCO less the
// employer's share, that share, and where the contract was broken off what
// remains.
func (p *Plan) instalments() {
	c := &p.Contrat
	for i := range p.Annees {
		p.ofYear(&p.Annees[i])
	}
	var kept Centimes
	take := p.retenue()
	all := p.Echeances[:0]
	for _, e := range p.Echeances {
		taken := min(take, e.Montant)
		take -= taken
		e.Montant -= taken
		if c.rompu() && e.Date > c.Dernier {
			continue
		}
		kept += e.Montant
		all = append(all, e)
	}
	p.Echeances = all
	if c.rompu() {
		p.closeEarly(p.Montant - p.Employeur - kept)
	} else if n := len(p.Echeances) - 1; c.Regime() == RegimeJour && n >= 0 {
		p.Echeances[n].AuPlusTard = c.Dernier.AddMonths(moisPieces)
	}
	if p.Employeur > 0 {
		p.insertEmployer()
	}
	for i := range p.Echeances {
		p.Echeances[i].Rang = i + 1
	}
}

// ofYear adds what a year would pay had the contract not been broken off.
func (p *Plan) ofYear(y *Annee) {
	c := &p.Contrat
	left := y.prevu
	add := func(n Nature, d passerelle.Date, m Centimes) {
		left -= m
		p.Echeances = append(p.Echeances, Echeance{Annee: y.Rang, Nature: n, Date: d, Montant: m})
	}
	if c.court() {
		add(Avance, y.sAnniv, y.prevu.share(1, 2))
		add(Solde, y.finPrevue+1, left)
		return
	}
	month7, month10 := y.sAnniv.AddMonths(premierAcompte), y.sAnniv.AddMonths(secondAcompte)
	add(Avance, y.sAnniv, y.prevu.share(40, 100))
	if month7 <= y.finPrevue {
		add(Acompte, month7, y.prevu.share(30, 100))
	}
	if c.Regime() == RegimeMois {
		if month10 <= y.finPrevue {
			add(Acompte, month10, left)
		} else {
			add(Solde, y.finPrevue+1, left)
		}
		return
	}
	if month10 <= y.finPrevue {
		add(Acompte, month10, y.prevu.share(20, 100))
	}
	add(Solde, y.finPrevue+1, left)
}

// closeEarly ends the instalments of a contract that was broken off: what is owed
// beyond those that fell due, or what they exceed it by.
func (p *Plan) closeEarly(balance Centimes) {
	if balance <= 0 {
		p.EnTrop = -balance
		return
	}
	e := Echeance{Annee: len(p.Annees), Nature: Solde, Date: p.Contrat.Dernier + 1, Montant: balance}
	if p.Contrat.Regime() == RegimeJour {
		e.AuPlusTard = p.Contrat.Dernier.AddMonths(moisPieces)
	}
	p.Echeances = append(p.Echeances, e)
}

func (p *Plan) insertEmployer() {
	at := len(p.Echeances)
	for at > 0 && p.Echeances[at-1].Date > p.dueEmployeur {
		at--
	}
	p.Echeances = append(p.Echeances, Echeance{})
	copy(p.Echeances[at+1:], p.Echeances[at:])
	p.Echeances[at] = Echeance{Annee: 1, Nature: Employeur, Date: p.dueEmployeur, Montant: p.Employeur}
}

// Payeur says who pays an instalment: "opco" or "employeur".
func (e *Echeance) Payeur() string {
	if e.Nature == Employeur {
		return "employeur"
	}
	return "opco"
}
