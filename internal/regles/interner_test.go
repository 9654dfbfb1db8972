package regles

import (
	"net/mail"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAnAddressThatLooksPlainIsOneForTheParserToo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[aZ0_.@é -]{0,12}`).Draw(t, "address")
		if !plainEmail(s) {
			return
		}
		parsed, err := mail.ParseAddress(s)
		if err != nil || parsed.Address != s || !strings.Contains(s[strings.IndexByte(s, '@'):], ".") {
			t.Fatalf("%q is taken for an address: %v", s, err)
		}
	})
}

func TestAnUsualAddressNeedsNoParser(t *testing.T) {
	t.Parallel()
	for s, plain := range map[string]bool{
		"jean-baptiste.l_hostis2@etu.horizon-formation.example": true,
		"a@b.fr": true, "a@b": false, "a..b@c.fr": false, ".a@b.fr": false, "a.@b.fr": false, "a@.fr": false, "a@b.": false,
		"a@b@c.fr": false, "@b.fr": false, "": false, "o'neil@b.fr": false,
	} {
		if plainEmail(s) != plain {
			t.Errorf("plainEmail(%q) = %v", s, !plain)
		}
	}
	if !plausibleEmail("o'neil@b.fr") {
		t.Error("an unusual address is refused")
	}
}

func TestEqualPeopleAndProfilsAreOnePointer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := NewInterner()
		people, profils := map[Personne]*Personne{}, map[Profil]*Profil{}
		text := rapid.SampledFrom([]string{"", "a", "b"})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			p := Personne{Role: Role(rapid.IntRange(0, 2).Draw(t, "role")), Code: text.Draw(t, "code"), Email: text.Draw(t, "email"), Nom: text.Draw(t, "nom")}
			got := in.Personne(p)
			if *got != p || people[p] != nil && people[p] != got {
				t.Fatalf("%+v became %+v", p, *got)
			}
			people[p] = got
			v := Profil{CodeGroupe: text.Draw(t, "groupe"), CodeSite: text.Draw(t, "site"), RNCP: text.Draw(t, "rncp")}
			profil := in.Profil(v)
			if *profil != v || profils[v] != nil && profils[v] != profil {
				t.Fatalf("%+v became %+v", v, *profil)
			}
			profils[v] = profil
		}
	})
}
