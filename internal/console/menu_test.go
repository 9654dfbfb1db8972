package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// menuOf is the menu of a page, with spaces made plain.
func (p page) menuOf() string {
	_, menu, _ := strings.Cut(p.body, `<nav class="menu"`)
	menu, _, _ = strings.Cut(menu, "</nav>")
	return textOf("<main" + menu)
}

func TestTheMenuCountsWhatWaits(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.as(t, domaine.RoleAdministration)
		if menu := v.get("/contrats").menuOf(); strings.ContainsAny(menu, "123456789") {
			t.Errorf("an empty organisme counts: %s", menu)
		}
		contrats := s.filled(t, 100)
		if menu := v.get("/contrats").menuOf(); strings.Contains(menu, "refusé") {
			t.Errorf("what is counted is not kept: %s", menu)
		}
		s.now.Move(6 * time.Second) // then it is counted anew
		refused, err := s.hub.Journal.ContratsRefuses(t.Context(), s.organisme)
		if err != nil || refused == 0 {
			t.Fatalf("%d refused (%v)", refused, err)
		}
		menu := v.get("/contrats").menuOf()
		for _, want := range []string{"Anomalies 8 contrats refusés", "Fins à préciser 3 fins à préciser", "contrats hors session"} {
			if !strings.Contains(menu, want) {
				t.Errorf("the menu does not say %q: %s", want, menu)
			}
		}
		s.push(t, "/api/sync/v2/contrats", contrats[:10])
		s.now.Move(6 * time.Second)
		if menu := v.get("/").menuOf(); !strings.Contains(menu, "Synchronisations 1 envoi à confirmer") {
			t.Errorf("a held push is not counted: %s", menu)
		}
		// Whoever does something sees its effect at once.
		if menu := v.post("/synchronisations/3/abandonner", url.Values{}).menuOf(); strings.Contains(menu, "à confirmer") {
			t.Errorf("what was dropped is still counted: %s", menu)
		}
	})
}

func TestEveryPageLeadsToItsGuideAndTheGlossary(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	s.filled(t, 60)
	v := s.as(t, domaine.RoleAdministration)
	p := v.get("/anomalies")
	p.has(t, http.StatusOK, `<details class="aide-page"><summary>Aide</summary>`, `href="/aide/guide-centre#corriger-%c3%a0-la-source--les-anomalies"`, `href="/glossaire#anomalie"`, "Chaque ligne dit l’apprenti")
	v.get("/aide").has(t, http.StatusOK, "Guide du centre de formation", "Les mots du métier")
	v.get("/aide/guide-centre").has(t, http.StatusOK, `id="corriger-à-la-source--les-anomalies"`, `href="/aide/comptable"`, `href="/glossaire"`)
	v.get("/aide/comptable").has(t, http.StatusOK, "<table>", `<pre class="exemple" tabindex="0">`)
	v.get("/glossaire").has(t, http.StatusOK, `<h3 id="opco">OPCO</h3>`, `href="#opco"`)
	for _, path := range []string{"/aide/decisions", "/aide/glossaire"} {
		v.get(path).has(t, http.StatusNotFound, "Il n’y a pas de guide")
	}
	s.visitor(t).get("/connexion").has(t, http.StatusOK, `href="/aide/guide-centre#se-connecter"`)
	s.visitor(t).get("/aide/guide-centre").has(t, http.StatusOK, "Se connecter")
}

func TestTitlesSayTheAnswer(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.as(t, domaine.RoleAdministration)
		for path, want := range map[string]string{"/sessions": "Personne n’est en session", "/synchronisations": "Aucune synchronisation pour l’instant", "/exercices": "Aucun exercice pour l’instant",
			"/modeles": "Aucun modèle pour l’instant", "/reglages": "Tous les réglages sont ceux d’origine"} {
			v.get(path).has(t, http.StatusOK, "<h1>"+want)
		}
		contrats := s.filled(t, 100)
		s.exercices(t)
		v.post("/reglages", url.Values{"garde.archivage": {"45"}})
		for path, want := range map[string]string{"/sessions": "apprentis sont en session, sur", "/synchronisations": "97 contrats actifs, dernière synchronisation à l’instant",
			"/exercices": "4 exercices, 2 clos : le prochain à clôturer finit le 31/12/2026", "/modeles": "contrats attendent un modèle", "/reglages": "1 réglage diffère de ceux d’origine"} {
			v.get(path).has(t, http.StatusOK, want+"")
		}
		s.push(t, "/api/sync/v2/contrats", contrats[:10])
		v.get("/synchronisations").has(t, http.StatusOK, "<h1>1 envoi attend une décision</h1>")
	})
}

