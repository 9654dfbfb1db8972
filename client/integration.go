package client

import (
	"context"
	"iter"
	"net/url"

	"github.com/passerelle-hub/passerelle"
)

// Modele says which contracts belong to one training model. A criterion is one
// value or several, of which one must match.
type Modele struct {
	ID       string              `json:"id,omitzero"`
	Nom      string              `json:"nom"`
	Criteres passerelle.Criteres `json:"criteres"`
	Actif    bool                `json:"actif"`
}

// Couple is a code with its name.
type Couple struct {
	Code string `json:"code"`
	Nom  string `json:"nom"`
}

// Session is a groupe within one (site, période, formation, année).
type Session struct {
	ID        string `json:"id"` // "" where it does not exist yet
	Site      Couple `json:"site"`
	Periode   Couple `json:"periode"`
	Formation Couple `json:"formation"`
	Annee     Couple `json:"annee"`
	Groupe    Couple `json:"groupe"`
	Effectif  int    `json:"effectif"`
}

// Groupe is a group of contracts that are in no session for one reason, with a
// modèle that takes them.
type Groupe struct {
	Formation Couple   `json:"formation"`
	Annee     Couple   `json:"annee"`
	Site      Couple   `json:"site"`
	Periode   Couple   `json:"periode"`
	Motif     string   `json:"motif"` // aucun-modele, modeles-ambigus
	Message   string   `json:"message"`
	Modeles   []Modele `json:"modeles"` // those that match equally well
	Contrats  int      `json:"contrats"`
	Modele    Modele   `json:"modele"` // ready for CreateModele
}

// Apercu says what saving a modèle would change, in contracts.
type Apercu struct {
	Contrats int       `json:"contrats"`
	Nouveaux int       `json:"nouveaux"`
	Deplaces int       `json:"deplaces"`
	Ambigus  int       `json:"ambigus"`
	Perdus   int       `json:"perdus"`
	Integres int       `json:"integres"`
	Sessions []Session `json:"sessions"`
}

const modeles = "/api/admin/v1/modeles"

// Modeles returns the modèles, oldest first.
func (c *Client) Modeles(ctx context.Context) ([]Modele, error) {
	var answer struct {
		Modeles []Modele `json:"modeles"`
	}
	err := c.get(ctx, call{method: "GET", path: modeles}, &answer)
	return answer.Modeles, err
}

// Modele returns one modèle.
func (c *Client) Modele(ctx context.Context, id string) (m Modele, err error) {
	err = c.get(ctx, call{method: "GET", path: modeles + "/" + url.PathEscape(id)}, &m)
	return m, err
}

// CreateModele creates a modèle and returns it with its id.
func (c *Client) CreateModele(ctx context.Context, m Modele) (created Modele, err error) {
	m.ID = ""
	err = c.get(ctx, call{method: "POST", path: modeles, body: jsonBody(m), once: true}, &created)
	return created, err
}

// UpdateModele replaces the modèle that has m's id.
func (c *Client) UpdateModele(ctx context.Context, m Modele) (updated Modele, err error) {
	err = c.get(ctx, call{method: "PUT", path: modeles + "/" + url.PathEscape(m.ID), body: jsonBody(m)}, &updated)
	return updated, err
}

// DeleteModele removes a modèle.
func (c *Client) DeleteModele(ctx context.Context, id string) error {
	return c.get(ctx, call{method: "DELETE", path: modeles + "/" + url.PathEscape(id), once: true}, nil)
}

// PreviewModele works out what saving m would change, and records nothing.
func (c *Client) PreviewModele(ctx context.Context, m Modele) (a Apercu, err error) {
	err = c.get(ctx, call{method: "POST", path: modeles + "/apercu", body: jsonBody(m)}, &a)
	return a, err
}

// NonIntegres returns what is in no session, largest group first.
func (c *Client) NonIntegres(ctx context.Context) ([]Groupe, error) {
	var answer struct {
		Groupes []Groupe `json:"groupes"`
	}
	err := c.get(ctx, call{method: "GET", path: "/api/admin/v1/non-integres"}, &answer)
	return answer.Groupes, err
}

// Sessions returns the sessions that have apprentices, ordered by their names.
func (c *Client) Sessions(ctx context.Context) ([]Session, error) {
	var answer struct {
		Sessions []Session `json:"sessions"`
	}
	err := c.get(ctx, call{method: "GET", path: "/api/admin/v1/sessions"}, &answer)
	return answer.Sessions, err
}

// SessionContrats yields the contracts of a session, ordered by code.
func (c *Client) SessionContrats(ctx context.Context, id string) iter.Seq2[passerelle.Contrat, error] {
	return stream[passerelle.Contrat](ctx, c, call{method: "GET", path: "/api/admin/v1/sessions/" + url.PathEscape(id) + "/contrats"}, "contrats")
}
