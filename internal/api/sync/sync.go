// Package sync is the contract synchronisation API (seed 000, design 4).
package sync

import (
	"net/http"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// server answers with the hub.
type server struct{ hub *hub.Hub }

// Dialect returns the routes under /api/sync/.
func Dialect(h *hub.Hub) web.Dialect {
	s := &server{h}
	const right = domaine.DroitContrats
	return web.Dialect{
		Prefix: "/api/sync/",
		Routes: []web.Route{
			{Method: "GET", Path: "/api/sync/v1/test", Handle: s.test},
			{Method: "POST", Path: "/api/sync/v1/contrats", Droit: right, Handle: s.pushV1},
			{Method: "GET", Path: "/api/sync/v1/contrats", Droit: right, Handle: s.listIntegres},
			{Method: "DELETE", Path: "/api/sync/v1/contrats", Droit: right, Handle: s.reset},
			{Method: "GET", Path: "/api/sync/v1/contrats-get-all", Droit: right, Handle: s.listTransmis},
			{Method: "POST", Path: "/api/sync/v1/contrats-diff", Droit: right, Handle: s.diff},
			{Method: "POST", Path: "/api/sync/v2/contrats", Droit: right, Handle: s.pushV2},
			{Method: "POST", Path: "/api/sync/v2/contrats/changes", Droit: right, Handle: s.pushChanges},
			{Method: "GET", Path: "/api/sync/v1/synchronisations", Droit: right, Handle: s.journal},
			{Method: "GET", Path: "/api/sync/v1/synchronisations/{id}", Droit: right, Handle: web.OfID(s.synchronisation)},
			{Method: "POST", Path: "/api/sync/v1/synchronisations/{id}/annuler", Droit: right, Handle: web.OfID(s.undo)},
			{Method: "POST", Path: "/api/sync/v1/synchronisations/{id}/confirmer", Droit: right, Handle: web.OfID(s.confirm)},
			{Method: "POST", Path: "/api/sync/v1/synchronisations/{id}/abandonner", Droit: right, Handle: web.OfID(s.drop)},
			{Method: "GET", Path: "/api/sync/v1/anomalies", Droit: right, Handle: s.anomalies},
			{Method: "POST", Path: "/api/sync/v1/calendar-group-ics", Droit: right, Handle: s.calendar},
			{Method: "POST", Path: "/api/sync/v1/absences-for-student", Droit: right, Handle: s.absences},
		},
		WriteError: web.WritePlainError,
	}
}

type testAnswer struct {
	Value string `json:"value"`
	Name  string `json:"name"`
}

func (s *server) test(w http.ResponseWriter, r *web.Request) error {
	organisme, err := s.hub.Organismes.Organisme(r.Context(), r.Jeton.OrganismeID)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, testAnswer{"token valid", organisme.Nom})
}

func (s *server) listIntegres(w http.ResponseWriter, r *web.Request) error {
	return s.list(w, r, hub.Filtre{Integres: true})
}

func (s *server) listTransmis(w http.ResponseWriter, r *web.Request) error {
	return s.list(w, r, hub.Filtre{})
}

func (s *server) list(w http.ResponseWriter, r *web.Request, filtre hub.Filtre) error {
	page, err := web.Page(r, 0)
	if err != nil {
		return err
	}
	return web.StreamContrats(w, r, s.hub, filtre, page)
}

type resetAnswer struct {
	Success bool `json:"success"`
	Removed int  `json:"removed"`
}

func (s *server) reset(w http.ResponseWriter, r *web.Request) error {
	removed, err := s.hub.Contrats.Reset(r.Context(), r.Acteur())
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, resetAnswer{true, removed})
}
