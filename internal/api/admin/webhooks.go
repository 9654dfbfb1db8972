package admin

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

const webhooks = "/api/admin/v1/webhooks"

// webhookBody is a webhook as a client sends it.
type webhookBody struct {
	Nom        string                  `json:"nom"`
	URL        string                  `json:"url"`
	Evenements []domaine.TypeEvenement `json:"evenements"`
	Actif      *bool                   `json:"actif"`
}

func readWebhook(w http.ResponseWriter, r *web.Request) (domaine.Webhook, error) {
	var body webhookBody
	err := web.ReadJSON(w, r, &body)
	return domaine.Webhook{Nom: body.Nom, URL: body.URL, Evenements: body.Evenements, Actif: body.Actif == nil || *body.Actif}, err
}

type webhookAnswer struct {
	ID            string                  `json:"id"`
	Nom           string                  `json:"nom"`
	URL           string                  `json:"url"`
	Evenements    []domaine.TypeEvenement `json:"evenements"` // all of them where there is none
	Actif         bool                    `json:"actif"`
	CreeLe        time.Time               `json:"creeLe"`
	EnAttente     int                     `json:"enAttente"`
	Echecs        int                     `json:"echecs"`
	EchecDepuis   *time.Time              `json:"echecDepuis"`
	ProchainEssai *time.Time              `json:"prochainEssai"`
	EnEchec       bool                    `json:"enEchec"`
	Motif         *string                 `json:"motif"`
	Secret        string                  `json:"secret,omitempty"` // where it is created
}

func (s *server) webhookOf(w *domaine.Webhook) webhookAnswer {
	answer := webhookAnswer{
		ID: web.ID(w.ID), Nom: w.Nom, URL: w.URL, Evenements: w.Evenements, Actif: w.Actif, CreeLe: w.CreeLe, EnAttente: w.EnAttente,
		Echecs: w.Echecs, EchecDepuis: w.EchecLe, ProchainEssai: w.Prochain, EnEchec: w.EnEchec(s.hub.Now()), Motif: web.OrNull(string(w.Motif)),
	}
	if answer.Evenements == nil {
		answer.Evenements = []domaine.TypeEvenement{}
	}
	return answer
}

type webhooksAnswer struct {
	Total    int             `json:"total"`
	Webhooks []webhookAnswer `json:"webhooks"`
}

func (s *server) webhooks(w http.ResponseWriter, r *web.Request) error {
	found, err := s.hub.Webhooks.Webhooks(r.Context(), r.Jeton.OrganismeID)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, webhooksAnswer{len(found), web.Each(found, s.webhookOf)})
}

func (s *server) createWebhook(w http.ResponseWriter, r *web.Request) error {
	wanted, err := readWebhook(w, r)
	if err != nil {
		return err
	}
	created, secret, err := s.hub.Webhooks.CreateWebhook(r.Context(), r.Jeton.OrganismeID, wanted)
	if err != nil {
		return err
	}
	answer := s.webhookOf(&created)
	answer.Secret = secret
	w.Header().Set("Location", webhooks+"/"+answer.ID)
	web.SetETag(w, created.Version())
	return web.WriteJSON(w, http.StatusCreated, answer)
}

func (s *server) webhook(w http.ResponseWriter, r *web.Request, id int64) error {
	found, err := s.hub.Webhooks.Webhook(r.Context(), r.Jeton.OrganismeID, id)
	if err != nil {
		return err
	}
	web.SetETag(w, found.Version())
	return web.WriteJSON(w, http.StatusOK, s.webhookOf(&found))
}

func (s *server) updateWebhook(w http.ResponseWriter, r *web.Request, id int64, attendu hub.Attendu) error {
	wanted, err := readWebhook(w, r)
	if err != nil {
		return err
	}
	wanted.ID = id
	changed, err := s.hub.Webhooks.UpdateWebhook(r.Context(), r.Jeton.OrganismeID, wanted, attendu)
	if err != nil {
		return err
	}
	web.SetETag(w, changed.Version())
	return web.WriteJSON(w, http.StatusOK, s.webhookOf(&changed))
}

