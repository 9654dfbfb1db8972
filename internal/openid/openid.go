// Package openid has people identified by an OpenID Connect provider: the
// authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0,
// RFC 7636). It says who came back; whether that person has an account is the
// hub's to decide.
package openid

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// ReturnPath is where the provider sends people back to, below the public URL.
const ReturnPath = "/connexion/retour"

// Options say which provider is asked, and what it decides.
type Options struct {
	Issuer       string   // URL, as the provider writes it in its tokens
	ClientID     string   // as registered there
	ClientSecret string   // empty for a client without one
	Scopes       []string // asked for beside "openid"; nil for email and profile
	PublicURL    string   // where browsers find the hub
	Name         string   // of the provider, for people; empty for the host of Issuer

	// TrustEmail takes e-mail addresses for verified where the provider does not
	// say whether they are. One that it says is not verified is never taken.
	TrustEmail bool

	// Where Roles is not empty the provider decides who has an account in
	// Organisme, and which role: the first of Roles whose value the claim holds.
	RoleClaim string // "groups", or a path such as "realm_access.roles"
	Roles     []RoleOf
	Organisme int64

	// Only says that nobody logs in with a password.
	Only bool
}

// RoleOf gives a role to those whose claim holds a value; "*" is anybody.
type RoleOf struct {
	Value string
	Role  domaine.Role
}

// ParseRoleOf reads "value=role". The value may hold equals signs, as the name
// of a group in a directory does.
func ParseRoleOf(text string) (RoleOf, error) {
	i := strings.LastIndexByte(text, '=')
	if i < 1 {
		return RoleOf{}, fmt.Errorf("%q: expected value=role", text)
	}
	r := RoleOf{text[:i], domaine.Role(text[i+1:])}
	if !r.Role.Valid() {
		return r, fmt.Errorf("%q: %q is not a role, expected one of lecture, integration, comptabilite, administration", text, string(r.Role))
	}
	return r, nil
}

// check says what of the options cannot be.
func (o *Options) check() error {
	if _, err := webURL(o.Issuer); err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	public, err := webURL(o.PublicURL)
	if err != nil {
		return fmt.Errorf("public URL: %w", err)
	}
	if public.RawQuery != "" {
		return errors.New("public URL: expected an address such as https://passerelle.cfa.example")
	}
	if o.ClientID == "" {
		return errors.New("the client id is missing")
	}
	if len(o.Roles) > 0 && o.Organisme < 1 {
		return errors.New("roles need the organisme that their accounts belong to")
	}
	if o.RoleClaim == "" && slices.ContainsFunc(o.Roles, func(r RoleOf) bool { return r.Value != "*" }) {
		return errors.New("roles need the claim that their values are read from")
	}
	if o.Organisme != 0 && len(o.Roles) == 0 {
		return errors.New("an organisme needs the roles that its accounts get")
	}
	return nil
}

// webURL accepts https, and http on this machine alone: what travels opens
// accounts.
func webURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return nil, errors.New("expected an address such as https://connexion.cfa.example")
	}
	local := u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return nil, errors.New("expected an https address")
	}
	return u, nil
}

// Provider asks one OpenID Connect provider who people are. It is safe for use
// by several goroutines.
type Provider struct {
	Options
	client *http.Client

	mu       sync.Mutex
	found    *discovered
	failed   error // of the last try to discover, told again until retryAt
	retryAt  time.Time
	attempts chan struct{} // holds one value: one try at a time
}

// discovered is what a provider says of itself.
type discovered struct {
	provider *oidc.Provider
	oauth    oauth2.Config
	asked    time.Time
	logout   string // address that ends the login at the provider, "" for none
}

// The patience with a provider: for each of its answers, and between two tries
// while it does not answer.
const (
	answerTime = 10 * time.Second
	retryAfter = 5 * time.Second
	// askAgain is how old what a provider said of itself may be; askSoon where it does not fit what
	// the provider does (a key, an algorithm or an endpoint changed), and where somebody is sent to
	// its login page: nobody comes back from an old address to tell.
	askAgain = time.Hour
	askSoon  = 5 * time.Second
)

