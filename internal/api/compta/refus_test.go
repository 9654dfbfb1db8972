package compta

import (
	"net/http"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// TestEveryRefusalHasACodeOfThisDialect walks the table of codes.
func TestEveryRefusalHasACodeOfThisDialect(t *testing.T) {
	t.Parallel()
	for _, c := range refus.All() {
		r := web.RefusalOf(refus.New(c, "Une phrase."))
		status, code, message := answerTo(r, "req-1")
		machine := c.Kind().Machine() || c.Kind() == refus.Busy
		if status < 400 || (status >= http.StatusInternalServerError) != machine {
			t.Errorf("%s: status %d", c, status)
		}
		if !strings.HasPrefix(code, "ERR-") && !strings.HasPrefix(code, "SOCIETE") && code != codeTarif {
			t.Errorf("%s: code %q", c, code)
		}
		if (code == "ERR-INTERNAL") != (c.Kind() == refus.Internal) {
			t.Errorf("%s: code %q", c, code)
		}
		if !strings.HasSuffix(message, ".") {
			t.Errorf("%s: message %q", c, message)
		}
	}
}
