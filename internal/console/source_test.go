package console

import (
	"net/http/httptest"
	"testing"
)

func TestALoginComesFromWhereTheProxyOnThisMachineSays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"no proxy", "192.0.2.7:4000", nil, "192.0.2.7"},
		{"a client elsewhere that claims another address", "192.0.2.7:4000", []string{"198.51.100.1"}, "192.0.2.7"},
		{"a proxy on this machine", "127.0.0.1:4000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"a client that claims an address to the proxy", "[::1]:4000", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		{"a client that sends a header of its own", "127.0.0.1:4000", []string{"203.0.113.9", "198.51.100.1"}, "198.51.100.1"},
		{"something that is no address", "127.0.0.1:4000", []string{"unknown"}, "127.0.0.1"},
		{"a person on this machine", "127.0.0.1:4000", nil, "127.0.0.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("POST", "/connexion", nil)
			r.RemoteAddr = test.peer
			for _, value := range test.forwarded {
				r.Header.Add("X-Forwarded-For", value)
			}
			if got := source(r); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}
