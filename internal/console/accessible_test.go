package console_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/recherche"
)

// look is one page to look at, with the name of its picture.
type look struct{ name, path string }

// looks lists every page of a site that story has filled.
func looks(t *testing.T, s *site, contrats []passerelle.Contrat) []look {
	t.Helper()
	sessions, err := s.hub.Integration.Sessions(t.Context(), s.organisme, false)
	if err != nil {
		t.Fatal(err)
	}
	return []look{
		{"tableau-de-bord", "/"},
		{"anomalies", "/anomalies"},
		{"anomalies-regle", "/anomalies/refus/email-shared"},
		{"synchronisations", "/synchronisations"},
		{"synchronisation", "/synchronisations/22?changement=modifies"},
		{"synchronisation-retenue", "/synchronisations/23"},
		{"confirmer", "/synchronisations/23/confirmer"},
		{"annuler", "/synchronisations/22/annuler"},
		{"imports", "/imports"},
		{"import-correspondance", "/imports/2/correspondance"},
		{"import-erreurs", "/imports/2"},
		{"import-changements", "/imports/2?vue=changements"},
		{"import-lignes", "/imports/2?vue=lignes"},
		{"import-enregistre", "/imports/1"},
		{"contrats", "/contrats"},
		{"contrats-archives", "/contrats?vie=archives&c=apprenant&c=tuteur&tri=-fin"},
		{"recherche", "/recherche"},
		{"calendrier", "/calendrier"},
		{"personne", fmt.Sprintf("/personnes/%016x", uint64(recherche.CleOf(recherche.Personnel, contrats[4].CodePersonnel)))},
		{"entreprise", fmt.Sprintf("/entreprises/%016x", uint64(recherche.CleOf(recherche.Entreprise, contrats[400].NomEntreprise)))},
		{"contrat", "/contrats/" + contrats[4].CodeContrat},
		{"contrat-fini", "/contrats/" + contrats[40].CodeContrat},
		{"fins", "/fins"},
		{"modeles", "/modeles"},
		{"modele", "/modeles/3"},
		{"modeles-ensemble", "/modeles/ensemble"},
		{"modele-supprimer", "/modeles/3/supprimer"},
		{"sessions", "/sessions"},
		{"session", "/sessions/" + strconv.FormatInt(sessions[0].ID, 10)},
		{"exercices", "/exercices"},
		{"exercice-nouveau", "/exercices/nouveau"},
		{"exercice-dates", "/exercices/3/deplacer"},
		{"exercice-cloturer", "/exercices/3/cloturer"},
		{"ventilation", "/ventilation?exercice=3&par=formation&par=annee"},
		{"ventilation-tous", "/ventilation?exercice=tous&par=site"},
		{"ventilation-contrats", "/ventilation/contrats?exercice=3"},
		{"ventilation-a-part", "/ventilation/contrats?exercice=3&apart=sans-tarif"},
		{"financement", "/financement"},
		{"financement-contrats", "/financement/contrats?mesure=pca"},
		{"rapprochement", "/rapprochement"},
		{"npec", "/npec"},
		{"tarifs", "/tarifs"},
		{"tarifs-modifier", "/tarifs/modifier"},
		{"tra", "/tra"},
		{"reglages", "/reglages"},
		{"jetons", "/jetons"},
		{"jeton", "/jetons/1"},
		{"jeton-revoquer", "/jetons/1/revoquer"},
		{"journal", "/journal"},
		{"personnes", "/personnes"},
		{"webhooks", "/webhooks"},
		{"webhook", "/webhooks/1"},
		{"webhook-supprimer", "/webhooks/1/supprimer"},
		{"comptes", "/comptes"},
		{"compte", "/comptes/1"},
		{"mon-compte", "/mon-compte"},
		{"centres", "/centres"},
		{"sessions-liste", "/sessions?vue=liste"},
		{"guides", "/aide"},
		{"guide", "/aide/guide-centre"},
		{"guide-comptable", "/aide/comptable"},
		{"glossaire", "/glossaire"},
		{"introuvable", "/nulle-part"},
	}
}

