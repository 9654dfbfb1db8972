package hub

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// PolitiqueWebhooks says where webhooks may lead.
type PolitiqueWebhooks struct {
	HTTP  bool // without TLS
	Prive bool // to addresses of inside networks
}

// PolitiqueWebhooks returns where webhooks may lead.
func (h *Webhooks) PolitiqueWebhooks() PolitiqueWebhooks { return h.webhooks }

// MaxWebhooks is how many webhooks an organisme may have.
const MaxWebhooks = 10

// RotationWebhook is how long the secret before the current one signs too.
const RotationWebhook = 24 * time.Hour

const maxURL = 2000

// newWebhookSecret returns a secret as Standard Webhooks writes it.
func newWebhookSecret() string {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(key[:])
}

// checkWebhook trims a webhook and returns what is wrong with it, field by field.
func (h *core) checkWebhook(w *domaine.Webhook) error {
	var details constats
	w.Nom, w.URL = strings.TrimSpace(w.Nom), strings.TrimSpace(w.URL)
	details.nom(w.Nom, "du webhook", " : dites quel logiciel il prévient")
	address, err := url.Parse(w.URL)
	switch {
	case w.URL == "":
		details.add("url", passerelle.CodeRequired, "L’adresse du webhook est obligatoire.")
	case len(w.URL) > maxURL:
		details.add("url", passerelle.CodeTooLong, "L’adresse du webhook a au plus %d caractères.", maxURL)
	case err != nil || address.Hostname() == "" || address.Scheme != "https" && address.Scheme != "http" || address.Fragment != "":
		details.add("url", passerelle.CodeType, "L’adresse du webhook est une URL complète, comme https://logiciel.example/passerelle.")
	case address.User != nil:
		details.add("url", passerelle.CodeType, "L’adresse du webhook ne porte ni nom d’utilisateur ni mot de passe : la signature prouve d’où vient l’appel.")
	case address.Scheme == "http" && !h.webhooks.HTTP:
		details.add("url", passerelle.CodeType, "L’adresse du webhook commence par https:// : l’exploitant n’a pas permis http://.")
	}
	for _, t := range w.Evenements {
		if !slices.Contains(domaine.TousEvenements, t) {
			details.add("evenements", passerelle.CodeType, "« %s » n’est pas un événement : choisissez parmi %s.", t, ListeEvenements())
			break
		}
	}
	slices.Sort(w.Evenements)
	w.Evenements = slices.Compact(w.Evenements)
	return details.refuse(refus.CodeInvalidWebhook)
}

// ListeEvenements names every type of event in a sentence.
func ListeEvenements() string {
	words := make([]string, len(domaine.TousEvenements))
	for i, t := range domaine.TousEvenements {
		words[i] = string(t)
	}
	return strings.Join(words, ", ")
}

func noWebhook(err error, id int64) error {
	return orNotFound(err, "Il n’y a pas de webhook %d.", id)
}

// Webhooks returns the webhooks of an organisme, oldest first.
func (h *Webhooks) Webhooks(ctx context.Context, organisme int64) ([]domaine.Webhook, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Webhook, error) { return tx.Webhooks(ctx, organisme) })
}

// Webhook returns one webhook.
func (h *Webhooks) Webhook(ctx context.Context, organisme, id int64) (domaine.Webhook, error) {
	return read(ctx, h.db, func(tx *store.Tx) (domaine.Webhook, error) {
		w, err := tx.Webhook(ctx, organisme, id)
		return w, noWebhook(err, id)
	})
}

// CreateWebhook adds a webhook and returns it with its secret, which is shown
// once.
func (h *Webhooks) CreateWebhook(ctx context.Context, organisme int64, w domaine.Webhook) (created domaine.Webhook, secret string, err error) {
	if err := h.checkWebhook(&w); err != nil {
		return w, "", err
	}
	secret = newWebhookSecret()
	err = h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		known, err := tx.Webhooks(ctx, organisme)
		if err != nil {
			return err
		}
		if len(known) >= MaxWebhooks {
			return refus.New(refus.CodeTooManyWebhooks, "Un organisme a au plus %d webhooks : supprimez celui qui ne sert plus.", MaxWebhooks)
		}
		w.CreeLe = h.now()
		id, err := tx.InsertWebhook(ctx, organisme, &w, secret)
		if err != nil {
			return err
		}
		if created, err = tx.Webhook(ctx, organisme, id); err != nil {
			return err
		}
		return h.note(ctx, tx, organisme, domaine.GesteWebhookCree, id, "« "+w.Nom+" »")
	})
	return created, secret, orNotFound(err, "Il n’y a pas d’organisme %d.", organisme)
}

// UpdateWebhook replaces what a person says of a webhook. Its failures are
// forgotten, and what waits for it is tried at once; only where it is still what
// attendu says.
func (h *Webhooks) UpdateWebhook(ctx context.Context, organisme int64, w domaine.Webhook, attendu Attendu) (changed domaine.Webhook, err error) {
	if err := h.checkWebhook(&w); err != nil {
		return w, err
	}
	err = h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		before, err := tx.Webhook(ctx, organisme, w.ID)
		if err != nil {
			return noWebhook(err, w.ID)
		}
		if err := attendu.check("Ce webhook", before.Version()); err != nil {
			return err
		}
		if err := tx.UpdateWebhook(ctx, organisme, &w); err != nil {
			return noWebhook(err, w.ID)
		}
		tx.OnCommit(h.wake)
		if changed, err = tx.Webhook(ctx, organisme, w.ID); err != nil || before.Version() == changed.Version() {
			return err
		}
		return h.note(ctx, tx, organisme, domaine.GesteWebhookModifie, w.ID, changesOfWebhook(&before, &changed))
	})
	return changed, err
}

