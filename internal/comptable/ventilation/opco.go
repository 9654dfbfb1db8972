package ventilation

import "github.com/passerelle-hub/passerelle"

// Opco is what a contract comes to by the schedule of its funding (design 10), which
// FacturationOPCO adds up.
type Opco struct {
	Annuel   Centimes   // what a full year pays
	Total    Centimes   // of the contract
	Montants []Montants // per exercice
	// Acquis is what is earned by the end of a day: asked for while the contract is
	// added, with Options.ParMois alone.
	Acquis func(passerelle.Date) Centimes
}

// montants reports whether there are amounts.
func (c *Calcul) montants() bool {
	return c.options.Tarifs != nil || c.options.Facturation == FacturationOPCO
}

// price gives a contract its amounts.
func (c *Calcul) price(f *fiche, k *Contrat) {
	switch {
	case c.options.Facturation == FacturationOPCO:
		if f.opco = k.Opco; f.opco == nil {
			f.sansPrix = FinancementIncomplet
		} else {
			f.prix = f.opco.Annuel
		}
	case c.options.Tarifs != nil:
		var entry *Tarif
		if entry, f.sansPrix = c.options.Tarifs.Pour(k.Formation, k.RNCP, k.Debut); entry != nil {
			f.prix = entry.Montant
		}
	}
}

// at returns the amounts of a contract in the exercice at position i. The contract
// has a price.
func (c *Calcul) at(f *fiche, i int) Montants {
	if f.opco != nil {
		return f.opco.Montants[i]
	}
	return priced(f.periode, f.prix).at(c.exercices[i], c.options.Facturation)
}

// countBeside adds the amounts of a contract in the exercices of which it runs no
// day: what is earned before its first one, by training that began before it.
func (c *Calcul) countBeside(f *fiche, k Contrat) {
	if f.opco == nil {
		return
	}
	defer c.monthly(f)
	for i, m := range f.opco.Montants {
		if e := int32(i); m == (Montants{}) || f.first >= 0 && f.first <= e && e <= f.last {
			continue
		}
		if f.first < 0 {
			f.groupe = c.group(k)
		}
		c.cell(f.groupe, int32(i)).montants.add(m)
	}
}

// monthly adds up the income of a contract month by month, in every exercice that it
// brings something to. What says it serves no longer.
func (c *Calcul) monthly(f *fiche) {
	if c.options.ParMois && f.opco.Acquis != nil {
		for i, m := range f.opco.Montants {
			if m.Produit != 0 {
				c.mois.income(f.groupe, int32(i), f.opco.Acquis)
			}
		}
	}
	f.opco.Acquis = nil
}
