package compta

import (
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Montant is an exact amount in ten-thousandths of its currency's unit, enough for
// every currency and for rates.
type Montant int64

// Unite is one unit of a currency.
const Unite Montant = 10_000

// String returns the amount with a decimal comma: 1234,50 (two to four decimals).
func (m Montant) String() string { return string(m.AppendTo(nil)) }

// AppendTo appends what String returns.
func (m Montant) AppendTo(dst []byte) []byte {
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

// Total adds up amounts without overflow: no file is long enough for 128 bits. The
// zero Total is 0; two Totals are equal where == says so.
type Total struct {
	hi int64
	lo uint64
}

// Add adds an amount.
func (t *Total) Add(m Montant) {
	var carry uint64
	t.lo, carry = bits.Add64(t.lo, uint64(m), 0)
	t.hi += int64(m)>>63 + int64(carry)
}

// AddTotal adds what another one has added up.
func (t *Total) AddTotal(o Total) {
	var carry uint64
	t.lo, carry = bits.Add64(t.lo, o.lo, 0)
	t.hi += o.hi + int64(carry)
}

// IsZero says whether the amounts cancel out.
func (t Total) IsZero() bool { return t.hi == 0 && t.lo == 0 }

// String returns the total as Montant.String does.
func (t Total) String() string {
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
