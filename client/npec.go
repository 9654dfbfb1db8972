package client

import (
	"context"
	"net/http"

	"github.com/passerelle-hub/passerelle"
)

// EditionNPEC is an edition of the table of amounts (niveaux de prise en charge).
type EditionNPEC struct {
	ID             string `json:"id"`
	Depuis         string `json:"depuis"`  // first day of its reign, YYYY-MM-DD
	Commune        bool   `json:"commune"` // it is that of every organisme
	Fichier        string `json:"fichier"`
	ImporteLe      string `json:"importeLe"` // RFC 3339
	Par            string `json:"par"`
	Lignes         int    `json:"lignes"`
	Montants       int    `json:"montants"`
	Certifications int    `json:"certifications"`
	Nouvelle       bool   `json:"nouvelle"` // of an import: it was not there already
}

const madNPEC = "/api/v1/mad/npec"

// EditionsNPEC returns the editions that amounts come from, those that reign last
// first.
func (c *Client) EditionsNPEC(ctx context.Context) ([]EditionNPEC, error) {
	var found struct {
		Editions []EditionNPEC `json:"editions"`
	}
	err := c.get(ctx, c.accounting(http.MethodGet, madNPEC, (&FinancementOptions{}).query()), &found)
	return found.Editions, err
}

// ImportNPEC imports the workbook of France compétences as it is downloaded. depuis is
// the first day of the edition, 0 for the latest day that it holds.
func (c *Client) ImportNPEC(ctx context.Context, workbook Body, depuis passerelle.Date) (*EditionNPEC, error) {
	query := (&FinancementOptions{}).query()
	if depuis != 0 {
		query.Set("depuis", depuis.String())
	}
	request := c.accounting(http.MethodPost, madNPEC, query)
	request.header.Set("Content-Type", "application/octet-stream")
	request.body, request.once = workbook, true
	return fetch[EditionNPEC](ctx, c, request)
}
