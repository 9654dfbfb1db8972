package webhook_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/server"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

func forEachDatabase(t *testing.T, test func(t *testing.T, s *apitest.Server)) {
	t.Helper()
	apitest.ForEachDatabase(t, test, apitest.InsideWebhooks())
}

func TestWhatHappensIsToldInOrderSignedAndWithoutPersonalData(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o, r := s.Sandbox(t, "CFA Horizon"), newReceiver(t)
		all, some := create(t, o, r.URL), newReceiver(t)
		create(t, o, some.URL, "integration.changee", "exercice.clos")

		o.Post(t, "/api/admin/v1/modeles", apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201) // nothing to place yet
		thirty := apitest.Numbered(30)
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(thirty...)).Want(t, 200)
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Numbered(1)...)).Want(t, 409)
		o.Post(t, "/api/sync/v1/synchronisations/2/abandonner", nil).Want(t, 200)
		bad := apitest.Contrat("K0001")
		bad.EmailApprenant = "nulle part"
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(bad)).Want(t, 422)
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(thirty[:28]...)).Want(t, 200)
		o.Post(t, "/api/sync/v1/synchronisations/4/annuler", nil).Want(t, 200)
		o.Delete(t, "/api/admin/v1/modeles/1").Want(t, 204)
		o.Post(t, "/api/v1/society/exercice", `{"exercice":[{"start_date":"2025-01-01","end_date":"2025-12-31"}]}`).Want(t, 200)
		o.Put(t, "/api/v1/society/exercice", `{"exercice":[{"exercice_id":1,"start_date":"2025-01-01","end_date":"2025-11-30"}]}`).Want(t, 200)
		o.Put(t, "/api/v1/society/closeExercice?id_exercice=1", nil).Want(t, 200)
		o.Delete(t, "/api/sync/v1/contrats").Want(t, 200)
		o.Post(t, webhooks+"/"+all.ID+"/essai", nil).Want(t, 202)

		want := []struct {
			kind string
			data map[string]any
		}{
			{"synchronisation.appliquee", map[string]any{"synchronisation": "1", "origine": "v1", "total": 30., "ajoutes": 30., "ranimes": 0., "modifies": 0., "identiques": 0., "archives": 0., "refuses": 0., "integres": 30.}},
			{"integration.changee", map[string]any{"synchronisation": "1", "nouveaux": 30., "perdus": 0., "integres": 30.}},
			{"synchronisation.retenue", map[string]any{"synchronisation": "2", "origine": "v1", "actifs": 30., "archives": 29., "seuil": 30.}},
			{"synchronisation.abandonnee", map[string]any{"synchronisation": "2", "etat": "abandonnee"}},
			{"synchronisation.refusee", map[string]any{"origine": "v1", "contrats": 1., "refuses": 1., "erreurs": 1.}},
			{"synchronisation.appliquee", map[string]any{"synchronisation": "4", "origine": "v1", "total": 28., "ajoutes": 0., "ranimes": 0., "modifies": 0., "identiques": 28., "archives": 2., "refuses": 0., "integres": 28.}},
			{"integration.changee", map[string]any{"synchronisation": "4", "nouveaux": 0., "perdus": 2., "integres": 28.}},
			{"synchronisation.annulee", map[string]any{"synchronisation": "5", "origine": "annulation", "lien": "4", "total": 30., "ajoutes": 2., "ranimes": 2., "modifies": 0., "identiques": 28., "archives": 0., "refuses": 0., "integres": 30.}},
			{"integration.changee", map[string]any{"synchronisation": "5", "nouveaux": 2., "perdus": 0., "integres": 30.}},
			{"integration.changee", map[string]any{"modele": "1", "nouveaux": 0., "perdus": 30., "integres": 0.}},
			{"exercice.cree", map[string]any{"societe": "1", "exercice": "1", "debut": "2025-01-01", "fin": "2025-12-31", "clos": false, "lettrage": "MONO"}},
			{"exercice.deplace", map[string]any{"societe": "1", "exercice": "1", "debut": "2025-01-01", "fin": "2025-11-30", "clos": false, "lettrage": "MONO"}},
			{"exercice.clos", map[string]any{"societe": "1", "exercice": "1", "debut": "2025-01-01", "fin": "2025-11-30", "clos": true, "lettrage": "MONO"}},
			{"synchronisation.appliquee", map[string]any{"synchronisation": "6", "origine": "remise-a-zero", "total": 0., "ajoutes": 0., "ranimes": 0., "modifies": 0., "identiques": 0., "archives": 30., "refuses": 0., "integres": 0.}},
			{"webhook.essai", map[string]any{"webhook": "1"}},
		}
		calls := r.wait(len(want))
		ids := map[string]bool{}
		for i, c := range calls {
			if i >= len(want) {
				t.Fatalf("too much is told: %v", types(calls[i:]))
			}
			if c.Type != want[i].kind {
				t.Fatalf("event %d is %s, want %s: %v", i, c.Type, want[i].kind, types(calls))
			}
			if d := cmp.Diff(want[i].data, c.Data); d != "" {
				t.Errorf("%s (- wanted, + got):\n%s", c.Type, d)
			}
			if c.Organisme != "1" || !c.Timestamp.Equal(s.Clock.Now()) || ids[c.ID] || !strings.HasPrefix(c.ID, "msg_") {
				t.Errorf("%s of %s at %v is %s", c.Type, c.Organisme, c.Timestamp, c.ID)
			}
			ids[c.ID] = true
			verified(t, c, all.Secret)
			for _, word := range []string{"K0001", "Martin", "Durand", "@", "Boulangerie"} {
				if bytes.Contains(c.Body, []byte(word)) {
					t.Errorf("%s tells of %q: %s", c.Type, word, c.Body)
				}
			}
			if len(c.Body) > 400 {
				t.Errorf("%s takes %d bytes", c.Type, len(c.Body))
			}
		}
		if d := cmp.Diff([]string{"integration.changee", "integration.changee", "integration.changee", "integration.changee", "exercice.clos"}, types(some.wait(5))); d != "" {
			t.Errorf("the webhook that wants two types (- wanted, + got):\n%s", d)
		}
		if calls[1].ID != some.got()[0].ID {
			t.Error("one event has two names")
		}
		until(t, "the last delivery", func() bool { return read(t, o, all.ID).EnAttente == 0 })
		if list := deliveries(t, o, all.ID, "?etat=livree&limit=3"); len(list) != 3 || list[0].Type != "webhook.essai" || list[0].Essais != 1 || *list[0].Statut != 204 {
			t.Errorf("deliveries %+v", list)
		}
	})
}