func TestEveryPageIsAccessibleLightAndDarkWideAndNarrow(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	contrats := slices.Collect(demo.Generate(demo.Params{Contrats: 600, Seed: 1}))
	b := s.browser(t)

	b.examine(look{"connexion", "/connexion"})
	b.login(domaine.RoleAdministration)
	for _, path := range []string{"/", "/anomalies", "/synchronisations", "/contrats", "/fins", "/modeles", "/sessions", "/exercices", "/ventilation", "/financement", "/rapprochement", "/npec", "/tarifs", "/imports", "/webhooks"} {
		b.open(path)
		b.accessible(path + ", empty")
	}
	s.story(t, contrats)
	for _, page := range looks(t, s, contrats) {
		b.examine(page)
	}
	b.open("/anomalies")
	b.scheme("light")
	b.size(1280, 900)
	b.eval("String(document.querySelector('.aide-page').open = true)")
	b.accessible("help that is unfolded")
	b.picture("aide")
	b.open("/mon-compte")
	b.click(".compte button")
	b.login(domaine.RoleComptabilite)
	b.examine(look{"tableau-de-bord-comptable", "/"})
}

// narrowToo asks for the pictures of narrow windows too, for whoever looks at them.
var narrowToo = os.Getenv("PASSERELLE_TEST_NARROW") != ""

// examine looks at a page light and dark, wide and narrow: its accessibility, its
// width, and its picture where pictures are made.
func (b *browser) examine(page look) {
	b.t.Helper()
	b.scheme("light")
	b.size(1280, 900)
	b.open(page.path)
	for _, width := range []int64{1280, 380, 320} { // a colour makes nothing wider
		b.size(width, 900)
		if wide, err := chromedp.Run(b.ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth")); err != nil || wide > width {
			b.t.Errorf("%s is %d px wide at %d (%v)", page.name, wide, width, err)
		}
		switch {
		case width == 1280:
			b.picture(page.name)
		case width == 380 && page.path == "/":
			b.scheme("dark")
			b.picture(page.name + "-sombre-etroit")
			b.scheme("light")
		case width == 380 && narrowToo:
			b.picture(page.name + "-etroit")
		}
	}
	b.eval(alike)
	for _, width := range []int64{380, 1280} {
		b.size(width, 900)
		b.accessible(fmt.Sprintf("%s, light, %d px", page.name, width))
		b.scheme("dark")
		b.legible(fmt.Sprintf("%s, dark, %d px", page.name, width))
		b.scheme("light")
	}
}

// alike leaves three of each sort of what a page repeats, rows of a table and entries of a list,
// for the checker: elements that have the same classes, attributes and parts break the same rules.
const alike = `(() => {
	const sort = e => e.tagName + "." + e.className + "[" + [...e.attributes].filter(a => !["href", "id", "class", "for", "value", "aria-label"].includes(a.name)).map(a =>
		a.name + (/^(d|x|y|width|height|points|title|datetime)$/.test(a.name) ? "" : "=" + a.value)) + "]" + (e.children.length ? "(" + [...e.children].map(sort) + ")" : e.textContent.trim() ? "t" : "");
	let removed = 0;
	for (const parent of document.querySelectorAll("main tbody, main ul, main ol, main select, main dl, main .guide, main svg")) {
		const seen = {};
		for (const e of [...parent.children]) {
			if (["DT", "DD", "H2", "H3"].includes(e.tagName)) continue;
			const s = sort(e);
			if ((seen[s] = (seen[s] || 0) + 1) > 3) { e.remove(); removed++; }
		}
	}
	return String(removed);
})()`

func TestTheLoginPageOfAnIdentityProviderIsAccessible(t *testing.T) {
	t.Parallel()
	s, _ := identified(t, "sqlite", nil)
	b := s.browser(t)
	b.examine(look{"connexion-fournisseur", "/connexion"})
	b.open("/connexion/retour")
	b.accessible("a login that is refused")
}
