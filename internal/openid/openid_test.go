package openid

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/openid/openidtest"
)

func TestOptionsThatCannotBeAreNamed(t *testing.T) {
	t.Parallel()
	good := Options{Issuer: "https://id.example/realm", ClientID: "p", PublicURL: "https://p.example/"}
	for _, tt := range []struct {
		name  string
		spoil func(*Options)
		says  string
	}{
		{"nothing wrong", func(*Options) {}, ""},
		{"http on this machine", func(o *Options) { o.Issuer, o.PublicURL = "http://127.0.0.1:9", "http://localhost:8080" }, ""},
		{"an issuer over http", func(o *Options) { o.Issuer = "http://id.example" }, "https"},
		{"no address", func(o *Options) { o.Issuer = "id.example" }, "issuer"},
		{"a public URL over http", func(o *Options) { o.PublicURL = "http://p.example" }, "public URL"},
		{"no public URL", func(o *Options) { o.PublicURL = "" }, "public URL"},
		{"a public URL with a path", func(o *Options) { o.PublicURL = "https://p.example/hub/" }, ""},
		{"a public URL with a query", func(o *Options) { o.PublicURL = "https://p.example/?a" }, "public URL"},
		{"no client id", func(o *Options) { o.ClientID = "" }, "client id"},
		{"roles without an organisme", func(o *Options) { o.Roles = []RoleOf{{"*", "lecture"}} }, "organisme"},
		{"roles without a claim", func(o *Options) { o.Roles, o.Organisme = []RoleOf{{"a", "lecture"}}, 1 }, "claim"},
		{"anybody needs no claim", func(o *Options) { o.Roles, o.Organisme = []RoleOf{{"*", "lecture"}}, 1 }, ""},
		{"an organisme without roles", func(o *Options) { o.Organisme = 1 }, "roles"},
	} {
		options := good
		tt.spoil(&options)
		_, err := New(options)
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestRolesAreReadFromText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]RoleOf{
		"admins=administration":         {"admins", domaine.RoleAdministration},
		"cn=compta/ou=cfa=comptabilite": {"cn=compta/ou=cfa", domaine.RoleComptabilite},
		"*=lecture":                     {"*", domaine.RoleLecture},
		"=lecture":                      {},
		"admins":                        {},
		"admins=chef":                   {},
		"administration":                {},
	} {
		got, err := ParseRoleOf(text)
		if (err == nil) != (want != RoleOf{}) || err == nil && got != want {
			t.Errorf("%q is %v (%v)", text, got, err)
		}
	}
}

