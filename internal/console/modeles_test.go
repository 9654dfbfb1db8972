package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

var proposed = regexp.MustCompile(`href="(/modeles/nouveau\?[^"]+)"`)

func TestTheLargestGroupIsIntegratedFromItsProposal(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.filled(t, 200)
		before, err := s.hub.Integration.NonIntegres(t.Context(), s.organisme)
		if err != nil {
			t.Fatal(err)
		}
		v := s.as(t, domaine.RoleIntegration)
		p := v.get("/modeles")
		p.has(t, http.StatusOK, "hors session", "le modèle proposé, plus précis, les départage")
		link := strings.ReplaceAll(proposed.FindStringSubmatch(p.body)[1], "&amp;", "&")
		form := v.get(link)
		form.has(t, http.StatusOK, "Nouvellement intégrés", "Rien n’est enregistré", `checked`)
		values := formOf(form.body)
		preview := v.post("/modeles/nouveau", values)
		preview.has(t, http.StatusOK, "Nouvellement intégrés")
		values.Set("action", "enregistrer")
		done := v.post("/modeles/nouveau", values)
		done.has(t, http.StatusOK, "Le modèle est créé")
		after, err := s.hub.Integration.NonIntegres(t.Context(), s.organisme)
		if err != nil {
			t.Fatal(err)
		}
		if sum(after) != sum(before)-before[0].Contrats {
			t.Errorf("%d contracts are left of %d, the group had %d", sum(after), sum(before), before[0].Contrats)
		}
		v.get(link).has(t, http.StatusNotFound, "intégrés entre-temps")
	})
}

func sum(groups []hub.NonIntegre) (n int) {
	for _, g := range groups {
		n += g.Contrats
	}
	return n
}

var (
	ticked = regexp.MustCompile(`name="([^"]+)" value="([^"]*)" checked`)
	named  = regexp.MustCompile(`name="nom" value="([^"]*)"`)
)

// formOf reads the form of a modèle off its page.
func formOf(body string) url.Values {
	values := url.Values{"nom": {named.FindStringSubmatch(body)[1]}}
	for _, m := range ticked.FindAllStringSubmatch(body, -1) {
		values.Add(m[1], m[2])
	}
	return values
}

func TestAModeleIsEditedDeactivatedAndDeleted(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.filled(t, 200)
		v := s.as(t, domaine.RoleIntegration)
		p := v.get("/modeles/1")
		values := formOf(p.body)
		values.Set("nom", "Un autre nom")
		values.Set("action", "enregistrer")
		v.post("/modeles/1", values).has(t, http.StatusOK, "Le modèle est modifié", "Un autre nom")

		values.Del("actif")
		values.Set("action", "apercu")
		v.post("/modeles/1", values).has(t, http.StatusOK, "plus dans aucune session")
		part := v.post("/modeles/1", values, "HX-Request", "true")
		part.has(t, http.StatusOK, "plus dans aucune session")
		part.hasNot(t, "<html")
		values.Set("action", "enregistrer")
		v.post("/modeles/1", values).has(t, http.StatusOK, "Désactivé")

		v.get("/modeles/1/supprimer").has(t, http.StatusOK, "Aucun contrat ne perdrait sa session")
		v.get("/modeles/3/supprimer").has(t, http.StatusOK, "plus dans aucune session")
		gone := v.post("/modeles/1/supprimer", nil)
		gone.has(t, http.StatusOK, "Le modèle est supprimé")
		gone.hasNot(t, "Un autre nom")
	})
}

func TestAModeleThatIsWrongIsExplainedAtTheField(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	s.filled(t, 60)
	v := s.as(t, domaine.RoleIntegration)
	v.post("/modeles/nouveau", url.Values{"action": {"enregistrer"}, "actif": {"oui"}}).
		has(t, http.StatusUnprocessableEntity, `aria-invalid="true" aria-describedby="e-nom"`, "Le nom du modèle est obligatoire", "Cochez au moins une valeur")
	v.post("/modeles/nouveau", url.Values{"nom": {"BTS"}, "codeFormation": {"MCO"}}).has(t, http.StatusOK, `value="BTS"`, `value="MCO" checked`)
	s.as(t, domaine.RoleComptabilite).post("/modeles/nouveau", url.Values{"nom": {"BTS"}, "codeFormation": {"MCO"}}).has(t, http.StatusForbidden)
}
