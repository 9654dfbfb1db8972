package ventilation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Centiemes is a number with two decimals, counted in hundredths.
type Centiemes int64

// String returns c with a point and two decimals, "71.95".
func (c Centiemes) String() string { return decimal(int64(c), ".") }

// FR returns c with a comma and two decimals, "71,95".
func (c Centiemes) FR() string { return decimal(int64(c), ",") }

// MarshalJSON writes c as a JSON number without needless zeros: 71.95, 100.
func (c Centiemes) MarshalJSON() ([]byte, error) {
	return []byte(strings.TrimSuffix(strings.TrimRight(c.String(), "0"), ".")), nil
}

// Centimes is an amount of money, counted in cents.
type Centimes int64

// String returns c in euros with a point and two decimals, "7500.00".
func (c Centimes) String() string { return decimal(int64(c), ".") }

// FR returns c in euros with a comma and two decimals, "7500,00".
func (c Centimes) FR() string { return decimal(int64(c), ",") }

// MarshalJSON writes c as a JSON number of euros with two decimals: 7500.00.
func (c Centimes) MarshalJSON() ([]byte, error) { return []byte(c.String()), nil }

// ParseEuros reads an amount in euros as people and spreadsheets write it: a
// comma or a point before at most two decimals, blanks between thousands, a euro
// sign at the end; not negative. The error is a French sentence.
func ParseEuros(s string) (Centimes, error) {
	clean := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f':
			return -1
		case ',':
			return '.'
		}
		return r
	}, strings.TrimSuffix(strings.TrimSpace(s), "€"))
	whole, cents, point := strings.Cut(clean, ".")
	if point && (len(cents) < 1 || len(cents) > 2) || whole == "" || !digits(whole) || !digits(cents) {
		return 0, fmt.Errorf("« %s » n’est pas un montant : écrivez-le en euros avec deux décimales au plus, par exemple 7500,00", s)
	}
	n, err := strconv.ParseInt(whole+(cents + "00")[:2], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("le montant « %s » est trop grand", s)
	}
	return Centimes(n), nil
}

func digits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

func decimal(n int64, point string) string {
	sign := ""
	u := uint64(n)
	if n < 0 {
		sign, u = "-", -u
	}
	return fmt.Sprintf("%s%d%s%02d", sign, u/100, point, u%100)
}

// MoisDe returns days as months of 365.25/12 days, rounded half up to two
// decimals. 365.25/12 is 487/16, so that the quotient is exact.
func MoisDe(jours int64) Centiemes { return Centiemes(divide(jours*1600, 487)) }

// divide returns a/b rounded half up, for a not negative.
func divide(a, b int64) int64 { return (2*a + b) / (2 * b) }

// Parts returns the share of each number in their sum, in percent. The shares
// add up to exactly 100.00: each is cut to two decimals, and the hundredths that
// are left go to those that lost most, the earlier ones first among equals. All
// are 0 where the sum is.
func Parts(jours []int64) []Centiemes {
	const whole = 100_00
	var sum int64
	for _, n := range jours {
		sum += n
	}
	parts := make([]Centiemes, len(jours))
	if sum == 0 {
		return parts
	}
	left := int64(whole)
	lost := make([]int64, len(jours))
	order := make([]int32, len(jours))
	for i, n := range jours {
		share := n * whole / sum
		parts[i], lost[i], order[i] = Centiemes(share), n*whole%sum, int32(i)
		left -= share
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch {
		case lost[a] > lost[b]:
			return -1
		case lost[a] < lost[b]:
			return 1
		}
		return int(a - b)
	})
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}
