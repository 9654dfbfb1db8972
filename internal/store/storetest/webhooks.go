package storetest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

func webhooks(t *testing.T, db *store.DB) {
	organisme, other := newOrganisme(t, db), newOrganisme(t, db)
	w := domaine.Webhook{Nom: "Suivi", URL: "https://logiciel.example/", Actif: true, CreeLe: now,
		Evenements: []domaine.TypeEvenement{domaine.ExerciceClos, domaine.SilenceConstate}}
	l := domaine.Livraison{Evenement: "msg_1", Type: domaine.ExerciceClos, Contenu: []byte(`{"é":1}`), Etat: domaine.LivraisonAttente, CreeLe: now}
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		if w.ID, err = tx.InsertWebhook(ctx, organisme, &w, "whsec_1"); err != nil {
			return err
		}
		l.WebhookID = w.ID
		l.ID, err = tx.InsertLivraison(ctx, organisme, &l)
		return err
	})
	w.EnAttente = 1
	state := func() (got domaine.Webhook) {
		t.Helper()
		read(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
			got, err = tx.Webhook(ctx, organisme, w.ID)
			return err
		})
		return got
	}
	same(t, "webhook", state(), w)
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		got, err := tx.Livraison(ctx, organisme, l.ID)
		same(t, "delivery", got, l)
		if err != nil {
			return err
		}
		targets, err := tx.WebhookTargets(ctx, organisme)
		same(t, "targets", targets, []store.WebhookTarget{{ID: w.ID, Evenements: w.Evenements}})
		if err != nil {
			return err
		}
		targets, err = tx.WebhookTargets(ctx, other)
		same(t, "another organisme's targets", targets, []store.WebhookTarget(nil))
		return err
	})
	wantNotFound(t, "another organisme's", try(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteWebhook(ctx, other, w.ID) }))

	// A failure counts from the first one, and delays the next attempt.
	later := now.Add(time.Hour)
	for i := range 2 {
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			return tx.WebhookFailed(ctx, organisme, w.ID, now.Add(time.Duration(i)*time.Minute), later)
		})
	}
	failing := w
	failing.Echecs, failing.EchecLe, failing.Prochain = 2, &now, &later
	same(t, "after two failures", state(), failing)
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.WebhookSucceeded(ctx, organisme, w.ID) })
	same(t, "after a success", state(), w)
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteWebhook(ctx, organisme, w.ID) })
	wantNotFound(t, "deleted", try(t, db, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Livraison(ctx, organisme, l.ID)
		return err
	}))
}

func leases(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	w := domaine.Webhook{Nom: "Suivi", URL: "https://logiciel.example/", Actif: true, CreeLe: now}
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		if w.ID, err = tx.InsertWebhook(ctx, organisme, &w, "whsec_1"); err != nil {
			return err
		}
		_, err = tx.InsertLivraison(ctx, organisme, &domaine.Livraison{WebhookID: w.ID, Evenement: "msg_1", Contenu: []byte("{}"), CreeLe: now})
		return err
	})
	ref := store.Reference{Organisme: organisme, ID: w.ID}
	lease := func(at time.Time) (b domaine.Bail, ok bool) {
		t.Helper()
		write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
			b, ok, err = tx.LeaseWebhook(ctx, ref, at.String(), at, at.Add(time.Minute))
			return err
		})
		return b, ok
	}
	keep := func(b *domaine.Bail, until time.Time) (ok bool) {
		t.Helper()
		write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
			ok, err = tx.RenewLease(ctx, b, until)
			return err
		})
		return ok
	}
	var taken atomic.Int64
	var first domaine.Bail
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if b, ok := lease(now); ok {
				taken.Add(1)
				first = b
			}
		})
	}
	wait.Wait()
	if taken.Load() != 1 {
		t.Fatalf("%d processes hold one webhook", taken.Load())
	}
	same(t, "lease", first, domaine.Bail{Organisme: organisme, Webhook: w.ID, Porteur: now.String(), URL: w.URL, Secrets: []string{"whsec_1"}})
	if !keep(&first, now.Add(2*time.Minute)) {
		t.Error("a lease cannot be kept")
	}
	if _, ok := lease(now.Add(90 * time.Second)); ok {
		t.Error("a lease that was kept was taken")
	}
	second, ok := lease(now.Add(3 * time.Minute))
	if !ok || keep(&first, now.Add(time.Hour)) {
		t.Error("a lease that ran out serves on")
	}
	if !keep(&second, time.UnixMilli(0)) {
		t.Error("a lease cannot be given back")
	}
	if _, ok := lease(now.Add(3 * time.Minute)); !ok {
		t.Error("a lease that was given back is not free")
	}
}
