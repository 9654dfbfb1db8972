package console

import (
	"regexp"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/api/web"
)

func TestEveryPageHasHelpFromASectionThatExists(t *testing.T) {
	t.Parallel()
	g := newGuides(web.Address{})
	for page := range newPages(web.Address{}).byName {
		if sansAide[page] {
			continue
		}
		found := g.aide(page)
		if found == nil {
			t.Errorf("%s has no help, or its section is not in the guide: %+v", page, aides[page])
			continue
		}
		if n := len([]rune(string(found.Extrait))); n < 80 || n > 4000 {
			t.Errorf("the help of %s has %d characters: %s", page, n, found.Extrait)
		}
		for _, unwanted := range []string{"<h", "<img", "<table", ".md"} {
			if strings.Contains(string(found.Extrait), unwanted) {
				t.Errorf("the help of %s holds %s: %s", page, unwanted, found.Extrait)
			}
		}
	}
}

func TestGuidesLinkToPagesAndAnchorsThatExist(t *testing.T) {
	t.Parallel()
	g := newGuides(web.Address{Base: "/hub"})
	links := regexp.MustCompile(`href="([^"]*)"`)
	n := 0
	for nom, guide := range g.byName {
		if guide.Titre == "" || len(guide.Parties) == 0 {
			t.Errorf("%s is not read", nom)
		}
		seen := map[string]bool{}
		for _, p := range guide.Parties {
			if seen[p.Ancre] {
				t.Errorf("%s has the anchor %s twice", nom, p.Ancre)
			}
			seen[p.Ancre] = true
		}
		for _, link := range links.FindAllStringSubmatch(string(guide.Corps), -1) {
			if strings.HasPrefix(link[1], "mailto:") {
				continue // an example of an address
			}
			n++
			path, anchor, hasAnchor := strings.Cut(link[1], "#")
			target := guide
			if path != "" {
				target = nil
				for _, other := range g.byName {
					if "/hub"+other.Lien() == path {
						target = other
					}
				}
			}
			if target == nil {
				t.Errorf("%s leads to %s, which is no page", nom, link[1])
				continue
			}
			if hasAnchor && !strings.Contains(string(target.Corps), `id="`+anchor+`"`) {
				t.Errorf("%s leads to %s, which is not there", nom, link[1])
			}
		}
	}
	if n == 0 {
		t.Error("no guide leads anywhere")
	}
}

func TestTermsAreFoundAsWholeWords(t *testing.T) {
	t.Parallel()
	g := newGuides(web.Address{})
	var found []string
	for _, m := range g.motsDe("Les contrats transmis que nul modèle ne prend, et l’OPCO ; pas un extrait.") {
		found = append(found, m.Dit)
	}
	if got := strings.Join(found, ", "); got != "contrat, contrat transmis, modèle, OPCO" {
		t.Error(got)
	}
}
