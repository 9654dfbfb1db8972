package console_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func TestSettingsAreChangedByThoseWhoMay(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		integration, comptabilite := s.as(t, domaine.RoleIntegration), s.as(t, domaine.RoleComptabilite)
		integration.get("/reglages").has(t, http.StatusOK, "Adresses e-mail partagées", "Enregistrer les réglages")
		integration.post("/reglages", url.Values{"emailsPartages": {"maitres"}, "garde.archivage": {"45"}}).
			has(t, http.StatusOK, "Les réglages sont enregistrés", "garde.archivage", `value="45"`)
		integration.post("/reglages", url.Values{"garde.archivage": {"0"}, "emailsPartages": {"tous"}}).
			has(t, http.StatusUnprocessableEntity, "Rien n’est enregistré", "un nombre entier de 1 à 100")
		integration.get("/reglages").has(t, http.StatusOK, `value="45"`, `<option value="maitres" selected>`)
		integration.post("/reglages", url.Values{"baseJours": {"365"}}).has(t, http.StatusForbidden, "exercices")
		comptabilite.post("/reglages", url.Values{"baseJours": {"365"}, "comptes.journal": {"CL"}}).has(t, http.StatusOK, `value="CL"`)
		comptabilite.post("/reglages", url.Values{"garde.archivage": {"10"}}).has(t, http.StatusForbidden, "integration")
		s.as(t, domaine.RoleLecture).get("/reglages").has(t, http.StatusOK, "disabled", "la comptabilité le reste")
	})
}
