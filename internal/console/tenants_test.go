package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/console"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// An administrator of another organisme opens every page and sends every form with
// the ids of this one: nothing of it is shown, and nothing of it changes.
func TestEveryPageKeepsOrganismesApart(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		ctx := context.Background()
		const marker = "SECRETDEA"
		var list []passerelle.Contrat
		for c := range demo.Generate(demo.Params{Contrats: 60, Seed: 1}) {
			c.NomEntreprise, c.NomFormation, c.NomSite = marker, c.NomFormation+marker, c.NomSite+marker
			list = append(list, c)
		}
		hook := domaine.Webhook{Nom: marker, URL: "https://logiciel.example/" + marker, Actif: true}
		if _, _, err := s.hub.Webhooks.CreateWebhook(ctx, s.organisme, hook); err != nil {
			t.Fatal(err)
		}
		gone := list[59].CodeContrat
		s.mustPush(t, list)
		s.mustPush(t, list[:59])
		s.modeles(t)
		s.exercices(t)
		s.tarifs(t, list)
		s.dropped(t, marker+".csv", sheet(list))
		held := s.push(t, "/api/sync/v1/contrats", list[:2])
		if held.StatusCode != http.StatusConflict {
			t.Fatal(held.Status)
		}
		modeles, err := s.hub.Integration.Modeles(ctx, s.organisme)
		if err != nil || len(modeles) == 0 {
			t.Fatal(err)
		}
		before, err := s.hub.Journal.Verify(ctx, s.organisme, 0)
		if err != nil {
			t.Fatal(err)
		}
		other, err := s.hub.Organismes.CreateOrganisme(ctx, "CFA B", false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.hub.Comptes.CreateCompte(ctx, domaine.Compte{OrganismeID: other.ID, Email: "b@cfa.example", Prenom: "B", Nom: "B", Role: domaine.RoleAdministration}, secret); err != nil {
			t.Fatal(err)
		}
		login := func() *visitor {
			v := s.visitor(t)
			if p := v.post("/connexion", url.Values{"email": {"b@cfa.example"}, "password": {secret}}); p.path != "/" {
				t.Fatalf("login: %d", p.status)
			}
			return v
		}
		v := login()
		ids := []string{"1", "2", fmt.Sprint(modeles[0].ID)}
		form := url.Values{"nom": {"Vol"}, "prenom": {"V"}, "email": {"v@cfa.example"}, "role": {"lecture"}, "q": {"e"}, "debut": {"2026-01-01"}, "fin": {"2026-12-31"},
			"codeFormation": {list[0].CodeFormation}, "action": {"enregistrer"}, "enregistrer": {"1"}, "confirmer": {"oui"}, "droits": {"contrats"}, "actif": {"on"}}
		end := url.Values{"code": {list[0].CodeContrat, gone}, "fin": {"annule"}, "action": {"decider"}}
		calls := 0
		for _, pattern := range console.Patterns() {
			method, path, _ := strings.Cut(pattern, " ")
			if path == "/deconnexion" {
				continue
			}
			path = strings.ReplaceAll(path, "{$}", "")
			path = strings.NewReplacer("{code}", gone, "{nature}", "refus").Replace(path)
			for _, id := range ids {
				target := strings.ReplaceAll(path, "{id}", id)
				for _, query := range []string{"", "?societe=1"} {
					var p page
					if method == "POST" {
						sent := form
						if path == "/fins" || strings.HasSuffix(path, "/fin") {
							sent = end
						}
						p = v.post(target+query, sent)
					} else {
						p = v.get(target + query)
					}
					calls++
					if strings.Contains(p.body, marker) || strings.Contains(p.body, "Horizon Formation") {
						t.Errorf("%s %s%s shows what is another's: %d", method, target, query, p.status)
					}
					if p.status >= 500 {
						t.Errorf("%s %s%s: %d", method, target, query, p.status)
					}
					if p.path == "/connexion" && path != "/connexion" {
						v = login() // the form was the account's own, or ended its session
					}
				}
				if !strings.Contains(path, "{id}") && target == path {
					break
				}
			}
		}
		after, err := s.hub.Journal.Verify(ctx, s.organisme, 0)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(before, after); d != "" {
			t.Errorf("the organisme under attack has changed (- before, + after):\n%s", d)
		}
		t.Logf("%d pages and forms, %d calls with another organisme's ids: nothing shown, nothing changed", len(console.Patterns()), calls)
	})
}
