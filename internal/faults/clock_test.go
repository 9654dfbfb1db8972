package faults_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// The clock is moved back by a year after a push, as on a machine whose battery is
// empty or whose time was wrong before.
func TestAClockThatIsMovedBackChangesNoOrderAndLocksNobodyOut(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		who := hub.Acteur{Organisme: o.ID, Nom: "testeuse"}
		push := func(list ...string) {
			t.Helper()
			o.Post(t, pushPath+"?confirmer=archivage", apitest.Body(apitest.Contrats(list...)...)).Want(t, 200)
		}
		push("K1", "K2", "K3")
		// Calls and logins that failed just before count in spans that end a year from the new now.
		for range 3 {
			o.Get(t, "/api/v1/society").Want(t, 200)
		}
		if status := o.Get(t, "/api/v1/society").Status; status != 429 {
			t.Fatalf("the fourth call of a token that has three: %d", status)
		}
		for range 8 {
			if _, err := s.Hub.Comptes.Login(t.Context(), "ada@cfa.example", "faux", "192.0.2.1"); !errors.Is(err, hub.ErrLogin) {
				t.Fatal(err)
			}
		}
		if _, err := s.Hub.Comptes.Login(t.Context(), "ada@cfa.example", "faux", "192.0.2.1"); !errors.Is(err, hub.ErrThrottled) {
			t.Fatalf("the ninth login: %v", err)
		}

		s.Clock.Advance(-365 * 24 * time.Hour)

		o.Get(t, "/api/v1/society").Want(t, 200)
		if _, err := s.Hub.Comptes.Login(t.Context(), "ada@cfa.example", "faux", "192.0.2.1"); !errors.Is(err, hub.ErrLogin) {
			t.Errorf("a login after the clock was moved back: %v", err)
		}
		push("K1", "K2", "K4")
		push("K1", "K2")
		journal := apitest.Decode[struct {
			Synchronisations []struct{ ID, Date string }
		}](t, o.Get(t, "/api/sync/v1/synchronisations").Want(t, 200))
		var ids []string
		for _, line := range journal.Synchronisations {
			ids = append(ids, line.ID)
		}
		if got := strings.Join(ids, " "); got != "3 2 1" {
			t.Errorf("the journal is in the order %s", got)
		}
		if !strings.HasPrefix(journal.Synchronisations[2].Date, "2026-") || !strings.HasPrefix(journal.Synchronisations[0].Date, "2025-") {
			t.Errorf("dates %+v", journal.Synchronisations)
		}
		// The latest is the one that came last, whatever its date says.
		if all := apitest.Decode[struct{ Removed int }](t, o.Post(t, "/api/sync/v1/synchronisations/1/annuler?simulation=oui", nil).Want(t, 200)); all.Removed != 2 {
			t.Errorf("back to before the first archives %d contracts, want the 2 that are active", all.Removed)
		}
		o.Post(t, "/api/sync/v1/synchronisations/3/annuler", nil).Want(t, 200)
		if list := string(o.Get(t, listPath).Want(t, 200).Body); !strings.Contains(list, `"K4"`) || strings.Contains(list, `"K3"`) {
			t.Errorf("undone to something else: %s", list)
		}
		// K3 was archived by a synchronisation that says it is a year old, in the middle
		// of younger ones: a purge must not believe it.
		s.Clock.Advance(365*24*time.Hour + time.Hour)
		if n, _, err := s.Hub.Personnes.Purge(t.Context(), who, 6); err != nil || n != 0 {
			t.Errorf("%d contracts purged, %v", n, err)
		}
		states, err := s.Hub.Journal.States(t.Context())
		if err != nil || len(states) != 1 || states[0].Silence.Dernier.After(s.Clock.Now()) {
			t.Errorf("states %+v, %v", states, err)
		}
		t.Log("a year back: journal, undo and purge in the order of application; quota and login throttle free again")
	}, apitest.RateLimit(3))
}
