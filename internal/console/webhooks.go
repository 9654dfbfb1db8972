package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// webhooksPage is what webhooks.html shows.
type webhooksPage struct {
	Webhooks []webhookLigne
	webhookChamps
}

// webhookPage is what webhook.html and webhook-supprimer.html show.
type webhookPage struct {
	webhookLigne
	webhookChamps
	Livraisons []livraisonLigne
	Pagination pagination
}

// webhookChamps is the form of a webhook, and the secret that a form led to.
type webhookChamps struct {
	Form    domaine.Webhook
	Types   []typeCase
	Erreurs map[string]string
	Secret  string // shown once
	Version string
	Autre   *entretemps
}

type webhookLigne struct {
	domaine.Webhook
	Etat, Classe string
}

type typeCase struct {
	Type  domaine.TypeEvenement
	Texte string
	Coche bool
}

type livraisonLigne struct {
	domaine.Livraison
	Texte, EtatTexte, Classe, Message string
}

// typesTextes say what each event tells.
var typesTextes = map[domaine.TypeEvenement]string{
	domaine.SynchronisationAppliquee:  "Un envoi est enregistré",
	domaine.SynchronisationRetenue:    "Un envoi est retenu par la garde",
	domaine.SynchronisationRefusee:    "Un envoi est refusé en entier",
	domaine.SynchronisationAnnulee:    "Une synchronisation est annulée",
	domaine.SynchronisationAbandonnee: "Un envoi retenu est abandonné",
	domaine.IntegrationChangee:        "Des contrats entrent dans une session ou n’en ont plus",
	domaine.ExerciceCree:              "Un exercice est créé",
	domaine.ExerciceDeplace:           "Un exercice change de dates",
	domaine.ExerciceClos:              "Un exercice est clos",
	domaine.SilenceConstate:           "Le logiciel de gestion n’envoie plus rien",
	domaine.SilenceTermine:            "Le logiciel de gestion envoie de nouveau",
	domaine.FinancementRisque:         "Un solde sera perdu dans 30 jours au plus",
	domaine.WebhookEssai:              "Essai",
}

func (c *console) webhookLigne(w *domaine.Webhook) webhookLigne {
	line := webhookLigne{*w, "Actif", "bon"}
	switch {
	case w.Motif == domaine.ArretParti:
		line.Etat, line.Classe = "Désactivé : a répondu 410", "grave"
	case !w.Actif:
		line.Etat, line.Classe = "Désactivé", ""
	case w.EnEchec(c.hub.Now()):
		line.Etat, line.Classe = "En échec", "grave"
	case w.Echecs > 0:
		line.Etat, line.Classe = "Réessaie", "attention"
	}
	return line
}

func champsOf(form domaine.Webhook) webhookChamps {
	champs := webhookChamps{Form: form}
	for _, t := range domaine.TousEvenements {
		champs.Types = append(champs.Types, typeCase{t, typesTextes[t], slices.Contains(form.Evenements, t)})
	}
	return champs
}

// refusedFields takes what is wrong with a form from an error, or returns the
// error.
func (f *webhookChamps) refusedFields(err error) error {
	var refusal *hub.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	violations, ok := refusal.Details.([]passerelle.Violation)
	if !ok {
		return err
	}
	f.Erreurs = map[string]string{}
	for _, v := range violations {
		f.Erreurs[v.Field] = v.Message
	}
	return nil
}

func readWebhook(r *request) domaine.Webhook {
	w := domaine.Webhook{Nom: strings.TrimSpace(r.PostFormValue("nom")), URL: strings.TrimSpace(r.PostFormValue("url")), Actif: true}
	for _, word := range r.PostForm["evenement"] {
		w.Evenements = append(w.Evenements, domaine.TypeEvenement(word))
	}
	return w
}

func (c *console) webhooks(w http.ResponseWriter, r *request) error {
	return c.showWebhooks(w, r, http.StatusOK, champsOf(domaine.Webhook{}))
}

