package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// DueWebhooks returns the webhooks of every organisme that have something to
// deliver, may be tried at a moment and are nobody's.
func (tx *Tx) DueWebhooks(ctx context.Context, now time.Time) ([]Reference, error) {
	return list(ctx, tx, qWebhookDueAll, []any{millis(now)}, func(rows *sql.Rows) (r Reference, err error) {
		err = rows.Scan(&r.Organisme, &r.ID)
		return r, err
	})
}

// LeaseWebhook takes a webhook that is due until a moment; ok is false where
// another process was faster.
func (tx *Tx) LeaseWebhook(ctx context.Context, r Reference, holder string, now, until time.Time) (b domaine.Bail, ok bool, err error) {
	b = domaine.Bail{Organisme: r.Organisme, Webhook: r.ID, Porteur: holder, Secrets: make([]string, 2)}
	err = tx.one(ctx, qWebhookLease, []any{r.Organisme, r.ID, holder, millis(now), millis(until)}, &b.URL, &b.Secrets[0], &b.Secrets[1], &b.Echecs)
	if errors.Is(err, ErrNotFound) {
		return b, false, nil
	}
	if b.Secrets[1] == "" {
		b.Secrets = b.Secrets[:1]
	}
	return b, err == nil, err
}

// RenewLease keeps a lease until another moment, or gives it back for one that is
// past; ok is false where it was lost.
func (tx *Tx) RenewLease(ctx context.Context, b *domaine.Bail, until time.Time) (ok bool, err error) {
	n, err := tx.exec(ctx, qWebhookRenew, b.Organisme, b.Webhook, b.Porteur, millis(until))
	return n > 0, err
}

// FreeLeases ends every lease. It is for a database that one process serves, when
// that starts.
func (tx *Tx) FreeLeases(ctx context.Context) error {
	_, err := tx.exec(ctx, qWebhookFreeAll)
	return err
}

// WebhookSucceeded forgets the failures of a webhook.
func (tx *Tx) WebhookSucceeded(ctx context.Context, organisme, id int64) error {
	_, err := tx.exec(ctx, qWebhookSuccess, organisme, id)
	return err
}

// WebhookFailed counts a failure; no attempt is made before next.
func (tx *Tx) WebhookFailed(ctx context.Context, organisme, id int64, now, next time.Time) error {
	_, err := tx.exec(ctx, qWebhookFailure, organisme, id, millis(now), millis(next))
	return err
}

// StopWebhook turns a webhook off.
func (tx *Tx) StopWebhook(ctx context.Context, organisme, id int64, why domaine.MotifArret) error {
	_, err := tx.exec(ctx, qWebhookStop, organisme, id, string(why))
	return err
}

// InsertLivraison adds a delivery and returns its id.
func (tx *Tx) InsertLivraison(ctx context.Context, organisme int64, l *domaine.Livraison) (id int64, err error) {
	err = tx.one(ctx, qLivraisonInsert, []any{organisme, l.WebhookID, l.Evenement, string(l.Type), string(l.Contenu), millis(l.CreeLe)}, &id)
	return id, err
}

func scanLivraison(scan func(...any) error) (l domaine.Livraison, err error) {
	var contenu string
	var cree int64
	var essai, finie sql.NullInt64
	err = scan(&l.ID, &l.WebhookID, &l.Evenement, &l.Type, &contenu, &l.Etat, &cree, &l.Essais, &essai, &finie, &l.Statut, &l.Erreur)
	l.Contenu, l.CreeLe, l.EssaiLe, l.FinieLe = []byte(contenu), fromMillis(cree), optionalTime(essai), optionalTime(finie)
	return l, err
}

// NextLivraison returns what a webhook is to be told next; ok is false where
// there is nothing.
func (tx *Tx) NextLivraison(ctx context.Context, organisme, webhook int64) (l domaine.Livraison, ok bool, err error) {
	l, err = scanLivraison(func(dest ...any) error { return tx.one(ctx, qLivraisonNext, []any{organisme, webhook}, dest...) })
	if errors.Is(err, ErrNotFound) {
		return l, false, nil
	}
	return l, err == nil, err
}

// Livraison returns one delivery, or ErrNotFound.
func (tx *Tx) Livraison(ctx context.Context, organisme, id int64) (domaine.Livraison, error) {
	return scanLivraison(func(dest ...any) error { return tx.one(ctx, qLivraisonGet, []any{organisme, id}, dest...) })
}

// Livraisons returns a page of the deliveries to a webhook, latest first, and how
// many there are; those in one state where it is not "".
func (tx *Tx) Livraisons(ctx context.Context, organisme, webhook int64, etat domaine.EtatLivraison, page Page) ([]domaine.Livraison, int, error) {
	return listPage(ctx, tx, qLivraisonCount, qLivraisonList, []any{organisme, webhook, string(etat)}, page, func(rows *sql.Rows) (domaine.Livraison, error) { return scanLivraison(rows.Scan) })
}

// RecordAttempt stores what an attempt at a delivery led to: its state, moment,
// status and error.
func (tx *Tx) RecordAttempt(ctx context.Context, organisme int64, l *domaine.Livraison) error {
	_, err := tx.exec(ctx, qLivraisonResult, organisme, l.ID, string(l.Etat), optionalMillis(l.EssaiLe), optionalMillis(l.FinieLe), l.Statut, string(l.Erreur))
	return err
}

// ReplayLivraison has a delivery made again.
func (tx *Tx) ReplayLivraison(ctx context.Context, organisme, id int64) error {
	return tx.mustChange(ctx, qLivraisonReplay, organisme, id)
}

// ExpireLivraisons gives up what waits since before a moment and forgets what was
// delivered or given up before it.
func (tx *Tx) ExpireLivraisons(ctx context.Context, before, now time.Time) (givenUp, purged int64, err error) {
	if purged, err = tx.exec(ctx, qLivraisonPurgeAll, millis(before)); err != nil {
		return 0, 0, err
	}
	givenUp, err = tx.exec(ctx, qLivraisonGiveUpAll, millis(before), millis(now))
	return givenUp, purged, err
}
