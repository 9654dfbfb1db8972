package tra

import "github.com/passerelle-hub/passerelle/compta"

// Montant is an exact amount in ten-thousandths of its currency's unit, enough for
// every currency and for the rates of MDR.
type Montant = compta.Montant

// Unite is one unit of a currency.
const Unite = compta.Unite

type total = compta.Total

const decimals = 4

// numberFault says what is wrong with the text of a number.
type numberFault uint8

const (
	numberOK numberFault = iota
	numberSyntax
	numberPoint    // decimal point instead of comma
	numberThousand // blank between digits
	numberTooLarge // does not fit a Montant, or more than four decimals
)

// checkNumber says whether columns hold a number: blanks, an optional minus,
// digits, an optional comma and decimals.
func checkNumber(v []byte) numberFault {
	v = trim(v)
	if len(v) > 0 && v[0] == '-' {
		v = v[1:]
	}
	digits, comma := 0, false
	for _, c := range v {
		switch {
		case c-'0' <= 9:
			digits++
		case c == ',' && !comma:
			comma = true
		case c == '.':
			return numberPoint
		case c == ' ' && digits > 0:
			return numberThousand
		default:
			return numberSyntax
		}
	}
	if digits == 0 {
		return numberSyntax
	}
	return numberOK
}

// ParseMontant reads a number as a TRA field writes it: decimal comma, no
// thousands separator, blanks around. Blank is 0. ok is false for anything else,
// for more than four decimals and for what does not fit.
func ParseMontant(s string) (m Montant, ok bool) {
	m, fault := parseMontant([]byte(s))
	return m, fault == numberOK
}

func parseMontant(v []byte) (Montant, numberFault) {
	i, n := 0, len(v)
	for i < n && v[i] == ' ' {
		i++
	}
	for n > i && v[n-1] == ' ' {
		n--
	}
	if i == n {
		return 0, numberOK
	}
	negative := v[i] == '-'
	if negative {
		i++
	}
	var u uint64
	after, digits := -1, 0 // decimals read, -1 before the comma
	for ; i < n; i++ {
		c := v[i]
		switch {
		case c-'0' <= 9:
			if after >= decimals {
				if c != '0' {
					return 0, numberTooLarge
				}
				continue
			}
			if u > (1<<63-1)/10-1 {
				return 0, numberTooLarge
			}
			u = u*10 + uint64(c-'0')
			digits++
			if after >= 0 {
				after++
			}
		case c == ',' && after < 0:
			after = 0
		default:
			return 0, checkNumber(v)
		}
	}
	if digits == 0 {
		return 0, numberSyntax
	}
	for k := max(after, 0); k < decimals; k++ {
		if u > (1<<63-1)/10 {
			return 0, numberTooLarge
		}
		u *= 10
	}
	if negative {
		return -Montant(u), numberOK
	}
	return Montant(u), numberOK
}