func TestAnEventThatIsNotTakenIsTriedLaterAndTheNextOnesWait(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o, r := s.Production(t, "CFA Horizon"), newReceiver(t)
		r.answers(always(500))
		h := create(t, o, r.URL, "synchronisation.appliquee")
		push(t, o, 200, "K1")
		push(t, o, 200, "K1", "K2")
		first := r.wait(1)[0].ID
		until(t, "the failure", func() bool { return read(t, o, h.ID).Echecs == 1 })
		// Each pause is twice the one before, within a fifth.
		pause := 5 * time.Second
		for n := 2; n <= 5; n++ {
			state := read(t, o, h.ID)
			if got := state.ProchainEssai.Sub(s.Clock.Now()); got < pause*8/10 || got > pause*12/10 || state.EnAttente != 2 {
				t.Errorf("attempt %d comes after %v, want about %v; %d wait", n, got, pause, state.EnAttente)
			}
			s.Clock.Advance(time.Until(*state.ProchainEssai) - time.Until(s.Clock.Now()) + time.Millisecond)
			r.wait(n)
			until(t, "the failure", func() bool { return read(t, o, h.ID).Echecs == n })
			pause *= 2
		}
		waiting := deliveries(t, o, h.ID, "?etat=attente")
		if len(waiting) != 2 || waiting[1].Essais != 5 || *waiting[1].Statut != 500 || *waiting[1].Erreur != "statut" || !strings.Contains(*waiting[1].Message, "500") || waiting[0].Essais != 0 {
			t.Errorf("what waits: %+v", waiting)
		}
		r.answers(nil)
		s.Clock.Advance(2 * time.Minute)
		calls := r.wait(7)
		for i, c := range calls[:6] {
			if c.ID != first {
				t.Errorf("call %d is %s, want the first event again", i, c.ID)
			}
		}
		if calls[6].Data["synchronisation"] != "2" {
			t.Errorf("the last call is %s", calls[6].Body)
		}
		until(t, "the recovery", func() bool {
			now := read(t, o, h.ID)
			return now.Echecs == 0 && now.EchecDepuis == nil && now.EnAttente == 0
		})
	})
}

