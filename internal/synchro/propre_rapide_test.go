package synchro

import (
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestATextThatIsNotComposedIsNeverTakenForOneThatIs(t *testing.T) {
	t.Parallel()
	latin := make([]rune, 0x320)
	for i := range latin {
		latin[i] = rune(i)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom(latin))).Draw(t, "text")
		if !mayDecompose(s) && norm.NFC.String(s) != s {
			t.Fatalf("%q is %q when it is composed", s, norm.NFC.String(s))
		}
	})
}
