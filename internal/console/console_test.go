package console_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/openid"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/server"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m, func() { stopChromium() }) }

// A site is a whole server on a database of its own, with one organisme and one
// account of each role.
type site struct {
	*httptest.Server
	hub       *hub.Hub
	organisme int64
	location  string // of the database
	token     string
	logs      *apitest.Log
	now       *clock
}

// clock is a clock that a test may move.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// today is the day of the clock in Paris, which is not the one of UTC for the last hours of a day.
func (c *clock) today() passerelle.Date { return passerelle.DateOf(c.Now().In(hub.Paris)) }

const secret = "une phrase pour les tests"

// secretHash is that of secret, cheap to verify: hundreds of sites with four accounts each would
// otherwise spend a sixth of the tests' processor time on what real hashes are made to cost.
var secretHash = sync.OnceValue(func() string {
	salt := []byte("sel pour les tests")
	key := argon2.IDKey([]byte(secret), salt, 1, 64, 1, 32)
	return fmt.Sprintf("$argon2id$v=%d$m=64,t=1,p=1$%s$%s", argon2.Version, base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
})

// forEachDatabase runs a test on a fresh site on SQLite and on PostgreSQL.
func forEachDatabase(t *testing.T, test func(t *testing.T, s *site)) {
	t.Helper()
	t.Parallel()
	for _, name := range []string{"sqlite", "postgres"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newSite(t, name))
		})
	}
}

func newSite(t testing.TB, database string) *site {
	t.Helper()
	return newSiteWith(t, database, func(*site) *openid.Provider { return nil })
}

