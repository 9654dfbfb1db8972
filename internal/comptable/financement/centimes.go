package financement

import "fmt"

// Centimes is an amount of money, counted in cents.
type Centimes int64

// MontantMax is the highest annual amount, 10 million euros. Below it nothing
// here overflows: a year of 31 million euros times 1,100 days is 3.4e12 cents.
const MontantMax Centimes = 1_000_000_000

// String returns c in euros with a point and two decimals, "526.03".
func (c Centimes) String() string { return c.decimal(".") }

// FR returns c in euros with a comma and two decimals, "526,03".
func (c Centimes) FR() string { return c.decimal(",") }

// MarshalText returns what String does: amounts travel as text (design 10).
func (c Centimes) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

func (c Centimes) decimal(point string) string {
	sign := ""
	u := uint64(c)
	if c < 0 {
		sign, u = "-", -u
	}
	return fmt.Sprintf("%s%d%s%02d", sign, u/100, point, u%100)
}

// share returns c × num / den rounded half up, for values not negative.
func (c Centimes) share(num, den int64) Centimes {
	return Centimes((2*int64(c)*num + den) / (2 * den))
}
