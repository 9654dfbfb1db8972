package console

import (
	"net/http"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// nothing answers what no route takes: an address that does not exist, or a method
// that its address does not have.
func nothing(mux *http.ServeMux) func(http.ResponseWriter, *request) error {
	return func(_ http.ResponseWriter, r *request) error {
		allowed := methodsOf(mux, r.Request)
		if len(allowed) == 0 || slices.Contains(allowed, r.Method) {
			return refus.New(refus.CodeNotFound, "Cette page n’existe pas, ou n’existe plus. Reprenez depuis le tableau de bord.")
		}
		list := strings.Join(allowed, ", ")
		return refus.New(refus.CodeMethod, "La méthode %.20s n’est pas possible à cette adresse : utilisez %s.", r.Method, list).With(web.Allowed(list))
	}
}

// methodsOf lists the methods that routes of mux have for the address of r.
func methodsOf(mux *http.ServeMux, r *http.Request) (list []string) {
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		asked := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := mux.Handler(asked); strings.HasPrefix(pattern, method+" ") || method == http.MethodHead && strings.HasPrefix(pattern, http.MethodGet+" ") {
			list = append(list, method)
		}
	}
	return list
}
