package passerelle_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
)

func TestAmountsAreReadExactly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"0": 0, "7500": 750_000, "7500.5": 750_050, "7500,50": 750_050, "0,01": 1, "007": 700, "526.03": 52_603, "9999999999999999,99": 999_999_999_999_999_999,
	} {
		if got, ok := passerelle.ParseMontant(text); !ok || got != want {
			t.Errorf("%q is %d %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-1", "+1", "1.", ".5", "1.234", "1,2,3", "1 000", "1e3", "7500 €", "٣", "NaN", "0x10"} {
		if got, ok := passerelle.ParseMontant(text); ok {
			t.Errorf("%q is read as %d", text, got)
		}
	}
	for _, text := range []string{"10000000000000000", "12345678901234567,89", strings.Repeat("9", 500)} {
		if got, ok := passerelle.ParseMontant(text); !ok || got != math.MaxInt64 {
			t.Errorf("%q is %d %v, which is within bounds", text, got, ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(0, 1e17).Draw(t, "cents")
		text := strconv.FormatInt(cents/100, 10) + rapid.SampledFrom([]string{".", ","}).Draw(t, "point") + string([]byte{byte('0' + cents/10%10), byte('0' + cents%10)})
		if got, ok := passerelle.ParseMontant(strings.Repeat("0", rapid.IntRange(0, 3).Draw(t, "zeros")) + text); !ok || got != cents {
			t.Fatalf("%s is %d, want %d", text, got, cents)
		}
	})
}

func TestTheZerosBeforeAnAgreementDoNotMatter(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"44": "44", "0044": "44", "1486": "1486", "0000": "0", "000001486": "1486"} {
		if got, ok := passerelle.ParseIDCC(text); !ok || got != want {
			t.Errorf("%q is %q %v, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "12345", "44a", "-44", "4.4"} {
		if got, ok := passerelle.ParseIDCC(text); ok {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

// The numbers are those of public bodies: INSEE's own example, and La Poste, whose
// head office has Luhn's key and whose other establishments sum up to a multiple of 5.
func TestTheKeyOfASiretIsChecked(t *testing.T) {
	t.Parallel()
	for siret, want := range map[string]bool{
		"73282932000074": true, "73282932000075": false, "7328293200007": false, "732829320000741": false, "7328293200007x": false, "": false,
		"35600000000048": true,  // La Poste, head office
		"35600000049837": true,  // its sum is 45
		"35600000049838": false, // and here 46
		"00000000000000": false,
	} {
		if got := passerelle.SiretValide(siret); got != want {
			t.Errorf("%q: %v, want %v", siret, got, want)
		}
	}
}

func TestAContractRunsToTheDayOnWhichItWasBrokenOff(t *testing.T) {
	t.Parallel()
	c := passerelle.Contrat{DateDebut: "01/09/2026", DateFin: "31/08/2027"}
	if p, ok := c.Execution(); !ok || p.Jours() != 365 {
		t.Errorf("%s %v", p, ok)
	}
	c.DateRupture = "30/09/2026"
	if p, ok := c.Execution(); !ok || p.Jours() != 30 {
		t.Errorf("broken off: %s %v", p, ok)
	}
	if planned, ok := c.Duree(); !ok || planned.Jours() != 365 {
		t.Errorf("planned: %s %v", planned, ok)
	}
	c.DateFin = ""
	if d, ok := c.DernierJour(); !ok || d.FR() != "30/09/2026" {
		t.Errorf("without an end: %s %v", d.FR(), ok)
	}
	c.DateRupture = ""
	if _, ok := c.Execution(); ok {
		t.Error("a contract without an end has days")
	}
}
