package tra

import (
	"testing"

	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"
)

func TestMontants(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want Montant
		ok   bool
		out  string
	}{
		{"", 0, true, "0,00"},
		{"             1234,50", 12345000, true, "1234,50"},
		{"12", 120000, true, "12,00"},
		{"-0,01", -100, true, "-0,01"},
		{"0,1234", 1234, true, "0,1234"},
		{"0,123", 1230, true, "0,123"},
		{"0,12300", 1230, true, "0,123"},
		{",5", 5000, true, "0,50"},
		{"5,", 50000, true, "5,00"},
		{"0,12345", 0, false, ""},
		{"1.5", 0, false, ""},
		{"1 000,00", 0, false, ""},
		{"-", 0, false, ""},
		{",", 0, false, ""},
		{"1,2,3", 0, false, ""},
		{"12D", 0, false, ""},
		{"922337203685477,5807", 9223372036854775807, false, ""},
		{"99999999999999999999", 0, false, ""},
	} {
		got, ok := ParseMontant(c.in)
		if ok != c.ok || ok && (got != c.want || got.String() != c.out) {
			t.Errorf("%q gives %d (%s), %v", c.in, got, got, ok)
		}
	}
}

func TestWhatAMontantWritesItReads(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := Montant(rapid.Int64Range(-9e17, 9e17).Draw(t, "m"))
		if got, ok := ParseMontant(m.String()); !ok || got != m {
			t.Fatalf("%d is written %s and read %d, %v", m, m, got, ok)
		}
	})
}

func TestDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"01012024", "2024-01-01", true},
		{"29022024", "2024-02-29", true},
		{"29022023", "", false},
		{"31042024", "", false},
		{"00000000", "", false},
		{"01011900", "", true},
		{"        ", "", true},
		{"", "", true},
		{"1012024", "", false},
		{"01/01/24", "", false},
		{"29022000", "2000-02-29", true},
		{"29021900", "", false},
	} {
		if d, ok := ParseDate(c.in); ok != c.ok || d.String() != c.want {
			t.Errorf("%q gives %s, %v", c.in, d, ok)
		}
	}
	feb := Date{Year: 2024, Month: 2, Day: 29}
	if !feb.IsLastOfMonth() || (Date{Year: 2024, Month: 2, Day: 28}).IsLastOfMonth() || feb.Next() != (Date{Year: 2024, Month: 3, Day: 1}) || feb.TRA() != "29022024" || feb.FR() != "29/02/2024" {
		t.Error("29 February")
	}
}

func TestEveryByteOfWindows1252ComesBack(t *testing.T) {
	t.Parallel()
	for i := range 256 {
		b, ok := encode1252(charmap.Windows1252.DecodeByte(byte(i)))
		if ok && b != byte(i) {
			t.Errorf("%x comes back as %x", i, b)
		}
		if !ok && charmap.Windows1252.DecodeByte(byte(i)) != 0xfffd {
			t.Errorf("%x does not come back", i)
		}
	}
}

func TestSurveyAndBlanks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.SampledFrom([]byte{' ', ' ', 'A', 0x1f, 0x7f, 0x80, 0xff, 0}), 0, 40).Draw(t, "line")
		var high, control, other bool
		for _, c := range b {
			high, control, other = high || c >= 0x80, control || c < ' ', other || c != ' '
		}
		if h, c := survey(b); h != high || c != control {
			t.Fatalf("survey(%q) = %v, %v", b, h, c)
		}
		if isBlank(b) == other {
			t.Fatalf("isBlank(%q) = %v", b, !other)
		}
	})
}
