package compta_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/api/compta"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/server"
	"github.com/passerelle-hub/passerelle/internal/store"
)

type exercice = domaine.Exercice

func (e *env) access() hub.Acces { return hub.AccesOperateur(id(e.societe.ID)) }

// tamper changes an exercice in the database without the hub.
func (e *env) tamper(id int64, change func(*exercice)) {
	e.t.Helper()
	ctx := context.Background()
	must(e.t, e.db.Write(ctx, func(tx *store.Tx) error {
		list, err := tx.Exercices(ctx, e.societe)
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.ID == id {
				change(&x)
				return tx.UpdateExercice(ctx, e.societe, x)
			}
		}
		return fmt.Errorf("no exercice %d", id)
	}))
}

func (e *env) newToken(j domaine.Jeton) header {
	e.t.Helper()
	_, token, err := e.hub.Jetons.CreateJeton(context.Background(), j)
	must(e.t, err)
	return header{"Authorization", "Bearer " + token}
}

func TestATokenIsRefusedWithTheCodeOfTheReason(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		partenaire, secret, err := e.hub.Jetons.CreatePartenaire(t.Context(), "Compta en ligne")
		must(t, err)
		rights := domaine.Droits{domaine.DroitExercices}
		yesterday := noon.Add(-24 * time.Hour)
		partner := e.newToken(domaine.Jeton{OrganismeID: e.organisme.ID, PartenaireID: partenaire.ID, Droits: rights})
		expired := e.newToken(domaine.Jeton{OrganismeID: e.organisme.ID, Droits: rights, ExpireLe: &yesterday})
		sync := e.newToken(domaine.Jeton{OrganismeID: e.organisme.ID, Droits: domaine.Droits{domaine.DroitContrats}})
		for name, c := range map[string]struct {
			status  int
			code    string
			headers []header
		}{
			"no header":           {401, "ERR-INVALID-AUTH-HEADER", []header{{"Authorization", ""}}},
			"another scheme":      {401, "ERR-INVALID-AUTH-HEADER", []header{{"Authorization", "Basic eDp5"}}},
			"an unknown token":    {401, "ERR-API-TOKEN-NOT-FOUND", []header{{"Authorization", "Bearer psr_inconnu"}}},
			"an expired token":    {401, "ERR-API-TOKEN-NOT-FOUND", []header{expired}},
			"no secret":           {401, "ERR-SECRET-HEADER-NOT-SET", []header{partner}},
			"another secret":      {401, "ERR-INVALID-SECRET", []header{partner, {"X-Third-Party-Secret", "pss_autre"}}},
			"a right is missing":  {403, "ERR-FORBIDDEN-ROUTE", []header{sync}},
			"an unknown société":  {400, "SOCIETE16", []header{{"society-id", "99999"}}},
			"a société's name":    {400, "SOCIETE16", []header{{"society-id", "CFA des Dombes"}}},
			"a société too large": {400, "SOCIETE16", []header{{"society-id", "99999999999999999999"}}},
		} {
			got := e.call("GET", mad, nil, c.headers...).wantError(c.status, c.code)
			if strings.Contains(got.Error.Message, "Dombes") {
				t.Errorf("%s: the message repeats what was sent", name)
			}
		}
		e.call("GET", mad, nil, partner, header{"X-Third-Party-Secret", secret}).want(http.StatusOK)
	})
}

func TestAnAddressOrMethodThatIsNoCallIsRefusedInThisDialect(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.call("GET", "/api/v1/lea.martin@example.org", nil).wantError(404, "ERR-ROUTE-NOT-FOUND")
		a := e.call("DELETE", plat, nil)
		a.wantError(405, "ERR-METHOD-NOT-ALLOWED")
		if got := a.Header().Get("Allow"); got != "GET, HEAD, POST, PUT" {
			t.Errorf("Allow: %s", got)
		}
	})
}

