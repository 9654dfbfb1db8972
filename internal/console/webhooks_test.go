package console_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/webhook"
)

// A person creates a webhook, tries it, sees why an event did not arrive, plays it
// again and turns the webhook off.
func TestAWebhookIsCreatedTriedReplayedAndTurnedOffInTheBrowser(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		var status atomic.Int64
		var calls atomic.Int64
		status.Store(500)
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var event struct{ Type string }
			if err := json.NewDecoder(r.Body).Decode(&event); err != nil || event.Type != string(domaine.WebhookEssai) {
				t.Errorf("received %q (%v)", event.Type, err)
			}
			w.WriteHeader(int(status.Load()))
			calls.Add(1)
		}))
		t.Cleanup(receiver.Close)
		ctx, stop := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			webhook.New(s.hub, slog.New(slog.NewTextHandler(s.logs, nil)), func(domaine.ErreurLivraison) {}).Run(ctx)
		}()
		t.Cleanup(func() { stop(); <-stopped })
		wait := func(n int64) {
			t.Helper()
			for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				found, err := s.hub.Webhooks.Webhooks(t.Context(), s.organisme)
				if err != nil || time.Now().After(deadline) {
					t.Fatalf("%d calls, want %d (%v)", calls.Load(), n, err)
				}
				if calls.Load() >= n && (found[0].Echecs > 0) == (status.Load() != 200) {
					return
				}
			}
		}

		b.loginTo(domaine.RoleAdministration, "/webhooks")
		b.sees("Aucun webhook")
		b.fill("#nom", "Suivi pédagogique")
		b.fill("#url", receiver.URL)
		b.click(`main form.bloc button`)
		b.sees("Voici le secret")
		if secret := b.eval("document.getElementById('secret').textContent"); !strings.HasPrefix(secret, "whsec_") {
			t.Errorf("the secret is %q", secret)
		}
		b.click(`tbody a[href="/webhooks/1"]`)
		b.sees("Rien n’a encore été à dire")
		b.click(`form[action$="/essai"] button`)
		b.sees("L’événement d’essai part")
		wait(1)
		b.open("/webhooks/1")
		b.sees("À réessayer")
		b.sees("Le logiciel a répondu 500")
		status.Store(200)
		b.click(`form[action$="/rejouer"] button`)
		b.sees("L’événement est livré de nouveau")
		wait(2)
		b.open("/webhooks/1")
		b.sees("Livré")
		b.click(`form[action$="/etat"] button`)
		b.sees("n’est plus prévenu de rien")
		b.click(`a[href$="/supprimer"]`)
		b.click(`button.danger`)
		b.sees("Le webhook est supprimé")
	})
}

func TestWhatIsWrongWithAWebhookIsSaidBesideTheField(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.as(t, domaine.RoleAdministration)
		v.post("/webhooks", url.Values{"nom": {""}, "url": {"ftp://x/"}}).has(t, http.StatusUnprocessableEntity, "corrigez les champs signalés", "Le nom du webhook est obligatoire", "L’adresse du webhook")
		s.webhook(t)
		v.post("/webhooks/1", url.Values{"nom": {"Suivi"}, "url": {"suivi"}}).has(t, http.StatusUnprocessableEntity, "Rien n’est modifié", "L’adresse du webhook")
		v.post("/webhooks/1", url.Values{"nom": {"Autre nom"}, "url": {"https://autre.example/"}, "evenement": {"exercice.clos"}}).has(t, http.StatusOK, "Le webhook est modifié", "https://autre.example/")
		first := v.post("/webhooks/1/secret", nil)
		first.has(t, http.StatusOK, "Voici le secret", "whsec_")
		v.get("/webhooks/1").hasNot(t, "whsec_")
		for _, path := range []string{"/webhooks/2", "/webhooks/2/supprimer", "/webhooks/x"} {
			v.get(path).has(t, http.StatusNotFound, "Page introuvable")
		}
		v.post("/livraisons/9/rejouer", nil).has(t, http.StatusNotFound, "Page introuvable")
	})
}

func TestAWebhookThatFailsForDaysIsOnTheFirstPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	s.now.Move(-domaine.EchecDurable - time.Second)
	s.webhook(t)
	s.mustPush(t, slices.Collect(demo.Generate(demo.Params{Contrats: 3, Seed: 1})))
	s.attempt(t, 503)
	for role, want := range map[domaine.Role]string{domaine.RoleAdministration: "Voir ses livraisons", domaine.RoleLecture: "Prévenez une personne de l’administration"} {
		s.as(t, role).get("/").hasNot(t, want)
	}
	s.now.Move(domaine.EchecDurable + time.Second)
	for role, want := range map[domaine.Role]string{domaine.RoleAdministration: "Voir ses livraisons", domaine.RoleLecture: "Prévenez une personne de l’administration"} {
		s.as(t, role).get("/").has(t, http.StatusOK, "Le webhook « Suivi pédagogique » échoue depuis", want)
	}
}
