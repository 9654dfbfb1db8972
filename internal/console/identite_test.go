package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/openid"
	"github.com/passerelle-hub/passerelle/internal/openid/openidtest"
)

type claims = openidtest.Claims

// identified is a site whose people log in at a provider, with what tune changes
// of its options.
func identified(t testing.TB, database string, tune func(*site, *openid.Options)) (*site, *openidtest.Provider) {
	t.Helper()
	idp := openidtest.Start(t, claims{"email": "Lecture@CFA.example", "email_verified": true, "given_name": "Zoé", "family_name": "Attal"})
	return newSiteWith(t, database, func(s *site) *openid.Provider {
		options := openid.Options{Issuer: idp.URL, ClientID: openidtest.ClientID, ClientSecret: openidtest.ClientSecret, PublicURL: s.URL, Name: "Connexion du CFA"}
		if tune != nil {
			tune(s, &options)
		}
		provider, err := openid.New(options)
		if err != nil {
			t.Fatal(err)
		}
		return provider
	}), idp
}

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(t *testing.T, database string)) {
	t.Helper()
	t.Parallel()
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			test(t, database)
		})
	}
}

const there = "/connexion/fournisseur"

// compteOf is the account of an e-mail.
func (s *site) compteOf(t testing.TB, email string) (domaine.Compte, bool) {
	t.Helper()
	all, err := s.hub.Comptes.Comptes(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(c domaine.Compte) bool { return c.Email == email })
	if i < 0 {
		return domaine.Compte{}, false
	}
	return all[i], true
}

func TestAPersonLogsInAtTheIdentityProviderAndOut(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s, _ := identified(t, database, nil)
		v := s.visitor(t)
		v.get("/connexion").has(t, http.StatusOK, "Se connecter avec Connexion du CFA", "Ou avec un mot de passe")
		p := v.get(there)
		p.has(t, http.StatusOK, "Tableau de bord", "Camille Renard") // the account's name, not the provider's
		if p.path != "/" || p.query != "" {
			t.Errorf("the login leads to %s?%s", p.path, p.query)
		}
		if c, _ := s.compteOf(t, "lecture@cfa.example"); c.ConnecteLe == nil || c.Role != domaine.RoleLecture {
			t.Errorf("the account after the login: %+v", c)
		}
		out := v.post("/deconnexion", nil)
		out.has(t, http.StatusOK, "reste ouverte", "/logout?client_id=passerelle&amp;post_logout_redirect_uri=")
		if p := v.get("/"); p.path != "/connexion" {
			t.Error("logout does not end the session")
		}
		// With a password there is nothing to close elsewhere.
		v = s.as(t, domaine.RoleLecture)
		v.post("/deconnexion", nil).hasNot(t, "reste ouverte")
	})
}

func TestALoginAtTheProviderIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	s, idp := identified(t, "sqlite", nil)
	known := claims{"email": "lecture@cfa.example", "email_verified": true}
	const invalid = "n’est pas valable"
	for _, tt := range []struct {
		name   string
		person claims
		wrong  func(claims)
		forge  bool
		says   string
	}{
		{name: "an unknown account", person: claims{"email": "inconnu@cfa.example", "email_verified": true}, says: "Il n’y a pas de compte pour cette adresse"},
		{name: "an e-mail that is not verified", person: claims{"email": "lecture@cfa.example", "email_verified": false}, says: "ne garantit pas votre adresse"},
		{name: "an e-mail of which nothing is said", person: claims{"email": "lecture@cfa.example"}, says: "ne garantit pas votre adresse"},
		{name: "no e-mail", person: claims{"email_verified": true}, says: "ne garantit pas votre adresse"},
		{name: "a person who refuses", person: nil, says: "refusée ou abandonnée"},
		{name: "another nonce", person: known, wrong: func(c claims) { c["nonce"] = "autre" }, says: invalid},
		{name: "no nonce", person: known, wrong: func(c claims) { delete(c, "nonce") }, says: invalid},
		{name: "another audience", person: known, wrong: func(c claims) { c["aud"] = "autre" }, says: invalid},
		{name: "another issuer", person: known, wrong: func(c claims) { c["iss"] = "https://autre.example" }, says: invalid},
		{name: "an expired token", person: known, wrong: func(c claims) { c["exp"] = time.Now().Add(-time.Minute).Unix() }, says: invalid},
		{name: "a token signed by someone else", person: known, forge: true, says: invalid},
	} {
		idp.Person(tt.person)
		idp.Wrong(tt.wrong)
		idp.Forge(tt.forge)
		v := s.visitor(t)
		p := v.get(there)
		if !strings.Contains(p.body, tt.says) || p.status != http.StatusForbidden {
			t.Errorf("%s: %d, %s", tt.name, p.status, textOf(p.body))
		}
		if p := v.get("/"); p.path != "/connexion" {
			t.Errorf("%s: logged in all the same", tt.name)
		}
	}
	idp.Person(known)
	idp.Wrong(nil)
	idp.Forge(false)
	s.visitor(t).get(there).has(t, http.StatusOK, "Tableau de bord")
	idp.Rotate(t)
	s.visitor(t).get(there).has(t, http.StatusOK, "Tableau de bord") // its new key is fetched

	lecture, _ := s.compteOf(t, "lecture@cfa.example")
	if err := s.hub.Comptes.UpdateCompte(t.Context(), lecture, false); err != nil {
		t.Fatal(err)
	}
	s.visitor(t).get(there).has(t, http.StatusForbidden, "Votre compte est désactivé")
	for _, word := range []string{"@cfa.example", "Zoé", openidtest.ClientSecret, "zz.personne"} {
		if strings.Contains(s.logs.String(), word) {
			t.Errorf("the log says %q", word)
		}
	}
}

