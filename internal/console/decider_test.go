package console_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// The modèles that are proposed are created together, from one preview, and placed once.
func TestModelesAreCreatedTogetherFromOnePreview(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.mustPush(t, generated(40))
		v := s.as(t, domaine.RoleIntegration)
		p := v.get("/modeles/ensemble")
		keys := regexp.MustCompile(`name="groupe" value="([^"]+)"`).FindAllStringSubmatch(p.body, -1)
		if p.status != http.StatusOK || len(keys) < 2 {
			t.Fatalf("%d: %d modèles are proposed", p.status, len(keys))
		}
		if p := v.post("/modeles/ensemble", url.Values{"action": {"creer"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "Cochez au moins un modèle") {
			t.Errorf("nothing ticked: %d", p.status)
		}
		form := url.Values{"action": {"apercu"}}
		for _, key := range keys {
			form.Add("groupe", html.UnescapeString(key[1]))
		}
		if p := v.post("/modeles/ensemble", form); p.status != http.StatusOK || !strings.Contains(p.body, fmt.Sprintf("Créer %d\u00a0modèles", len(keys))) {
			t.Errorf("the preview: %d", p.status)
		}
		if found, _ := s.hub.Integration.Modeles(context.Background(), s.organisme); len(found) != 0 {
			t.Fatalf("a preview created %d modèles", len(found))
		}
		form.Set("action", "creer")
		if p := v.post("/modeles/ensemble", form); p.path != "/modeles" {
			t.Fatalf("created: %d %s", p.status, p.path)
		}
		board, err := s.hub.Journal.Tableau(context.Background(), s.organisme)
		if err != nil || board.Integres != board.Transmis || board.Transmis != 40 {
			t.Errorf("%d of %d contracts are placed, %v", board.Integres, board.Transmis, err)
		}
		if page := s.as(t, domaine.RoleAdministration).get("/journal?famille=modele").body; strings.Count(page, "Modèle créé") != len(keys) {
			t.Errorf("the journal tells of %d modèles of %d", strings.Count(page, "Modèle créé"), len(keys))
		}
	})
}

// A person's data is given out and erased from the page, each act recorded without it.
func TestAPersonIsGivenOutAndErasedFromThePage(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		list := generated(10)
		s.mustPush(t, list)
		code, email := list[3].CodeApprenant, list[3].EmailApprenant
		v := s.as(t, domaine.RoleAdministration)
		if p := v.post("/personnes/export", url.Values{"code": {" "}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "Saisissez le code") {
			t.Errorf("no code: %d", p.status)
		}
		if p := v.post("/personnes/export", url.Values{"code": {"PERSONNE"}}); p.status != http.StatusNotFound || !strings.Contains(p.body, "vérifiez son code") {
			t.Errorf("an unknown code: %d", p.status)
		}
		if p := v.post("/personnes/export", url.Values{"code": {code}}); p.status != http.StatusOK || !strings.Contains(p.body, email) || !strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the export: %d", p.status)
		}
		if p := v.post("/personnes/effacer", url.Values{"code": {code}, "encore": {"autre"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "une seconde fois") {
			t.Errorf("typed once: %d", p.status)
		}
		if p := v.post("/personnes/effacer", url.Values{"code": {code}, "encore": {code}}); p.status != http.StatusOK || !strings.Contains(p.body, "La personne est effacée") || strings.Contains(p.body, code) {
			t.Errorf("the erasure: %d", p.status)
		}
		page := v.get("/journal").body
		if strings.Contains(page, code) || strings.Contains(page, email) || !strings.Contains(page, "Personne effacée") || !strings.Contains(page, "Données d’une personne remises") {
			t.Error("the journal does not tell of the acts, or tells of the person")
		}
		if p := s.as(t, domaine.RoleIntegration).get("/personnes"); p.status != http.StatusForbidden {
			t.Errorf("another role opens the page: %d", p.status)
		}
	})
}
