package compta_test

import (
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func key(k string) header { return header{"Idempotency-Key", k} }

// wantReplay checks that an answer is an earlier one, byte for byte.
func (a *answer) wantReplay(first *answer) {
	a.t.Helper()
	if a.Code != first.Code || a.Body.String() != first.Body.String() {
		a.t.Fatalf("the replay differs:\n%d %s\n%d %s", first.Code, first.Body, a.Code, a.Body)
	}
	if a.Header().Get("Idempotent-Replayed") != "true" {
		a.t.Fatal("the replay does not say that it is one")
	}
}

func TestAReplayGetsTheFirstAnswer(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		created := e.call("POST", plat, items(year("2023"), year("2024")), key("a")).want(http.StatusOK)
		e.clock.Advance(time.Hour)
		e.call("POST", plat, items(year("2023"), year("2024")), key("a")).wantReplay(created)
		e.call("POST", plat, items(year("2025")), key("a")).wantError(422, "ERR-IDEMPOTENCY-KEY-REUSED")
		e.call("POST", plat+"?simulation=non", items(year("2023"), year("2024")), key("a")).wantError(422, "ERR-IDEMPOTENCY-KEY-REUSED")

		// A refusal is an answer too, even where the request would do by now.
		refused := e.call("POST", plat, items(item{Start: "2026-01-01", End: "2026-12-31"}), key("b"))
		refused.wantError(400, "EXERCICE4")
		e.create(year("2025"))
		e.clock.Advance(time.Hour)
		e.call("POST", plat, items(item{Start: "2026-01-01", End: "2026-12-31"}), key("b")).wantReplay(refused)

		ids := decode[[]struct {
			ID int64 `json:"exercice_id"`
		}](created)
		closed := e.call("PUT", close+"?id_exercice="+text(ids[1].ID), nil, key("c")).want(http.StatusOK)
		e.call("PUT", close+"?id_exercice="+text(ids[1].ID), nil, key("c")).wantReplay(closed)
		e.call("PUT", close+"?id_exercice="+text(ids[1].ID), nil, key("d")).wantError(400, "EXERCICE6")
		e.call("PUT", close+"?id_exercice="+text(ids[0].ID), nil, key("c")).wantError(422, "ERR-IDEMPOTENCY-KEY-REUSED")

		file := e.call("GET", mad+"&format=tra", nil).want(http.StatusOK).Body.String()
		imported := e.call("POST", mad+"&format=tra", file, key("e")).want(http.StatusOK)
		e.call("POST", mad+"&format=tra", file, key("e")).wantReplay(imported)
		e.call("POST", mad+"&format=tra", file+" ", key("e")).wantError(422, "ERR-IDEMPOTENCY-KEY-REUSED")

		// A simulation records nothing, not even its answer.
		e.call("POST", plat+"?simulation=oui", items(year("2026")), key("f")).want(http.StatusOK)
		e.call("POST", plat, items(year("2026")), key("f")).want(http.StatusOK)

		other := e.newToken(domaine.Jeton{OrganismeID: e.organisme.ID, Droits: domaine.TousDroits})
		e.call("POST", plat, items(year("2027")), key("a"), other).want(http.StatusOK) // its own keys
		e.call("POST", plat, items(year("2028")), key("clé")).wantError(400, "ERR-INVALID-PARAMETER")

		e.clock.Advance(hub.RejeuTime + time.Hour)
		n, err := e.hub.Comptabilite.ExpireReponses(t.Context())
		must(t, err)
		if n != 7 {
			t.Errorf("%d answers expired, want 7", n)
		}
		e.call("POST", plat, items(year("2028")), key("a")).want(http.StatusOK)
	})
}

func TestOneOfTwoEqualRequestsAtOnceTakesEffect(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		answers := make([]*answer, 8)
		var wait sync.WaitGroup
		for i := range answers {
			wait.Go(func() { answers[i] = e.call("POST", plat, items(year("2024")), key("k")) })
		}
		wait.Wait()
		for _, a := range answers {
			if a.Code != http.StatusOK || a.Body.String() != answers[0].Body.String() {
				t.Errorf("%d %s", a.Code, a.Body)
			}
		}
		e.wantList("", "N 2024-01-01..2024-12-31 open")
	})
}

func TestARouteAnswersTenCallsOfATokenAtOnce(t *testing.T) {
	each(t, 20, func(t *testing.T, e *env) {
		// Ten calls wait for the rest of their bodies.
		var wait sync.WaitGroup
		var writers []*io.PipeWriter
		for range 10 {
			r, w := io.Pipe()
			writers = append(writers, w)
			wait.Go(func() { e.call("POST", plat, r) })
			_, err := w.Write([]byte(`{"exercice"`)) // returns once the handler reads
			must(t, err)
		}
		a := e.call("POST", plat, items(year("2024")))
		a.wantError(http.StatusTooManyRequests, "ERR-TOO-MANY-CONCURRENT-REQUESTS")
		if a.Header().Get("X-Rate-Limit-Remaining") != "9" {
			t.Errorf("remaining: %s", a.Header().Get("X-Rate-Limit-Remaining"))
		}
		e.call("GET", plat, nil).want(http.StatusOK) // another route
		other := e.newToken(domaine.Jeton{OrganismeID: e.organisme.ID, Droits: domaine.TousDroits})
		e.call("POST", plat, items(year("2024")), other).want(http.StatusOK)
		for _, w := range writers {
			_ = w.CloseWithError(io.ErrUnexpectedEOF)
		}
		wait.Wait()
		e.call("POST", plat, items(year("2025"))).want(http.StatusOK)
	})
}
