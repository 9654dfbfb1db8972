package passerelle_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle"
)

var numero = regexp.MustCompile(`^(RNCP|RS)[1-9][0-9]*$`)

func TestCertificationsAreComparedByWhatTheyAre(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, want, shown string
	}{
		{"RNCP38362", "RNCP38362", "RNCP38362"},
		{"38362", "RNCP38362", "RNCP38362"},
		{"rncp 38362", "RNCP38362", "RNCP38362"},
		{"RNCP 38362", "RNCP38362", "RNCP38362"},
		{"RNCP\u00a0 38362 ", "RNCP38362", "RNCP38362"},
		{"38362.0", "RNCP38362", "RNCP38362"},
		{"38362,00", "RNCP38362", "RNCP38362"},
		{"rncp38362.0", "RNCP38362", "RNCP38362"},
		{"0038362", "RNCP38362", "RNCP38362"},
		{"RNCP0038362", "RNCP38362", "RNCP38362"},
		{"RS38362", "RS38362", "RS38362"},
		{"rs 38362", "RS38362", "RS38362"},
		{"38363", "RNCP38363", "RNCP38363"},
		{"38362.5", "38362.5", "38362.5"},
		{"38362.", "38362.", "38362."},
		{"RNCP", "RNCP", "RNCP"},
		{"RS", "RS", "RS"},
		{"0", "0", "0"},
		{"", "", ""},
		{"  ", "", ""},
		{"-38362", "-38362", "-38362"},
		{"Titre pro", "TITRE PRO", "Titre pro"},
		{" titre PRO ", "TITRE PRO", "titre PRO"},
		{"Certif 38362", "CERTIF 38362", "Certif 38362"},
		{"38362 38363", "38362 38363", "38362 38363"},
		{"12345678901", "12345678901", "12345678901"},
	} {
		c := passerelle.CertificationOf(test.text)
		if string(c) != test.want {
			t.Errorf("%q is %q, want %q", test.text, c, test.want)
		}
		if got := passerelle.AfficheCertification(test.text); got != test.shown {
			t.Errorf("%q is shown as %q, want %q", test.text, got, test.shown)
		}
		if got, want := c.Numero(), numero.MatchString(test.want); got != want {
			t.Errorf("%q: a number is %v, want %v", test.text, got, want)
		}
	}
}

func FuzzCertification(f *testing.F) {
	for _, seed := range []string{"RNCP38362", "38362.0", "rs 12", "x", "", "RNCP 0", "ß"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip()
		}
		c := passerelle.CertificationOf(s)
		if again := passerelle.CertificationOf(string(c)); again != c {
			t.Errorf("%q is %q, which is %q", s, c, again)
		}
		if shown := passerelle.CertificationOf(passerelle.AfficheCertification(s)); shown != c {
			t.Errorf("%q is %q, but what is shown of it is %q", s, c, shown)
		}
		if number := passerelle.CertificationOf("RNCP" + s); c.Numero() && !strings.HasPrefix(string(c), "RS") && strings.HasPrefix(s, "3") && number != c {
			t.Errorf("%q and RNCP%s differ: %q, %q", s, s, c, number)
		}
	})
}
