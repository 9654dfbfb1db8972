package server_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// What is no text reaches no database: SQLite would take it, and PostgreSQL fail.
func TestWhatIsNoTextIsRefusedAtTheDoor(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		const phrase = "une phrase pour les tests"
		compte := domaine.Compte{OrganismeID: o.ID, Email: "ada@cfa.example", Prenom: "Ada", Nom: "Martin", Role: domaine.RoleAdministration}
		if _, err := s.Hub.Comptes.CreateCompte(t.Context(), compte, phrase); err != nil {
			t.Fatal(err)
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		browser := &http.Client{Jar: jar}
		post := func(path string, form string) int {
			t.Helper()
			answer, err := browser.Post(s.URL+path, "application/x-www-form-urlencoded", strings.NewReader(form))
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			return answer.StatusCode
		}
		if status := post("/connexion", url.Values{"email": {"ada@cfa.example"}, "password": {phrase}}.Encode()); status != 200 {
			t.Fatalf("login: %d", status)
		}
		for _, bad := range []string{"%00", "%ff%fe", "a%c3"} {
			for path, accounting := range map[string]bool{"/api/sync/v1/contrats?limit=": false, "/api/admin/v1/modeles/": false, "/api/v1/society?x=": true, "/api/v1/mad/ventilation?version=1.0.0&par=": true} {
				want := 400
				if strings.HasSuffix(path, "/") {
					want = 404 // it names nothing
				}
				answer := o.Get(t, path+bad, apitest.Wrong()).Want(t, want)
				if strings.Contains(string(answer.Body), `"error":{`) != accounting {
					t.Errorf("%s is answered in the other dialect: %s", path, answer.Body)
				}
			}
			for _, path := range []string{"/contrats/", "/contrats?site=", "/sessions?site=", "/anomalies/refus/", "/exercices?societe="} {
				answer, err := browser.Get(s.URL + path + bad)
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
				if answer.StatusCode != 400 {
					t.Errorf("%s%s: %d", path, bad, answer.StatusCode)
				}
			}
			for _, path := range []string{"/connexion", "/contrats", "/modeles/nouveau", "/comptes", "/jetons", "/exercices/nouveau", "/mon-compte"} {
				if status := post(path, "nom="+bad+"&email="+bad+"&q="+bad+"&codeFormation="+bad); status != 422 {
					t.Errorf("%s with %s: %d", path, bad, status)
				}
			}
		}
		if status := post("/connexion", "email="+strings.Repeat("a", 2<<20)); status != 413 {
			t.Errorf("a form that is too large: %d", status)
		}
		// The name of a file comes in a header.
		for _, name := range []string{`"a%00.csv"`, `"x` + "\xff" + `.csv"`} {
			answer := o.Post(t, "/api/admin/v1/imports", "Code contrat;Nom\nK1;x\n", apitest.Header("Content-Type", "application/octet-stream"),
				apitest.Header("Content-Disposition", "attachment; filename*=UTF-8''a%00b%ff.csv; filename="+name), apitest.Wrong())
			if answer.Status >= 500 {
				t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
			}
		}
		o.Post(t, "/api/admin/v1/imports?feuille=%00", "Code contrat;Nom\nK1;x\n", apitest.Header("Content-Type", "application/octet-stream"), apitest.Wrong()).Want(t, 400)
	})
}

func TestANewPasswordEndsEverySession(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		compte, err := s.Hub.Comptes.CreateCompte(t.Context(), domaine.Compte{OrganismeID: o.ID, Email: "ada@cfa.example", Prenom: "Ada", Nom: "Martin", Role: domaine.RoleLecture}, "une phrase pour les tests")
		if err != nil {
			t.Fatal(err)
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		browser := &http.Client{Jar: jar}
		at := func() string {
			t.Helper()
			answer, err := browser.Get(s.URL + "/contrats")
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			return answer.Request.URL.Path
		}
		answer, err := browser.PostForm(s.URL+"/connexion", url.Values{"email": {"ada@cfa.example"}, "password": {"une phrase pour les tests"}})
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if got := at(); got != "/contrats" {
			t.Fatalf("after the login: %s", got)
		}
		if err := s.Hub.Comptes.SetPassword(t.Context(), compte, "une autre phrase de passe"); err != nil {
			t.Fatal(err)
		}
		if got := at(); got != "/connexion" {
			t.Errorf("a session outlives the password that it was opened with: %s", got)
		}
	})
}
