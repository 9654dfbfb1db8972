package store

import (
	"crypto/sha256"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// The keys of profils are stored: a faster way to work them out finds the same ones.
func TestAKeyIsTheHashOfTheListInJSON(t *testing.T) {
	t.Parallel()
	odd := rapid.SampledFrom([]string{"", "LYO", `"`, `\`, "<&>", "é", "\u2028", "\x7f", "\x00", "\xff", "a\nb"})
	rapid.Check(t, func(t *rapid.T) {
		textes := rapid.SliceOf(rapid.OneOf(odd, rapid.String(), rapid.StringMatching(`[ -~]*`))).Draw(t, "textes")
		if textes == nil {
			textes = []string{}
		}
		list, err := json.Marshal(textes)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(list)
		if keyOf(textes...) != [16]byte(sum[:16]) {
			t.Fatalf("the key of %q is not that of %s", textes, list)
		}
	})
}
