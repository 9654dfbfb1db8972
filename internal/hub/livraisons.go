package hub

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/sethvargo/go-retry"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// DureeBail is how long a process keeps a webhook to itself without saying that
// it is still there. One attempt takes much less.
const DureeBail = 20 * time.Second

// GardeLivraisons is how long deliveries are kept once they are made, and tried
// before they are given up.
const GardeLivraisons = 30 * 24 * time.Hour

// The times between attempts that fail: they double, within a fifth of chance.
const (
	premierDelai = 5 * time.Second
	dernierDelai = time.Hour
)

// delay returns how long to wait after an attempt that follows failures.
func delay(failures int) time.Duration {
	backoff := retry.WithJitterPercent(20, retry.WithCappedDuration(dernierDelai, retry.NewExponential(premierDelai)))
	next := dernierDelai
	for range min(failures, 12) + 1 { // twelve doublings are beyond the cap
		next, _ = backoff.Next()
	}
	return next
}

// DueWebhooks returns the webhooks that have something to deliver now, the ones
// that wait longest first.
func (h *Webhooks) DueWebhooks(ctx context.Context) (found []WebhookDu, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		due, err := tx.DueWebhooks(ctx, h.now())
		found = said(due, func(r store.Reference) WebhookDu { return WebhookDu(r) })
		return err
	})
	return found, err
}

// LeaseWebhook takes a webhook that is due; ok is false where another process was
// faster.
func (h *Webhooks) LeaseWebhook(ctx context.Context, due WebhookDu) (b domaine.Bail, ok bool, err error) {
	now := h.now()
	err = h.db.Write(ctx, func(tx *store.Tx) error {
		taken, free, err := tx.LeaseWebhook(ctx, store.Reference(due), rand.Text(), now, now.Add(DureeBail))
		b, ok = taken, free
		return err
	})
	return b, ok, err
}

// ReturnWebhook ends a lease before its time.
func (h *Webhooks) ReturnWebhook(ctx context.Context, b *domaine.Bail) error {
	return h.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.RenewLease(ctx, b, time.UnixMilli(0))
		return err
	})
}

// FreeWebhooks ends the leases of a process that did not stop by itself, where
// the database is one that a single process serves.
func (h *Webhooks) FreeWebhooks(ctx context.Context) error {
	if h.db.Dialect() != "sqlite" {
		return nil
	}
	return h.db.Write(ctx, func(tx *store.Tx) error { return tx.FreeLeases(ctx) })
}

// NextLivraison returns what the webhook of a lease is to be told next; ok is
// false where there is nothing.
func (h *Webhooks) NextLivraison(ctx context.Context, b *domaine.Bail) (l domaine.Livraison, ok bool, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		l, ok, err = tx.NextLivraison(ctx, b.Organisme, b.Webhook)
		return err
	})
	return l, ok, err
}

// Essai is what one attempt at a delivery led to.
type Essai struct {
	Statut   int // HTTP status, 0 where there was no answer
	Erreur   domaine.ErreurLivraison
	Attendre time.Duration // what the answer asks to wait (Retry-After), 0 where it asks nothing
}

// RecordAttempt records an attempt, renews the lease with it, and reports whether
// the next event may be delivered now: not after a failure, nor where the lease
// was lost meanwhile, which leaves the event to whoever has it.
func (h *Webhooks) RecordAttempt(ctx context.Context, b *domaine.Bail, l domaine.Livraison, essai Essai) (goOn bool, err error) {
	err = h.db.Write(ctx, func(tx *store.Tx) error {
		now := h.now()
		kept, err := tx.RenewLease(ctx, b, now.Add(DureeBail))
		if err != nil || !kept {
			return err
		}
		l.EssaiLe, l.Statut, l.Erreur = &now, essai.Statut, essai.Erreur
		if essai.Erreur == "" {
			l.Etat, l.FinieLe, goOn = domaine.LivraisonFaite, &now, true
			if b.Echecs > 0 {
				if err := tx.WebhookSucceeded(ctx, b.Organisme, b.Webhook); err != nil {
					return err
				}
			}
			return tx.RecordAttempt(ctx, b.Organisme, &l)
		}
		l.Etat, l.FinieLe = domaine.LivraisonAttente, nil
		if err := tx.RecordAttempt(ctx, b.Organisme, &l); err != nil {
			return err
		}
		if essai.Statut == 410 {
			return tx.StopWebhook(ctx, b.Organisme, b.Webhook, domaine.ArretParti)
		}
		wait := max(delay(b.Echecs), min(essai.Attendre, dernierDelai))
		return tx.WebhookFailed(ctx, b.Organisme, b.Webhook, now, now.Add(wait))
	})
	if goOn = goOn && err == nil; goOn {
		b.Echecs = 0
	}
	return goOn, err
}

// ExpireLivraisons gives up deliveries that nobody took for as long as they are
// kept, forgets those that were made so long ago, and returns how many it gave up.
func (h *Webhooks) ExpireLivraisons(ctx context.Context) (givenUp int64, err error) {
	now := h.now()
	err = h.db.Write(ctx, func(tx *store.Tx) error {
		givenUp, _, err = tx.ExpireLivraisons(ctx, now.Add(-GardeLivraisons), now)
		return err
	})
	return givenUp, err
}

// WebhookStates returns whether the webhooks of every organisme work.
func (h *Webhooks) WebhookStates(ctx context.Context) (found []EtatWebhook, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		states, err := tx.WebhookStates(ctx)
		found = said(states, func(s store.WebhookState) EtatWebhook { return EtatWebhook(s) })
		return err
	})
	return found, err
}

// ExplainLivraison says in French why the last attempt at a delivery failed and
// what to do, "" where it did not.
func ExplainLivraison(l *domaine.Livraison) string {
	switch l.Erreur {
	case domaine.ErreurStatut:
		if l.Statut == 410 {
			return "Le logiciel a répondu 410 : il ne veut plus être prévenu. Le webhook est désactivé."
		}
		return fmt.Sprintf("Le logiciel a répondu %d : regardez son journal à cette heure. Une réponse de 200 à 299 est attendue.", l.Statut)
	case domaine.ErreurRedirection:
		return fmt.Sprintf("Le logiciel a répondu %d, une redirection, qui n’est pas suivie : donnez au webhook l’adresse finale.", l.Statut)
	case domaine.ErreurDelai:
		return "Le logiciel n’a pas répondu en 10 secondes : qu’il réponde d’abord et travaille ensuite."
	case domaine.ErreurNom:
		return "Le nom de la machine n’existe pas dans le DNS : vérifiez l’adresse."
	case domaine.ErreurAdresse:
		return "L’adresse mène à un réseau interne, ce que l’exploitant n’a pas permis (--webhooks-private)."
	case domaine.ErreurSchema:
		return "L’adresse commence par http://, ce que l’exploitant n’a pas permis (--webhooks-http)."
	case domaine.ErreurTLS:
		return "Le certificat du logiciel n’est pas accepté : il est périmé, pour un autre nom ou d’une autorité inconnue."
	case domaine.ErreurConnexion:
		return "La connexion n’a pas abouti ou s’est rompue : vérifiez que le logiciel tourne et que cette adresse lui arrive."
	}
	return ""
}
