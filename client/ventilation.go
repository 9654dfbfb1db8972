package client

import (
	"context"
	"net/url"
	"strconv"
	"strings"
)

// Nombre is a number as its text on the wire, such as "40.11", so that no digit of an
// amount is lost; "" where there is none.
type Nombre string

// UnmarshalJSON keeps the digits of a number; null is "".
func (n *Nombre) UnmarshalJSON(b []byte) error {
	if *n = Nombre(b); *n == "null" {
		*n = ""
	}
	return nil
}

// MarshalJSON writes the number, null for "".
func (n Nombre) MarshalJSON() ([]byte, error) {
	if n == "" {
		return []byte("null"), nil
	}
	return []byte(n), nil
}

// Ventilation is what contracts weigh on one exercice.
type Ventilation struct {
	Exercice      Exercice              `json:"exercice"`
	Par           []string              `json:"par"`    // the dimensions of the lines
	Lignes        []LigneVentilation    `json:"lignes"` // the largest first
	Total         SommeVentilation      `json:"total"`
	SansDates     ContratsAPart         `json:"sansDates"`
	HorsExercice  ContratsAPart         `json:"horsExercice"`
	FinsPresumees *ContratsFinsPresumes `json:"finsPresumees"` // nil with VentilationOptions.SansArchives
	Tarifs        string                `json:"tarifs"`        // id of the price list of the amounts, "" without
	SansTarif     *ContratsAPart        `json:"sansTarif"`     // nil without amounts
}

// SommeVentilation adds contracts up.
type SommeVentilation struct {
	Contrats   int    `json:"contrats"`
	Apprenants int    `json:"apprenants"` // distinct people
	Jours      int    `json:"jours"`      // inside the exercice
	Mois       Nombre `json:"mois"`       // days / (365.25 / 12)
	Part       Nombre `json:"part"`       // of all days, in percent; lines add up to exactly 100
	Produit    Nombre `json:"produit"`    // euros earned, "" without amounts
	Avance     Nombre `json:"avance"`     // invoiced and not earned
	ARecevoir  Nombre `json:"aRecevoir"`  // earned and not invoiced
}

// LigneVentilation is what the contracts of one group weigh.
type LigneVentilation struct {
	Cles map[string]Couple `json:"cles"` // by dimension: formation, site…
	SommeVentilation
}

// ContratsAPart are contracts that are not counted, each with its reason.
type ContratsAPart struct {
	Contrats int      `json:"contrats"` // more than there are codes, where there are very many
	Codes    []string `json:"codes"`
	Raisons  []string `json:"raisons"` // as many as codes: dates-absentes, fini-avant, commence-apres…
}

// VentilationOptions say which contracts count, and how they are added up; the zero
// value adds up all of them by formation.
type VentilationOptions struct {
	Par          []string // at most two dimensions: formation, site, rncp, periode, annee, groupe, entreprise, marque
	Integres     bool     // the integrated contracts alone
	SansArchives bool     // without those that ended
	Montants     bool     // with amounts
	Facturation  string   // with amounts, when contracts are invoiced: annuelle, unique, echue, opco; "" for the hub's choice
}

// Ventilation returns what contracts weigh on an exercice, given by its id. It needs
// the right "exercices".
func (c *Client) Ventilation(ctx context.Context, exercice int64, o VentilationOptions) (*Ventilation, error) {
	query := url.Values{"version": {madVersion}, "exercice": {strconv.FormatInt(exercice, 10)}}
	if len(o.Par) > 0 {
		query.Set("par", strings.Join(o.Par, ","))
	}
	if o.Integres {
		query.Set("etat", "integres")
	}
	if o.SansArchives {
		query.Set("archives", "non")
	}
	if o.Montants {
		query.Set("montants", "oui")
	}
	if o.Facturation != "" {
		query.Set("facturation", o.Facturation)
	}
	return fetch[Ventilation](ctx, c, c.accounting("GET", "/api/v1/mad/ventilation", query))
}
