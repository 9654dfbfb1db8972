package console_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// download follows a link to a file and returns its name and contents.
func (b *browser) download(selector string) (name, contents string) {
	b.t.Helper()
	dir := b.t.TempDir()
	b.do("allow downloads", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
			Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID, DownloadPath: dir,
		})
		return err
	}))
	b.do("download "+selector, chromedp.Click(chromedp.CSS(selector)))
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		files, err := os.ReadDir(dir)
		if err != nil {
			b.t.Fatal(err)
		}
		// What is not whole yet has another name.
		if len(files) != 1 || strings.HasSuffix(files[0].Name(), ".crdownload") || strings.HasPrefix(files[0].Name(), ".") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, files[0].Name()))
		if err != nil {
			b.t.Fatal(err)
		}
		return files[0].Name(), string(data)
	}
	b.t.Fatalf("%s brings no file", selector)
	return "", ""
}

// upload chooses a file with contents.
func (b *browser) upload(selector, name, contents string) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(contents), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.do("choose "+name, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path}))
}

func (b *browser) choose(selector, value string) {
	b.t.Helper()
	b.do("choose "+value, chromedp.SetValue(chromedp.CSS(selector), value))
}

func (b *browser) tick(selector string) {
	b.t.Helper()
	b.do("tick "+selector, chromedp.Click(chromedp.CSS(selector)))
}

func (b *browser) text(selector string) string {
	b.t.Helper()
	return b.eval("document.querySelector('" + selector + "').textContent")
}

func TestAnomaliesAreReadByRuleAndHandedOnAsAFile(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		s.filled(t, 60)
		b.loginTo(domaine.RoleLecture, "/anomalies")
		b.sees("Qui peut corriger")
		_, all := b.download(`a[href="/anomalies.csv"]`)
		b.click(`a[href="/anomalies/refus/email-shared"]`)
		b.sees("Contrat en cause")
		name, one := b.download(`main a[download]`)
		if !strings.HasSuffix(name, ".csv") || strings.Count(one, "\n") != 2 || strings.Count(all, "\n") <= 3 || !strings.Contains(one, "Une adresse e-mail sert à deux personnes") {
			t.Errorf("%s holds\n%s\nof\n%s", name, one, all)
		}
		b.click(`tbody td a`)
		b.sees("Histoire")
	})
}

func TestApprenticesAreFoundThroughTheTreeOfSessions(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		s.filled(t, 200)
		b.loginTo(domaine.RoleLecture, "/sessions")
		b.sees("apprentis dans")
		_, all := b.download(`a[href="/sessions.csv"]`)
		for range 4 {
			if b.eval(`String(!!document.querySelector('.arbre a')?.checkVisibility())`) == "true" {
				break
			}
			b.tick(`.arbre details:not([open]) > summary`)
		}
		name := b.text(".arbre a span")
		b.click(`.arbre a`)
		if got := b.text("h1"); got != name {
			t.Errorf("%s leads to %s", name, got)
		}
		shown, err := strconv.Atoi(b.eval(`String(document.querySelectorAll('tbody tr').length)`))
		if err != nil {
			t.Fatal(err)
		}
		_, apprentices := b.download(`main a[download]`)
		if got := strings.Count(apprentices, "\n"); got != shown+1 || !strings.Contains(all, name) {
			t.Errorf("the file has %d lines for %d apprentices:\n%s", got, shown, apprentices)
		}
		b.click(`tbody a`)
		b.sees(name)
	})
}

func TestATRAFileIsDownloadedCheckedAndImported(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		s.exercices(t)
		other, err := s.hub.Comptabilite.CreateSociete(t.Context(), domaine.Societe{OrganismeID: s.organisme, Nom: "Deuxième société"})
		if err != nil {
			t.Fatal(err)
		}
		b.loginTo(domaine.RoleComptabilite, "/exercices")
		_, file := b.download(`a[href^="/exercices.tra"]`)
		if !strings.HasPrefix(file, "***") || strings.Count(file, "***EXO") != 4 {
			t.Errorf("the file holds\n%s", file)
		}
		b.click(`main a[href^="/tra"]`)
		b.upload("#fichier", "abîmé.tra", strings.Replace(file, "***EXO", "***EXX", 1))
		b.click(`section:first-child button`)
		b.sees("Rapport : abîmé.tra")
		b.sees("Ce qui ne va pas")
		b.upload("#fichier", "exercices.tra", file)
		b.click(`section:first-child button`)
		b.sees("Aucune erreur")

		b.open("/exercices?societe=" + itoa(other.ID))
		b.sees("Aucun exercice pour l’instant")
		b.click(`main a[href^="/tra"]`)
		b.upload("#fichier-import", "exercices.tra", file)
		b.click(`button[value="simuler"]`)
		b.sees("Rien n’est encore enregistré")
		b.open("/tra?societe=" + itoa(other.ID))
		b.upload("#fichier-import", "exercices.tra", file)
		b.click(`button[value="enregistrer"]`)
		b.sees("Les exercices du fichier sont là")
		b.sees("4 exercices")
	})
}

