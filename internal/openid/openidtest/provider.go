// Package openidtest is a small OpenID Connect provider for tests: one client,
// one person who is always logged in, and a way to make each answer wrong.
package openidtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// The client that the provider knows.
const (
	ClientID     = "passerelle"
	ClientSecret = "un secret de client"
)

// Claims are what a token or an answer says of a person.
type Claims = map[string]any

// Provider is an OpenID Connect provider on this machine.
type Provider struct {
	*httptest.Server

	mu     sync.Mutex
	key    *ecdsa.PrivateKey
	person Claims // what is told of the person, in the token
	info   Claims // what is told of the person on demand
	wrong  func(Claims)
	forged bool
	codes  map[string]attempt
	down   bool
	rsa    *rsa.PrivateKey // signs in the place of key where it is not nil
	slash  string          // at the end of the issuer
	asked  int             // what it offers

	base, infoBase string // where its endpoints are
}

// attempt is what the provider remembers of an address it was asked for.
type attempt struct{ nonce, challenge, redirect string }

// Start starts a provider at which the person with claims is logged in.
func Start(t testing.TB, person Claims) *Provider {
	t.Helper()
	p := &Provider{person: person, codes: map[string]attempt{}, key: newKey(t)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	for _, base := range []string{"", "/{base}"} {
		mux.HandleFunc("GET "+base+"/authorize", here(&p.base, p.authorize))
		mux.HandleFunc("POST "+base+"/token", here(&p.base, p.token))
		mux.HandleFunc("GET "+base+"/userinfo", here(&p.infoBase, p.userinfo))
	}
	mux.HandleFunc("GET /keys", p.keys)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if strings.HasPrefix(r.URL.Path, "/.well-known/") {
			p.asked++
		}
		if p.down {
			http.Error(w, "en panne", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Person changes who is logged in.
func (p *Provider) Person(claims Claims) { p.locked(func() { p.person = claims }) }

// Info changes what the provider tells of the person on demand.
func (p *Provider) Info(claims Claims) { p.locked(func() { p.info = claims }) }

// Wrong has change spoil the claims of every token; nil makes them right again.
func (p *Provider) Wrong(change func(Claims)) { p.locked(func() { p.wrong = change }) }

// Forge has tokens signed with a key that the provider does not publish.
func (p *Provider) Forge(forged bool) { p.locked(func() { p.forged = forged }) }

// Down has the provider answer nothing but errors.
func (p *Provider) Down(down bool) { p.locked(func() { p.down = down }) }

// Rotate has the provider sign with a new key.
func (p *Provider) Rotate(t testing.TB) {
	key := newKey(t)
	p.locked(func() { p.key = key })
}

// Move has the provider show its login page and take codes at another place, and nowhere else.
func (p *Provider) Move(base string) { p.locked(func() { p.base = "/" + base }) }

// MoveInfo has the provider tell of people at another place, and nowhere else.
func (p *Provider) MoveInfo(base string) { p.locked(func() { p.infoBase = "/" + base }) }

// Asked returns how often the provider was asked what it offers since the last call.
func (p *Provider) Asked() (times int) {
	p.locked(func() { times, p.asked = p.asked, 0 })
	return times
}

// Issue has the provider write its issuer with this at the end.
func (p *Provider) Issue(end string) { p.locked(func() { p.slash = end }) }

// SignRSA has the provider sign with another algorithm, RS256.
func (p *Provider) SignRSA(t testing.TB) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p.locked(func() { p.rsa = key })
}

// signing is what tokens are signed with.
func (p *Provider) signing() jose.SigningKey {
	if p.rsa != nil {
		return jose.SigningKey{Algorithm: jose.RS256, Key: p.rsa}
	}
	return jose.SigningKey{Algorithm: jose.ES256, Key: p.key}
}

func (p *Provider) locked(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, Claims{
		"issuer": p.URL + p.slash, "authorization_endpoint": p.URL + p.base + "/authorize", "token_endpoint": p.URL + p.base + "/token", "jwks_uri": p.URL + "/keys",
		"userinfo_endpoint": p.URL + p.infoBase + "/userinfo", "end_session_endpoint": p.URL + "/logout", "id_token_signing_alg_values_supported": []string{string(p.signing().Algorithm)},
	})
}

// here answers at the place where an endpoint is now.
func here(base *string, endpoint http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("base") != strings.TrimPrefix(*base, "/") {
			http.NotFound(w, r)
			return
		}
		endpoint(w, r)
	}
}

// authorize lets the person through at once. It is strict: what it does not
// expect is told to the browser and not to the client.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("scope") == "" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	back := url.Values{"state": {q.Get("state")}}
	if p.person == nil {
		back.Set("error", "access_denied")
	} else {
		code := rand.Text()
		p.codes[code] = attempt{q.Get("nonce"), q.Get("code_challenge"), q.Get("redirect_uri")}
		back.Set("code", code)
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if basic {
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	}
	if id != ClientID || secret != ClientSecret {
		answer(w, http.StatusUnauthorized, Claims{"error": "invalid_client"})
		return
	}
	code := r.PostFormValue("code")
	known, ok := p.codes[code]
	delete(p.codes, code) // it serves once
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != known.challenge || r.PostFormValue("redirect_uri") != known.redirect {
		answer(w, http.StatusBadRequest, Claims{"error": "invalid_grant", "error_description": "for zz.personne@cfa.example"})
		return
	}
	now := time.Now()
	claims := Claims{"iss": p.URL, "aud": ClientID, "sub": "sujet-1", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "nonce": known.nonce}
	maps.Copy(claims, p.person)
	if p.wrong != nil {
		p.wrong(claims)
	}
	key := p.signing()
	if p.forged {
		key.Algorithm = jose.ES256
		key.Key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		panic(err)
	}
	signed, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		panic(err)
	}
	answer(w, http.StatusOK, Claims{"access_token": "acces", "token_type": "Bearer", "expires_in": 60, "id_token": signed})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.signing().Key.(crypto.Signer).Public(), Algorithm: string(p.signing().Algorithm), Use: "sig"}}})
}

func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer acces" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	claims := Claims{"sub": "sujet-1"}
	maps.Copy(claims, p.info)
	answer(w, http.StatusOK, claims)
}
