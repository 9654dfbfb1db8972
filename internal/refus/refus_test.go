package refus_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/refus"
)

func TestEveryCodeHasAKindAndATextOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range refus.All() {
		if c.Kind() == 0 || c.String() == "" || seen[c.String()] {
			t.Errorf("code %q, kind %d: no kind, no text, or the text of another code", c, c.Kind())
		}
		seen[c.String()] = true
	}
	kinds := map[refus.Kind]bool{}
	for _, c := range refus.All() {
		kinds[c.Kind()] = true
	}
	for _, k := range refus.Kinds() {
		if !kinds[k] {
			t.Errorf("no code is of kind %d", k)
		}
	}
}

type typed struct{}

func (typed) Error() string           { return "typed" }
func (typed) Refusal() *refus.Refusal { return refus.New(refus.CodeNotHeld, "Elle n’attend plus.") }

func TestARefusalIsFoundInWhateverWrapsIt(t *testing.T) {
	t.Parallel()
	plain := refus.New(refus.CodeNotFound, "Il n’y a pas de contrat « %s ».", "K1").With(7).From(errors.New("no row"))
	for name, tc := range map[string]struct {
		err  error
		want refus.Code
	}{
		"a refusal":                      {plain, refus.CodeNotFound},
		"a refusal that is wrapped":      {fmt.Errorf("find: %w", plain), refus.CodeNotFound},
		"a refusal beside another error": {errors.Join(errors.New("close"), plain), refus.CodeNotFound},
		"a type that knows what it is":   {fmt.Errorf("confirm: %w", typed{}), refus.CodeNotHeld},
		"an error that is none":          {errors.New("disk"), refus.Code{}},
		"nothing":                        {nil, refus.Code{}},
	} {
		r := refus.Of(tc.err)
		if got := (refus.Code{}); r != nil {
			got = r.Code
			if got != tc.want {
				t.Errorf("%s: code %q, want %q", name, got, tc.want)
			}
		} else if tc.want != (refus.Code{}) {
			t.Errorf("%s: no refusal, want %q", name, tc.want)
		}
		if refus.Is(tc.err, refus.CodeNotHeld) != (tc.want == refus.CodeNotHeld) {
			t.Errorf("%s: Is does not say what Of says", name)
		}
	}
	if plain.Reason != "Il n’y a pas de contrat « K1 »." || plain.Details != 7 || plain.Error() != "not found: Il n’y a pas de contrat « K1 ». (no row)" {
		t.Errorf("refusal %+v: %v", plain, plain)
	}
}
