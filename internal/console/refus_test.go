package console

import (
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// TestEveryRefusalHasAPage walks the table of codes: its title, and what it says to a
// person, who has no header, no parameter and no flag.
func TestEveryRefusalHasAPage(t *testing.T) {
	t.Parallel()
	for _, code := range refus.All() {
		if titres[code.Kind()] == "" {
			t.Errorf("%s: no title", code)
		}
		text := said(web.RefusalOf(refus.New(code, "Une phrase.")))
		if !strings.HasSuffix(text, ".") || strings.Contains(text, "?") || strings.Contains(text, "--") || strings.Contains(text, "en-tête") {
			t.Errorf("%s: %q", code, text)
		}
	}
}