// newSiteWith has people log in at an identity provider too, which knows the
// address of the site.
func newSiteWith(t testing.TB, database string, provider func(*site) *openid.Provider) *site {
	t.Helper()
	location := storetest.Of(database).Migrated(t)
	if database == "postgres" {
		if _, measured := t.(*testing.B); measured {
			// As in production: else VACUUM, just after a commit, finds nothing visible.
			address, err := url.Parse(location)
			if err != nil {
				t.Fatal(err)
			}
			query := address.Query()
			query.Set("synchronous_commit", "on")
			address.RawQuery = query.Encode()
			location = address.String()
		}
	}
	db, err := open.Database(context.Background(), location)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{logs: &apitest.Log{}, now: &clock{}}
	log := slog.New(slog.NewTextHandler(s.logs, nil))
	s.location = location
	s.hub = hub.New(db, hub.Options{Log: log, Now: s.now.Now, Webhooks: hub.PolitiqueWebhooks{HTTP: true, Prive: true}})
	created, err := s.hub.Organismes.CreateOrganisme(context.Background(), "Horizon Formation", false)
	if err != nil {
		t.Fatal(err)
	}
	s.organisme, s.token = created.ID, created.Token
	err = db.Write(context.Background(), func(tx *store.Tx) error {
		for _, role := range domaine.TousRoles {
			c := domaine.Compte{OrganismeID: s.organisme, Email: string(role) + "@cfa.example", Prenom: "Camille", Nom: "Renard", Role: role, CreeLe: s.now.Now()}
			if _, err := tx.CreateCompte(context.Background(), c, secretHash()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewUnstartedServer(nil)
	s.URL = "http://" + s.Listener.Addr().String()
	s.Config.Handler = server.New(server.Options{Hub: s.hub, Log: log, OpenID: provider(s)})
	s.URL = "" // Start wants to set it
	s.Start()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.logs)
		}
		s.Close()
		s.hub.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// push sends contracts through the API as management software does.
func (s *site) push(t testing.TB, path string, contrats []passerelle.Contrat) *http.Response {
	t.Helper()
	body, err := json.Marshal(contrats)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, s.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res
}

// mustPush sends them, with parameters of the call.
func (s *site) mustPush(t testing.TB, contrats []passerelle.Contrat, parameters ...string) {
	t.Helper()
	if res := s.push(t, "/api/sync/v2/contrats?"+strings.Join(parameters, "&"), contrats); res.StatusCode != http.StatusOK {
		t.Fatalf("push: %s", res.Status)
	}
}

// modeles creates those of the demo.
func (s *site) modeles(t testing.TB) {
	t.Helper()
	for _, m := range demo.Modeles() {
		criteres := passerelle.Criteres{}
		for champ, values := range m.Criteres {
			criteres[champ] = values
		}
		if _, err := s.hub.Integration.CreateModele(context.Background(), s.organisme, domaine.Modele{Nom: m.Nom, Criteres: criteres, Actif: true}); err != nil {
			t.Fatal(err)
		}
	}
}

// filled has contracts of the demo, a change, refusals and warnings.
func (s *site) filled(t testing.TB, n int) []passerelle.Contrat {
	t.Helper()
	contrats := slices.Collect(demo.Generate(demo.Params{Contrats: n, Seed: 1}))
	s.mustPush(t, contrats)
	s.modeles(t)
	changed := slices.Clone(contrats[:n-3])
	changed[0].NomEntreprise = "Boulangerie du Port"
	changed[1].NomApprenant = "Lefèvre-Çelik"
	for _, mistake := range demo.Mistakes(contrats[5]) {
		changed = append(changed, mistake.Contrat)
	}
	s.mustPush(t, changed)
	return contrats
}

// A visitor is a browser without JavaScript.
type visitor struct {
	t    testing.TB
	site *site
	*http.Client
}

func (s *site) visitor(t testing.TB) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, s, &http.Client{Jar: jar}}
}

// as returns a visitor who is logged in with the account of a role.
func (s *site) as(t testing.TB, role domaine.Role) *visitor {
	t.Helper()
	v := s.visitor(t)
	if p := v.post("/connexion", url.Values{"email": {string(role) + "@cfa.example"}, "password": {secret}}); p.status != http.StatusOK || p.path != "/" {
		t.Fatalf("login as %s: %d at %s", role, p.status, p.path)
	}
	return v
}

// page is what a visitor sees.
type page struct {
	status int
	path   string // where redirects led
	query  string
	body   string
	header http.Header
}

func (v *visitor) do(req *http.Request) page {
	v.t.Helper()
	res, err := v.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{res.StatusCode, res.Request.URL.Path, res.Request.URL.RawQuery, string(body), res.Header}
}

func (v *visitor) get(path string) page {
	v.t.Helper()
	req, err := http.NewRequest(http.MethodGet, v.site.URL+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(req)
}

func (v *visitor) post(path string, form url.Values, headers ...string) page {
	v.t.Helper()
	req, err := http.NewRequest(http.MethodPost, v.site.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return v.do(req)
}

// has fails unless a page is fine and says everything that is wanted.
func (p page) has(t testing.TB, status int, wanted ...string) {
	t.Helper()
	if p.status != status {
		t.Errorf("%s answers %d, want %d", p.path, p.status, status)
	}
	for _, text := range wanted {
		if !strings.Contains(plain(p.body), plain(text)) {
			t.Errorf("%s does not say %q:\n%s", p.path, text, textOf(p.body))
		}
	}
}

func (p page) hasNot(t testing.TB, unwanted ...string) {
	t.Helper()
	for _, text := range unwanted {
		if strings.Contains(plain(p.body), plain(text)) {
			t.Errorf("%s says %q", p.path, text)
		}
	}
}

// plain makes spaces that no line may end at plain ones: tests look for words.
func plain(text string) string { return strings.ReplaceAll(text, "\u00a0", " ") }

// textOf is the readable part of a page, for messages.
func textOf(body string) string {
	if _, main, ok := strings.Cut(body, "<main"); ok {
		body = main
	}
	var text strings.Builder
	inside := false
	for _, r := range body {
		switch {
		case r == '<':
			inside = true
		case r == '>':
			inside = false
			text.WriteByte(' ')
		case !inside:
			text.WriteRune(r)
		}
	}
	words := strings.Join(strings.Fields(text.String()), " ")
	return words[:min(len(words), 1500)]
}

func TestPagesSendStrictHeaders(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	p := s.visitor(t).get("/connexion")
	p.has(t, http.StatusOK, `<html lang="fr">`)
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';", "X-Content-Type-Options": "nosniff",
		"X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
	} {
		if got := p.header.Get(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, forbidden := range []string{" style=", "<style", " onclick=", "javascript:", "http://", "https://"} {
		p.hasNot(t, forbidden)
	}
	asset := s.visitor(t).get("/assets/console.css")
	asset.has(t, http.StatusOK, ":root")
	if got := asset.header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("assets: %q", got)
	}
}

func TestAnUnknownAddressIsExplained(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	v := s.as(t, domaine.RoleLecture)
	for _, path := range []string{"/nothing", "/contrats/K-unknown", "/synchronisations/99", "/synchronisations/x", "/sessions/7", "/anomalies/refus/required"} {
		v.get(path).has(t, http.StatusNotFound, "Page introuvable", "Revenir au tableau de bord")
	}
}

func TestLogsAndAddressesNameNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	contrats := s.filled(t, 60)
	v := s.as(t, domaine.RoleAdministration)
	nom := contrats[10].NomApprenant
	p := v.post("/contrats", url.Values{"q": {nom}})
	p.has(t, http.StatusOK, nom)
	if strings.Contains(p.query, nom) {
		t.Errorf("the address is ?%s", p.query)
	}
	v.get("/contrats/" + contrats[10].CodeContrat)
	v.post("/comptes", url.Values{"email": {"zz.personne@cfa.example"}, "prenom": {"Zz"}, "nom": {"Personne"}, "role": {"lecture"}})
	for _, word := range []string{nom, contrats[10].EmailApprenant, "zz.personne", "cfa.example", secret, "CTR-"} {
		if strings.Contains(s.logs.String(), word) {
			t.Errorf("the log says %q", word)
		}
	}
	if !strings.Contains(s.logs.String(), `route="GET /contrats/{code}"`) {
		t.Error("the log does not name the route")
	}
}
