package console

import (
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

const (
	// joursRisque is how far the first page looks ahead for balances to be lost.
	joursRisque = 60
	// lignesRisque is how many of them it shows, and as many lost ones; the page
	// Financement has all.
	lignesRisque = 5
)

// risquePage is what the first page says of balances at risk.
type risquePage struct {
	Jours                         int
	ARisque, Perdus               []rapprochement.Du // the first ones
	NombreARisque, NombrePerdus   int
	MontantARisque, MontantPerdus financement.Centimes
	Manques                       hub.Manques
}

// Vide reports whether no balance is at risk or lost.
func (p *risquePage) Vide() bool { return p.NombreARisque+p.NombrePerdus == 0 }

// risque returns what an accountant has to look at first, nil for others.
func (c *console) risque(r *request) (*risquePage, error) {
	if !r.compte.Role.Compte() {
		return nil, nil
	}
	found, err := c.hub.Comptabilite.Risques(r.Context(), r.compte.OrganismeID, joursRisque)
	if err != nil {
		return nil, err
	}
	p := &risquePage{Jours: joursRisque, Manques: found.Manques, NombreARisque: len(found.ARisque), NombrePerdus: len(found.Perdus)}
	p.ARisque, p.MontantARisque = premiers(found.ARisque)
	p.Perdus, p.MontantPerdus = premiers(found.Perdus)
	return p, nil
}

// premiers returns the first balances and the amount of all.
func premiers(list []rapprochement.Du) (first []rapprochement.Du, total financement.Centimes) {
	for i := range list {
		total += list[i].Montant
	}
	return list[:min(len(list), lignesRisque)], total
}