func TestAnErrorSaysWhereAndWhenButNamesNobody(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		query := url.Values{"version": {"3.0.0"}, "on": {"Léa Martin"}, "email": {"lea.martin@example.org"}, "format": {"tra"}}
		got := e.call("GET", "/api/v1/mad/exercices?"+query.Encode(), nil).wantError(400, "ERR-INVALID-VERSION")
		d := got.Error.Details
		if d.URL != "/api/v1/mad/exercices?version=3.0.0&format=tra" || d.Method != "GET" || d.RequestedAt != "15 Mar 2024, 12:00:00" || !strings.HasPrefix(d.RequestID, "req-") {
			t.Errorf("details: %+v", d)
		}
		if !strings.Contains(got.Error.Message, "1.0.0") {
			t.Errorf("the message does not name the version that there is: %s", got.Error.Message)
		}
		got = e.call("GET", "/api/v1/lea.martin@example.org?version=Léa", nil).wantError(404, "ERR-ROUTE-NOT-FOUND")
		if got.Error.Details.URL != "/api/v1/…" {
			t.Errorf("url: %s", got.Error.Details.URL)
		}
	})
}

func TestACabinetNamesTheSocieteThatItMeans(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.create(year("2024"))
		other, err := e.hub.Organismes.CreateOrganisme(t.Context(), "CFA de la Bresse", false)
		must(t, err)
		cabinet := e.newToken(domaine.Jeton{Droits: domaine.Droits{domaine.DroitExercices}, Prenom: "Ana", Nom: "Roche"})
		mine, theirs := header{"society-id", id(e.societe.ID)}, header{"society-id", id(other.SocieteID)}

		e.call("GET", mad, nil, cabinet).wantError(400, "SOCIETE10")
		e.call("GET", mad, nil, cabinet, header{"society-id", "99999"}).wantError(400, "SOCIETE16")
		e.call("GET", mad, nil, cabinet, theirs).want(http.StatusOK).wantJSON(`[]`)
		if got := decode[[]any](e.call("GET", mad, nil, cabinet, mine).want(http.StatusOK)); len(got) != 1 {
			t.Errorf("%d exercices, want 1", len(got))
		}
		e.call("GET", mad, nil, theirs).wantError(400, "SOCIETE16") // a token of another organisme
		ours := `{"society_id":` + id(e.societe.ID) + `,"name":"CFA des Dombes","siret":null,"registration_date":null,"folder_reference":null}`
		another := `{"society_id":` + id(other.SocieteID) + `,"name":"CFA de la Bresse","siret":null,"registration_date":null,"folder_reference":null}`
		e.call("GET", society, nil, cabinet).want(http.StatusOK).wantJSON(`{"row_numbers":2,"pages_number":null,"society_array":[` + ours + `,` + another + `]}`)
		e.call("GET", society, nil).want(http.StatusOK).wantJSON(ours)
		e.call("GET", society, nil, cabinet, theirs).want(http.StatusOK).wantJSON(another)

		day := date("2019-07-01")
		_, err = e.hub.Comptabilite.CreateSociete(t.Context(), domaine.Societe{OrganismeID: e.organisme.ID, Nom: "Filiale", SIRET: "123 456 789 00012", Immatriculation: &day})
		must(t, err)
		e.call("GET", mad, nil).wantError(400, "SOCIETE10") // two by now
		got := decode[societies](e.call("GET", society, nil).want(http.StatusOK)).Array
		if len(got) != 2 || *got[1].SIRET != "12345678900012" || *got[1].Registered != "2019-07-01" {
			t.Errorf("sociétés: %+v", got)
		}
	})
}

