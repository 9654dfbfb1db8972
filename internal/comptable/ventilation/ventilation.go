// Package ventilation spreads contracts over the exercices of a société: the
// exact days of each contract that fall inside each exercice, summed along one
// or two dimensions, and the income that they stand for (design 6). It is pure:
// contracts stream in, tables come out, and the order of the stream changes
// nothing.
package ventilation

import (
	"bytes"
	"encoding/json"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// Contrat is what the ventilation needs to know of a contract.
type Contrat struct {
	Code      string
	Apprenant string    // code
	Dates     vie.Dates // as the contract gives them
	Debut     passerelle.Date
	Fin       passerelle.Date // the last day that it ran, or is to run
	ADebut    bool            // Debut is known
	AFin      bool            // Fin is known
	Nature    vie.Nature      // how it ended, vie.Active where it did not
	Cles      [2]Cle          // its value along each dimension asked for
	Formation string          // code, by which its price is found
	RNCP      string
	Opco      *Opco // for FacturationOPCO; nil where its funding cannot be computed
}

// Avec returns the contract with a life: the days that it ran.
func (k Contrat) Avec(v vie.Vie) Contrat {
	k.Debut, k.ADebut = v.Debut.Date, v.Debut.Connu
	k.Fin, k.AFin = v.Dernier.Date, v.Dernier.Connu
	k.Nature = v.Nature
	return k
}

// ContratOf reads a contract that is active along the dimensions par, two at most.
func ContratOf(c *passerelle.Contrat, par []Dimension) Contrat {
	out := Contrat{Code: c.CodeContrat, Apprenant: c.CodeApprenant, Formation: c.CodeFormation, RNCP: c.RNCP}
	out.Dates = vie.DatesOf(c)
	out = out.Avec(vie.Of(out.Dates, vie.Jour{}, vie.Decision{}))
	for i, d := range par {
		out.Cles[i] = d.Of(c)
	}
	return out
}

// Somme is what some contracts weigh on an exercice.
type Somme struct {
	Contrats   int       `json:"contrats"`
	Apprenants int       `json:"apprenants"` // distinct
	Jours      int64     `json:"jours"`      // inside the exercice, both bounds included
	Mois       Centiemes `json:"mois"`       // jours / (365.25/12)
	Part       Centiemes `json:"part"`       // percent of the days of the exercice; the lines add up to exactly 100
	*Montants            // nil where no price list was given
}

// Ligne is the sum of the contracts that have the same value along each
// dimension.
type Ligne struct {
	Cles Cles `json:"cles"`
	Somme
}

// Cles are the values of a line, one per dimension, in the order asked for.
type Cles []CleDe

// CleDe is the value of a line along one dimension.
type CleDe struct {
	Par Dimension
	Cle
}

// MarshalJSON writes {"formation":{"code":"F1","nom":"BTS MCO"}}, the dimensions
// in the order asked for.
func (c Cles) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, cle := range c {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := json.Marshal(cle.Cle)
		if err != nil {
			return nil, err
		}
		b.WriteString(`"` + string(cle.Par) + `":`)
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Ventilation is the table of one exercice. Lines come with the most days first,
// equal ones by the codes of their keys.
type Ventilation struct {
	Lignes       []Ligne `json:"lignes"`
	Total        Somme   `json:"total"`
	SansDates    Apart   `json:"sansDates"`
	HorsExercice Apart   `json:"horsExercice"`
	// Among those counted above; nil where ended contracts are not.
	FinsPresumees *Presumees `json:"finsPresumees,omitempty"`
	SansTarif     *Apart     `json:"sansTarif,omitempty"` // counted above, but for nothing in the amounts; nil where no price list was given
}

// Presumees are contracts whose last day is presumed, by code, and the days that
// they weigh.
type Presumees struct {
	Contrats int      `json:"contrats"`
	Codes    []string `json:"codes"`
	Jours    int64    `json:"jours"` // inside the exercices that are shown
}

// PartisMax is how many contracts that ended and ran no day of a table are listed
// apart, the first ones by code. All of them are counted.
const PartisMax = 1000

// Apart lists contracts that a table does not hold, by code, and for each the
// reason.
type Apart struct {
	Contrats int      `json:"contrats"` // more than Codes where PartisMax left some out
	Codes    []string `json:"codes"`
	Raisons  []Raison `json:"raisons"` // as many as Codes
}

func (a *Apart) add(code string, r Raison) {
	a.Contrats++
	a.Codes = append(a.Codes, code)
	a.Raisons = append(a.Raisons, r)
}

func apart(n int) Apart { return Apart{Codes: make([]string, 0, n), Raisons: make([]Raison, 0, n)} }

// Raison says why a contract is listed apart. It is stable: clients branch on
// it.
type Raison string

// Why a contract is listed apart.
const (
	SansDebut            Raison = "date-debut-absente"
	SansFin              Raison = "date-fin-absente"
	SansDates            Raison = "dates-absentes"
	DatesInversees       Raison = "dates-inversees"
	AvantExercice        Raison = "fini-avant"            // ends before the exercice starts
	ApresExercice        Raison = "commence-apres"        // starts after the exercice ends
	HorsToutes           Raison = "hors-tout-exercice"    // touches no exercice
	AucunJour            Raison = "aucun-jour"            // left before it started
	Annule               Raison = "annule"                // never took place, as a person said
	FinancementIncomplet Raison = "financement-incomplet" // with FacturationOPCO: something lacks for its amount
	TarifAbsent          Raison = "tarif-absent"          // neither its formation nor its RNCP code has a price
	TarifHorsValidite    Raison = "tarif-hors-validite"   // they have, but not on its first day
)

// Detail is one contract over every exercice.
type Detail struct {
	Code     string
	Periode  passerelle.Periode
	Jours    []int      // per exercice
	Hors     int        // days outside any exercice; with Jours they add up to the contract's length
	Produits []Centimes // income per exercice; nil where the contract has no price
	Reste    Centimes   // income outside any exercice
	Total    Centimes   // of the contract; Produits and Reste add up to it
}
