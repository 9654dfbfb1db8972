package hub

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

func TestAnEventIsWrittenWithWhatItTellsOrNotAtAll(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		h := New(d.New(t), Options{})
		o, err := h.Organismes.CreateOrganisme(t.Context(), "Organisme", true)
		if err != nil {
			t.Fatal(err)
		}
		w, _, err := h.Webhooks.CreateWebhook(t.Context(), o.ID, domaine.Webhook{Nom: "Suivi", URL: "https://logiciel.example/", Actif: true})
		if err != nil {
			t.Fatal(err)
		}
		modele := domaine.Modele{Nom: "Modèle", Criteres: passerelle.Criteres{"codeSite": {"LYO"}}}
		giveUp := errors.New("given up")
		create := func(ctx context.Context, end error) error {
			return h.db.WriteOrganisme(ctx, o.ID, func(tx *store.Tx) error {
				if _, err := tx.CreateModele(ctx, o.ID, modele, time.Now()); err != nil {
					return err
				}
				err := h.tell(ctx, tx, o.ID, func() ([]evenement, error) {
					return []evenement{{domaine.IntegrationChangee, dataIntegration{Modele: "1", Nouveaux: 1}}}, nil
				})
				return errors.Join(err, end)
			})
		}
		want := func(n int) {
			t.Helper()
			_, events, err := h.Webhooks.Livraisons(t.Context(), o.ID, w.ID, "", Page{})
			if err != nil {
				t.Fatal(err)
			}
			modeles, err := h.Integration.Modeles(t.Context(), o.ID)
			if err != nil || events != n || len(modeles) != n {
				t.Errorf("%d events tell of %d modèles (%v), want %d", events, len(modeles), err, n)
			}
			if woken := len(h.wakes); woken != n {
				t.Errorf("the worker was woken %d times, want %d", woken, n)
			}
		}
		if err := create(t.Context(), giveUp); !errors.Is(err, giveUp) {
			t.Fatal(err)
		}
		want(0)
		left, leave := context.WithCancel(t.Context())
		leave()
		if err := create(left, nil); err == nil {
			t.Fatal("somebody who left changed something")
		}
		want(0)
		if err := create(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		want(1)
	})
}

func TestThePausesBetweenAttemptsDoubleUpToAnHour(t *testing.T) {
	t.Parallel()
	want := 5 * time.Second
	for failures := range 1000 {
		for range 5 {
			if got := delay(failures); got < want*8/10 || got > want*12/10 {
				t.Fatalf("after %d failures the pause is %v, want about %v", failures, got, want)
			}
		}
		want = min(2*want, time.Hour)
	}
}

// What a transaction pays for events where nobody listens.
func BenchmarkTellingNobody(b *testing.B) {
	for _, d := range storetest.Databases {
		b.Run(d.Name, func(b *testing.B) {
			h := New(d.New(b), Options{})
			o, err := h.Organismes.CreateOrganisme(b.Context(), "Organisme", true)
			if err != nil {
				b.Fatal(err)
			}
			err = h.db.WriteOrganisme(b.Context(), o.ID, func(tx *store.Tx) error {
				for b.Loop() {
					if err := h.tell(b.Context(), tx, o.ID, nil); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
