package reception

import (
	"bytes"
	"strconv"
	"strings"
)

// appendDecimal appends a JSON number as decimal text: as it is, and "7500" for
// "7.5e3". ok is false where its exponent is so large that nobody means it. No
// float is involved: every digit stays.
func appendDecimal(dst, number []byte) (text []byte, ok bool) {
	at := bytes.IndexAny(number, "eE")
	if at < 0 {
		return append(dst, number...), true
	}
	const most = 20
	exponent, err := strconv.Atoi(strings.TrimPrefix(string(number[at+1:]), "+"))
	if err != nil || exponent < -most || exponent > most {
		return dst, false
	}
	mantissa := number[:at]
	if mantissa[0] == '-' {
		dst, mantissa = append(dst, '-'), mantissa[1:]
	}
	whole, rest, _ := strings.Cut(string(mantissa), ".")
	zeros := strings.Repeat("0", most)
	point := len(zeros) + len(whole) + exponent
	digits := zeros + whole + rest + zeros
	whole, rest = strings.TrimLeft(digits[:point], "0"), strings.TrimRight(digits[point:], "0")
	if whole == "" {
		whole = "0"
	}
	dst = append(dst, whole...)
	if rest != "" {
		dst = append(append(dst, '.'), rest...)
	}
	return dst, true
}
