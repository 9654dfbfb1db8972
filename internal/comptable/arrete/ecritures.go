package arrete

import (
	"cmp"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
)

// Comptes are the accounts and the journal of the closing entries, a setting of
// the organisme.
type Comptes struct {
	Produits string // 706…
	PCA      string // 487…
	FAE      string // 4181…
	Journal  string
}

// Nature of a closing entry.
const (
	EcriturePCA = "pca" // income invoiced and not earned: produits D, PCA C
	EcritureFAE = "fae" // income earned and not invoiced: FAE D, produits C
)

// Ecriture is one closing entry or the reversal of one.
type Ecriture struct {
	Date     passerelle.Date
	Nature   string // EcriturePCA or EcritureFAE
	Reprise  bool   // the reversal, on the first day of the next exercice
	Objet    string // code of the contract, or what is priced alike: a line of the price list, or another source
	Debit    string // account
	Credit   string
	Montant  financement.Centimes
	Contrats int // that it is made of
}

// Ecritures returns the closing entries of what an Etat found at the last day of
// an exercice, one per contract in the order of their codes, and where reprise is
// known their reversals. Contracts with neither PCA nor FAE have none.
func (e *Etat) Ecritures(c Comptes, reprise passerelle.Date, connue bool) []Ecriture {
	parts := make([]part, 0, len(e.fiches))
	for i := range e.Fiches() {
		f := &e.fiches[i]
		parts = append(parts, part{f.Code, Total{1, f.Situation}})
	}
	return entries(parts, e.demande.Au, c, reprise, connue)
}

// sources are the objects of the entries of contracts that the price list does not
// price.
var sources = map[financement.Source]string{
	financement.SourceContrat: "NPEC des contrats",
	financement.SourceNPEC:    "Référentiel NPEC",
	financement.SourceOPCO:    "Montants des OPCO",
	financement.SourceDepart:  "Valeurs de départ",
}

// EcrituresParLigne returns the same entries with one for each entry of the price
// list, and one for each other source of amounts. PCA and FAE are two entries:
// contracts are never netted.
func (e *Etat) EcrituresParLigne(c Comptes, reprise passerelle.Date, connue bool) []Ecriture {
	type line struct {
		source financement.Source
		tarif  ventilation.Tarif // zero for the others
	}
	totals := map[line]Total{}
	entriesOf := map[string]map[ventilation.Tarif]bool{} // by code: a code may have a price for each time
	for i := range e.Fiches() {
		f := &e.fiches[i]
		key := line{source: f.regles.Source}
		if f.tarif != nil {
			key.tarif = *f.tarif
			if entriesOf[f.tarif.Code] == nil {
				entriesOf[f.tarif.Code] = map[ventilation.Tarif]bool{}
			}
			entriesOf[f.tarif.Code][*f.tarif] = true
		}
		t := totals[key]
		t.Contrats++
		t.Add(f.Situation)
		totals[key] = t
	}
	parts := make([]part, 0, len(totals))
	for l, t := range totals {
		name := sources[l.source]
		if l.source == financement.SourceTarif {
			name = l.tarif.Code
			if len(entriesOf[name]) > 1 {
				name += " (" + string(l.tarif.Par) + " dès le " + l.tarif.Validite.Debut.FR() + ")"
			}
		}
		parts = append(parts, part{name, t})
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.objet, b.objet) })
	return entries(parts, e.demande.Au, c, reprise, connue)
}

type part struct {
	objet string
	total Total
}

func entries(parts []part, au passerelle.Date, c Comptes, reprise passerelle.Date, connue bool) []Ecriture {
	var closing, reversal []Ecriture
	add := func(p part, nature, debit, credit string, amount financement.Centimes) {
		if amount == 0 {
			return
		}
		w := Ecriture{Date: au, Nature: nature, Objet: p.objet, Debit: debit, Credit: credit, Montant: amount, Contrats: p.total.Contrats}
		closing = append(closing, w)
		if connue {
			w.Date, w.Reprise, w.Debit, w.Credit = reprise, true, credit, debit
			reversal = append(reversal, w)
		}
	}
	for _, p := range parts {
		add(p, EcriturePCA, c.Produits, c.PCA, p.total.PCA)
		add(p, EcritureFAE, c.FAE, c.Produits, p.total.FAE)
	}
	return append(closing, reversal...)
}
