package console_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// A token carries the name of its software everywhere, and its page shows its last calls.
func TestATokenCarriesTheNameOfItsSoftwareAndShowsItsLastCalls(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.as(t, domaine.RoleAdministration)
		made := v.post("/jetons", url.Values{"logiciel": {"ERP de Lyon"}, "droit": {"contrats"}})
		_, rest, _ := strings.Cut(made.body, `id="jeton">`)
		token, _, _ := strings.Cut(rest, "<")
		if made.status != http.StatusOK || !strings.Contains(made.body, token[:10]+"…") {
			t.Fatalf("%d: the list does not say how %.10s begins", made.status, token)
		}
		s.token = token
		s.mustPush(t, generated(5))
		if page := v.get("/synchronisations").body; !strings.Contains(page, "ERP de Lyon (jeton 2)") {
			t.Error("the journal of pushes does not name the software")
		}
		s.push(t, "/api/admin/v1/modeles/apercu", nil)
		page := v.get("/jetons/2").body
		for _, want := range []string{"ERP de Lyon", "POST /api/sync/v2/contrats", "200 servi", "POST /api/admin/v1/modeles/apercu", "403 refusé"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page of the token lacks %q", want)
			}
		}
		for range 120 {
			if calls, err := s.hub.Jetons.Appels(context.Background(), s.organisme, 2); err != nil || len(calls) > 100 {
				t.Fatalf("%d calls kept, %v", len(calls), err)
			}
			j := domaine.Jeton{ID: 2, OrganismeID: s.organisme}
			s.hub.Jetons.NoteAppel(j, domaine.Appel{Methode: "GET", Route: "/x", Statut: 200})
		}
		if calls, err := s.hub.Jetons.Appels(context.Background(), s.organisme, 2); err != nil || len(calls) != 100 {
			t.Errorf("%d calls kept of more than 100, %v", len(calls), err)
		}
		if long := v.post("/jetons", url.Values{"logiciel": {strings.Repeat("x", 101)}, "droit": {"contrats"}}); long.status != http.StatusUnprocessableEntity || !strings.Contains(long.body, "Raccourcissez") {
			t.Errorf("a name that is too long: %d", long.status)
		}
	})
}

// Two people edit one modèle: the second sees what the first changed, keeps what they
// typed, and decides.
func TestTheSecondPersonSeesWhatTheFirstChanged(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.modeles(t)
		ada, bob := s.as(t, domaine.RoleAdministration), s.as(t, domaine.RoleIntegration)
		seen := hidden(t, bob.get("/modeles/1").body)
		form := func(nom, version string) url.Values {
			return url.Values{"nom": {nom}, "codeFormation": {"F1"}, "actif": {"oui"}, "version": {version}, "action": {"enregistrer"}}
		}
		if p := ada.post("/modeles/1", form("D’Ada", hidden(t, ada.get("/modeles/1").body))); p.path != "/modeles" {
			t.Fatalf("the first: %d %s", p.status, p.path)
		}
		p := bob.post("/modeles/1", form("De Bob", seen))
		if p.status != http.StatusPreconditionFailed {
			t.Fatalf("the second: %d", p.status)
		}
		for _, want := range []string{"a changé pendant que vous l’aviez sous les yeux", "« D’Ada »", "Camille Renard", `value="De Bob"`} {
			if !strings.Contains(strings.ReplaceAll(p.body, "&#39;", "’"), want) && !strings.Contains(strings.ReplaceAll(p.body, "\u00a0", " "), want) {
				t.Errorf("the second does not see %q", want)
			}
		}
		if m, _ := s.hub.Integration.Modele(context.Background(), s.organisme, 1); m.Nom != "D’Ada" {
			t.Errorf("the modèle is %q", m.Nom)
		}
		if p := bob.post("/modeles/1", form("De Bob", hidden(t, p.body))); p.path != "/modeles" {
			t.Errorf("the second again: %d", p.status)
		}
		for _, page := range []struct {
			path string
			form url.Values
		}{{"/reglages", url.Values{"garde.archivage": {"40"}}}, {"/tarifs/modifier", url.Values{"par": {"formation"}, "code": {"F1"}, "montant": {"7000"}, "debut": {""}, "fin": {""}}}} {
			seen := hidden(t, ada.get(page.path).body)
			first, second := url.Values{"version": {seen}}, url.Values{"version": {seen}}
			for k, v := range page.form {
				first[k], second[k] = v, v
			}
			if p := ada.post(page.path, first); p.status != http.StatusOK {
				t.Errorf("%s, the first: %d", page.path, p.status)
			}
			if k := "garde.archivage"; second.Has(k) {
				second.Set(k, "60")
			} else {
				second.Set("montant", "8000")
			}
			if p := ada.post(page.path, second); p.status != http.StatusPreconditionFailed || !strings.Contains(p.body, "Camille Renard, le") {
				t.Errorf("%s, the second: %d", page.path, p.status)
			}
		}
	})
}

// hidden returns the version that a form carries.
func hidden(t *testing.T, body string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, `name="version" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	if !found || value == "" {
		t.Fatal("the form carries no version")
	}
	return value
}

// generated returns n contracts of the demonstration.
func generated(n int) []passerelle.Contrat {
	return slices.Collect(demo.Generate(demo.Params{Contrats: n, Seed: 1}))
}