func TestClaimsAreReadAsProvidersWriteThem(t *testing.T) {
	t.Parallel()
	roles := []RoleOf{{"a", domaine.RoleAdministration}, {"c", domaine.RoleComptabilite}}
	for _, tt := range []struct {
		name   string
		tune   func(*Options)
		claims openidtest.Claims
		want   Identity
		err    error
	}{
		{"all that a provider can say", nil, openidtest.Claims{"email": " Ada@CFA.example", "email_verified": true, "given_name": "Ada", "family_name": "Martin"},
			Identity{Email: "ada@cfa.example", Prenom: "Ada", Nom: "Martin"}, nil},
		{"verified, as text", nil, openidtest.Claims{"email": "a@b.fr", "email_verified": "true", "name": "Ada de la Tour"}, Identity{Email: "a@b.fr", Prenom: "Ada", Nom: "de la Tour"}, nil},
		{"no name at all", nil, openidtest.Claims{"email": "a.martin@b.fr", "email_verified": true}, Identity{Email: "a.martin@b.fr", Prenom: "a.martin", Nom: "a.martin"}, nil},
		{"not verified, as text", nil, openidtest.Claims{"email": "a@b.fr", "email_verified": "false"}, Identity{}, ErrUnverified},
		{"verified, as a number", nil, openidtest.Claims{"email": "a@b.fr", "email_verified": 1.0}, Identity{}, ErrUnverified},
		{"nothing said of an address that is trusted", func(o *Options) { o.TrustEmail = true }, openidtest.Claims{"email": "a@b.fr", "name": "A B"}, Identity{Email: "a@b.fr", Prenom: "A", Nom: "B"}, nil},
		{"an address that is said not to be verified, trusted or not", func(o *Options) { o.TrustEmail = true }, openidtest.Claims{"email": "a@b.fr", "email_verified": false}, Identity{}, ErrUnverified},
		{"a role in a list", func(o *Options) { o.RoleClaim, o.Roles, o.Organisme = "groups", roles, 7 }, openidtest.Claims{"email": "a@b.fr", "email_verified": true, "name": "A B", "groups": []any{"x", 3.0, "c"}},
			Identity{Email: "a@b.fr", Prenom: "A", Nom: "B", Role: domaine.RoleComptabilite, Organisme: 7}, nil},
		{"a role by itself, in a claim whose name has dots", func(o *Options) { o.RoleClaim, o.Roles, o.Organisme = "https://b.fr/role", roles, 7 }, openidtest.Claims{"email": "a@b.fr", "email_verified": true, "name": "A B", "https://b.fr/role": "a"},
			Identity{Email: "a@b.fr", Prenom: "A", Nom: "B", Role: domaine.RoleAdministration, Organisme: 7}, nil},
		{"anybody", func(o *Options) { o.Roles, o.Organisme = []RoleOf{{"*", domaine.RoleLecture}}, 7 }, openidtest.Claims{"email": "a@b.fr", "email_verified": true, "name": "A B"},
			Identity{Email: "a@b.fr", Prenom: "A", Nom: "B", Role: domaine.RoleLecture, Organisme: 7}, nil},
		{"a claim of another shape gives no role", func(o *Options) { o.RoleClaim, o.Roles, o.Organisme = "groups.a", roles, 7 }, openidtest.Claims{"email": "a@b.fr", "email_verified": true, "groups": []any{"a"}},
			Identity{}, ErrNoRole},
	} {
		p := &Provider{}
		if tt.tune != nil {
			tt.tune(&p.Options)
		}
		got, err := p.identity(tt.claims)
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: error %v", tt.name, err)
		}
		if d := cmp.Diff(tt.want, got); err == nil && d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

// authorize follows an address to the provider and returns its answer.
func authorize(t *testing.T, address string) url.Values {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	back, err := res.Location()
	if err != nil {
		t.Fatal(err)
	}
	return back.Query()
}

// login goes the whole way, as a browser does.
func login(t *testing.T, p *Provider) (Identity, error) {
	t.Helper()
	attempt, address, err := p.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p.Finish(t.Context(), attempt, authorize(t, address))
}

func TestWhatTheTokenLeavesOutIsAskedFor(t *testing.T) {
	t.Parallel()
	idp := openidtest.Start(t, openidtest.Claims{"email_verified": true})
	p, err := New(Options{Issuer: idp.URL, ClientID: openidtest.ClientID, ClientSecret: openidtest.ClientSecret, PublicURL: "https://p.example"})
	if err != nil {
		t.Fatal(err)
	}
	idp.Info(openidtest.Claims{"email": "ada@cfa.example", "email_verified": true, "name": "Ada Martin"})
	who, err := login(t, p)
	if d := cmp.Diff(Identity{Email: "ada@cfa.example", Prenom: "Ada", Nom: "Martin"}, who); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
	// What is said of an address is said where the address is.
	idp.Info(openidtest.Claims{"email": "ada@cfa.example"})
	if _, err := login(t, p); !errors.Is(err, ErrUnverified) {
		t.Errorf("an address is verified by what another place says: %v", err)
	}
	idp.Info(openidtest.Claims{"sub": "sujet-2", "email": "ada@cfa.example", "email_verified": true})
	if _, err := login(t, p); !errors.Is(err, ErrToken) {
		t.Errorf("an answer about someone else: %v", err)
	}
}

func TestACodeNeedsItsVerifier(t *testing.T) {
	t.Parallel()
	idp := openidtest.Start(t, openidtest.Claims{"email": "ada@cfa.example", "email_verified": true})
	p, err := New(Options{Issuer: idp.URL, ClientID: openidtest.ClientID, ClientSecret: openidtest.ClientSecret, PublicURL: "https://p.example"})
	if err != nil {
		t.Fatal(err)
	}
	attempt, address, err := p.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stolen := authorize(t, address)
	attempt.Verifier += "x"
	_, err = p.Finish(t.Context(), attempt, stolen)
	if !errors.Is(err, ErrToken) || strings.Contains(err.Error(), "zz.personne") {
		t.Errorf("a code without its verifier: %v", err)
	}
	if _, err := p.Finish(t.Context(), Attempt{State: "a"}, url.Values{"state": {"b"}}); !errors.Is(err, ErrState) {
		t.Errorf("another state: %v", err)
	}
}

func TestAProviderThatIsNotThereIsAskedAgainAfterAWhile(t *testing.T) {
	t.Parallel()
	p, err := New(Options{Issuer: "http://127.0.0.1:1", ClientID: "p", PublicURL: "https://p.example"})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, _, err := p.Begin(t.Context()); !errors.Is(err, ErrUnreachable) {
			t.Errorf("nobody answers: %v", err)
		}
	}
	if p.LogoutURL() != "" {
		t.Error("there is a way to log out of nowhere")
	}
	idp := openidtest.Start(t, openidtest.Claims{"email": "ada@cfa.example", "email_verified": true})
	p.Issuer, p.ClientID, p.ClientSecret = idp.URL, openidtest.ClientID, openidtest.ClientSecret
	if _, _, err := p.Begin(t.Context()); !errors.Is(err, ErrUnreachable) {
		t.Errorf("it is asked again at once: %v", err)
	}
	p.mu.Lock()
	p.retryAt = time.Now()
	p.mu.Unlock()
	if _, err := login(t, p); err != nil {
		t.Errorf("it answers now: %v", err)
	}
}

func TestAnAttemptIsReadBackAsWritten(t *testing.T) {
	t.Parallel()
	a := Attempt{"s", "n", "v-_"}
	if got, ok := ParseAttempt(a.String()); !ok || got != a {
		t.Errorf("%v %v", got, ok)
	}
	for _, text := range []string{"", "..", "a.b", "a.b.", ".b.c", "a.b.c.d"} {
		if got, ok := ParseAttempt(text); ok || got != (Attempt{}) {
			t.Errorf("%q is %v", text, got)
		}
	}
}
