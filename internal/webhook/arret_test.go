package webhook_test

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
	"github.com/passerelle-hub/passerelle/internal/webhook"
)

// A process is asked to stop while it delivers, and its database does not take what
// came of it: it stops all the same, and whoever comes next delivers the event again.
func TestAStopWaitsForADatabaseThatDoesNotAnswerNoLongerThanItsLimit(t *testing.T) {
	t.Parallel()
	d := storetest.Of("sqlite")
	location := d.Migrated(t)
	h := hub.New(d.Open(t, location), hub.Options{Webhooks: hub.PolitiqueWebhooks{HTTP: true, Prive: true}})
	t.Cleanup(h.Close)
	o, err := h.Organismes.CreateOrganisme(t.Context(), "CFA Horizon", false)
	if err != nil {
		t.Fatal(err)
	}
	called, release := make(chan struct{}, 1), make(chan struct{})
	r := newReceiver(t)
	r.answers(func(http.ResponseWriter, int) int {
		called <- struct{}{}
		<-release
		return http.StatusNoContent
	})
	w, _, err := h.Webhooks.CreateWebhook(t.Context(), o.ID, domaine.Webhook{Nom: "Suivi", URL: r.URL, Actif: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Webhooks.TestWebhook(t.Context(), o.ID, w.ID); err != nil {
		t.Fatal(err)
	}
	l := webhook.New(h, slog.New(slog.DiscardHandler), func(domaine.ErreurLivraison) {})
	const most = 600 * time.Millisecond
	l.SetLimits(most/2, most/2)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan struct{})
	go func() { defer close(ended); l.Run(ctx) }()
	<-called

	// Another process writes, and goes on for ever.
	other, err := sql.Open("sqlite3", "file:"+location+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	writing, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer writing.Rollback()
	stop()
	asked := time.Now()
	close(release)
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("the process does not stop")
	}
	if took := time.Since(asked); took > most+5*time.Second {
		t.Errorf("the process stopped after %v, its limit is %v", took, most)
	}
	if err := writing.Rollback(); err != nil {
		t.Fatal(err)
	}
	found, err := h.Webhooks.Webhook(t.Context(), o.ID, w.ID)
	if err != nil || found.EnAttente != 1 {
		t.Errorf("%d events wait, want the one whose delivery is not recorded (%v)", found.EnAttente, err)
	}
}
