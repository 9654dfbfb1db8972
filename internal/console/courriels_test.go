package console_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// A private address gives the feed of one organisme, until it is changed or ended; its key
// is in no log.
func TestAPrivateAddressGivesAFeedUntilItEnds(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.mustPush(t, generated(5))
		v := s.as(t, domaine.RoleLecture)
		address := func() string {
			p := v.post("/mon-compte/flux", nil)
			_, rest, _ := strings.Cut(p.body, `id="adresse">`)
			text, _, found := strings.Cut(rest, "<")
			if !found {
				t.Fatalf("no address: %d", p.status)
			}
			return strings.TrimPrefix(text, s.URL)
		}
		first := address()
		reader := s.visitor(t) // no cookie
		p := reader.get(first)
		var feed struct {
			XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
			ID      string   `xml:"id"`
			Updated string   `xml:"updated"`
			Entries []struct {
				ID      string `xml:"id"`
				Title   string `xml:"title"`
				Updated string `xml:"updated"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal([]byte(p.body), &feed); err != nil || p.status != http.StatusOK || len(feed.Entries) != 1 || feed.ID == "" || feed.Updated == "" || !strings.Contains(feed.Entries[0].Title, "Synchronisation 1") {
			t.Errorf("the feed: %d, %v, %+v", p.status, err, feed)
		}
		second := address()
		if p := reader.get(first); p.status != http.StatusNotFound {
			t.Errorf("the address before: %d", p.status)
		}
		if p := reader.get(second); p.status != http.StatusOK {
			t.Errorf("the new address: %d", p.status)
		}
		v.post("/mon-compte/flux/fin", nil)
		if p := reader.get(second); p.status != http.StatusNotFound {
			t.Errorf("an address that was ended: %d", p.status)
		}
		for _, key := range []string{first, second} {
			if strings.Contains(s.logs.String(), strings.TrimPrefix(key, "/flux/")) {
				t.Error("a key is in the logs")
			}
		}
		if p := v.post("/mon-compte/courriels", url.Values{"rythme": {"souvent"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "Choisissez un rythme") {
			t.Errorf("a rhythm that there is not: %d", p.status)
		}
		if p := v.post("/mon-compte/courriels", url.Values{"rythme": {"semaine"}}); p.path != "/mon-compte" || !strings.Contains(p.body, `value="semaine" selected`) {
			t.Errorf("a rhythm: %d", p.status)
		}
	})
}
