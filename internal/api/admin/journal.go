package admin

import (
	"net/http"
	"time"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// gesteAnswer is one act of the journal of people and software.
type gesteAnswer struct {
	ID      string              `json:"id"`
	Quoi    domaine.NatureGeste `json:"quoi"`
	Phrase  string              `json:"phrase"`
	Objet   *string             `json:"objet"`
	Detail  *string             `json:"detail"`
	Par     string              `json:"par"`
	JetonID *string             `json:"jetonId"`
	Le      time.Time           `json:"le"`
}

// journal lists what people and software did beside pushing, the latest first.
func (s *server) journal(w http.ResponseWriter, r *web.Request) error {
	page, err := web.Page(r, 100)
	if err != nil {
		return err
	}
	found, total, err := s.hub.Journal.Gestes(r.Context(), r.Jeton.OrganismeID, r.URL.Query().Get("famille"), page)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, struct {
		Total  int           `json:"total"`
		Gestes []gesteAnswer `json:"gestes"`
	}{total, web.Each(found, gesteOf)})
}

func gesteOf(g *domaine.Geste) gesteAnswer {
	return gesteAnswer{ID: web.ID(g.ID), Quoi: g.Quoi, Phrase: g.Phrase(), Objet: web.OrNull(g.Objet), Detail: web.OrNull(g.Detail), Par: g.Par, JetonID: web.IDOrNull(g.JetonID), Le: g.Le}
}
