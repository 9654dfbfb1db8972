package fec

import (
	"bytes"
	"math"

	"github.com/passerelle-hub/passerelle/compta"
)

// amountFault says what is wrong with the text of an amount.
type amountFault uint8

const (
	amountOK       amountFault = iota
	amountBlank                // no text; the amount is 0
	amountSyntax               // not a number
	amountPoint                // decimal point instead of comma
	amountThousand             // blank between digits, or a second comma
	amountLarge                // does not fit a Montant
	amountFine                 // more than four decimals: rounded
)

const decimals = 4

var powers = [...]int64{1, 10, 100, 1000, 10_000}

// ParseAmount reads an amount as the administration's tool does: digits, a decimal
// comma, a sign before or after, an exponent; no point and no thousands separator.
// Blank is 0. ok is false for anything else and for what does not fit. More than
// four decimals are rounded.
func ParseAmount(s string) (m compta.Montant, ok bool) {
	m, fault := parseAmount([]byte(s))
	return m, fault == amountOK || fault == amountBlank || fault == amountFine
}

// parseAmount takes digits with at most four decimals at once, and leaves the rest
// to parseSlowly.
func parseAmount(v []byte) (compta.Montant, amountFault) {
	if len(v) == 0 {
		return 0, amountBlank
	}
	var u int64
	comma := -1
	if len(v) > 14 {
		return parseSlowly(v)
	}
	for i, c := range v {
		if d := c - '0'; d <= 9 {
			u = u*10 + int64(d)
		} else if c == ',' && comma < 0 {
			comma = i
		} else {
			return parseSlowly(v)
		}
	}
	after := 0
	if comma >= 0 {
		after = len(v) - 1 - comma
	}
	if after > decimals || comma >= 0 && len(v) == 1 {
		return parseSlowly(v)
	}
	return compta.Montant(u * powers[decimals-after]), amountOK
}

// amount reads what most amounts are, up to thirteen digits and two decimals, without
// a loop: the bytes that end where the amount does, eight by eight.
func (l *Line) amount(s span) (compta.Montant, bool) {
	n := uint(s.to - s.from)
	if n == 0 {
		return 0, true
	}
	if n < 4 || n > 16 {
		return 0, false
	}
	x := word(&l.buf[0], s.to-8)
	if byte(x>>40) != ',' {
		return 0, false
	}
	high := uint64(0)
	if n > 8 {
		y := word(&l.buf[0], s.to-16)
		y = y&^masks[(16-n)&7] | zeros&masks[(16-n)&7]
		if !areDigits(y) {
			return 0, false
		}
		high = eightDigits(y) * 10_000_000
		n = 8
	}
	x = x&^masks[(8-n)&7] | zeros&masks[(8-n)&7]
	x = x&(1<<40-1)<<8 | x&(0xffff<<48) | '0' // without the comma
	if !areDigits(x) {
		return 0, false
	}
	return compta.Montant(high+eightDigits(x)) * 100, true
}

// areDigits says whether eight bytes are digits.
func areDigits(x uint64) bool { return x&(0xf0*ones)|(x+6*ones)&(0xf0*ones)>>4 == 0x33*ones }

// eightDigits returns the number that eight digits are.
func eightDigits(x uint64) uint64 {
	x -= zeros
	x = x*10 + x>>8 // two digits in every other byte
	const pairs = 0xff<<32 | 0xff
	return ((x&pairs)*(100+1_000_000<<32) + (x>>16&pairs)*(1+10_000<<32)) >> 32
}

const zeros = '0' * ones

// parseSlowly reads the rarer forms.
func parseSlowly(v []byte) (compta.Montant, amountFault) {
	v = bytes.TrimSpace(v)
	if len(v) == 0 {
		return 0, amountBlank
	}
	negative := false
	if v[0] == '+' || v[0] == '-' {
		negative = v[0] == '-'
		v = bytes.TrimLeft(v[1:], " ")
	} else if last := v[len(v)-1]; last == '+' || last == '-' {
		negative = last == '-'
		v = bytes.TrimRight(v[:len(v)-1], " ")
	}
	mantissa, exponent := v, 0
	if i := bytes.IndexAny(v, "eE"); i >= 0 {
		var ok bool
		if exponent, ok = parseExponent(v[i+1:]); !ok {
			return 0, fault(v)
		}
		mantissa = v[:i]
	}
	digits, after, comma := 0, 0, false
	for _, c := range mantissa {
		switch {
		case c-'0' <= 9:
			digits++
			if comma {
				after++
			}
		case c == ',' && !comma:
			comma = true
		default:
			return 0, fault(v)
		}
	}
	if digits == 0 {
		return 0, fault(v)
	}
	return scale(mantissa, exponent-after, negative)
}

func parseExponent(v []byte) (n int, ok bool) {
	negative := len(v) > 0 && v[0] == '-'
	if len(v) > 0 && (v[0] == '-' || v[0] == '+') {
		v = v[1:]
	}
	for _, c := range v {
		if c-'0' > 9 {
			return 0, false
		}
		n = min(n*10+int(c-'0'), 1000)
	}
	if negative {
		n = -n
	}
	return n, len(v) > 0
}

// scale returns the digits of a mantissa times ten to a power, in ten-thousandths.
func scale(mantissa []byte, power int, negative bool) (compta.Montant, amountFault) {
	power += decimals
	var kept []byte
	for _, c := range mantissa {
		if c != ',' && (len(kept) > 0 || c != '0') {
			kept = append(kept, c-'0')
		}
	}
	if len(kept) == 0 {
		return 0, amountOK
	}
	result, up := amountOK, false
	if power < 0 {
		cut := max(len(kept)+power, 0)
		up = len(kept)+power >= 0 && kept[cut] >= 5
		for _, d := range kept[cut:] {
			if d != 0 {
				result = amountFine
			}
		}
		kept = kept[:cut]
		power = 0
	}
	var u int64
	for i := range len(kept) + power {
		d := int64(0)
		if i < len(kept) {
			d = int64(kept[i])
		}
		if u > (math.MaxInt64-10)/10 {
			return 0, amountLarge
		}
		u = u*10 + d
	}
	if up {
		u++
	}
	if negative {
		u = -u
	}
	return compta.Montant(u), result
}

// fault says why a text is no amount.
func fault(v []byte) amountFault {
	digit, mark := false, 0
	for _, c := range v {
		switch {
		case c-'0' <= 9:
			digit = true
		case c == '.':
			return amountPoint
		case c == ',' || c == ' ' || c == 0xa0 || c == 0xc2 || c == 0xe2 || c == 0x80 || c == 0xaf || c == '\'':
			mark++
		default:
			return amountSyntax
		}
	}
	if digit && mark > 0 {
		return amountThousand
	}
	return amountSyntax
}