// New returns a provider. It asks nothing of it: one that is down must not keep
// a hub from starting.
func New(options Options) (*Provider, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	if options.Scopes == nil {
		options.Scopes = []string{"email", "profile"}
	}
	issuer, _ := url.Parse(options.Issuer) // checked above
	options.Name = cmp.Or(options.Name, issuer.Hostname())
	options.PublicURL = strings.TrimRight(options.PublicURL, "/")
	return &Provider{Options: options, client: &http.Client{Timeout: answerTime}, attempts: make(chan struct{}, 1)}, nil
}

// Decides reports whether the provider decides who has which role.
func (p *Provider) Decides() bool { return len(p.Roles) > 0 }

// Secure reports whether browsers reach the hub over TLS.
func (p *Provider) Secure() bool { return strings.HasPrefix(p.PublicURL, "https:") }

// ErrUnreachable says that the provider does not answer, or not as one.
var ErrUnreachable = errors.New("the OpenID Connect provider does not answer")

// discover asks the provider what it offers, unless it did in the last hour.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	return p.discoverSince(ctx, askAgain)
}

// discoverSince asks the provider what it offers, unless what it said is younger than an age. Where it
// does not answer, what it said before holds on.
func (p *Provider) discoverSince(ctx context.Context, age time.Duration) (*discovered, error) {
	select {
	case p.attempts <- struct{}{}:
		defer func() { <-p.attempts }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	before, failed, rests := p.known()
	if failed != nil || before != nil && (rests || time.Since(before.asked) < age) {
		return before, failed
	}
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.Issuer)
	if ctx.Err() != nil {
		return nil, ctx.Err() // the person left: that says nothing of the provider
	}
	if err != nil {
		err = p.spelling(ctx, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.failed, p.retryAt = fmt.Errorf("%w: %w", ErrUnreachable, err), time.Now().Add(retryAfter)
		if before != nil {
			return before, nil
		}
		return nil, p.failed
	}
	var more struct {
		Logout string `json:"end_session_endpoint"`
	}
	if err := provider.Claims(&more); err != nil {
		more.Logout = "" // nothing else depends on it
	}
	p.found = &discovered{provider: provider, asked: time.Now(), logout: more.Logout, oauth: oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: provider.Endpoint(),
		RedirectURL: p.PublicURL + ReturnPath, Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...),
	}}
	return p.found, nil
}

// IssuerError says that the provider writes itself otherwise than it was given. Its tokens
// would never be taken.
type IssuerError struct{ Given, Written string }

// Error says what to write.
func (e *IssuerError) Error() string {
	return fmt.Sprintf("the OpenID Connect provider writes its issuer as %q, not as %q: set --oidc-issuer to exactly that", e.Written, e.Given)
}

// spelling returns an *IssuerError where that is why the provider was not taken.
func (p *Provider) spelling(ctx context.Context, err error) error {
	request, failed := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(p.Issuer, "/")+"/.well-known/openid-configuration", nil)
	if failed != nil {
		return err
	}
	response, failed := p.client.Do(request)
	if failed != nil {
		return err
	}
	defer response.Body.Close()
	var said struct {
		Issuer string `json:"issuer"`
	}
	if json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&said) != nil || said.Issuer == "" || said.Issuer == p.Issuer {
		return err
	}
	return &IssuerError{Given: p.Issuer, Written: said.Issuer}
}

// Check asks the provider, so that what is wrong with the settings is known before the first
// person logs in.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.discover(ctx)
	return err
}

// known returns what was discovered, or why it never was and failed a moment ago; rests reports
// whether a try failed a moment ago.
func (p *Provider) known() (found *discovered, failed error, rests bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	rests = time.Now().Before(p.retryAt)
	if p.found == nil && rests {
		failed = p.failed
	}
	return p.found, failed, rests
}

// LogoutURL is where people end their login at the provider, "" where it offers
// none or has not been asked yet. It leads back to the login page.
func (p *Provider) LogoutURL() string {
	found, _, _ := p.known()
	if found == nil {
		return ""
	}
	u, err := webURL(found.logout)
	if err != nil {
		return ""
	}
	query := u.Query()
	query.Set("client_id", p.ClientID)
	query.Set("post_logout_redirect_uri", p.PublicURL+"/connexion")
	u.RawQuery = query.Encode()
	return u.String()
}
