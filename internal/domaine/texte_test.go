package domaine_test

import (
	"testing"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func TestATextIsCutAfterItsFirstCharacters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		most int
		want string
	}{{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"éàü", 3, "éàü"}, {"éàüx", 3, "éàü…"}, {"a", 0, "…"}} {
		if got := domaine.Abrege(tt.text, tt.most); got != tt.want {
			t.Errorf("%q to %d: %q, want %q", tt.text, tt.most, got, tt.want)
		}
	}
}
