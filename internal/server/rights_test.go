package server_test

import (
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// call sends a request to a route; what is asked for does not matter.
func call(t *testing.T, c *apitest.Client, route web.Route, tunes ...apitest.Tune) *apitest.Answer {
	t.Helper()
	var body any
	if route.Method == "POST" || route.Method == "PUT" {
		body = "{}"
	}
	return c.Do(t, route.Method, strings.ReplaceAll(route.Path, "{id}", "1"), body, append(tunes, apitest.Wrong())...)
}

// TestEveryRouteChecksTokenRightAndSecret reads the table of routes, so that no
// route can forget its check.
func TestEveryRouteChecksTokenRightAndSecret(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o := s.Sandbox(t, "CFA Horizon")
		jeton := func(j domaine.Jeton) *apitest.Client {
			t.Helper()
			if j.Droits == nil {
				j.Droits = domaine.TousDroits
			}
			c, _ := s.Jeton(t, j)
			return c
		}
		partenaire, secret, err := s.Hub.Jetons.CreatePartenaire(t.Context(), "Éditeur")
		if err != nil {
			t.Fatal(err)
		}
		_, otherSecret, err := s.Hub.Jetons.CreatePartenaire(t.Context(), "Autre éditeur")
		if err != nil {
			t.Fatal(err)
		}
		soon := s.Clock.Now().Add(time.Hour)
		expired := jeton(domaine.Jeton{OrganismeID: o.ID, ExpireLe: &soon})
		expired.Get(t, "/api/sync/v1/test").Want(t, 200)
		s.Clock.Advance(time.Hour)
		revoked, id := s.Jeton(t, domaine.Jeton{OrganismeID: o.ID, Droits: domaine.TousDroits})
		revoked.Get(t, "/api/sync/v1/test").Want(t, 200)
		if err := s.Hub.Jetons.RevokeJeton(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		ofPartner := jeton(domaine.Jeton{OrganismeID: o.ID, PartenaireID: partenaire.ID})

		refused := map[string]*apitest.Client{
			"no token": s.Client(""), "a token that does not exist": s.Client("psr_nimporte"), "a token with a letter more": s.Client(o.Token + "x"),
			"a revoked token": revoked, "an expired token": expired,
			"a partenaire's token without its secret": ofPartner, "a partenaire's token with a wrong secret": ofPartner.WithSecret("pss_faux"),
			"a partenaire's token with another's secret": ofPartner.WithSecret(otherSecret),
		}
		admitted := map[string]*apitest.Client{
			"every right": o.Client, "a partenaire's token with its secret": ofPartner.WithSecret(secret), "a secret that is not asked for": o.WithSecret("pss_faux"),
		}
		single := map[domaine.Droit]*apitest.Client{}
		for _, droit := range domaine.TousDroits {
			single[droit] = jeton(domaine.Jeton{OrganismeID: o.ID, Droits: domaine.Droits{droit}})
		}
		cabinet := jeton(domaine.Jeton{Droits: domaine.Droits{domaine.DroitExercices}})

		for _, route := range routes() {
			name := route.Method + " " + route.Path
			plain := !strings.HasPrefix(route.Path, "/api/v1/")
			for who, c := range refused {
				answer := call(t, c, route)
				if answer.Status != 401 || answer.Header.Get("WWW-Authenticate") == "" {
					t.Errorf("%s with %s: %d %s", name, who, answer.Status, answer.Body)
				}
				if plain {
					answer.WantRefusal(t, 401, "invalid token")
				}
			}
			for _, header := range []string{"Basic " + o.Token, o.Token, "Bearer", "Bearer ", "Bearer  \t"} {
				if answer := call(t, s.Client(""), route, apitest.Header("Authorization", header)); answer.Status != 401 {
					t.Errorf("%s with a malformed header: %d", name, answer.Status)
				}
			}
			for who, c := range admitted {
				if answer := call(t, c, route); answer.Status == 401 || answer.Status == 403 {
					t.Errorf("%s with %s: %d %s", name, who, answer.Status, answer.Body)
				}
			}
			for droit, c := range single {
				answer := call(t, c, route)
				switch has := route.Allows(domaine.Droits{droit}); {
				case has && (answer.Status == 401 || answer.Status == 403):
					t.Errorf("%s with the right %s alone: %d %s", name, droit, answer.Status, answer.Body)
				case !has && answer.Status != 403:
					t.Errorf("%s with the right %s alone: %d, want 403", name, droit, answer.Status)
				case !has && plain:
					answer.WantRefusal(t, 403, "forbidden", string(route.Droit))
				}
			}
			if answer := call(t, cabinet, route); plain != (answer.Status == 403) || answer.Status == 401 {
				t.Errorf("%s with a cabinet's token: %d %s", name, answer.Status, answer.Body)
			}
		}
	})
}

func TestUnknownRoutesAndMethodsAreRefusedInTheirDialect(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		for _, prefix := range []string{"/api/sync/", "/api/admin/", "/api/v1/"} {
			for _, path := range []string{"", "v9/contrats", "v1/contrats/K1", "rien%00"} {
				for _, method := range []string{"GET", "POST", "PATCH"} {
					answer := o.Do(t, method, prefix+path, nil).Want(t, 404)
					if prefix != "/api/v1/" {
						answer.WantRefusal(t, 404, "not found", "/docs")
					}
				}
			}
		}
		methods := map[string][]string{}
		for _, route := range routes() {
			methods[route.Path] = append(methods[route.Path], route.Method)
		}
		for path, known := range methods {
			allow := strings.Join(known, ", ")
			for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"} {
				if strings.Contains(allow, method) {
					continue
				}
				answer := o.Do(t, method, strings.ReplaceAll(path, "{id}", "1"), nil).Want(t, 405)
				for _, m := range known {
					if !strings.Contains(answer.Header.Get("Allow"), m) {
						t.Errorf("%s %s: Allow is %q, which lacks %s", method, path, answer.Header.Get("Allow"), m)
					}
				}
			}
		}
		o.Do(t, "PATCH", "/api/sync/v1/contrats", nil).WantJSON(t, 405, `{"error":"method not allowed","reason":"La méthode PATCH n’est pas possible ici : utilisez DELETE, GET, HEAD, POST."}`)
	})
}