func (s *server) deleteWebhook(w http.ResponseWriter, r *web.Request, id int64, attendu hub.Attendu) error {
	if err := s.hub.Webhooks.DeleteWebhook(r.Context(), r.Jeton.OrganismeID, id, attendu); err != nil {
		return err
	}
	return web.NoContent(w)
}

type secretAnswer struct {
	Secret       string    `json:"secret"`
	AncienJusqua time.Time `json:"ancienJusqua"`
}

func (s *server) rotateWebhook(w http.ResponseWriter, r *web.Request, id int64) error {
	secret, until, err := s.hub.Webhooks.RotateWebhook(r.Context(), r.Jeton.OrganismeID, id)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, secretAnswer{secret, until})
}

type livraisonAnswer struct {
	ID           string                   `json:"id"`
	Webhook      string                   `json:"webhook"`
	Evenement    string                   `json:"evenement"`
	Type         domaine.TypeEvenement    `json:"type"`
	Etat         domaine.EtatLivraison    `json:"etat"`
	CreeLe       time.Time                `json:"creeLe"`
	Essais       int                      `json:"essais"`
	DernierEssai *time.Time               `json:"dernierEssai"`
	FinieLe      *time.Time               `json:"finieLe"`
	Statut       *int                     `json:"statut"`
	Erreur       *domaine.ErreurLivraison `json:"erreur"`
	Message      *string                  `json:"message"`
	Contenu      json.RawMessage          `json:"contenu"`
}

func livraisonOf(l *domaine.Livraison) livraisonAnswer {
	answer := livraisonAnswer{
		ID: web.ID(l.ID), Webhook: web.ID(l.WebhookID), Evenement: l.Evenement, Type: l.Type, Etat: l.Etat, CreeLe: l.CreeLe, Essais: l.Essais,
		DernierEssai: l.EssaiLe, FinieLe: l.FinieLe, Message: web.OrNull(hub.ExplainLivraison(l)), Contenu: l.Contenu,
	}
	if l.Statut != 0 {
		answer.Statut = &l.Statut
	}
	if l.Erreur != "" {
		answer.Erreur = &l.Erreur
	}
	return answer
}

type livraisonsAnswer struct {
	Total      int               `json:"total"`
	Livraisons []livraisonAnswer `json:"livraisons"`
}

// livraisonsPage is the size of a page of deliveries.
const livraisonsPage = 100

func (s *server) livraisons(w http.ResponseWriter, r *web.Request, id int64) error {
	page, err := web.Page(r, livraisonsPage)
	if err != nil {
		return err
	}
	etat := domaine.EtatLivraison(r.URL.Query().Get("etat"))
	switch etat {
	case "", domaine.LivraisonAttente, domaine.LivraisonFaite, domaine.LivraisonAbandonnee:
	default:
		return refus.New(refus.CodeInvalidParameter, "Le paramètre etat vaut attente, livree ou abandonnee.")
	}
	found, total, err := s.hub.Webhooks.Livraisons(r.Context(), r.Jeton.OrganismeID, id, etat, page)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, livraisonsAnswer{total, web.Each(found, livraisonOf)})
}

func (s *server) testWebhook(w http.ResponseWriter, r *web.Request, id int64) error {
	l, err := s.hub.Webhooks.TestWebhook(r.Context(), r.Jeton.OrganismeID, id)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusAccepted, livraisonOf(&l))
}

func (s *server) replayLivraison(w http.ResponseWriter, r *web.Request, id int64) error {
	l, err := s.hub.Webhooks.ReplayLivraison(r.Context(), r.Jeton.OrganismeID, id)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusAccepted, livraisonOf(&l))
}
