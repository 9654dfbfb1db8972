package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/api/web"
)

func TestAnAddressIsReadWithAndWithoutAPath(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"https://hub.example", "https://hub.example"},
		{"https://HUB.example/", "https://hub.example"},
		{"http://10.0.0.4:8080", "http://10.0.0.4:8080"},
		{"https://hub.example/passerelle/", "https://hub.example/passerelle"},
		{"https://hub.example/a/b.c", "https://hub.example/a/b.c"},
		{"", ""}, {"hub.example", ""}, {"ftp://hub.example", ""}, {"https://", ""}, {"https://u@hub.example", ""},
		{"https://hub.example/?x", ""}, {"https://hub.example/#x", ""}, {"https://hub.example/../x", ""}, {"https://hub.example//x", ""},
		{"https://hub.example/a%2Fb", ""}, {"https://hub.example/{x}", ""}, {`https://hub.example/"x`, ""},
	} {
		a, err := web.ParseAddress(tt.text)
		if a.String() != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%q is %q (%v), want %q", tt.text, a, err, tt.want)
		}
	}
}

func TestWhatIsBelowAPathLeadsBelowIt(t *testing.T) {
	t.Parallel()
	address, err := web.ParseAddress("https://hub.example/p/")
	if err != nil {
		t.Fatal(err)
	}
	handler := web.Under(address, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Path", r.URL.Path)
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusSeeOther)
		}
	}))
	for _, tt := range []struct{ target, path, location string }{
		{"/p", "", "/p/"},
		{"/p/", "/", ""},
		{"/p/contrats", "/contrats", ""},
		{"/contrats", "/contrats", ""}, // the proxy took it off
		{"/pa/x", "/pa/x", ""},
		{"/p/contrats/a%2Fb", "/contrats/a/b", ""},
		{"/p/x?to=/y", "/x", "/p/y"},
		{"/x?to=/y", "/x", "/p/y"},
		{"/p/x?to=https://id.example/", "/x", "https://id.example/"},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", tt.target, nil))
		if got := w.Header().Get("X-Path"); got != tt.path {
			t.Errorf("%s reaches %q, want %q", tt.target, got, tt.path)
		}
		if got := w.Header().Get("Location"); got != tt.location {
			t.Errorf("%s leads to %q, want %q", tt.target, got, tt.location)
		}
	}
}

func TestWhereTheHubIsFoundIsKnownOrAsItWasAsked(t *testing.T) {
	t.Parallel()
	known, err := web.ParseAddress("https://hub.example/passerelle/")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		address web.Address
		proto   string
		want    string
	}{
		{known, "", "https://hub.example/passerelle"},
		{web.Address{}, "", "http://inside.example:8080"},
		{web.Address{}, "https", "https://inside.example:8080"},
	} {
		r := httptest.NewRequest("GET", "http://inside.example:8080/x", nil)
		r.Header.Set("X-Forwarded-Proto", tt.proto)
		if got := tt.address.Of(r); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
