package fec

import (
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
)

// Name is what the name of a file says: SIREN, FEC, closing date.
type Name struct {
	SIREN   string
	Cloture compta.Date
}

// ParseName reads the name of a file, with its folder or not, such as
// 732829320FEC20251231.txt. ok is false where it is not of that form; whether the
// key of the SIREN is right is said by ValidSIREN.
func ParseName(name string) (n Name, ok bool) {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	base := name
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		base = name[:i]
		if !strings.EqualFold(name[i:], ".txt") {
			return Name{}, false
		}
	}
	if len(base) != 9+3+8 || !strings.EqualFold(base[9:12], "FEC") || !digitsOnly(base[:9]) || !digitsOnly(base[12:]) {
		return Name{}, false
	}
	d, fault := parseDate([]byte(base[12:]))
	if fault != dateOK || d.FEC() != base[12:] || d.Year < 2000 {
		return Name{}, false
	}
	return Name{SIREN: base[:9], Cloture: d}, true
}

// String returns the name of the file: SIREN, FEC, closing date, .txt.
func (n Name) String() string { return n.SIREN + "FEC" + n.Cloture.FEC() + ".txt" }

// Periode returns the exercice that the name says: twelve months that end on the
// closing date.
func (n Name) Periode() Periode {
	d := n.Cloture.Next().AddMonths(-12)
	if n.Cloture.IsLastOfMonth() {
		d = compta.Date{Year: d.Year, Month: d.Month, Day: 1}
	}
	return Periode{Debut: d, Fin: n.Cloture}
}

// ValidSIREN says whether a SIREN has nine digits and the right key.
func ValidSIREN(s string) bool {
	if len(s) != 9 || !digitsOnly(s) || s == "000000000" {
		return false
	}
	sum := 0
	for i := range 9 {
		d := int(s[8-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return s != ""
}

// Periode is a span of days, both bounds included. The zero Periode is none.
type Periode struct{ Debut, Fin compta.Date }

// IsZero says whether there is none.
func (p Periode) IsZero() bool { return p == Periode{} }

// Contains says whether the day lies in the span.
func (p Periode) Contains(d compta.Date) bool {
	return d.Compare(p.Debut) >= 0 && d.Compare(p.Fin) <= 0
}

// ParsePeriode reads AAAA-MM-JJ..AAAA-MM-JJ.
func ParsePeriode(s string) (p Periode, ok bool) {
	from, to, ok := strings.Cut(s, "..")
	if !ok {
		return p, false
	}
	first, fromOK := isoDate(from)
	last, toOK := isoDate(to)
	if !fromOK || !toOK || first.Compare(last) > 0 {
		return Periode{}, false
	}
	return Periode{first, last}, true
}

func isoDate(s string) (compta.Date, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return compta.Date{}, false
	}
	d, fault := parseDate([]byte(s))
	return d, fault == dateOK
}