func TestKeyInfoListsTheRoutesThatTheTokenMayCall(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		routes := decode[[]struct{ Path, Method string }](e.call("GET", "/api/v1/key/info", nil).want(http.StatusOK))
		known := map[string]bool{}
		for _, r := range routes {
			known[strings.ToUpper(r.Method)+" "+r.Path] = true
		}
		for _, route := range compta.Dialect(compta.Options{Hub: e.hub}).Routes {
			if !known[route.Method+" "+route.Path] {
				t.Errorf("key/info does not list %s %s", route.Method, route.Path)
			}
		}
		extended := decode[struct {
			Target struct {
				Type                              string
				SchemaID, ThirdPartyID, SocietyID int64
			}
			Version     struct{ Current, Latest int }
			IsActivated bool
			Routes      []any
		}](e.call("GET", "/api/v1/key/info?mode=extended", nil).want(http.StatusOK))
		if extended.Target.Type != "api" || extended.Target.SocietyID != e.societe.ID || extended.Target.SchemaID != e.organisme.ID ||
			!extended.IsActivated || len(extended.Routes) != len(routes) || extended.Version.Current != 1 {
			t.Errorf("extended: %+v", extended)
		}
		cabinet := e.newToken(domaine.Jeton{Droits: domaine.Droits{domaine.DroitExercices}})
		if got := decode[struct{ Target struct{ Type string } }](e.call("GET", "/api/v1/key/info?mode=extended", nil, cabinet).want(http.StatusOK)); got.Target.Type != "firm" {
			t.Errorf("a cabinet token: %+v", got)
		}
		e.call("GET", "/api/v1/key/info?mode=tout", nil).wantError(400, "ERR-INVALID-PARAMETER")
	})
}

func TestATokenHasTwentyCallsPerTenSeconds(t *testing.T) {
	each(t, 20, func(t *testing.T, e *env) {
		reset := noon.Add(10 * time.Second).Unix()
		for n := 1; n <= 20; n++ {
			a := e.call("GET", mad, nil).want(http.StatusOK)
			if got, want := limits(a), fmt.Sprintf("%d %d 20", 20-n, reset); got != want {
				t.Fatalf("call %d: headers %s, want %s", n, got, want)
			}
			e.clock.Advance(100 * time.Millisecond)
		}
		a := e.call("GET", "/api/v1/society", nil)
		a.wantError(http.StatusTooManyRequests, "ERR-TOO-MANY-REQUEST")
		if got, want := limits(a), fmt.Sprintf("0 %d 20", reset); got != want || a.Header().Get("Retry-After") != "8" {
			t.Errorf("headers %s, want %s; retry after %s", got, want, a.Header().Get("Retry-After"))
		}
		// Another token, and another process on the same PostgreSQL database.
		other := e.newToken(domaine.Jeton{OrganismeID: e.organisme.ID, Droits: domaine.TousDroits})
		e.call("GET", mad, nil, other).want(http.StatusOK)
		if e.hub.Database() == "postgres" {
			second := hub.New(e.db, hub.Options{Now: e.clock.Now})
			process := &env{t: t, token: e.token, handler: server.New(server.Options{Hub: second, RateLimit: 20, Log: slog.New(slog.DiscardHandler)})}
			process.call("GET", mad, nil).wantError(http.StatusTooManyRequests, "ERR-TOO-MANY-REQUEST")
			second.Close()
		}
		e.call("GET", "/api/sync/v1/test", nil).want(http.StatusOK) // not accounting
		e.clock.Set(noon.Add(10 * time.Second))
		a = e.call("GET", mad, nil).want(http.StatusOK)
		if got, want := limits(a), fmt.Sprintf("19 %d 20", noon.Add(20*time.Second).Unix()); got != want {
			t.Errorf("headers %s, want %s", got, want)
		}
		a = e.call("GET", "/api/v1/mad/exercices", nil)
		a.wantError(400, "ERR-INVALID-VERSION")
		if a.Header().Get("X-Rate-Limit-Total") != "20" {
			t.Error("a refused call does not say what is left")
		}
	})
}

func limits(a *answer) string {
	h := a.Header()
	return h.Get("X-Rate-Limit-Remaining") + " " + h.Get("X-Rate-Limit-Reset") + " " + h.Get("X-Rate-Limit-Total")
}

func TestWithoutALimitNothingIsCounted(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		for range 30 {
			if got := limits(e.call("GET", "/api/v1/society", nil).want(http.StatusOK)); got != "  " {
				t.Fatalf("headers %q", got)
			}
		}
	})
}
