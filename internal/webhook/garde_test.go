package webhook_test

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// lastError waits for the first attempt and returns why it failed.
func lastError(t *testing.T, o *apitest.Organisme, url string) string {
	t.Helper()
	h := create(t, o, url, "exercice.clos")
	o.Post(t, webhooks+"/"+h.ID+"/essai", nil).Want(t, 202)
	until(t, "an attempt", func() bool { return read(t, o, h.ID).Echecs > 0 })
	l := deliveries(t, o, h.ID, "")[0]
	if l.Message == nil || *l.Message == "" {
		t.Errorf("%s: nobody is told what to do", *l.Erreur)
	}
	return *l.Erreur
}

func TestAWebhookDoesNotReachInsideNetworksUnlessAllowed(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		reached := false
		inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
		t.Cleanup(inside.Close)
		o := s.Production(t, "CFA Horizon")
		_, port, _ := net.SplitHostPort(inside.Listener.Addr().String())
		for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0", "169.254.169.254"} {
			if got := lastError(t, o, "https://"+host+":"+port+"/"); got != "adresse" && got != "nom" || host != "2130706433" && got == "nom" {
				t.Errorf("%s is refused for %s", host, got)
			}
		}
		if reached {
			t.Error("an inside address was reached")
		}
		if strings.Contains(s.Log.String(), "127.0.0.1:"+port) {
			t.Error("the address is in the log")
		}
		o.Post(t, webhooks, map[string]any{"nom": "Sans TLS", "url": "http://logiciel.example/"}).WantRefusal(t, 422, "invalid webhook", "https://")
	})
}

func TestWhatIsWrongWithAnAddressIsSaid(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o := s.Production(t, "CFA Horizon")
		elsewhere := newReceiver(t)
		redirecting := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
		t.Cleanup(redirecting.Close)
		untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
		untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
		untrusted.StartTLS()
		t.Cleanup(untrusted.Close)
		closed := listen(t)
		closed.Close()
		for url, want := range map[string]string{
			redirecting.URL: "redirection", untrusted.URL: "tls", "http://" + closed.Addr().String(): "connexion", "http://nulle-part.invalid/": "nom",
			strings.Replace(elsewhere.URL, "http:", "https:", 1): "tls",
		} {
			if got := lastError(t, o, url); got != want {
				t.Errorf("%s is refused for %s, want %s", url, got, want)
			}
		}
		if n := len(elsewhere.got()); n != 0 {
			t.Errorf("a redirection was followed: %d calls", n)
		}
		for _, wrong := range []string{"", "logiciel.example", "ftp://logiciel.example/", "https://", "https://u:p@logiciel.example/", "https://logiciel.example/#x", "https://" + strings.Repeat("x", 2000)} {
			o.Post(t, webhooks, map[string]any{"nom": "Suivi", "url": wrong}).WantRefusal(t, 422, "invalid webhook", "L’adresse du webhook")
		}
		o.Post(t, webhooks, map[string]any{"nom": " ", "url": elsewhere.URL, "evenements": []string{"tout"}}).WantRefusal(t, 422, "invalid webhook", "nom")
	})
}

func TestAServerThatNoLongerAllowsHTTPStopsUsingIt(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	o := s.Production(t, "CFA Horizon")
	lax := hubOn(t, s, hub.PolitiqueWebhooks{HTTP: true, Prive: true})
	r := newReceiver(t)
	w, _, err := lax.Webhooks.CreateWebhook(t.Context(), o.ID, webhookTo(r.URL))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Hub.Webhooks.TestWebhook(t.Context(), o.ID, w.ID); err != nil {
		t.Fatal(err)
	}
	until(t, "an attempt", func() bool { return read(t, o, "1").Echecs > 0 })
	if l := deliveries(t, o, "1", "")[0]; *l.Erreur != "schema" || len(r.got()) != 0 {
		t.Errorf("%+v", l)
	}
}

func webhookTo(url string) domaine.Webhook {
	return domaine.Webhook{Nom: "Suivi", URL: url, Actif: true}
}

// hubOn opens a hub of another policy beside a server, as the command line does.
func hubOn(t *testing.T, s *apitest.Server, policy hub.PolitiqueWebhooks) *hub.Hub {
	t.Helper()
	db, err := open.Database(t.Context(), s.Location)
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(db, hub.Options{Now: s.Clock.Now, Webhooks: policy})
	t.Cleanup(func() {
		h.Close()
		db.Close()
	})
	return h
}
