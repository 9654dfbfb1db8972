package compta

import "math"

// decimals is how many decimals a Montant has.
const decimals = 4

// ParseDecimal reads a decimal number with a point, as JSON writes it: a minus,
// digits, decimals, an exponent. More than four decimals are rounded, half away from
// zero. ok is false for anything else and for what does not fit.
func ParseDecimal(s string) (m Montant, ok bool) {
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		s = s[1:]
	}
	digits := make([]byte, 0, 24)
	point, exponent, i := -1, 0, 0
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case c-'0' <= 9:
			digits = append(digits, c-'0')
			if len(digits) > 400 {
				return 0, false
			}
			continue
		case c == '.' && point < 0:
			point = len(digits)
			continue
		}
		break
	}
	if len(digits) == 0 {
		return 0, false
	}
	if i < len(s) {
		if exponent, ok = smallInt(s[i:]); !ok {
			return 0, false
		}
	}
	if point < 0 {
		point = len(digits)
	}
	return fixed(digits, point+exponent+decimals, negative)
}

// smallInt reads e, a sign and digits.
func smallInt(s string) (n int, ok bool) {
	if s[0] != 'e' && s[0] != 'E' || len(s) < 2 {
		return 0, false
	}
	s = s[1:]
	negative := s[0] == '-'
	if s[0] == '-' || s[0] == '+' {
		s = s[1:]
	}
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return 0, false
		}
		n = min(n*10+int(s[i]-'0'), 10_000)
	}
	if negative {
		n = -n
	}
	return n, len(s) > 0
}

// fixed returns the first n digits as a whole number, rounded by the next one.
func fixed(digits []byte, n int, negative bool) (Montant, bool) {
	var u int64
	started := false
	for i := range max(n, 0) {
		d := int64(0)
		if i < len(digits) {
			d = int64(digits[i])
		}
		started = started || d != 0
		if i >= len(digits) && !started {
			break // zero, whatever its exponent
		}
		if u > (math.MaxInt64-10)/10 {
			return 0, false
		}
		u = u*10 + d
	}
	if n >= 0 && n < len(digits) && digits[n] >= 5 {
		u++
	}
	if negative {
		u = -u
	}
	return Montant(u), true
}