func TestADeadOrSlowWebhookHoldsBackNobodyElse(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		release := make(chan struct{})
		slow := newReceiver(t)
		slow.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-release:
			case <-r.Context().Done():
			}
		})
		t.Cleanup(func() { close(release) })
		a, b, r := s.Production(t, "CFA A"), s.Production(t, "CFA B"), newReceiver(t)
		for range hub.MaxWebhooks {
			create(t, a, slow.URL)
		}
		a.Post(t, webhooks, map[string]any{"nom": "Un de trop", "url": slow.URL}).WantRefusal(t, 409, "too many webhooks", "10")
		create(t, b, r.URL)
		push(t, a, 200, "K1")
		started := time.Now()
		push(t, b, 200, "K1")
		r.wait(1)
		if took := time.Since(started); took > 3*time.Second {
			t.Errorf("the other organisme's event took %v", took)
		}
	})
}

func TestTwoProcessesOnOneDatabaseDeliverEachEventOnceAndInOrder(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "postgres", apitest.InsideWebhooks())
	db, err := open.Database(t.Context(), s.Location)
	if err != nil {
		t.Fatal(err)
	}
	second := hub.New(db, hub.Options{Now: s.Clock.Now, Webhooks: hub.PolitiqueWebhooks{HTTP: true, Prive: true}})
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(ctx, listen(t), server.Options{Hub: second}) }()
	t.Cleanup(func() {
		stop()
		<-stopped
		second.Close()
		db.Close()
	})

	const webhooksEach, pushes = 4, 60
	o := s.Production(t, "CFA Horizon")
	var receivers []*receiver
	for range webhooksEach {
		r := newReceiver(t)
		receivers = append(receivers, r)
		create(t, o, r.URL, "synchronisation.appliquee")
	}
	for i := range pushes {
		push(t, o, 200, "K1", []string{"K2", "K3"}[i%2])
	}
	for _, r := range receivers {
		calls := r.wait(pushes)
		time.Sleep(50 * time.Millisecond)
		if len(r.got()) != pushes {
			t.Errorf("%d calls for %d events", len(r.got()), pushes)
		}
		for i, c := range calls {
			if n := int(c.Data["synchronisation"].(string)[0]); i < 9 && n != '1'+i {
				t.Fatalf("event %d tells of synchronisation %s", i, c.Data["synchronisation"])
			}
		}
	}
}

func TestAnEventIsReplayedUnderItsName(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o, r := s.Production(t, "CFA Horizon"), newReceiver(t)
		h := create(t, o, r.URL, "synchronisation.appliquee")
		push(t, o, 200, "K1")
		push(t, o, 200, "K1", "K2")
		r.wait(2)
		until(t, "the deliveries", func() bool { return read(t, o, h.ID).EnAttente == 0 })
		oldest := deliveries(t, o, h.ID, "")[1]
		o.Post(t, "/api/admin/v1/livraisons/"+oldest.ID+"/rejouer", nil).Want(t, 202)
		calls := r.wait(3)
		if calls[2].ID != calls[0].ID || !bytes.Equal(calls[2].Body, calls[0].Body) {
			t.Errorf("replayed %s as %s", calls[0].ID, calls[2].ID)
		}
		verified(t, calls[2], h.Secret)
		o.Post(t, "/api/admin/v1/livraisons/999/rejouer", nil).WantRefusal(t, 404, "not found")
	})
}

