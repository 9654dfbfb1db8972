package server_test

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/server"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

func TestTheOperatorSeesHealthAndMetrics(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		anyone, o := s.Client(""), s.Production(t, "CFA Horizon")
		if got := string(anyone.Get(t, "/healthz").Want(t, 200).Body); got != "ok\n" {
			t.Errorf("healthz %q", got)
		}
		if got := string(anyone.Get(t, "/readyz").Want(t, 200).Body); got != "ready\n" {
			t.Errorf("readyz %q", got)
		}
		anyone.Get(t, "/openapi.yaml").Want(t, 200)
		anyone.Get(t, "/docs").Want(t, 200)
		metrics := func(lines ...string) {
			t.Helper()
			body := string(anyone.Get(t, "/metrics").Want(t, 200).Body)
			for _, line := range lines {
				if !strings.Contains(body, "\n"+line+"\n") {
					t.Errorf("the metrics lack %s", line)
				}
			}
		}
		for range 5 {
			o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Contrats("K1", "K2")...)).Want(t, 200)
			s.Clock.Advance(24 * time.Hour)
		}
		o.Post(t, "/api/admin/v1/modeles", apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
		metrics(`passerelle_organisme_contrats{etat="transmis",organisme="1"} 2`, `passerelle_organisme_contrats{etat="integres",organisme="1"} 2`,
			`passerelle_organisme_silent{organisme="1"} 0`, `passerelle_http_requests_total{method="POST",route="/api/sync/v1/contrats",status="200"} 5`)
		s.Clock.Advance(48 * time.Hour)
		metrics(`passerelle_organisme_silent{organisme="1"} 0`)
		s.Clock.Advance(time.Hour)
		metrics(`passerelle_organisme_silent{organisme="1"} 1`)
	})
}

func TestAnswersCarryAnIdAndSafeHeaders(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		ids := map[string]bool{}
		for _, path := range []string{"/api/sync/v1/test", "/api/sync/v1/rien", "/healthz", "/docs", "/rien"} {
			header := o.Get(t, path).Header
			id := header.Get("X-Request-Id")
			if !regexp.MustCompile(`^req-[0-9a-f]{16}$`).MatchString(id) || ids[id] {
				t.Errorf("%s: request id %q", path, id)
			}
			ids[id] = true
			if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%s: headers %v", path, header)
			}
		}
	})
}

func TestLogsAndMetricsHoldNoPersonalData(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		secret := apitest.Contrat("K-SECRET")
		secret.NomApprenant, secret.EmailApprenant = "Duvallon", "duvallon@etu.example"
		bad := secret
		bad.DateFin = "duvallon"
		o.Post(t, "/api/sync/v1/contrats?confirmer=archivage", apitest.Body(secret)).Want(t, 200)
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(secret, bad)).Want(t, 422)
		o.Post(t, "/api/sync/v1/contrats", `[{"nomApprenant":"Duvallon"`).Want(t, 400)
		o.Get(t, "/api/sync/v1/anomalies?limit=duvallon").Want(t, 400)
		o.Get(t, "/api/sync/v1/duvallon").Want(t, 404)
		o.Get(t, "/duvallon").Want(t, 404)
		seen := strings.ToLower(s.Log.String() + string(o.Get(t, "/metrics").Body))
		for _, word := range []string{"duvallon", "k-secret", strings.ToLower(o.Token)} {
			if strings.Contains(seen, word) {
				t.Errorf("%q is in the log or the metrics", word)
			}
		}
	})
}

func TestAServerWithoutItsDatabaseIsNotReady(t *testing.T) {
	t.Parallel()
	db, err := open.Database(t.Context(), storetest.At(t, filepath.Join(t.TempDir(), "p.db")))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	h := hub.New(db, hub.Options{Log: log})
	handler := server.New(server.Options{Hub: h, Log: log})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/readyz": 503, "/healthz": 200, "/api/sync/v1/test": 500} {
		request := httptest.NewRequest("GET", path, nil)
		request.Header.Set("Authorization", "Bearer psr_x")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		if answer.Code != want {
			t.Errorf("%s: %d, want %d", path, answer.Code, want)
		}
		if want == 500 && !regexp.MustCompile(`^{"error":"internal error","reason":"Erreur interne, .*req-[0-9a-f]+.*","requestId":"req-[0-9a-f]+"}$`).MatchString(answer.Body.String()) {
			t.Errorf("an error of the server is told as %s", answer.Body)
		}
	}
}
