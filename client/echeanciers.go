package client

import (
	"context"
	"net/http"
)

// EcheanceAnnoncee is an instalment that an OPCO announces. Its contract is known by
// CodeContrat or else by NumeroDossier, the OPCO's own.
type EcheanceAnnoncee struct {
	CodeContrat   string `json:"codeContrat,omitempty"`
	NumeroDossier string `json:"numeroDossier,omitempty"`
	Date          string `json:"date"`    // DD/MM/YYYY; YYYY-MM-DD in an answer
	Montant       string `json:"montant"` // such as "3200.00"
}

// DepotEcheancier is what was done with a deposit.
type DepotEcheancier struct {
	Echeancier string             `json:"echeancier"` // id of the deposit
	Lignes     int                `json:"lignes"`
	Contrats   int                `json:"contrats"` // known ones that it speaks of
	Inconnus   []EcheanceAnnoncee `json:"inconnus"` // lines whose contract is not known
}

// DeposeEcheancier records what an OPCO announces: its lines stand for the contracts
// that they name until a later deposit names them.
func (c *Client) DeposeEcheancier(ctx context.Context, lignes ...EcheanceAnnoncee) (*DepotEcheancier, error) {
	return c.deposeEcheancier(ctx, jsonBody(map[string]any{"lignes": lignes}), "application/json")
}

// DeposeFichierEcheancier records a CSV or XLSX table of an OPCO, with the columns
// codeContrat or numeroDossier, date and montant.
func (c *Client) DeposeFichierEcheancier(ctx context.Context, file Body) (*DepotEcheancier, error) {
	return c.deposeEcheancier(ctx, file, "application/octet-stream")
}

func (c *Client) deposeEcheancier(ctx context.Context, body Body, kind string) (*DepotEcheancier, error) {
	request := c.accounting(http.MethodPost, madEcheanciers, (&FinancementOptions{}).query())
	request.header.Set("Content-Type", kind)
	request.body, request.once = body, true
	return fetch[DepotEcheancier](ctx, c, request)
}

// Rapprochement is what OPCO announce beside what is expected, at a date.
type Rapprochement struct {
	Au        string               `json:"au"` // YYYY-MM-DD
	Lignes    []LigneRapprochement `json:"lignes"`
	AFacturer []EcheanceDue        `json:"aFacturer"`
	EnRetard  []EcheanceDue        `json:"enRetard"`
	ARisque   []EcheanceDue        `json:"aRisque"` // lost after their AuPlusTard
	Perdus    []EcheanceDue        `json:"perdus"`  // lost already
}

// LigneRapprochement is one instalment, expected or announced or both.
type LigneRapprochement struct {
	CodeContrat   string `json:"codeContrat"`   // "" where it is not known
	NumeroDossier string `json:"numeroDossier"` // where the contract is not known
	Date          string `json:"date"`
	Etat          string `json:"etat"`    // identique, montant, date, inconnu, absent
	Attendu       string `json:"attendu"` // "" where nothing is
	Annonce       string `json:"annonce"` // "" where nothing is
	Ecart         string `json:"ecart"`
	DateAnnoncee  string `json:"dateAnnoncee"` // where it is another
}

// EcheanceDue is an instalment that somebody has to look after.
type EcheanceDue struct {
	CodeContrat   string `json:"codeContrat"`
	Date          string `json:"date"`
	Montant       string `json:"montant"`
	AuPlusTard    string `json:"auPlusTard"`    // "" where nothing is lost
	Jours         int    `json:"jours"`         // since Date; 0 in ARisque
	JoursRestants int    `json:"joursRestants"` // until AuPlusTard, in ARisque
}

// Rapprochement compares what OPCO announce with what is expected; of the options
// Par and Detail are ignored.
func (c *Client) Rapprochement(ctx context.Context, options FinancementOptions) (*Rapprochement, error) {
	options.Par, options.Detail = nil, false
	return fetch[Rapprochement](ctx, c, c.accounting(http.MethodGet, madEcheanciers+"/rapprochement", options.query()))
}
