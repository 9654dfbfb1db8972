package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// OnCommit has fn called once the transaction is committed, and not at all where
// it is not.
func (tx *Tx) OnCommit(fn func()) { tx.committed = append(tx.committed, fn) }

func joinTypes(types []domaine.TypeEvenement) string {
	words := make([]string, len(types))
	for i, t := range types {
		words[i] = string(t)
	}
	return strings.Join(words, ",")
}

func splitTypes(text string) (types []domaine.TypeEvenement) {
	if text == "" {
		return nil
	}
	for word := range strings.SplitSeq(text, ",") {
		types = append(types, domaine.TypeEvenement(word))
	}
	return types
}

// InsertWebhook adds a webhook with its secret and returns its id.
func (tx *Tx) InsertWebhook(ctx context.Context, organisme int64, w *domaine.Webhook, secret string) (id int64, err error) {
	err = tx.one(ctx, qWebhookInsert, []any{organisme, w.Nom, w.URL, joinTypes(w.Evenements), flag(w.Actif), secret, millis(w.CreeLe)}, &id)
	return id, err
}

// Webhooks returns the webhooks of an organisme, oldest first.
func (tx *Tx) Webhooks(ctx context.Context, organisme int64) ([]domaine.Webhook, error) {
	return tx.webhooks(ctx, organisme, 0)
}

// Webhook returns one webhook, or ErrNotFound.
func (tx *Tx) Webhook(ctx context.Context, organisme, id int64) (domaine.Webhook, error) {
	found, err := tx.webhooks(ctx, organisme, id)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return domaine.Webhook{}, err
	}
	return found[0], nil
}

func (tx *Tx) webhooks(ctx context.Context, organisme, id int64) (found []domaine.Webhook, err error) {
	err = tx.each(ctx, qWebhookList, []any{organisme, id}, func(rows *sql.Rows) error {
		var w domaine.Webhook
		var types string
		var actif, prochain, cree int64
		var echec sql.NullInt64
		if err := rows.Scan(&w.ID, &w.Nom, &w.URL, &types, &actif, &w.Motif, &w.Echecs, &echec, &prochain, &cree, &w.EnAttente); err != nil {
			return err
		}
		w.Evenements, w.Actif, w.CreeLe, w.EchecLe = splitTypes(types), actif != 0, fromMillis(cree), optionalTime(echec)
		if prochain != 0 {
			next := fromMillis(prochain)
			w.Prochain = &next
		}
		found = append(found, w)
		return nil
	})
	return found, err
}

// WebhookState is one webhook as /metrics counts it.
type WebhookState struct {
	Organisme int64
	domaine.Webhook
}

// WebhookStates returns the webhooks of every organisme, with what says whether
// they work and no more.
func (tx *Tx) WebhookStates(ctx context.Context) ([]WebhookState, error) {
	return list(ctx, tx, qWebhookCountsAll, nil, func(rows *sql.Rows) (s WebhookState, err error) {
		var actif int64
		var echec sql.NullInt64
		err = rows.Scan(&s.Organisme, &actif, &s.Motif, &echec, &s.EnAttente)
		s.Actif, s.EchecLe = actif != 0, optionalTime(echec)
		return s, err
	})
}

// UpdateWebhook replaces what a person says of a webhook and forgets its
// failures; it returns ErrNotFound where there is none.
func (tx *Tx) UpdateWebhook(ctx context.Context, organisme int64, w *domaine.Webhook) error {
	return tx.mustChange(ctx, qWebhookUpdate, organisme, w.ID, w.Nom, w.URL, joinTypes(w.Evenements), flag(w.Actif))
}

// RotateWebhook gives a webhook another secret; the one before signs too until a
// moment.
func (tx *Tx) RotateWebhook(ctx context.Context, organisme, id int64, secret string, until time.Time) error {
	return tx.mustChange(ctx, qWebhookRotate, organisme, id, secret, millis(until))
}

// DeleteWebhook forgets a webhook with its deliveries.
func (tx *Tx) DeleteWebhook(ctx context.Context, organisme, id int64) error {
	if _, err := tx.exec(ctx, qLivraisonDeleteOf, organisme, id); err != nil {
		return err
	}
	return tx.mustChange(ctx, qWebhookDelete, organisme, id)
}

// HurryWebhook has a webhook tried at once.
func (tx *Tx) HurryWebhook(ctx context.Context, organisme, id int64) error {
	return tx.mustChange(ctx, qWebhookHurry, organisme, id)
}

// WebhookTarget is a webhook that is on, with the events that it wants.
type WebhookTarget struct {
	ID         int64
	Evenements []domaine.TypeEvenement
}

// WebhookTargets returns the webhooks of an organisme that are on.
func (tx *Tx) WebhookTargets(ctx context.Context, organisme int64) ([]WebhookTarget, error) {
	return list(ctx, tx, qWebhookTargets, []any{organisme}, func(rows *sql.Rows) (target WebhookTarget, err error) {
		var types string
		err = rows.Scan(&target.ID, &types)
		target.Evenements = splitTypes(types)
		return target, err
	})
}

// OrganismesWithWebhooks returns the organismes that have a webhook that is on.
func (tx *Tx) OrganismesWithWebhooks(ctx context.Context) ([]int64, error) {
	return column[int64](ctx, tx, qWebhookOrganismesAll)
}

// TellSilence notes that the silence after a push is told, and reports whether
// it was not before.
func (tx *Tx) TellSilence(ctx context.Context, organisme int64, last time.Time) (bool, error) {
	n, err := tx.exec(ctx, qSilenceTell, organisme, millis(last))
	return n > 0, err
}

// EndSilence notes that a silence is over, and reports whether it had been told.
func (tx *Tx) EndSilence(ctx context.Context, organisme int64) (bool, error) {
	n, err := tx.exec(ctx, qSilenceEnd, organisme)
	return n > 0, err
}

// TellRisque notes that a balance which is lost after a day is told, and reports
// whether it was not before.
func (tx *Tx) TellRisque(ctx context.Context, organisme int64, code string, auPlusTard passerelle.Date) (bool, error) {
	n, err := tx.exec(ctx, qRisqueTell, organisme, code, int64(auPlusTard))
	return n > 0, err
}
