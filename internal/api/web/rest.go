package web

import (
	"context"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// ErrorWriter answers with an error in the form of a dialect.
type ErrorWriter func(w http.ResponseWriter, r *http.Request, requestID string, err error)

// addressError is the key of why an address is refused.
type addressError struct{}

// MountRest answers whatever is under a prefix and no route.
func MountRest(mux *http.ServeMux, prefix string, write ErrorWriter) {
	rest := func(w http.ResponseWriter, r *http.Request) {
		err, ok := r.Context().Value(addressError{}).(error)
		if !ok {
			err = refus.New(refus.CodeNoRoute, "Cette adresse n’existe pas dans l’API : voyez /docs.")
		}
		write(w, r, RequestID(r.Context()), err)
	}
	mux.HandleFunc(prefix, rest)
	// Without this http.ServeMux redirects to the prefix, in HTML.
	mux.HandleFunc(strings.TrimSuffix(prefix, "/"), rest)
}

// CheckAddresses has mux see only addresses that are text, and, under a prefix, those
// whose path is in its shortest form. Others (//, /./, /../) http.ServeMux would
// redirect, in HTML, and clients that follow send their token along: they are answered
// as what they are, addresses that do not exist.
func CheckAddresses(mux *http.ServeMux, prefix string) http.Handler {
	under := func(p string) bool { return strings.HasPrefix(p+"/", prefix) }
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		clean := path.Clean("/" + r.URL.Path)
		if strings.HasSuffix(r.URL.Path, "/") && clean != "/" {
			clean += "/"
		}
		api := under(clean) || under(r.URL.Path)
		parameter, plain := plainQuery(r.URL)
		switch {
		case !PlainText(r.URL.Path) || !plain:
			if !api {
				http.Error(w, "L’adresse contient des caractères qui ne sont pas du texte UTF-8.", http.StatusBadRequest)
				return
			}
			if PlainText(r.URL.Path) { // otherwise it names nothing
				err := badParameter(parameter, "sa valeur n’est pas du texte UTF-8")
				r = r.WithContext(context.WithValue(r.Context(), addressError{}, err))
			}
		case r.URL.Path == clean || !api:
			mux.ServeHTTP(w, r)
			return
		}
		// The longest prefix that the path falls under has the form of the answer.
		ask := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: prefix}, Host: r.Host}
		if under(clean) {
			ask.URL.Path = prefixOf(strings.ToValidUTF8(clean, "?"))
		}
		handler, pattern := mux.Handler(ask)
		r.Pattern = pattern
		handler.ServeHTTP(w, r)
	})
}

// PlainText reports whether a text can be stored and compared everywhere: UTF-8
// without the character U+0000, which PostgreSQL refuses.
func PlainText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// plainQuery reports whether every parameter of an address is text, or names the
// first that is not. One that cannot be decoded is dropped by whoever reads it.
func plainQuery(u *url.URL) (name string, plain bool) {
	query := u.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range append(query[name], name) {
			if !PlainText(value) {
				return strings.ReplaceAll(strings.ToValidUTF8(name, "?"), "\x00", "?"), false
			}
		}
	}
	return "", true
}

// prefixOf returns the first two parts of a path with a slash at the end: what a
// dialect is mounted at.
func prefixOf(clean string) string {
	parts := strings.SplitN(strings.TrimPrefix(clean, "/"), "/", 3)
	return "/" + strings.Join(parts[:min(2, len(parts))], "/") + "/"
}
