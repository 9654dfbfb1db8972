package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// marker is in every name that the organisme under attack gives to something.
const marker = "SECRETDEA"

// victim is an organisme with one of everything, whose ids are 1 or close to it.
func victim(t *testing.T, s *apitest.Server) *apitest.Organisme {
	t.Helper()
	a := s.Sandbox(t, "CFA "+marker)
	hook := map[string]any{"nom": marker, "url": "https://" + strings.ToLower(marker) + ".invalid/" + marker}
	a.Post(t, "/api/admin/v1/webhooks", hook).Want(t, 201)
	list := apitest.Numbered(30)
	for i := range list {
		list[i].NomEntreprise, list[i].NomFormation = marker+" SARL", "BTS "+marker
	}
	a.Post(t, "/api/sync/v1/contrats", apitest.Body(list...)).Want(t, 200)
	a.Post(t, "/api/sync/v1/contrats", apitest.Body(list[:1]...)).Want(t, 409)
	a.Post(t, "/api/admin/v1/modeles", apitest.ModeleFor(marker, "codeFormation", "MCO")).Want(t, 201)
	a.Post(t, "/api/v1/society/exercice", `{"exercice":[{"start_date":"2026-01-01","end_date":"2026-12-31"}]}`).Want(t, 200)
	a.Put(t, "/api/v1/mad/tarifs?version=1.0.0", "par;code;montant annuel;debut;fin\nformation;MCO;8000;01/01/2026;31/12/2027\n", apitest.Header("Content-Type", "text/csv")).Want(t, 200)
	a.Post(t, "/api/admin/v1/imports?nom="+marker+".csv", "Code contrat;Nom "+marker+"\nK1;Martin\n", apitest.Header("Content-Type", "application/octet-stream"), apitest.Wrong()).Want(t, 201)
	hook["actif"] = false // nothing is delivered while somebody looks at what changes
	a.Put(t, "/api/admin/v1/webhooks/1", hook).Want(t, 200)
	if waiting, n, err := s.Hub.Webhooks.Livraisons(t.Context(), a.ID, 1, "", hub.Page{}); err != nil || n < 3 || waiting[n-1].ID != 1 {
		t.Fatalf("%d events of the organisme under attack (%v)", n, err)
	}
	s.Hub.Close() // what notes the use of tokens is done
	return a
}

// TestEveryRouteKeepsOrganismesApart tries every route with every kind of token of
// another organisme, with the ids of the one under attack wherever an id fits: nothing
// of it is in any answer, and nothing of it changes.
func TestEveryRouteKeepsOrganismesApart(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		a, b := victim(t, s), s.Production(t, "CFA B")
		b.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Numbered(3)...)).Want(t, 200)
		before, err := s.Hub.Journal.Verify(t.Context(), a.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		partenaire, secret, err := s.Hub.Jetons.CreatePartenaire(t.Context(), "Éditeur")
		if err != nil {
			t.Fatal(err)
		}
		attackers := map[string]*apitest.Client{"every right": b.Client}
		token := func(name string, j domaine.Jeton) *apitest.Client {
			t.Helper()
			c, _ := s.Jeton(t, j)
			attackers[name] = c
			return c
		}
		for _, droit := range domaine.TousDroits {
			token("the right "+string(droit), domaine.Jeton{OrganismeID: b.ID, Droits: domaine.Droits{droit}})
		}
		attackers["a partenaire"] = token("a partenaire without secret", domaine.Jeton{OrganismeID: b.ID, PartenaireID: partenaire.ID, Droits: domaine.TousDroits}).WithSecret(secret)
		// A cabinet reaches every société of the accounting dialect, and nothing else.
		token("a cabinet", domaine.Jeton{Droits: domaine.TousDroits})

		modele := apitest.ModeleFor("Vol", "codeFormation", "MCO")
		modele.ID = "1"
		queries := []string{"", "page=1&limit=10", "version=1.0.0&exercice=1&par=formation", "version=1.0.0&liste=1", "version=1.0.0&synchronisation=1&par=formation",
			"id_exercice=1&lettering_method_id=0&carry_forward=false", "version=1.0.0&format=tra", "confirmer=archivage", "nom=x.csv", "detail=champs"}
		bodies := []any{"{}", modele, `{"exercice":[{"exercice_id":1,"start_date":"2026-01-01","end_date":"2027-06-30"}]}`,
			`{"matrice":{"version":1,"memeNom":true}}`, `{"version":"x"}`, `{"changes":{"removed":["K0001","K0002"]}}`}
		routed, calls, reached := routes(), 0, 0
		for who, c := range attackers {
			for _, route := range routed {
				if who == "a cabinet" && strings.HasPrefix(route.Path, "/api/v1/") {
					continue
				}
				for _, id := range []string{"1", "2"} {
					if !strings.Contains(route.Path, "{id}") && id == "2" {
						continue
					}
					path := strings.ReplaceAll(route.Path, "{id}", id)
					asked := queries
					if who != "every right" {
						asked = queries[:3]
					}
					for _, query := range asked {
						sent := bodies
						if route.Method == http.MethodGet || route.Method == http.MethodDelete {
							sent = []any{nil}
						}
						for _, body := range sent {
							target := path
							if query != "" {
								target += "?" + query
							}
							answer := c.Do(t, route.Method, target, body, apitest.Wrong(), apitest.Header("society-id", fmt.Sprint(a.SocieteID)))
							calls++
							if answer.Status < 300 {
								reached++
							}
							if text, _ := url.QueryUnescape(string(answer.Body)); strings.Contains(text, marker) || strings.Contains(string(answer.Body), marker) {
								t.Errorf("%s %s with %s shows what is another's: %d %.300s", route.Method, target, who, answer.Status, answer.Body)
							}
						}
					}
				}
			}
		}
		s.Hub.Close()
		after, err := s.Hub.Journal.Verify(t.Context(), a.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(before, after); d != "" {
			t.Errorf("the organisme under attack has changed (- before, + after):\n%s", d)
		}
		if reached == 0 || before[0].Actifs != 30 {
			t.Errorf("%d calls were answered with success; %+v", reached, before)
		}
		t.Logf("%d routes, %d kinds of token, %d calls with another organisme's ids (%d answered with what is the caller's own): nothing shown, nothing changed (%s)",
			len(routed), len(attackers), calls, reached, before[0].Reste[:16])
	})
}
