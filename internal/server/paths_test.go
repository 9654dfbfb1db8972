package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// bare sends a request and follows no redirection.
func bare(t *testing.T, request *http.Request) (status int, header http.Header, body string) {
	t.Helper()
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(text)
}

func TestAPathThatIsNotInItsShortestFormIsNotRedirected(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		for path, accounting := range map[string]bool{
			"/api//sync/v1/contrats": false, "/api/sync//v1/contrats": false, "/api/sync/v1/../v1/contrats": false, "/api/./sync/v1/test": false,
			"//api/sync/v1/test": false, "/api/sync/v1/contrats/": false, "/api/sync": false, "/api": false, "/api/": false, "/api/inconnu": false,
			"/api/../api/admin/v1/modeles": false, "/api/sync/%2e%2e/v1/society": true, "/api/v1//society": true, "/api/v1": true, "/api/../etc/passwd": false,
			"/x/../api/sync/v1/test": false, "/api/v1/mad/../society": true,
		} {
			for _, method := range []string{"GET", "POST", "DELETE"} {
				request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				request.Header.Set("Authorization", "Bearer "+o.Token)
				status, header, body := bare(t, request)
				if status != 404 || header.Get("Location") != "" || !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
					t.Errorf("%s %s: %d %v %.200s", method, path, status, header, body)
					continue
				}
				var answer struct{ Error any }
				if err := json.Unmarshal([]byte(body), &answer); err != nil {
					t.Fatal(err)
				}
				if _, object := answer.Error.(map[string]any); object != accounting {
					t.Errorf("%s %s is answered in the other dialect: %s", method, path, body)
				}
			}
		}
	})
}

// Of two headers a proxy might look at one and the hub at the other.
func TestASecretThatIsSentTwiceIsRefused(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		for _, path := range []string{"/api/sync/v1/test", "/api/admin/v1/modeles", "/api/v1/society"} {
			for name, values := range map[string][]string{
				"Authorization": {"Bearer " + o.Token, "Bearer " + o.Token}, "X-Third-Party-Secret": {"a", "b"},
			} {
				request, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				request.Header.Set("Authorization", "Bearer "+o.Token)
				request.Header[name] = values
				status, header, body := bare(t, request)
				if status != 401 || header.Get("WWW-Authenticate") == "" || !strings.Contains(body, name+" figure plusieurs fois") {
					t.Errorf("%s with two headers %s: %d %s", path, name, status, body)
				}
			}
		}
	})
}