// DeleteWebhook forgets a webhook and what was to be delivered to it.
func (h *Webhooks) DeleteWebhook(ctx context.Context, organisme, id int64, attendu Attendu) error {
	return h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		before, err := tx.Webhook(ctx, organisme, id)
		if err != nil {
			return noWebhook(err, id)
		}
		if err := attendu.check("Ce webhook", before.Version()); err != nil {
			return err
		}
		if err := tx.DeleteWebhook(ctx, organisme, id); err != nil {
			return noWebhook(err, id)
		}
		return h.note(ctx, tx, organisme, domaine.GesteWebhookSupprime, id, "« "+before.Nom+" »")
	})
}

// changesOfWebhook says what changed of a webhook, in French. Its address may hold a
// secret of whoever receives, and is not said.
func changesOfWebhook(before, after *domaine.Webhook) string {
	var said []string
	if before.Nom != after.Nom {
		said = append(said, fmt.Sprintf("nom : « %s » → « %s »", before.Nom, after.Nom))
	}
	if before.URL != after.URL {
		said = append(said, "adresse")
	}
	if !slices.Equal(before.Evenements, after.Evenements) {
		said = append(said, "événements")
	}
	if before.Actif != after.Actif {
		said = append(said, map[bool]string{true: "activé", false: "désactivé"}[after.Actif])
	}
	return strings.Join(said, " ; ")
}

// RotateWebhook gives a webhook another secret, which is shown once. Until the
// moment returned the one before signs too.
func (h *Webhooks) RotateWebhook(ctx context.Context, organisme, id int64) (secret string, until time.Time, err error) {
	secret, until = newWebhookSecret(), h.now().Add(RotationWebhook)
	err = h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		if err := tx.RotateWebhook(ctx, organisme, id, secret, until); err != nil {
			return noWebhook(err, id)
		}
		return h.note(ctx, tx, organisme, domaine.GesteWebhookSecret, id, "")
	})
	return secret, until, err
}

type dataEssai struct {
	Webhook string `json:"webhook"`
}

// TestWebhook has an event delivered that tells of nothing, after those that
// wait, and has the webhook tried at once.
func (h *Webhooks) TestWebhook(ctx context.Context, organisme, id int64) (l domaine.Livraison, err error) {
	err = h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		w, err := tx.Webhook(ctx, organisme, id)
		if err != nil {
			return noWebhook(err, id)
		}
		if err := mustBeOn(&w); err != nil {
			return err
		}
		if l, err = h.livraisonOf(organisme, evenement{domaine.WebhookEssai, dataEssai{fmt.Sprint(id)}}); err != nil {
			return err
		}
		l.WebhookID = id
		newID, err := tx.InsertLivraison(ctx, organisme, &l)
		if err != nil {
			return err
		}
		tx.OnCommit(h.wake)
		if l, err = tx.Livraison(ctx, organisme, newID); err != nil {
			return err
		}
		return tx.HurryWebhook(ctx, organisme, id)
	})
	return l, err
}

func mustBeOn(w *domaine.Webhook) error {
	if !w.Actif {
		return refus.New(refus.CodeWebhookOff, "Le webhook %d est désactivé : activez-le d’abord.", w.ID)
	}
	return nil
}

// Livraisons returns a page of the deliveries to a webhook, latest first, and how
// many there are; those in one state where it is not "".
func (h *Webhooks) Livraisons(ctx context.Context, organisme, webhook int64, etat domaine.EtatLivraison, page Page) (found []domaine.Livraison, total int, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Webhook(ctx, organisme, webhook); err != nil {
			return noWebhook(err, webhook)
		}
		found, total, err = tx.Livraisons(ctx, organisme, webhook, etat, store.Page(page))
		return err
	})
	return found, total, err
}

// ReplayLivraison has an event delivered once more, or at once where it still
// waits, before the later ones. It keeps its webhook-id.
func (h *Webhooks) ReplayLivraison(ctx context.Context, organisme, id int64) (l domaine.Livraison, err error) {
	err = h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		if l, err = tx.Livraison(ctx, organisme, id); err != nil {
			return orNotFound(err, "Il n’y a pas de livraison %d.", id)
		}
		w, err := tx.Webhook(ctx, organisme, l.WebhookID)
		if err != nil {
			return err
		}
		if err := mustBeOn(&w); err != nil {
			return err
		}
		if err := tx.ReplayLivraison(ctx, organisme, id); err != nil {
			return err
		}
		if err := tx.HurryWebhook(ctx, organisme, l.WebhookID); err != nil {
			return err
		}
		tx.OnCommit(h.wake)
		l, err = tx.Livraison(ctx, organisme, id)
		return err
	})
	return l, err
}
