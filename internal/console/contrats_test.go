package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func TestContractsAreSearchedAndFiltered(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 200)
		v := s.as(t, domaine.RoleLecture)
		v.get("/contrats").has(t, http.StatusOK, "197\u00a0contrats", contrats[0].CodeContrat, "Page 1 sur 4")
		p := v.get("/contrats?page=4")
		p.has(t, http.StatusOK, contrats[196].CodeContrat)
		p.hasNot(t, contrats[197].CodeContrat)

		// What is typed is in no address.
		p = v.post("/contrats", url.Values{"q": {"lefevre celik"}})
		p.has(t, http.StatusOK, "1\u00a0contrat trouvé", contrats[1].CodeContrat, `value="lefevre celik"`)
		if strings.Contains(strings.ToLower(p.query), "lefevre") || !strings.Contains(p.query, "r=") {
			t.Errorf("the address is ?%s", p.query)
		}
		v.get("/contrats?"+p.query).has(t, http.StatusOK, "1\u00a0contrat trouvé")
		v.post("/contrats", url.Values{"q": {"boulangerie port"}}).has(t, http.StatusOK, contrats[0].CodeContrat)
		v.post("/contrats", url.Values{"q": {"introuvable"}}).has(t, http.StatusOK, "Aucun contrat actif ne correspond")
		v.post("/contrats", url.Values{"q": {""}}).has(t, http.StatusOK, "197\u00a0contrats")

		// Filters are, and combine with the search.
		v.get("/contrats?etat=non-integre").has(t, http.StatusOK, "Aucun modèle")
		v.get("/contrats?etat=modeles-ambigus").has(t, http.StatusOK, "Modèles ambigus")
		c := contrats[0]
		p = v.get("/contrats?site=" + c.CodeSite + "&formation=" + c.CodeFormation + "&periode=" + c.CodePeriode)
		p.has(t, http.StatusOK, c.CodeContrat, `<option value="`+c.CodeSite+`" selected>`)
		for _, other := range contrats[:50] {
			if other.CodeSite != c.CodeSite && strings.Contains(p.body, other.CodeContrat) {
				t.Fatalf("%s of another site is listed", other.CodeContrat)
			}
		}
		v.post("/contrats?site="+c.CodeSite, url.Values{"q": {"boulangerie port"}}).has(t, http.StatusOK, "1\u00a0contrat trouvé")
		v.post("/contrats?site=ailleurs", url.Values{"q": {"boulangerie port"}}).has(t, http.StatusOK, "Aucun contrat actif")

		// While somebody types, the lines alone come.
		p = v.post("/contrats", url.Values{"q": {"@etu"}}, "HX-Request", "true")
		p.has(t, http.StatusOK, "197\u00a0contrats", "<mark>@etu</mark>")
		p.hasNot(t, "<html")
		live := p.header.Get("HX-Replace-Url") // what is typed is in the address by its short name
		p = v.post(live, url.Values{"q": {"@etu."}}, "HX-Request", "true", "HX-Current-URL", "http://x.example"+live)
		if again := p.header.Get("HX-Replace-Url"); again != live || strings.Contains(live, "etu") {
			t.Errorf("the address is %s, then %s", live, again)
		}
		v.get(live).has(t, http.StatusOK, `value="@etu."`)
		v.get(live+"&page=2").has(t, http.StatusOK, "Page 2 sur 4")
	})
}

func TestASearchSeesWhatChangedSince(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 60)
		v := s.as(t, domaine.RoleIntegration)
		find := func(text string) page { return v.post("/contrats", url.Values{"q": {text}}) }
		find("boulangerie port").has(t, http.StatusOK, "1\u00a0contrat")
		v.post("/synchronisations/2/annuler", nil)
		find("boulangerie port").has(t, http.StatusOK, "Aucun contrat actif")
		contrats[4].NomEntreprise = "Boulangerie des Halles"
		s.mustPush(t, contrats)
		find("boulangerie halles").has(t, http.StatusOK, contrats[4].CodeContrat)
		find(contrats[59].CodeContrat).has(t, http.StatusOK, "1\u00a0contrat")
	})
}

func TestAContractTellsItsLife(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 60)
		v := s.as(t, domaine.RoleLecture)
		c := contrats[0]
		v.get("/contrats/"+c.CodeContrat).has(t, http.StatusOK, c.PrenomApprenant, "Boulangerie du Port", "Arrivé", "Modifié", "<del>"+c.NomEntreprise+"</del>",
			"Intégré", "E-mail du maître d’apprentissage", "jeton 1")
		v.get("/contrats/"+contrats[59].CodeContrat).has(t, http.StatusOK, "Ce contrat est archivé", "Archivé")
		s.mustPush(t, contrats)
		v.get("/contrats/"+contrats[59].CodeContrat).has(t, http.StatusOK, "Revenu après archivage")
	})
}

func TestCodesWithSlashesAndSpacesHaveTheirPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	contrats := s.filled(t, 30)
	contrats[0].CodeContrat = "2026/09 é?#%"
	s.mustPush(t, contrats)
	v := s.as(t, domaine.RoleLecture)
	p := v.post("/contrats", url.Values{"q": {"2026/09"}})
	_, rest, _ := strings.Cut(p.body, `<th scope="row"><a href="`)
	link, _, _ := strings.Cut(rest, `"`)
	v.get(link).has(t, http.StatusOK, "contrat 2026/09 é?#%")
}
