package financement

import "strconv"

// Centimes is an amount of money, counted in cents.
type Centimes int64

// MontantMax is the highest annual amount, 10 million euros. Below it nothing
// here overflows: a year of 31 million euros times 1,100 days is 3.4e12 cents.
const MontantMax Centimes = 1_000_000_000

// String returns c in euros with a point and two decimals, "526.03".
func (c Centimes) String() string { return string(c.decimal(nil, '.')) }

// FR returns c in euros with a comma and two decimals, "526,03".
func (c Centimes) FR() string { return string(c.decimal(nil, ',')) }

// AppendText appends what String returns: amounts travel as text (design 10).
func (c Centimes) AppendText(b []byte) ([]byte, error) { return c.decimal(b, '.'), nil }

// MarshalText returns what String does.
func (c Centimes) MarshalText() ([]byte, error) { return c.AppendText(nil) }

func (c Centimes) decimal(b []byte, point byte) []byte {
	u := uint64(c)
	if c < 0 {
		b, u = append(b, '-'), -u
	}
	b = append(strconv.AppendUint(b, u/100, 10), point)
	return append(b, byte('0'+u%100/10), byte('0'+u%10))
}

// share returns c × num / den rounded half up, for values not negative.
func (c Centimes) share(num, den int64) Centimes {
	return Centimes((2*int64(c)*num + den) / (2 * den))
}