func TestBothSecretsSignForADayAfterARotation(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o, r := s.Production(t, "CFA Horizon"), newReceiver(t)
		h := create(t, o, r.URL, "synchronisation.appliquee")
		rotated := apitest.Decode[struct {
			Secret       string
			AncienJusqua time.Time
		}](t, o.Post(t, webhooks+"/"+h.ID+"/secret", nil).Want(t, 200))
		push(t, o, 200, "K1")
		c := r.wait(1)[0]
		verified(t, c, h.Secret)
		verified(t, c, rotated.Secret)
		s.Clock.Advance(24*time.Hour + time.Second)
		push(t, o, 200, "K1", "K2")
		c = r.wait(2)[1]
		verified(t, c, rotated.Secret)
		if signature := c.Header.Get("webhook-signature"); strings.Contains(signature, " ") || rotated.Secret == h.Secret {
			t.Errorf("a day later the signatures are %s", signature)
		}
		if strings.Contains(s.Log.String(), h.Secret) || strings.Contains(string(o.Get(t, webhooks).Body), "whsec_") {
			t.Error("the secret is shown again")
		}
	})
}

func TestAnAnswer410TurnsTheWebhookOff(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o, r := s.Production(t, "CFA Horizon"), newReceiver(t)
		r.answers(always(410))
		h := create(t, o, r.URL, "synchronisation.appliquee")
		push(t, o, 200, "K1")
		until(t, "the end", func() bool { return !read(t, o, h.ID).Actif })
		if now := read(t, o, h.ID); *now.Motif != "410" || !now.EnEchec {
			t.Errorf("the webhook is %+v", now)
		}
		o.Post(t, webhooks+"/"+h.ID+"/essai", nil).WantRefusal(t, 409, "webhook off", "activez")
		push(t, o, 200, "K1", "K2") // told nobody
		r.answers(nil)
		o.Put(t, webhooks+"/"+h.ID, map[string]any{"nom": "Suivi", "url": r.URL}).Want(t, 200)
		if calls := r.wait(2); calls[1].ID != calls[0].ID {
			t.Error("what waited is lost")
		}
		until(t, "the recovery", func() bool { return read(t, o, h.ID).EnAttente == 0 })
		if n := len(r.got()); n != 2 {
			t.Errorf("%d calls", n)
		}
	})
}

