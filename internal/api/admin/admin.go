// Package admin is the API of the integration team: modèles, what is not
// integrated and why, sessions (design 4, "Integration"), the import of files, and
// webhooks.
package admin

import (
	"net/http"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// server answers with the hub.
type server struct{ hub *hub.Hub }

// Dialect returns the routes under /api/admin/.
func Dialect(h *hub.Hub) web.Dialect {
	s := &server{h}
	const right = domaine.DroitIntegration
	return web.Dialect{
		Prefix: "/api/admin/",
		Routes: []web.Route{
			{Method: "GET", Path: "/api/admin/v1/modeles", Droit: right, Handle: s.modeles},
			{Method: "POST", Path: "/api/admin/v1/modeles", Droit: right, Handle: s.createModele},
			{Method: "POST", Path: "/api/admin/v1/modeles/apercu", Droit: right, Handle: s.preview},
			{Method: "GET", Path: "/api/admin/v1/modeles/{id}", Droit: right, Handle: web.OfID(s.modele)},
			{Method: "PUT", Path: "/api/admin/v1/modeles/{id}", Droit: right, Handle: web.OfVersion(s.updateModele)},
			{Method: "DELETE", Path: "/api/admin/v1/modeles/{id}", Droit: right, Handle: web.OfVersion(s.deleteModele)},
			{Method: "GET", Path: "/api/admin/v1/non-integres", Droit: right, Handle: s.nonIntegres},
			{Method: "GET", Path: "/api/admin/v1/sessions", Droit: right, Handle: s.sessions},
			{Method: "GET", Path: "/api/admin/v1/sessions/{id}/contrats", Droit: right, Handle: web.OfID(s.sessionContrats)},
			{Method: "GET", Path: "/api/admin/v1/sessions/{id}/calendrier", Droit: right, Handle: web.OfID(s.sessionCalendrier)},
			{Method: "GET", Path: "/api/admin/v1/contrats/{code}/absences", Droit: domaine.DroitContrats, Handle: s.absences},
			{Method: "POST", Path: rechercheContrats, Droit: domaine.DroitContrats, Handle: s.recherche},
			{Method: "GET", Path: fin, Droit: right, Handle: s.fin},
			{Method: "PUT", Path: fin, Droit: right, Handle: s.decideFin},
			{Method: "DELETE", Path: fin, Droit: right, Handle: s.withdrawFin},
			{Method: "GET", Path: imports, Droit: domaine.DroitContrats, Handle: s.imports},
			{Method: "POST", Path: imports, Droit: domaine.DroitContrats, Handle: s.createImport},
			{Method: "GET", Path: imports + "/{id}", Droit: domaine.DroitContrats, Handle: web.OfID(s.importPreview)},
			{Method: "DELETE", Path: imports + "/{id}", Droit: domaine.DroitContrats, Handle: web.OfID(s.dropImport)},
			{Method: "PUT", Path: imports + "/{id}/mapping", Droit: domaine.DroitContrats, Handle: web.OfID(s.setMapping)},
			{Method: "GET", Path: imports + "/{id}/rapport", Droit: domaine.DroitContrats, Handle: web.OfID(s.importReport)},
			{Method: "GET", Path: imports + "/{id}/fichier", Droit: domaine.DroitContrats, Handle: web.OfID(s.importFile)},
			{Method: "POST", Path: imports + "/{id}/confirmer", Droit: domaine.DroitContrats, Handle: web.OfID(s.confirmImport)},
			{Method: "GET", Path: webhooks, Droit: right, Handle: s.webhooks},
			{Method: "POST", Path: webhooks, Droit: right, Handle: s.createWebhook},
			{Method: "GET", Path: webhooks + "/{id}", Droit: right, Handle: web.OfID(s.webhook)},
			{Method: "PUT", Path: webhooks + "/{id}", Droit: right, Handle: web.OfVersion(s.updateWebhook)},
			{Method: "DELETE", Path: webhooks + "/{id}", Droit: right, Handle: web.OfVersion(s.deleteWebhook)},
			{Method: "POST", Path: webhooks + "/{id}/secret", Droit: right, Handle: web.OfID(s.rotateWebhook)},
			{Method: "POST", Path: webhooks + "/{id}/essai", Droit: right, Handle: web.OfID(s.testWebhook)},
			{Method: "GET", Path: webhooks + "/{id}/livraisons", Droit: right, Handle: web.OfID(s.livraisons)},
			// The settings are read with one of two rights; each asks for the one that changes it.
			{Method: "GET", Path: reglages, Droit: right, Ou: domaine.DroitExercices, Handle: s.reglages},
			{Method: "PUT", Path: reglages, Droit: right, Ou: domaine.DroitExercices, Handle: s.setReglages},
			{Method: "GET", Path: reglages + "/historique", Droit: right, Ou: domaine.DroitExercices, Handle: s.reglagesChanges},
			{Method: "POST", Path: "/api/admin/v1/livraisons/{id}/rejouer", Droit: right, Handle: web.OfID(s.replayLivraison)},
			{Method: "GET", Path: "/api/admin/v1/journal", Droit: right, Handle: s.journal},
		},
		WriteError: writeError,
	}
}

// modeleBody is a modèle as a client sends it. ID is for apercu, where it says
// which modèle would be replaced; elsewhere it is ignored.
type modeleBody struct {
	ID       string              `json:"id"`
	Nom      string              `json:"nom"`
	Criteres passerelle.Criteres `json:"criteres"`
	Actif    *bool               `json:"actif"`
}

func readModele(w http.ResponseWriter, r *web.Request) (domaine.Modele, string, error) {
	var body modeleBody
	if err := web.ReadJSON(w, r, &body); err != nil {
		return domaine.Modele{}, "", err
	}
	return domaine.Modele{Nom: body.Nom, Criteres: body.Criteres, Actif: body.Actif == nil || *body.Actif}, body.ID, nil
}

type modelesAnswer struct {
	Total   int          `json:"total"`
	Modeles []web.Modele `json:"modeles"`
}

func (s *server) modeles(w http.ResponseWriter, r *web.Request) error {
	found, err := s.hub.Integration.Modeles(r.Context(), r.Jeton.OrganismeID)
	if err != nil {
		return err
	}
	answer := modelesAnswer{Total: len(found), Modeles: make([]web.Modele, len(found))}
	for i, m := range found {
		answer.Modeles[i] = web.ModeleOf(m)
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}

func (s *server) modele(w http.ResponseWriter, r *web.Request, id int64) error {
	m, err := s.hub.Integration.Modele(r.Context(), r.Jeton.OrganismeID, id)
	if err != nil {
		return err
	}
	web.SetETag(w, m.Version())
	return web.WriteJSON(w, http.StatusOK, web.ModeleOf(m))
}

func (s *server) createModele(w http.ResponseWriter, r *web.Request) error {
	m, _, err := readModele(w, r)
	if err != nil {
		return err
	}
	if m, err = s.hub.Integration.CreateModele(r.Context(), r.Jeton.OrganismeID, m); err != nil {
		return err
	}
	w.Header().Set("Location", "/api/admin/v1/modeles/"+web.ID(m.ID))
	web.SetETag(w, m.Version())
	return web.WriteJSON(w, http.StatusCreated, web.ModeleOf(m))
}

func (s *server) updateModele(w http.ResponseWriter, r *web.Request, id int64, attendu hub.Attendu) error {
	m, _, err := readModele(w, r)
	if err != nil {
		return err
	}
	m.ID = id
	if err := s.hub.Integration.UpdateModele(r.Context(), r.Jeton.OrganismeID, m, attendu); err != nil {
		return err
	}
	if m, err = s.hub.Integration.Modele(r.Context(), r.Jeton.OrganismeID, id); err != nil {
		return err
	}
	web.SetETag(w, m.Version())
	return web.WriteJSON(w, http.StatusOK, web.ModeleOf(m))
}

func (s *server) deleteModele(w http.ResponseWriter, r *web.Request, id int64, attendu hub.Attendu) error {
	if err := s.hub.Integration.DeleteModele(r.Context(), r.Jeton.OrganismeID, id, attendu); err != nil {
		return err
	}
	return web.NoContent(w)
}

type apercuAnswer struct {
	Contrats int           `json:"contrats"` // active contracts that the modèle would take
	Nouveaux int           `json:"nouveaux"` // of them, in no session today
	Deplaces int           `json:"deplaces"` // of them, taken by another modèle today
	Ambigus  int           `json:"ambigus"`  // would match several modèles equally well
	Perdus   int           `json:"perdus"`   // integrated today, would be no more
	Integres int           `json:"integres"` // integrated afterwards, in all
	Sessions []web.Session `json:"sessions"`
}

func (s *server) preview(w http.ResponseWriter, r *web.Request) error {
	m, id, err := readModele(w, r)
	if err != nil {
		return err
	}
	if id != "" {
		if m.ID, err = web.ParseID(id); err != nil {
			return err
		}
	}
	a, err := s.hub.Integration.PreviewModele(r.Context(), r.Jeton.OrganismeID, m)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, apercuAnswer{a.Contrats, a.Nouveaux, a.Deplaces, a.Ambigus, a.Perdus, a.Integres, sessionsOf(a.Sessions)})
}

func sessionsOf(list []domaine.Session) []web.Session {
	wire := make([]web.Session, len(list))
	for i, session := range list {
		wire[i] = web.SessionOf(session)
	}
	return wire
}

type sessionsAnswer struct {
	Total    int           `json:"total"`
	Sessions []web.Session `json:"sessions"`
}

func (s *server) sessions(w http.ResponseWriter, r *web.Request) error {
	empty, err := web.Flag(r, "vides", "oui")
	if err != nil {
		return err
	}
	found, err := s.hub.Integration.Sessions(r.Context(), r.Jeton.OrganismeID, empty)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, sessionsAnswer{len(found), sessionsOf(found)})
}

