package server_test

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// proxied is a hub as a browser reaches it, through a proxy.
type proxied struct {
	*apitest.Server
	organisme *apitest.Organisme
	base      string // such as https://passerelle.cfa.example:40123/passerelle
	origin    string
	http      *http.Client
}

const proxiedSecret = "une phrase pour les tests"

func newProxied(t *testing.T, p proxy, base string, known bool, edit func(string) string) *proxied {
	t.Helper()
	port := freePort(t)
	v := &proxied{origin: "https://" + proxyHost + ":" + port}
	v.base = v.origin + base
	var options []apitest.Option
	if known {
		address, err := web.ParseAddress(v.base + "/")
		if err != nil {
			t.Fatal(err)
		}
		options = append(options, apitest.Address(address))
	}
	v.Server = apitest.New(t, "sqlite", options...)
	v.organisme = v.Production(t, "CFA Horizon")
	v.organisme.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Demo(60)...)).Want(t, 200)
	if _, err := v.Hub.Comptes.CreateCompte(t.Context(), domaine.Compte{OrganismeID: v.organisme.ID, Email: "ada@cfa.example", Prenom: "Ada", Nom: "Martin", Role: domaine.RoleAdministration}, proxiedSecret); err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil)
	transport := &http.Transport{TLSClientConfig: p.run(t, port, v.URL, edit), DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	v.http = &http.Client{Jar: jar, Transport: transport, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return v
}

// login sends the form as a browser does that says no more than where it comes from.
func (v *proxied) login(t *testing.T) *http.Response {
	t.Helper()
	form := url.Values{"email": {"ada@cfa.example"}, "password": {proxiedSecret}}
	request, err := http.NewRequestWithContext(t.Context(), "POST", v.base+"/connexion", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", v.origin)
	response, err := v.http.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response
}

func (v *proxied) page(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	response, err := v.http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

var proxyCases = []struct {
	name, base string
	proxy      proxy
	edit       func(string) string
}{
	{"nginx", "", nginx(false), same},
	{"Caddy", "", caddy(false), same},
	{"nginx below a path", "/passerelle", nginx(true), same},
	{"nginx that takes the path off", "/passerelle", nginx(true), func(s string) string {
		return regexp.MustCompile(`proxy_pass (http://[0-9.:]+);`).ReplaceAllString(s, "proxy_pass $1/;")
	}},
	{"Caddy below a path", "/passerelle", caddy(true), same},
	{"Caddy that takes the path off", "/passerelle", caddy(true), func(s string) string { return strings.Replace(s, "handle /", "handle_path /", 1) }},
}

func TestEveryPageWorksBehindAProxyOfTheGuide(t *testing.T) {
	t.Parallel()
	for _, tt := range proxyCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := newProxied(t, tt.proxy, tt.base, true, tt.edit)
			if r, _ := v.page(t, v.base+"/"); r.Header.Get("Location") != tt.base+"/connexion" {
				t.Errorf("a visitor is led to %q", r.Header.Get("Location"))
			}
			in := v.login(t)
			if in.StatusCode != http.StatusSeeOther || in.Header.Get("Location") != tt.base+"/" {
				t.Fatalf("the login answers %d and leads to %q", in.StatusCode, in.Header.Get("Location"))
			}
			if c := in.Cookies(); len(c) != 1 || !c[0].Secure || c[0].Path != tt.base+"/" {
				t.Errorf("the cookies are %v", c)
			}
			v.walk(t, tt.base)
			v.call(t)
		})
	}
}

// leads finds where a page leads to.
var leads = regexp.MustCompile(`\b(href|action|src|hx-post)="([^"]*)"`)

