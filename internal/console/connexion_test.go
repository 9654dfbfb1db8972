package console_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func TestAPersonLogsInAndOut(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.visitor(t)
		if p := v.get("/contrats"); p.path != "/connexion" {
			t.Errorf("without a login a page leads to %s", p.path)
		}
		wrong := v.post("/connexion", url.Values{"email": {"lecture@cfa.example"}, "password": {"faux"}})
		wrong.has(t, http.StatusUnprocessableEntity, "n’est pas le bon", `value="lecture@cfa.example"`)
		v.post("/connexion", url.Values{"email": {"personne@cfa.example"}, "password": {secret}}).has(t, http.StatusUnprocessableEntity, "n’est pas le bon")

		p := v.post("/connexion", url.Values{"email": {" Lecture@CFA.example "}, "password": {secret}})
		p.has(t, http.StatusOK, "Tableau de bord", "Camille Renard", "Horizon Formation")
		v.get("/connexion").has(t, http.StatusOK, "Tableau de bord")
		if p := v.post("/deconnexion", nil); p.path != "/connexion" {
			t.Errorf("logout leads to %s", p.path)
		}
		if p := v.get("/"); p.path != "/connexion" {
			t.Error("logout does not end the session")
		}
	})
}

func TestTheCookieIsOutOfReachAndChangesAtLogin(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	login := func(headers ...string) *http.Cookie {
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		v := &visitor{t, s, client}
		p := v.post("/connexion", url.Values{"email": {"lecture@cfa.example"}, "password": {secret}}, headers...)
		res := http.Response{Header: p.header}
		return res.Cookies()[0]
	}
	plain, tls := login(), login("X-Forwarded-Proto", "https")
	if !plain.HttpOnly || plain.SameSite != http.SameSiteLaxMode || plain.Secure || !tls.Secure {
		t.Errorf("cookies %v and %v", plain, tls)
	}
	if plain.Value == tls.Value {
		t.Error("two logins share a cookie")
	}
	// Whoever plants a cookie does not know the one that the login makes.
	planted := login("Cookie", "passerelle="+plain.Value)
	if planted.Value == plain.Value {
		t.Error("a login keeps the cookie that was there")
	}
}

func TestFailedLoginsAreThrottledForAWhile(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.visitor(t)
		for range 8 {
			v.post("/connexion", url.Values{"email": {"lecture@cfa.example"}, "password": {"faux"}}).has(t, http.StatusUnprocessableEntity)
		}
		v.post("/connexion", url.Values{"email": {"lecture@cfa.example"}, "password": {secret}}).has(t, http.StatusTooManyRequests, "Trop d’essais")
		s.as(t, domaine.RoleIntegration) // others are not concerned
		s.now.Move(16 * time.Minute)
		s.as(t, domaine.RoleLecture)
	})
}

func TestADisabledAccountIsOutAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	v := s.as(t, domaine.RoleLecture)
	comptes, err := s.hub.Comptes.Comptes(t.Context(), s.organisme)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range comptes {
		if c.Role == domaine.RoleLecture {
			if err := s.hub.Comptes.UpdateCompte(t.Context(), c, false); err != nil {
				t.Fatal(err)
			}
		}
	}
	if p := v.get("/contrats"); p.path != "/connexion" {
		t.Errorf("the session goes on at %s", p.path)
	}
	v.post("/connexion", url.Values{"email": {"lecture@cfa.example"}, "password": {secret}}).has(t, http.StatusUnprocessableEntity)
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	v := s.as(t, domaine.RoleAdministration)
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://ailleurs.example"}} {
		v.post("/jetons", url.Values{"droit": {"contrats"}}, headers...).has(t, http.StatusForbidden, "vient d’un autre site")
	}
	v.post("/jetons", url.Values{"droit": {"contrats"}}, "Sec-Fetch-Site", "same-origin").has(t, http.StatusOK, "Le jeton est créé")
}