func TestTheExpectedRhythmIsSetInTheConsole(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.as(t, domaine.RoleIntegration)
		v.get("/reglages").has(t, http.StatusOK, "Un envoi est attendu tous les", `name="rythme" value=""`)
		v.post("/reglages/rythme", url.Values{"rythme": {"36"}, "unite": {"heures"}}).has(t, http.StatusOK, "Les réglages sont enregistrés", `name="rythme" value="36"`)
		o, err := s.hub.Organismes.Organisme(t.Context(), s.organisme)
		if err != nil || o.Rythme != 36*time.Hour {
			t.Errorf("the rhythm is %v (%v)", o.Rythme, err)
		}
		v.post("/reglages/rythme", url.Values{"rythme": {"2"}, "unite": {"jours"}}).has(t, http.StatusOK, `name="rythme" value="2"`, `<option value="jours" selected>`)
		for _, wrong := range []url.Values{{"rythme": {"0"}, "unite": {"jours"}}, {"rythme": {"-3"}, "unite": {"heures"}}, {"rythme": {"99999999999999999999"}, "unite": {"heures"}},
			{"rythme": {"bientôt"}, "unite": {"heures"}}, {"rythme": {"3"}, "unite": {"siècles"}}} {
			v.post("/reglages/rythme", wrong).has(t, http.StatusUnprocessableEntity, `id="e-rythme"`, `aria-invalid="true"`)
		}
		v.post("/reglages/rythme", url.Values{"rythme": {"3"}, "unite": {"jours"}, "version": {"1h0m0s@1"}}).has(t, http.StatusPreconditionFailed, "a changé pendant que vous l’aviez", `name="rythme" value="3"`)
		v.post("/reglages/rythme", url.Values{"rythme": {""}, "unite": {"jours"}}).has(t, http.StatusOK, `name="rythme" value=""`)
		s.as(t, domaine.RoleComptabilite).post("/reglages/rythme", url.Values{"rythme": {"3"}, "unite": {"jours"}}).has(t, http.StatusForbidden)
		s.as(t, domaine.RoleAdministration).get("/journal").has(t, http.StatusOK, "Rythme des envois changé", "36 h → 48 h")
	})
}

func TestSynchronisationsAndSessionsAreSortedNarrowedAndTheirColumnsChosen(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.filled(t, 100)
		v := s.as(t, domaine.RoleLecture)
		first := func(p page) string {
			_, body, _ := strings.Cut(p.body, "<tbody>")
			row, _, _ := strings.Cut(body, "</tr>")
			return textOf("<main" + row)
		}
		if row := first(v.get("/synchronisations")); !strings.HasPrefix(row, "2 ") {
			t.Errorf("the latest is not first: %s", row)
		}
		p := v.get("/synchronisations?tri=-ajoutes")
		p.has(t, http.StatusOK, `aria-sort="descending"`, `href="/synchronisations?tri=ajoutes"`)
		if row := first(p); !strings.HasPrefix(row, "1 ") {
			t.Errorf("the most added is not first: %s", row)
		}
		if row := first(v.get("/synchronisations?tri=ajoutes")); !strings.HasPrefix(row, "2 ") {
			t.Errorf("the fewest added are not first: %s", row)
		}
		v.get("/synchronisations?etat=refusee").has(t, http.StatusOK, "Aucune synchronisation ne correspond")
		v.get("/synchronisations?etat=appliquee&origine=v2").has(t, http.StatusOK, "2 synchronisations")
		p = v.get("/synchronisations?c=duree")
		p.has(t, http.StatusOK, "Durée")
		if _, table, _ := strings.Cut(p.body, "<table"); strings.Contains(table, "Modifiés") {
			t.Error("a column that nobody chose is shown")
		}
		v.get("/synchronisations?tri=n%27importe&etat=rien&c=quoi").has(t, http.StatusOK, "2 synchronisations")

		p = v.get("/sessions?vue=liste&tri=-apprentis")
		p.has(t, http.StatusOK, `aria-sort="descending"`, "Apprentis")
		sessions, err := s.hub.Integration.Sessions(t.Context(), s.organisme, false)
		if err != nil {
			t.Fatal(err)
		}
		most := 0
		for _, one := range sessions {
			most = max(most, one.Effectif)
		}
		if row := first(p); !strings.HasSuffix(row, " "+strconv.Itoa(most)) {
			t.Errorf("the largest session is not first: %s, want %d", row, most)
		}
	})
}