func (c *console) showWebhooks(w http.ResponseWriter, r *request, status int, champs webhookChamps) error {
	found, err := c.hub.Webhooks.Webhooks(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	page := webhooksPage{webhookChamps: champs}
	for i := range found {
		page.Webhooks = append(page.Webhooks, c.webhookLigne(&found[i]))
	}
	return c.render(w, r, status, "webhooks", "Webhooks", page)
}

func (c *console) createWebhook(w http.ResponseWriter, r *request) error {
	form := readWebhook(r)
	_, secret, err := c.hub.Webhooks.CreateWebhook(r.Context(), r.compte.OrganismeID, form)
	if err != nil {
		champs := champsOf(form)
		if err := champs.refusedFields(err); err != nil {
			return err
		}
		return c.showWebhooks(w, r, http.StatusUnprocessableEntity, champs)
	}
	champs := champsOf(domaine.Webhook{})
	champs.Secret = secret
	return c.showWebhooks(w, r, http.StatusOK, champs)
}

func (c *console) webhook(w http.ResponseWriter, r *request) error {
	return c.showWebhook(w, r, http.StatusOK, nil)
}

// showWebhook shows one webhook; champs is nil where its form shows it as it is.
func (c *console) showWebhook(w http.ResponseWriter, r *request, status int, champs *webhookChamps) error {
	known, err := c.ownWebhook(r)
	if err != nil {
		return err
	}
	page := webhookPage{webhookLigne: c.webhookLigne(&known), webhookChamps: champsOf(known)}
	if champs != nil {
		page.webhookChamps = *champs
	}
	page.Version = c.seen(known.Version())
	n := pageOf(r.Request)
	found, total, err := c.hub.Webhooks.Livraisons(r.Context(), r.compte.OrganismeID, known.ID, "", slice(n))
	if err != nil {
		return err
	}
	for _, l := range found {
		line := livraisonLigne{l, typesTextes[l.Type], "Livré", "bon", hub.ExplainLivraison(&l)}
		switch {
		case l.Etat == domaine.LivraisonAbandonnee:
			line.EtatTexte, line.Classe = "Abandonné", "grave"
		case l.Etat == domaine.LivraisonAttente && l.Erreur != "":
			line.EtatTexte, line.Classe = "À réessayer", "attention"
		case l.Etat == domaine.LivraisonAttente:
			line.EtatTexte, line.Classe = "En attente", ""
		}
		page.Livraisons = append(page.Livraisons, line)
	}
	page.Pagination = paginate(r.Request, n, total)
	return c.render(w, r, status, "webhook", "Webhook « "+known.Nom+" »", page)
}

// ownWebhook returns the webhook that the address names, if it is the organisme's.
func (c *console) ownWebhook(r *request) (w domaine.Webhook, err error) {
	return named(r, c.hub.Webhooks.Webhook)
}

func (c *console) updateWebhook(w http.ResponseWriter, r *request) error {
	known, err := c.ownWebhook(r)
	if err != nil {
		return err
	}
	form := readWebhook(r)
	form.ID, form.Actif = known.ID, known.Actif
	if _, err := c.hub.Webhooks.UpdateWebhook(r.Context(), r.compte.OrganismeID, form, r.attendu()); err != nil {
		champs := champsOf(form)
		if changed(err) {
			if champs.Autre, err = c.meanwhile(r, "webhook", known.ID, "Ce webhook", lienWebhook(known.ID)); err != nil {
				return err
			}
			return c.showWebhook(w, r, http.StatusPreconditionFailed, &champs)
		}
		if err := champs.refusedFields(err); err != nil {
			return err
		}
		return c.showWebhook(w, r, http.StatusUnprocessableEntity, &champs)
	}
	return then(w, r, lienWebhook(known.ID), "webhook")
}

func (c *console) toggleWebhook(w http.ResponseWriter, r *request) error {
	known, err := c.ownWebhook(r)
	if err != nil {
		return err
	}
	switch r.PostFormValue("etat") {
	case "actif":
		known.Actif = true
	case "arrete":
		known.Actif = false
	default:
		return refus.New(refus.CodeInvalidChoice, "Choisissez d’activer ou de désactiver ce webhook : revenez à sa page.")
	}
	if _, err := c.hub.Webhooks.UpdateWebhook(r.Context(), r.compte.OrganismeID, known, nil); err != nil {
		return err
	}
	return then(w, r, lienWebhook(known.ID), map[bool]string{true: "webhook-actif", false: "webhook-arrete"}[known.Actif])
}

func (c *console) testWebhook(w http.ResponseWriter, r *request, id int64) error {
	if _, err := c.hub.Webhooks.TestWebhook(r.Context(), r.compte.OrganismeID, id); err != nil {
		return err
	}
	return then(w, r, lienWebhook(id), "webhook-essai")
}

func (c *console) rotateWebhook(w http.ResponseWriter, r *request) error {
	known, err := c.ownWebhook(r)
	if err != nil {
		return err
	}
	champs := champsOf(known)
	if champs.Secret, _, err = c.hub.Webhooks.RotateWebhook(r.Context(), r.compte.OrganismeID, known.ID); err != nil {
		return err
	}
	return c.showWebhook(w, r, http.StatusOK, &champs)
}

func (c *console) deleteWebhookForm(w http.ResponseWriter, r *request) error {
	known, err := c.ownWebhook(r)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "webhook-supprimer", "Supprimer un webhook", c.webhookLigne(&known))
}

func (c *console) deleteWebhook(w http.ResponseWriter, r *request, id int64) error {
	if err := c.hub.Webhooks.DeleteWebhook(r.Context(), r.compte.OrganismeID, id, nil); err != nil {
		return err
	}
	return then(w, r, "/webhooks", "webhook-supprime")
}

func (c *console) replayLivraison(w http.ResponseWriter, r *request, id int64) error {
	l, err := c.hub.Webhooks.ReplayLivraison(r.Context(), r.compte.OrganismeID, id)
	if err != nil {
		return err
	}
	return then(w, r, lienWebhook(l.WebhookID), "webhook-rejoue")
}

func lienWebhook(id int64) string { return "/webhooks/" + strconv.FormatInt(id, 10) }