func TestAfterThreeDaysAFailingWebhookIsSaidAndAfterThirtyItsEventsAreGivenUp(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o, r := s.Production(t, "CFA Horizon"), newReceiver(t)
		r.answers(always(503))
		h := create(t, o, r.URL, "synchronisation.appliquee")
		push(t, o, 200, "K1")
		until(t, "the failure", func() bool { return read(t, o, h.ID).Echecs == 1 })
		metrics := func(want ...string) {
			t.Helper()
			body := string(s.Client("").Get(t, "/metrics").Body)
			for _, line := range want {
				if !strings.Contains(body, line+"\n") {
					t.Errorf("the metrics lack %s", line)
				}
			}
		}
		metrics(`passerelle_webhook_events_waiting{organisme="1"} 1`, `passerelle_webhooks_failing{organisme="1"} 0`, `passerelle_webhook_attempts_total{result="statut"} 1`)
		s.Clock.Advance(3 * 24 * time.Hour)
		r.wait(2)
		if now := read(t, o, h.ID); !now.EnEchec {
			t.Errorf("after three days the webhook is %+v", now)
		}
		if page, err := s.Hub.Journal.Tableau(t.Context(), o.ID); err != nil || len(page.Webhooks) != 1 {
			t.Errorf("the first page tells of %v (%v)", page.Webhooks, err)
		}
		metrics(`passerelle_webhooks_failing{organisme="1"} 1`)
		s.Clock.Advance(27*24*time.Hour + time.Second)
		r.wait(3)
		until(t, "the failure", func() bool { return read(t, o, h.ID).Echecs == 3 })
		if n, err := s.Hub.Webhooks.ExpireLivraisons(t.Context()); n != 1 || err != nil {
			t.Errorf("%d given up, %v", n, err)
		}
		if list := deliveries(t, o, h.ID, ""); len(list) != 1 || list[0].Etat != "abandonnee" {
			t.Errorf("deliveries %+v", list)
		}
		s.Clock.Advance(30*24*time.Hour + time.Second)
		if _, err := s.Hub.Webhooks.ExpireLivraisons(t.Context()); err != nil || len(deliveries(t, o, h.ID, "")) != 0 {
			t.Errorf("what was given up is kept (%v)", err)
		}
	})
}

func TestASilenceIsToldOnceAndItsEndToo(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o, r := s.Production(t, "CFA Horizon"), newReceiver(t)
		create(t, o, r.URL, "silence.constate", "silence.termine")
		s.Production(t, "CFA sans webhook")
		for range 5 {
			push(t, o, 200, "K1")
			s.Clock.Advance(24 * time.Hour)
		}
		tell := func(want int) {
			t.Helper()
			if n, err := s.Hub.Journal.TellSilences(t.Context()); n != want || err != nil {
				t.Errorf("%d organismes are silent (%v), want %d", n, err, want)
			}
		}
		tell(0)
		s.Clock.Advance(3 * 24 * time.Hour)
		tell(1)
		tell(1)
		c := r.wait(1)[0]
		if d := cmp.Diff(map[string]any{"dernierEnvoi": "2026-09-05T08:00:00Z", "rythme": 86400.}, c.Data); d != "" {
			t.Errorf("%s", d)
		}
		push(t, o, 200, "K1")
		push(t, o, 200, "K1")
		if calls := r.wait(2); calls[1].Type != "silence.termine" {
			t.Errorf("told %v", types(calls))
		}
		time.Sleep(20 * time.Millisecond)
		if calls := r.got(); len(calls) != 2 {
			t.Errorf("told %v", types(calls))
		}
	})
}

func TestAWebhookBelongsToItsOrganisme(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		a, b, r := s.Production(t, "CFA A"), s.Production(t, "CFA B"), newReceiver(t)
		h := create(t, a, r.URL)
		push(t, a, 200, "K1")
		r.wait(1)
		mine := deliveries(t, a, h.ID, "")[0].ID
		for _, answer := range []*apitest.Answer{
			b.Get(t, webhooks+"/"+h.ID), b.Put(t, webhooks+"/"+h.ID, map[string]any{"nom": "Vol", "url": r.URL}), b.Delete(t, webhooks+"/"+h.ID),
			b.Post(t, webhooks+"/"+h.ID+"/secret", nil), b.Post(t, webhooks+"/"+h.ID+"/essai", nil), b.Get(t, webhooks+"/"+h.ID+"/livraisons"),
			b.Post(t, "/api/admin/v1/livraisons/"+mine+"/rejouer", nil),
		} {
			answer.WantRefusal(t, 404, "not found")
		}
		push(t, b, 200, "K1")
		b.Get(t, webhooks).WantJSON(t, 200, `{"total":0,"webhooks":[]}`)
		a.Delete(t, webhooks+"/"+h.ID).Want(t, 204)
		a.Get(t, webhooks+"/"+h.ID).WantRefusal(t, 404, "not found")
		if n := len(r.got()); n != 1 {
			t.Errorf("%d calls", n)
		}
	})
}
