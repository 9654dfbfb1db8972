package console_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// withAndWithoutScripts runs a person's way through the pages on both databases,
// and once more without JavaScript.
func withAndWithoutScripts(t *testing.T, way func(t *testing.T, s *site, b *browser, scripts bool)) {
	t.Helper()
	t.Parallel()
	for _, database := range []string{"sqlite", "postgres"} {
		for _, scripts := range []bool{true, false} {
			if database == "postgres" && !scripts {
				continue // what a page asks of the database does not depend on scripts
			}
			name := database + map[bool]string{true: " with JavaScript", false: " without"}[scripts]
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newSite(t, database)
				b := s.browser(t)
				b.scripts(scripts)
				way(t, s, b, scripts)
			})
		}
	}
}

// placeAll opens each ready modèle on the page of modèles and saves it, until every
// contract is in a session.
func (b *browser) placeAll() {
	b.t.Helper()
	for range 20 {
		if b.eval(`String(document.querySelectorAll('a[href^="/modeles/nouveau?"]').length)`) == "0" {
			break
		}
		b.click(`a[href^="/modeles/nouveau?"]`)
		b.sees("Nouvellement intégrés")
		b.click(`button[value="enregistrer"]`)
		b.sees("Le modèle est créé")
	}
	b.sees("Tous les contrats transmis sont dans une session")
}

func TestFromAFreshServerToIntegratedContracts(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		contrats := slices.Collect(demo.Generate(demo.Params{Contrats: 24, Seed: 1}))
		jetons, err := s.hub.Jetons.Jetons(t.Context(), s.organisme)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.hub.Jetons.RevokeJeton(t.Context(), jetons[0].ID); err != nil {
			t.Fatal(err)
		}
		b.login(domaine.RoleAdministration)
		b.click(`.aFaire a[href="/jetons"]`)
		b.click(`main form.bloc button`)
		b.sees("Le jeton est créé")
		s.token = b.eval("document.getElementById('jeton').textContent")
		s.mustPush(t, contrats) // what the management software does

		b.click(`.menu a[href="/"]`)
		b.sees("24 contrats transmis hors de toute session")
		b.click(`.aFaire a[href="/modeles"]`)
		b.placeAll()
		b.click(`.menu a[href="/"]`)
		b.sees("100,0 % dans une session")
		b.click(`.menu a[href="/sessions"]`)
		b.sees("apprentis dans")
		if _, integres, err := integrated(t, s); err != nil || integres != 24 {
			t.Errorf("%d contracts are integrated (%v)", integres, err)
		}
	})
}

func integrated(t *testing.T, s *site) (transmis, integres int, err error) {
	t.Helper()
	states, err := s.hub.Journal.States(t.Context())
	return states[0].Transmis, states[0].Integres, err
}

func TestASynchronisationIsUndoneInTheBrowser(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		contrats := s.filled(t, 60)
		b.loginTo(domaine.RoleIntegration, "/synchronisations")
		b.click(`tbody tr:first-child a`)
		b.sees("Boulangerie du Port")
		b.click(`a[href$="/annuler"]`)
		b.sees("Seront archivés")
		b.click(`button.danger`)
		b.sees("La synchronisation est annulée")
		b.open("/contrats/" + contrats[0].CodeContrat)
		b.sees(contrats[0].NomEntreprise)
	})
}

func TestAHeldPushIsConfirmedInTheBrowser(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		contrats := s.filled(t, 100)
		if res := s.push(t, "/api/sync/v2/contrats", contrats[:20]); res.StatusCode != http.StatusConflict {
			t.Fatalf("the truncated push answers %s", res.Status)
		}
		b.login(domaine.RoleIntegration)
		b.click(`.aFaire li.grave a`)
		b.sees("Cet envoi attend une décision")
		b.click(`a[href$="/confirmer"]`)
		b.click(`form[action$="/confirmer"] button`)
		b.sees("confirmé et appliqué")
	})
}

func TestAContractIsFoundFilteredAndRead(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, scripts bool) {
		s.filled(t, 200)
		b.loginTo(domaine.RoleLecture, "/contrats")
		b.sees("197 contrats")
		b.fill("#q", "lefevre cel")
		if scripts {
			b.sees("1 contrat trouvé") // as one types
		}
		b.do("press Enter", chromedp.SendKeys(chromedp.CSS("#q"), "\r"))
		b.until("the list that can be returned to", `location.search.startsWith("?r=") && document.readyState === "complete"`)
		b.sees("1 contrat trouvé")
		b.click(`#lignes tbody a`)
		b.sees("Lefèvre-Çelik")
		b.sees("Modifié")
		b.eval("String(history.back())") // a page that is kept alive fires no load event
		b.until("the list again", `location.pathname === "/contrats" && document.readyState === "complete"`)
		b.sees("1 contrat trouvé")

		b.open("/contrats")
		b.do("choose", chromedp.SetValue(chromedp.CSS("#etat"), "modeles-ambigus"))
		if scripts {
			b.until("the filtered list", `location.search.includes("etat=modeles-ambigus") && document.readyState === "complete"`)
		} else {
			b.click(`.filtres button`)
		}
		b.sees("Modèles ambigus")
	})
}

func TestThePreviewOfAModeleFollowsWhatIsTicked(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	s.mustPush(t, slices.Collect(demo.Generate(demo.Params{Contrats: 60, Seed: 1})))
	b := s.browser(t)
	b.login(domaine.RoleIntegration)
	b.open("/modeles/nouveau")
	b.sees("Cochez au moins une valeur")
	b.do("unfold", chromedp.Click(chromedp.CSS("details.critere summary")))
	b.do("tick", chromedp.Click(chromedp.CSS(`input[name="codeFormation"]`)))
	b.sees("Nouvellement intégrés")
}

func TestThePagesAreReachedByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	b := s.browser(t)
	b.login(domaine.RoleLecture)
	b.do("press Tab", chromedp.KeyEvent("\t"))
	if got := b.eval("document.activeElement.textContent"); got != "Aller au contenu" {
		t.Errorf("the first stop is %q", got)
	}
	b.do("press Enter", chromedp.KeyEvent("\r"))
	b.until("the focus in the content", `document.activeElement.id === "contenu"`)
	b.open("/")
	reached := map[string]bool{}
	for range 30 {
		b.do("press Tab", chromedp.KeyEvent("\t"))
		reached[b.eval("document.activeElement.getAttribute('href') || ''")] = true
		if outline := b.eval("getComputedStyle(document.activeElement).outlineStyle"); outline == "none" && b.eval("document.activeElement.tagName") != "BODY" {
			t.Errorf("the focus on %s is not seen", b.eval("document.activeElement.outerHTML.slice(0, 100)"))
		}
	}
	for _, link := range []string{"/contrats", "/modeles", "/sessions", "/anomalies", "/mon-compte"} {
		if !reached[link] {
			t.Errorf("%s is not reached with Tab", link)
		}
	}
}

func TestAnExerciceIsClosedInTheBrowser(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		s.exercices(t)
		b.loginTo(domaine.RoleComptabilite, "/exercices")
		b.sees("4 exercices")
		b.click(`a[href="/exercices/3/cloturer"]`)
		b.click(`button[value="simuler"]`)
		b.sees("Rien n’est encore enregistré")
		b.click(`button[value="enregistrer"]`)
		b.sees("L’exercice est clos")
		b.sees("par Camille Renard")
	})
}

// loginTo logs in and opens a page from the menu.
func (b *browser) loginTo(role domaine.Role, path string) {
	b.t.Helper()
	b.login(role)
	b.click(`.menu a[href="` + path + `"]`)
}
