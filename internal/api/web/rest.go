package web

import (
	"net/http"
	"path"
	"strings"
)

// ErrorWriter answers with an error in the form of a dialect.
type ErrorWriter func(w http.ResponseWriter, r *http.Request, requestID string, err error)

// MountRest answers whatever is under a prefix and no route.
func MountRest(mux *http.ServeMux, prefix string, write ErrorWriter) {
	rest := func(w http.ResponseWriter, r *http.Request) {
		write(w, r, RequestID(r.Context()), &HTTPError{Status: http.StatusNotFound, Code: "not found",
			Reason: "Cette adresse n’existe pas dans l’API : voyez /docs."})
	}
	mux.HandleFunc(prefix, rest)
	// Without this http.ServeMux redirects to the prefix, in HTML.
	mux.HandleFunc(strings.TrimSuffix(prefix, "/"), rest)
}

// CleanPaths has mux answer requests under a prefix whose path is not in its
// shortest form (//, /./, /../) as what they are: addresses that do not exist.
// http.ServeMux would redirect them, in HTML, and clients that follow send their
// token along.
func CleanPaths(mux *http.ServeMux, prefix string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		clean := path.Clean("/" + r.URL.Path)
		if strings.HasSuffix(r.URL.Path, "/") && clean != "/" {
			clean += "/"
		}
		under := func(p string) bool { return strings.HasPrefix(p+"/", prefix) }
		if r.URL.Path == clean || !under(clean) && !under(r.URL.Path) {
			mux.ServeHTTP(w, r)
			return
		}
		// The longest prefix that the path falls under has the form of the answer.
		ask := r.Clone(r.Context())
		ask.URL.Path, ask.URL.RawPath = prefix, ""
		if under(clean) {
			ask.URL.Path = prefixOf(clean)
		}
		handler, pattern := mux.Handler(ask)
		r.Pattern = pattern
		handler.ServeHTTP(w, r)
	})
}

// prefixOf returns the first two parts of a path with a slash at the end: what a
// dialect is mounted at.
func prefixOf(clean string) string {
	parts := strings.SplitN(strings.TrimPrefix(clean, "/"), "/", 3)
	return "/" + strings.Join(parts[:min(2, len(parts))], "/") + "/"
}