func (s *server) sessionContrats(w http.ResponseWriter, r *web.Request, id int64) error {
	page, err := web.Page(r, 0)
	if err != nil {
		return err
	}
	return web.StreamContrats(w, r, s.hub, hub.Filtre{Session: id}, page)
}

type groupe struct {
	Formation web.Couple   `json:"formation"`
	Annee     web.Couple   `json:"annee"`
	Site      web.Couple   `json:"site"`
	Periode   web.Couple   `json:"periode"`
	Motif     string       `json:"motif"`
	Message   string       `json:"message"`
	Modeles   []web.Modele `json:"modeles"` // those that match equally well
	Contrats  int          `json:"contrats"`
	Modele    modeleReady  `json:"modele"` // to be posted as it is
}

type modeleReady struct {
	Nom      string              `json:"nom"`
	Criteres passerelle.Criteres `json:"criteres"`
	Actif    bool                `json:"actif"`
}

type nonIntegresAnswer struct {
	Total   int      `json:"total"` // contracts
	Groupes []groupe `json:"groupes"`
}

func (s *server) nonIntegres(w http.ResponseWriter, r *web.Request) error {
	found, err := s.hub.Integration.NonIntegres(r.Context(), r.Jeton.OrganismeID)
	if err != nil {
		return err
	}
	answer := nonIntegresAnswer{Groupes: make([]groupe, len(found))}
	for i := range found {
		g := &found[i]
		answer.Total += g.Contrats
		wire := groupe{
			Formation: web.Couple{Code: g.CodeFormation, Nom: g.NomFormation}, Annee: web.Couple{Code: g.CodeAnnee, Nom: g.NomAnnee},
			Site: web.Couple{Code: g.CodeSite, Nom: g.NomSite}, Periode: web.Couple{Code: g.CodePeriode, Nom: g.NomPeriode},
			Motif: string(g.Motif), Contrats: g.Contrats, Modeles: []web.Modele{},
			Modele: modeleReady{g.Modele.Nom, g.Modele.Criteres, true},
		}
		var ids []int64
		for _, m := range g.Ambigus {
			ids = append(ids, m.ID)
			wire.Modeles = append(wire.Modeles, web.ModeleOf(m))
		}
		wire.Message = hub.ExplainMotif(g.Motif, ids, g.Ambigus)
		answer.Groupes[i] = wire
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}