func TestAnAnswerOfTheProviderServesTheBrowserThatAskedAndOnce(t *testing.T) {
	t.Parallel()
	s, _ := identified(t, "sqlite", nil)
	v := s.visitor(t)
	const restart = "recommencez depuis cette page"
	v.get("/connexion/retour").has(t, http.StatusForbidden, restart)
	v.get("/connexion/retour?state=&code=x").has(t, http.StatusForbidden, restart)

	// Stop at the answer, before it is taken.
	var answer string
	v.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/connexion/retour" {
			answer = r.URL.RequestURI()
			return http.ErrUseLastResponse
		}
		return nil
	}
	v.get(there)
	v.CheckRedirect = nil
	s.visitor(t).get(answer).has(t, http.StatusForbidden, restart) // a link that someone was sent
	v.get(answer).has(t, http.StatusOK, "Tableau de bord")
	v.get(answer).has(t, http.StatusForbidden, restart)
}

func TestALoginAtTheProviderChangesTheCookieAndForgetsWhoWasThere(t *testing.T) {
	t.Parallel()
	s, _ := identified(t, "sqlite", nil)
	v := s.as(t, domaine.RoleAdministration)
	home, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	before := v.Jar.Cookies(home)[0].Value
	found := v.post("/contrats", url.Values{"q": {"le an"}})
	v.get(there).has(t, http.StatusOK, "Tableau de bord")
	after := v.Jar.Cookies(home)
	if len(after) != 1 || after[0].Value == before {
		t.Errorf("cookies after the login: %v", after)
	}
	v.get("/comptes").has(t, http.StatusForbidden, "Lecture")
	v.get(found.path+"?"+found.query).hasNot(t, `value="le an"`)
}

