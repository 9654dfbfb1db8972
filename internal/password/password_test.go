package password_test

import (
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/password"
)

func TestAPasswordIsRecognisedAndNoOtherIs(t *testing.T) {
	t.Parallel()
	secret := password.Generate()
	hash, err := password.Hash(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q", hash)
	}
	for guess, want := range map[string]bool{secret: true, secret + " ": false, "": false} {
		if ok, err := password.Verify(t.Context(), hash, guess); ok != want || err != nil {
			t.Errorf("%q: %v, %v", guess, ok, err)
		}
	}
	if again, _ := password.Hash(t.Context(), secret); again == hash {
		t.Error("two hashes share a salt")
	}
	if ok, err := password.Verify(t.Context(), password.Decoy, secret); ok || err != nil {
		t.Errorf("the decoy: %v, %v", ok, err)
	}
}

func TestAStoredHashThatIsNoneIsAnError(t *testing.T) {
	t.Parallel()
	for _, hash := range []string{"", "x", "$argon2i$v=19$m=1,t=1,p=1$AA$AA", "$argon2id$v=18$m=1,t=1,p=1$AA$AA", "$argon2id$v=19$m=8,t=0,p=1$AA$AA", "$argon2id$v=19$m=8,t=1,p=1$!$AA", "$argon2id$v=19$m=8,t=1,p=1$AA$"} {
		if ok, err := password.Verify(t.Context(), hash, ""); ok || err == nil {
			t.Errorf("%q is taken for a hash", hash)
		}
	}
}
