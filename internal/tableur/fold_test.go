package tableur

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Texts without accents are taken apart by a way of their own, which says the same.
func TestAnAccentFarAwayDoesNotChangeHowATextIsTakenApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("aZb9 _-.\t\u00a0É\u2003e\u0301œ"))).Draw(r, "text")
		got, apart := words(text), words("É "+text)
		if !slices.Equal(got, apart[1:]) {
			r.Fatalf("%q has the words %q, and %q after another word", text, got, apart[1:])
		}
		if got, want := collapse(text), strings.Join(strings.Fields(text), " "); got != want {
			r.Fatalf("%q becomes %q instead of %q", text, got, want)
		}
	})
}
