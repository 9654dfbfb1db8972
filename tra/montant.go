package tra

import (
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Montant is an exact amount in ten-thousandths of its currency's unit, enough for
// every currency and for the rates of MDR.
type Montant int64

// Unite is one unit of a currency.
const Unite Montant = 10_000

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

// String returns the amount as a TRA field writes it: 1234,50 (two to four
// decimals).
func (m Montant) String() string { return string(m.appendTo(nil)) }

func (m Montant) appendTo(dst []byte) []byte {
	u := uint64(m)
	if m < 0 {
		dst = append(dst, '-')
		u = -u
	}
	dst = strconv.AppendUint(dst, u/uint64(Unite), 10)
	frac := u % uint64(Unite)
	dst = append(dst, ',', byte('0'+frac/1000), byte('0'+frac/100%10))
	if low := frac % 100; low != 0 {
		dst = append(dst, byte('0'+low/10))
		if low%10 != 0 {
			dst = append(dst, byte('0'+low%10))
		}
	}
	return dst
}

// total adds up amounts without overflow: no file is long enough for 128 bits.
type total struct {
	hi int64
	lo uint64
}

func (t *total) add(m Montant) {
	var carry uint64
	t.lo, carry = bits.Add64(t.lo, uint64(m), 0)
	t.hi += int64(m)>>63 + int64(carry)
}

func (t *total) addTotal(o total) {
	var carry uint64
	t.lo, carry = bits.Add64(t.lo, o.lo, 0)
	t.hi += o.hi + int64(carry)
}

func (t total) isZero() bool { return t.hi == 0 && t.lo == 0 }

// String returns the total as Montant.String does.
func (t total) String() string {
	v := new(big.Int).Lsh(big.NewInt(t.hi), 64)
	v.Add(v, new(big.Int).SetUint64(t.lo))
	sign := ""
	if v.Sign() < 0 {
		sign = "-"
		v.Neg(v)
	}
	unit, frac := new(big.Int).DivMod(v, big.NewInt(int64(Unite)), new(big.Int))
	_, decimals, _ := strings.Cut(Montant(frac.Int64()).String(), ",")
	return sign + unit.String() + "," + decimals
}
