package console

import (
	"testing"

	"github.com/passerelle-hub/passerelle/internal/api/web"
)

// Templates are read when their pages are first asked for: here are all of them, at the
// root of a host and below a path of it.
func TestEveryTemplateCanBeRead(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "/passerelle"} {
		pages := newPages(web.Address{Base: base})
		if len(pages.byName) < 40 {
			t.Errorf("there are %d pages", len(pages.byName))
		}
		for name, page := range pages.byName {
			if page().Lookup(layout) == nil {
				t.Errorf("%s has no layout around it", name)
			}
		}
	}
}
