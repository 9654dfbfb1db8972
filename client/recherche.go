package client

import (
	"context"
	"net/url"
	"strconv"

	"github.com/passerelle-hub/passerelle"
)

// Trouve is one contract that a search found.
type Trouve struct {
	Contrat passerelle.Contrat `json:"contrat"`
	Session string             `json:"session"` // id, "" where it is in none
	Motif   string             `json:"motif"`   // why it is in none: aucun-modele, modeles-ambigus
}

// SearchContrats returns a page, from 1, of at most limit active contracts that hold
// every word of texte, ordered by code, and how many there are on all pages. Capitals
// and accents make no difference. It needs the right "contrats".
func (c *Client) SearchContrats(ctx context.Context, texte string, page, limit int) (found []Trouve, total int, err error) {
	var answer struct {
		Total    int      `json:"total"`
		Contrats []Trouve `json:"contrats"`
	}
	query := url.Values{"page": {strconv.Itoa(page)}, "limit": {strconv.Itoa(limit)}}
	err = c.get(ctx, call{method: "POST", path: "/api/admin/v1/contrats/recherche", query: query, body: jsonBody(map[string]string{"texte": texte})}, &answer)
	return answer.Contrats, answer.Total, err
}
