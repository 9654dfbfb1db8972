package client

import (
	"context"
	"fmt"
	"io"
	"net/url"

	"github.com/go-json-experiment/json"

	"github.com/passerelle-hub/passerelle/compta"
)

// Perte is something that the target of a conversion cannot hold.
type Perte struct {
	Ce       string `json:"ce"`       // what: analytique, echeance, libelle …
	Lignes   int    `json:"lignes"`   // how many lines of the source say it
	Premiere int    `json:"premiere"` // the first of them
}

// RapportConversion is what a conversion did, or would do.
type RapportConversion struct {
	De             string           `json:"de"`
	Vers           string           `json:"vers"`
	Lignes         int              `json:"lignes"`
	Ecritures      int              `json:"ecritures"`
	Pertes         []Perte          `json:"pertes"`
	Avertissements []compta.Finding `json:"avertissements"`
}

// fileCall sends a file of accounting, once for each try.
func (c *Client) fileCall(path string, query url.Values, file Body) call {
	query.Set("version", madVersion)
	request := c.accounting("POST", path, query)
	request.header.Set("Content-Type", "application/octet-stream")
	request.body = file
	return request
}

// Controle checks a file of accounting, of format tra, fec or mad; nothing is kept
// of it. A file with errors is no error here: they are in the report.
func (c *Client) Controle(ctx context.Context, format string, file Body) (*compta.Report, error) {
	return fetch[compta.Report](ctx, c, c.fileCall("/api/v1/mad/controle", url.Values{"format": {format}}, file))
}

// Convert converts a file of accounting from one format (tra, fec, mad) into another,
// writes it to w, and returns what was lost. A file with errors is an *Error.
func (c *Client) Convert(ctx context.Context, de, vers string, file Body, w io.Writer) ([]Perte, error) {
	response, err := c.do(ctx, c.fileCall("/api/v1/mad/conversion", url.Values{"de": {de}, "vers": {vers}}, file))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var pertes []Perte
	if err := json.Unmarshal([]byte(response.Header.Get("X-Passerelle-Pertes")), &pertes); err != nil {
		return nil, fmt.Errorf("client: losses of a conversion: %w", err)
	}
	_, err = io.Copy(w, response.Body)
	return pertes, err
}

// ConvertReport returns what Convert would do.
func (c *Client) ConvertReport(ctx context.Context, de, vers string, file Body) (*RapportConversion, error) {
	return fetch[RapportConversion](ctx, c, c.fileCall("/api/v1/mad/conversion", url.Values{"de": {de}, "vers": {vers}, "rapport": {"oui"}}, file))
}
