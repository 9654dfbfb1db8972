package webhook

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

const (
	workers  = 64               // webhooks that a process delivers to at the same time
	turn     = 30 * time.Second // after which a webhook makes room for others
	pollTime = time.Second      // between two looks at what other processes wrote, and at retries
)

// Livreur delivers what waits, in the order of each webhook, whichever process
// wrote it. Each webhook has a goroutine of its own while it has something to
// get: a slow one holds back nobody else.
type Livreur struct {
	hub      *hub.Hub
	log      *slog.Logger
	sender   *sender
	attempts func(domaine.ErreurLivraison) // counts
	slots    chan struct{}
	running  sync.WaitGroup

	turn, returnLimit time.Duration
}

// New returns a Livreur for the webhooks of a hub. attempts is called after each
// attempt, with "" for one that succeeded.
func New(h *hub.Hub, log *slog.Logger, attempts func(domaine.ErreurLivraison)) *Livreur {
	return &Livreur{hub: h, log: log, sender: newSender(h), attempts: attempts, slots: make(chan struct{}, workers), turn: turn, returnLimit: returnLimit}
}

// Run delivers until ctx ends; attempts under way finish.
func (l *Livreur) Run(ctx context.Context) {
	if err := l.hub.Webhooks.FreeWebhooks(ctx); err != nil && ctx.Err() == nil {
		l.log.Error("webhooks of the process before not freed", "error", err)
	}
	ticker := time.NewTicker(pollTime)
	defer ticker.Stop()
	failing := false // say it once
	for {
		switch err := l.dispatch(ctx); {
		case err == nil:
			failing = false
		case ctx.Err() == nil && !failing:
			failing = true
			l.log.Warn("webhooks not looked at", "error", err)
		}
		select {
		case <-ctx.Done():
			l.running.Wait()
			l.sender.client.CloseIdleConnections()
			return
		case <-l.hub.Webhooks.Wakes():
		case <-ticker.C:
		}
	}
}

// dispatch starts a delivery to each webhook that is due, as far as there is room.
func (l *Livreur) dispatch(ctx context.Context) error {
	due, err := l.hub.Webhooks.DueWebhooks(ctx)
	if err != nil {
		return err
	}
	for _, r := range due {
		select {
		case l.slots <- struct{}{}:
		default:
			return nil // the others come next
		}
		l.running.Go(func() {
			defer func() { <-l.slots }()
			l.serve(ctx, r)
		})
	}
	return nil
}

// returnLimit is how long, beyond its turn, a webhook is held where the database does
// not answer: a process that stops waits for that.
const returnLimit = 30 * time.Second

// serve takes one webhook and delivers to it until it has everything, it fails,
// its turn is over, or ctx ends.
func (l *Livreur) serve(ctx context.Context, r hub.WebhookDu) {
	lease, ok, err := l.hub.Webhooks.LeaseWebhook(ctx, r)
	if err != nil || !ok {
		l.failed(ctx, r, err)
		return
	}
	// What is under way ends even where the process is asked to stop.
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.turn+l.returnLimit)
	defer cancel()
	defer func() {
		if err := l.hub.Webhooks.ReturnWebhook(work, &lease); err != nil {
			l.failed(ctx, r, err)
		}
	}()
	for began := time.Now(); ctx.Err() == nil && time.Since(began) < l.turn; {
		goOn, err := l.deliver(work, &lease)
		if err != nil || !goOn {
			l.failed(ctx, r, err)
			return
		}
	}
}

// deliver delivers the next event and reports whether another may follow.
func (l *Livreur) deliver(ctx context.Context, lease *domaine.Bail) (goOn bool, err error) {
	next, ok, err := l.hub.Webhooks.NextLivraison(ctx, lease)
	if err != nil || !ok {
		return false, err
	}
	essai, err := l.sender.send(ctx, lease, &next)
	if err != nil {
		return false, err
	}
	l.attempts(essai.Erreur)
	if essai.Erreur != "" {
		l.log.Info("webhook not delivered", "organisme", lease.Organisme, "webhook", lease.Webhook, "livraison", next.ID,
			"attempt", next.Essais+1, "status", essai.Statut, "reason", string(essai.Erreur))
	}
	return l.hub.Webhooks.RecordAttempt(ctx, lease, next, essai)
}

func (l *Livreur) failed(ctx context.Context, r hub.WebhookDu, err error) {
	if err != nil && ctx.Err() == nil {
		l.log.Warn("webhook not served", "organisme", r.Organisme, "webhook", r.ID, "error", err)
	}
}