// walk opens every page that a page links to, and looks where their forms lead.
func (v *proxied) walk(t *testing.T, base string) {
	t.Helper()
	waiting, seen := []string{base + "/"}, map[string]bool{base + "/": true}
	kinds := map[string]bool{}
	for len(waiting) > 0 && len(seen) < 400 {
		path := waiting[0]
		waiting = waiting[1:]
		r, body := v.page(t, v.origin+path)
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d", path, r.StatusCode)
			continue
		}
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			continue
		}
		here := r.Request.URL
		for _, found := range leads.FindAllStringSubmatch(body, -1) {
			to, err := here.Parse(html.UnescapeString(found[2]))
			if err != nil {
				t.Errorf("%s leads to %q: %v", path, found[2], err)
				continue
			}
			if to.Scheme == "data" || to.Scheme == "mailto" {
				continue
			}
			if v.origin != to.Scheme+"://"+to.Host || !strings.HasPrefix(to.Path, base+"/") {
				t.Errorf("%s leads to %q, which is not below %s/", path, found[2], v.origin+base)
				continue
			}
			// One page of each kind: they are many.
			kind := regexp.MustCompile(`[0-9]+|[^/]*[0-9][^/]*`).ReplaceAllString(to.Path, "#")
			if found[1] == "href" || found[1] == "src" {
				if next := to.RequestURI(); !seen[next] && !kinds[kind] {
					seen[next], kinds[kind] = true, true
					waiting = append(waiting, next)
				}
			}
		}
	}
	if len(seen) < 40 {
		t.Errorf("only %d pages were found", len(seen))
	}
}

// call uses the API as programs do.
func (v *proxied) call(t *testing.T) {
	t.Helper()
	_, document := v.page(t, v.base+"/openapi.yaml")
	if !strings.Contains(document, "servers:\n  - url: "+v.base+"\n") {
		t.Errorf("the document does not name %s as its server", v.base)
	}
	for _, hidden := range []string{"/metrics", "/readyz"} {
		if r, _ := v.page(t, v.base+hidden); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d to the outside", hidden, r.StatusCode)
		}
	}
	api, err := client.New(v.base+"/", v.organisme.Token, client.Options{HTTPClient: v.http, Attempts: 1})
	if err != nil {
		t.Fatal(err)
	}
	result, err := api.Push(t.Context(), client.Contrats(apitest.Demo(60)...), client.PushOptions{})
	if err != nil || result.Total != 60 {
		t.Errorf("a push answers %+v, %v", result, err)
	}
	// More than the proxy takes, whatever compression does.
	_, err = api.PushBody(t.Context(), func(w io.Writer) error {
		if _, err := io.WriteString(w, `{"contrats":[{"missionDetails":"`); err != nil {
			return err
		}
		_, err := io.CopyN(hex.NewEncoder(w), rand.Reader, 4<<20)
		return err
	}, client.PushOptions{})
	var refused *client.Error
	if !errors.As(err, &refused) || refused.Status != http.StatusRequestEntityTooLarge || !refused.Proxy {
		t.Errorf("a body over the proxy’s limit is told as %v", err)
	}
}

// A proxy that keeps bodies until they are whole would fill its disk with pushes, and send
// them on when their time is over.
func TestAProxyOfTheGuidePassesABodyOnWhileItArrives(t *testing.T) {
	t.Parallel()
	for _, p := range []proxy{nginx(false), caddy(false), nginx(true), caddy(true)} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			arrived := make(chan error, 1)
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, err := io.ReadFull(r.Body, make([]byte, 1000))
				arrived <- err
				_, _ = io.Copy(io.Discard, r.Body)
			}))
			t.Cleanup(server.Close)
			port := freePort(t)
			conn, err := tls.Dial("tcp", "127.0.0.1:"+port, p.run(t, port, server.URL, same))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			part := strings.Repeat(" ", 1000)
			for _, text := range []string{"POST /passerelle/x HTTP/1.1\r\nHost: " + proxyHost + ":" + port + "\r\nTransfer-Encoding: chunked\r\n\r\n", "3e8\r\n" + part + "\r\n"} {
				if _, err := io.WriteString(conn, text); err != nil {
					t.Fatal(err)
				}
			}
			select {
			case err := <-arrived:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(10 * time.Second):
				t.Error("the first part of a body does not arrive before the rest is sent")
			}
			_, _ = io.WriteString(conn, "0\r\n\r\n")
		})
	}
}

func TestALoginBehindAProxyThatPassesAnotherHostNeedsThePublicURL(t *testing.T) {
	t.Parallel()
	other := func(s string) string { return strings.Replace(s, "proxy_set_header Host $http_host;", "", 1) }
	for _, known := range []bool{true, false} {
		v := newProxied(t, nginx(false), "", known, other)
		want := map[bool]int{true: http.StatusSeeOther, false: http.StatusForbidden}[known]
		if r := v.login(t); r.StatusCode != want {
			t.Errorf("with the public URL (%t) the login answers %d, want %d", known, r.StatusCode, want)
		}
	}
}