func TestTheProviderDecidesAccountsAndRolesWhereItIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s, idp := identified(t, database, func(s *site, o *openid.Options) {
			o.RoleClaim, o.Organisme = "realm_access.roles", s.organisme
			o.Roles = []openid.RoleOf{{Value: "cfa-admin", Role: domaine.RoleAdministration}, {Value: "cfa-compta", Role: domaine.RoleComptabilite}}
		})
		other, err := s.hub.Organismes.CreateOrganisme(t.Context(), "Autre CFA", false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.hub.Comptes.CreateCompte(t.Context(), domaine.Compte{OrganismeID: other.ID, Email: "voisin@cfa.example", Prenom: "Vi", Nom: "Sin", Role: domaine.RoleLecture}, secret); err != nil {
			t.Fatal(err)
		}
		with := func(email string, roles ...any) *visitor {
			idp.Person(claims{"email": email, "email_verified": "true", "given_name": "Zoé", "family_name": "Attal", "realm_access": claims{"roles": roles}})
			return s.visitor(t)
		}
		role := func(email string, want domaine.Role) {
			t.Helper()
			if c, _ := s.compteOf(t, email); c.Role != want {
				t.Errorf("%s has the role %q, want %q", email, c.Role, want)
			}
		}
		with("zoe@cfa.example").get(there).has(t, http.StatusForbidden, "ne vous donne aucun rôle")
		if _, ok := s.compteOf(t, "zoe@cfa.example"); ok {
			t.Error("a person without a role has an account")
		}
		with("zoe@cfa.example", "autre", "cfa-compta").get(there).has(t, http.StatusOK, "Zoé Attal")
		role("zoe@cfa.example", domaine.RoleComptabilite)
		s.visitor(t).post("/connexion", url.Values{"email": {"zoe@cfa.example"}, "password": {""}}).has(t, http.StatusUnprocessableEntity, "n’est pas le bon")
		// The first of the list that holds.
		with("zoe@cfa.example", "cfa-compta", "cfa-admin").get(there).has(t, http.StatusOK, "Comptes")
		role("zoe@cfa.example", domaine.RoleAdministration)
		// It takes effect at the login, for the last of the administration too.
		admin, _ := s.compteOf(t, "administration@cfa.example")
		if err := s.hub.Comptes.UpdateCompte(t.Context(), admin, false); err != nil {
			t.Fatal(err)
		}
		with("zoe@cfa.example", "cfa-compta").get(there).has(t, http.StatusOK)
		role("zoe@cfa.example", domaine.RoleComptabilite)
		with("zoe@cfa.example").get(there).has(t, http.StatusForbidden)
		// Another organisme's people keep what they were given there.
		with("voisin@cfa.example", "cfa-admin").get(there).has(t, http.StatusOK, "Autre CFA")
		role("voisin@cfa.example", domaine.RoleLecture)
	})
}

func TestAProviderThatIsDownStopsNobodyElse(t *testing.T) {
	t.Parallel()
	s, idp := identified(t, "sqlite", nil)
	idp.Down(true)
	s.visitor(t).get("/connexion").has(t, http.StatusOK, "Se connecter avec")
	s.visitor(t).get(there).has(t, http.StatusServiceUnavailable, "ne répond pas pour l’instant", "connectez-vous avec votre mot de passe")
	s.as(t, domaine.RoleLecture)
	idp.Down(false)
	v := s.visitor(t)
	deadline := time.Now().Add(20 * time.Second)
	for p := v.get(there); p.path != "/"; p = v.get(there) {
		if time.Now().After(deadline) {
			t.Fatalf("the provider answers again, but the login says %s", textOf(p.body))
		}
		time.Sleep(250 * time.Millisecond)
	}
	// It goes down between the two steps.
	v = s.visitor(t)
	v.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/connexion/retour" {
			idp.Down(true)
		}
		return nil
	}
	p := v.get(there)
	if p.status == http.StatusOK {
		t.Errorf("a provider that is down logs in: %s", textOf(p.body))
	}
}

func TestPasswordsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	s, idp := identified(t, "sqlite", func(_ *site, o *openid.Options) { o.Only = true })
	v := s.visitor(t)
	v.get("/connexion").hasNot(t, `type="password"`)
	v.post("/connexion", url.Values{"email": {"lecture@cfa.example"}, "password": {secret}}).has(t, http.StatusForbidden, "Les mots de passe ne servent pas ici")
	idp.Person(claims{"email": "administration@cfa.example", "email_verified": true})
	v.get(there).has(t, http.StatusOK, "Tableau de bord")
	v.get("/mon-compte").hasNot(t, `type="password"`)
	v.post("/mon-compte", url.Values{"actuel": {secret}, "password": {"une autre phrase"}}).has(t, http.StatusForbidden)
	v.get("/comptes/1").hasNot(t, "mot-de-passe")
	v.post("/comptes/1/mot-de-passe", nil).has(t, http.StatusForbidden)
	p := v.post("/comptes", url.Values{"email": {"zz@cfa.example"}, "prenom": {"Zz"}, "nom": {"Top"}, "role": {"lecture"}})
	p.has(t, http.StatusOK, "Le compte est créé")
	p.hasNot(t, `id="secret"`)
	idp.Person(claims{"email": "zz@cfa.example", "email_verified": true})
	s.visitor(t).get(there).has(t, http.StatusOK, "Zz Top")
}

func TestWithoutAProviderThereIsNoWayThere(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	v := s.visitor(t)
	v.get("/connexion").hasNot(t, "Se connecter avec")
	v.get(there).has(t, http.StatusNotFound)
	v.get("/connexion/retour?state=x&code=y").has(t, http.StatusNotFound)
}
