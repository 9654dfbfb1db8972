// Package financement says what an apprenticeship contract brings to its
// training centre, when it falls due and what is earned at a date (design 10):
// articles R6332-25 and following of the code du travail, in both their
// versions. It is pure: no clock, no store. Amounts are whole cents, each rounded
// once, half up; days are inclusive on both sides.
package financement

import "github.com/passerelle-hub/passerelle"

// Regime is the version of R6332-25 that a contract falls under.
type Regime string

// The two regimes.
const (
	RegimeJour Regime = "jour" // concluded from 2025-07-01 on: days executed (décret 2025-585)
	RegimeMois Regime = "mois" // concluded before: months begun
)

// debutRegimeJour is the first day on which contracts are concluded under
// RegimeJour.
var debutRegimeJour = passerelle.NewDate(2025, 7, 1)

// Source says where the annual amount of a contract comes from.
type Source string

// The sources of an amount, the strongest first.
const (
	SourceOPCO    Source = "opco"    // the OPCO's figure, which a person took
	SourceContrat Source = "contrat" // npec of the contract
	SourceNPEC    Source = "npec"    // an edition of the NPEC table
	SourceTarif   Source = "tarif"   // the price list of the organisme
	SourceDepart  Source = "depart"  // the start value of its level (D6332-80)
)

// AnneesMax is how many years of execution are computed. A contract that is
// longer has a wrong date: an apprenticeship lasts four years at most.
const AnneesMax = 20

// Contrat is what the computation needs of a contract. Debut, Fin and Dernier
// satisfy Debut ≤ Dernier ≤ Fin, and Fin comes before AnneesMax years after Debut.
type Contrat struct {
	Debut   passerelle.Date
	Fin     passerelle.Date // its term
	Dernier passerelle.Date // the last day executed; before Fin where it was broken off

	Conclusion  passerelle.Date // the day it was signed
	AConclusion bool            // Conclusion is known; else Debut stands for it
	Entree      passerelle.Date // the first day of training
	AEntree     bool            // Entree is known; only one before Debut adds days
	FinPresumee bool            // Dernier is presumed: the contract left the export and nobody said why

	Annuel     Centimes // what a year is worth according to Source, before what Retenu does to it
	Source     Source
	Majoration Centimes // a year (D6332-82)
	Niveau     int      // 3 to 8, 0 where unknown

	HeuresFormation    int64 // hundredths of hours, 0 where unknown
	HeuresDistance     int64 // hundredths of hours
	EmployeurPrecedent bool  // the apprentice comes from a contract that was broken off (L6222-18-2)
	DureeReduite       bool  // shortened under L6222-7-1
}

// Base says over how many days a year is spread.
type Base string

// The two bases. A whole year pays the annual amount under both.
const (
	BaseReelle Base = "reelle" // 365 or 366, the days that the year of execution has; the default
	Base365    Base = "365"
)

// Options are the settings of an organisme. The zero value is the default.
type Options struct {
	Base              Base // "" is BaseReelle
	SansPartEmployeur bool // the OPCO pays everything
}

// Annee is one year of execution.
type Annee struct {
	Rang      int             // from 1
	Debut     passerelle.Date // with the days of training before the contract, for the first
	Fin       passerelle.Date // the last day executed
	Jours     int             // executed, Debut and Fin included
	JoursBase int             // of the whole year: 365 or 366
	Mois      int             // begun, under RegimeMois; 0 otherwise
	Montant   Centimes
	sAnniv    passerelle.Date // the first day of the year in the contract
	finPrevue passerelle.Date // its last day, had the contract not been broken off
	prevu     Centimes        // what it would have paid then
}

// Nature says what an instalment is.
type Nature string

// The natures of instalments.
const (
	Avance    Nature = "avance"    // on the first day of a year
	Acompte   Nature = "acompte"   // at months 7 and 10
	Solde     Nature = "solde"     // on the day after a year or the contract
	Employeur Nature = "employeur" // the employer's share (R6332-25-1)
)

// Echeance is an instalment: what may be invoiced from Date on.
type Echeance struct {
	Rang       int // from 1, by date
	Annee      int // rank of its year
	Nature     Nature
	Date       passerelle.Date
	Montant    Centimes
	AuPlusTard passerelle.Date // last day for the papers without which it is lost; 0 where there is none
}

// Situation is a contract at the end of a day. Facture − ARecouvrer − Produit is
// PCA − FAE, of which one is 0.
type Situation struct {
	Montant    Centimes `json:"montant"` // of the whole contract
	Produit    Centimes `json:"produit"` // earned so far
	Facture    Centimes `json:"facture"` // instalments whose date is reached
	PCA        Centimes `json:"pca"`     // invoiced and not earned: produits constatés d’avance
	FAE        Centimes `json:"fae"`     // earned and not invoiced: factures à établir
	ARecouvrer Centimes `json:"aRecouvrer"`
}

// Add adds what another contract has to s, never netting one against another.
func (s *Situation) Add(o Situation) {
	s.Montant += o.Montant
	s.Produit += o.Produit
	s.Facture += o.Facture
	s.PCA += o.PCA
	s.FAE += o.FAE
	s.ARecouvrer += o.ARecouvrer
}
