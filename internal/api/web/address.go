package web

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Address is where clients find the hub, through whatever proxies stand in front. The
// zero value is not known.
type Address struct {
	Origin string // such as https://passerelle.cfa.example
	Base   string // the path below which everything is, such as /passerelle; "" for none
}

// String returns the address without a slash at its end, "" where it is not known.
func (a Address) String() string { return a.Origin + a.Base }

// Secure reports whether clients come over TLS.
func (a Address) Secure() bool { return strings.HasPrefix(a.Origin, "https:") }

// Path returns where a path of the hub is for clients.
func (a Address) Path(path string) string { return a.Base + path }

// Of returns the address as whoever made a request finds the hub, without a slash at its
// end: as it was asked, where it is not known.
func (a Address) Of(r *http.Request) string {
	switch {
	case a.Origin != "":
		return a.String()
	case OverTLS(r):
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// OverTLS reports whether a request came over TLS, itself or to a proxy in front.
func OverTLS(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

var (
	errAddress = errors.New("expected an address such as https://passerelle.cfa.example or https://cfa.example/passerelle/")
	basePath   = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$`)
)

// ParseAddress reads an http or https address, with a path or without; a slash at its
// end says nothing.
func ParseAddress(text string) (Address, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return Address{}, errAddress
	}
	base := strings.TrimRight(u.EscapedPath(), "/")
	if !basePath.MatchString(base) {
		return Address{}, errAddress
	}
	return Address{Origin: u.Scheme + "://" + strings.ToLower(u.Host), Base: base}, nil
}

// Under serves what next serves below the address's path, whether the proxy in front
// leaves that path in the requests or takes it off. Redirections lead below it.
func Under(a Address, next http.Handler) http.Handler {
	if a.Base == "" {
		return next
	}
	below := http.StripPrefix(a.Base, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w = &placed{ResponseWriter: w, base: a.Base}
		switch {
		case r.URL.Path == a.Base:
			http.Redirect(w, r, "/", http.StatusPermanentRedirect)
		case strings.HasPrefix(r.URL.Path, a.Base+"/"):
			below.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// placed puts the path of an address before the paths that an answer leads to.
type placed struct {
	http.ResponseWriter
	base string
}

// WriteHeader changes the headers that hold a path of the hub.
func (p *placed) WriteHeader(status int) {
	for _, name := range []string{"Location", "Hx-Redirect"} {
		if to := p.Header().Get(name); strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") {
			p.Header().Set(name, p.base+to)
		}
	}
	p.ResponseWriter.WriteHeader(status)
}

// Unwrap gives http.ResponseController what is underneath.
func (p *placed) Unwrap() http.ResponseWriter { return p.ResponseWriter }
