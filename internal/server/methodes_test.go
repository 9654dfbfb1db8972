package server_test

import (
	"net/http"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

func TestAMethodThatAnAddressDoesNotHaveIsToldWhichItHas(t *testing.T) {
	t.Parallel()
	anyone := apitest.New(t, "sqlite").Client("")
	for _, test := range []struct{ method, path, allow string }{
		{http.MethodPost, "/healthz", "GET, HEAD"},
		{http.MethodOptions, "/metrics", "GET, HEAD"},
		{http.MethodPut, "/docs", "GET, HEAD"},
		{http.MethodDelete, "/contrats", "GET, HEAD, POST"},
		{http.MethodPost, "/sessions", "GET, HEAD"},
		{http.MethodPut, "/jetons", "GET, HEAD, POST"},
		{http.MethodGet, "/deconnexion", "POST"},
	} {
		answer := anyone.Do(t, test.method, test.path, nil).Want(t, http.StatusMethodNotAllowed)
		if got := answer.Header.Get("Allow"); got != test.allow {
			t.Errorf("%s %s: allowed is %q, want %q", test.method, test.path, got, test.allow)
		}
	}
	anyone.Do(t, http.MethodPost, "/rien", nil).Want(t, http.StatusNotFound)
}
