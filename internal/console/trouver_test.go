package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

var nommeLink = regexp.MustCompile(`href="(/(?:personnes|entreprises)/[0-9a-f]{16})"`)

func TestOneSearchFindsContractsOfEveryStatePeopleEntreprisesSessionsAndPushes(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 200) // the last three are archived
		v := s.as(t, domaine.RoleLecture)
		find := func(text string) page { return v.post("/recherche", url.Values{"q": {text}}, "HX-Request", "true") }

		gone := contrats[199]
		p := find(gone.CodeContrat)
		p.has(t, http.StatusOK, "0 contrat actif, 1 archivé", `href="/contrats/`+gone.CodeContrat+`"`, "archivé")
		p.hasNot(t, "<html")
		tutor := contrats[0]
		p = find(tutor.CodePersonnel)
		p.has(t, http.StatusOK, "Personnes", "Tuteur à l’école", "<mark>"+tutor.CodePersonnel+"</mark>")
		find("boulangerie port").has(t, http.StatusOK, "Entreprises", "<mark>Boulangerie</mark> du <mark>Port</mark>")
		find(contrats[0].CodeGroupe).has(t, http.StatusOK, "Sessions")
		find("n° 2").has(t, http.StatusOK, "Synchronisations", `href="/synchronisations/2"`)
		find("zzzz introuvable").has(t, http.StatusOK, "ni actif ni archivé")
		find(`<script>alert(1)</script> "`).hasNot(t, "<script>alert")

		// A form that is sent leads to a page that can be returned to, and its address says nothing.
		p = v.post("/recherche", url.Values{"q": {"lefevre"}})
		p.has(t, http.StatusOK, "<mark>Lefèvre</mark>-Çelik")
		if p.path != "/recherche" || strings.Contains(strings.ToLower(p.query), "lefevre") {
			t.Errorf("the address is %s?%s", p.path, p.query)
		}
		v.get("/recherche?"+p.query).has(t, http.StatusOK, "Lefèvre")

		// The page of a person, and of an entreprise, has every contract that names them.
		links := nommeLink.FindAllStringSubmatch(find("boulangerie port").body, -1)
		if len(links) == 0 {
			t.Fatal("no entreprise is found")
		}
		v.get(links[len(links)-1][1]).has(t, http.StatusOK, "Boulangerie du Port", "contrat actif", contrats[0].CodeContrat)
		person := nommeLink.FindStringSubmatch(find(gone.CodeApprenant).body)
		v.get(person[1]).has(t, http.StatusOK, "Apprenti", gone.NomApprenant, gone.CodeContrat, "Archivé", "sur une ligne de temps")
		v.get("/personnes/0000000000000001").has(t, http.StatusNotFound, "Aucun contrat ne nomme cette personne")
		for _, word := range []string{gone.NomApprenant, "lefevre", gone.CodeApprenant} {
			if strings.Contains(s.logs.String(), word) {
				t.Errorf("the log says %q", word)
			}
		}
	})
}

func TestAnotherOrganismeIsNeverFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	contrats := s.filled(t, 60)
	other, err := s.hub.Organismes.CreateOrganisme(t.Context(), "Autre", false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.hub.Comptes.CreateCompte(t.Context(), domaine.Compte{OrganismeID: other.ID, Email: "z@autre.example", Prenom: "Z", Nom: "Z", Role: domaine.RoleLecture}, secret); err != nil {
		t.Fatal(err)
	}
	here := s.as(t, domaine.RoleLecture)
	link := nommeLink.FindStringSubmatch(here.post("/recherche", url.Values{"q": {contrats[3].CodeApprenant}}, "HX-Request", "true").body)[1]
	there := s.visitor(t)
	there.post("/connexion", url.Values{"email": {"z@autre.example"}, "password": {secret}})
	there.post("/recherche", url.Values{"q": {contrats[3].NomApprenant}}, "HX-Request", "true").has(t, http.StatusOK, "Rien ne correspond")
	there.get(link).has(t, http.StatusNotFound)
	there.get("/contrats?vie=tous").hasNot(t, contrats[3].CodeContrat)
}

func TestListsHaveOrderColumnsArchivesFilesAndAreKept(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 200)
		v := s.as(t, domaine.RoleLecture)
		gone := contrats[199]
		v.get("/contrats?vie=archives").has(t, http.StatusOK, "3 contrats archivés", gone.CodeContrat, "parti le")
		v.get("/contrats?vie=tous").has(t, http.StatusOK, "200 contrats, actifs et archivés")
		p := v.post("/contrats", url.Values{"q": {gone.CodeContrat}})
		p.has(t, http.StatusOK, "Aucun contrat actif ne correspond", "1 contrat archivé correspond")
		v.get("/contrats?vie=archives&"+p.query).has(t, http.StatusOK, "1 contrat trouvé")

		p = v.get("/contrats?tri=-apprenant&c=apprenant&c=tuteur")
		p.has(t, http.StatusOK, `aria-sort="descending"`, "Tuteur à l’école", `tri=apprenant`)
		p.hasNot(t, "tri=entreprise")
		up, down := readCSV(t, v.get("/contrats.csv?tri=apprenant&c=apprenant&vie=tous")), readCSV(t, v.get("/contrats.csv?tri=-apprenant&c=apprenant&vie=tous"))
		if len(up) != 201 || len(up[0]) != 2 || up[1][1] != down[200][1] && up[1][0] == up[2][0] {
			t.Errorf("%d lines of %q, first %q, last of the other way %q", len(up), up[0], up[1], down[200])
		}
		filtered := readCSV(t, v.get("/contrats.csv?site="+contrats[0].CodeSite+"&c=site"))
		for _, line := range filtered[1:] {
			if line[1] != contrats[0].NomSite {
				t.Fatalf("%q is in the file of %s", line, contrats[0].NomSite)
			}
		}
		if x := v.get("/contrats.xlsx?vie=archives"); x.status != http.StatusOK || !strings.HasPrefix(x.body, "PK") {
			t.Errorf("the workbook answers %d", x.status)
		}

		p = v.post("/listes", url.Values{"nom": {"Fin proche"}, "adresse": {"/contrats?tri=fin&r=abcdefgh"}})
		p.has(t, http.StatusOK, "La liste est gardée", ">Fin proche</a>", `href="/contrats?tri=fin"`)
		s.as(t, domaine.RoleComptabilite).get("/contrats").hasNot(t, "Fin proche")
		v.post("/listes", url.Values{"nom": {"Ailleurs"}, "adresse": {"https://autre.example/contrats"}}).has(t, http.StatusUnprocessableEntity)
		v.post("/listes/1/oublier", url.Values{"adresse": {"/contrats"}}).hasNot(t, "Fin proche")
		v.post("/listes/1/oublier", url.Values{"adresse": {"//autre.example/"}}).has(t, http.StatusUnprocessableEntity)
	})
}