func TestAnAccountIsMadeChangedAndEndedInTheBrowser(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, scripts bool) {
		b.loginTo(domaine.RoleAdministration, "/comptes")
		b.fill("#prenom", "Ali")
		b.fill("#nom", "Diop")
		b.fill("#email", "lecture@cfa.example")
		b.click(`main form button:not([type])`)
		b.sees("a déjà un compte") // at the field, with what was typed
		b.do("correct", chromedp.SetValue(chromedp.CSS("#email"), "ali@cfa.example"))
		b.click(`main form button:not([type])`)
		b.sees("Le compte de Ali Diop est créé")
		made := b.text("#secret")

		him := s.browser(t)
		him.scripts(scripts)
		him.enter("ali@cfa.example", made)
		him.sees("Tableau de bord")
		if him.eval(`String(!!document.querySelector('.menu a[href="/comptes"]'))`) != "false" {
			t.Error("a person of the role lecture sees the accounts")
		}
		account, _ := s.compteOf(t, "ali@cfa.example")
		b.click(`a[href="/comptes/` + itoa(account.ID) + `"]`)
		b.choose("#role", string(domaine.RoleAdministration))
		b.click(`form[action="/comptes/` + itoa(account.ID) + `"] button`)
		b.sees("Le compte est modifié")
		him.open("/comptes")
		him.sees("Nouveau compte")

		// He ends the account that made him, then cannot end his own.
		first, _ := s.compteOf(t, "administration@cfa.example")
		him.click(`a[href="/comptes/` + itoa(first.ID) + `"]`)
		him.tick(`input[name="actif"]`)
		him.click(`form[action="/comptes/` + itoa(first.ID) + `"] button`)
		him.sees("Désactivé")
		b.open("/comptes")
		b.sees("Connexion")
		him.click(`a[href="/comptes/` + itoa(account.ID) + `"]`)
		him.tick(`input[name="actif"]`)
		him.click(`form[action="/comptes/` + itoa(account.ID) + `"] button`)
		him.sees("C’est le seul compte d’administration")
	})
}

func TestAPartnersTokenIsShownOnceAndRevokedInTheBrowser(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		b.loginTo(domaine.RoleAdministration, "/jetons")
		b.tick(`input[name="droit"][value="integration"]`)
		b.choose("#partenaire", "nouveau")
		b.click(`main form button:not([type])`)
		b.sees("Saisissez le nom du nouveau partenaire")
		b.fill("#nouveau_partenaire", "Studi")
		b.click(`main form button:not([type])`)
		b.sees("Le jeton est créé")
		token, third := b.text("#jeton"), b.text("#secret")
		answer := func() int {
			t.Helper()
			req, err := http.NewRequest(http.MethodGet, s.URL+"/api/admin/v1/modeles", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+token)
			req.Header.Set("X-Third-Party-Secret", third)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			return res.StatusCode
		}
		if got := answer(); got != http.StatusOK {
			t.Errorf("the partner's token answers %d", got)
		}
		b.open("/jetons")
		b.sees("Studi")
		if page := b.eval("document.documentElement.outerHTML"); strings.Contains(page, token) || strings.Contains(page, third) {
			t.Error("the secrets are shown again")
		}
		b.click(`a[href="/jetons/2/revoquer"]`)
		b.sees("Un jeton révoqué ne peut pas être rétabli")
		b.click(`button.danger`)
		b.sees("Révoqué")
		if got := answer(); got != http.StatusUnauthorized {
			t.Errorf("the revoked token answers %d", got)
		}
	})
}

func TestTheJournalSaysWhoChangedWhat(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		contrats := s.filled(t, 60)
		b.login(domaine.RoleIntegration)
		b.open("/synchronisations/2/annuler")
		b.click(`button.danger`)
		b.click(`.menu a[href="/synchronisations"]`)
		b.sees("Camille Renard")
		if rows := b.eval(`String(document.querySelectorAll('tbody tr').length)`); rows != "3" {
			t.Errorf("the journal has %s lines for three synchronisations", rows)
		}
		b.click(`a[href="/synchronisations/2"]`)
		b.click(`.onglets a[href*="changement=modifies"]`)
		b.sees("Avant Après")
		b.sees("Boulangerie du Port")
		if shown := b.eval(`[...document.querySelectorAll('.changement')].map(e => e.innerText).join()`); !strings.Contains(shown, contrats[0].NomEntreprise) {
			t.Errorf("the old value %q is not beside the new one: %s", contrats[0].NomEntreprise, shown)
		}
	})
}

func TestAPersonChangesThePasswordInTheBrowser(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		b.login(domaine.RoleLecture)
		b.click(`a[href="/mon-compte"]`)
		b.fill("#actuel", "ce n’est pas le bon")
		b.fill("#password", "une autre phrase encore")
		b.click(`form[aria-labelledby="changer"] button`)
		b.sees("Ce n’est pas votre mot de passe actuel")
		b.fill("#actuel", secret)
		b.fill("#password", "une autre phrase encore")
		b.click(`form[aria-labelledby="changer"] button`)
		b.sees("Votre mot de passe est changé")
		b.click(`.compte button`)
		b.enter("lecture@cfa.example", secret)
		b.sees("n’est pas le bon")
		b.enter("lecture@cfa.example", "une autre phrase encore")
		b.sees("Tableau de bord")
	})
}
