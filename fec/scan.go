package fec

import (
	"encoding/binary"
	"math/bits"
)

// marks says what each of 64 bytes is, a bit for each.
type marks struct {
	high uint64 // beyond ASCII
	ctl  uint64 // a control character, neither the separator nor LF
	pad  uint64 // a blank beside a separator or LF, or what it is beside
}

const (
	block = 64 // bytes that marks are made of

	ones   = 0x0101010101010101
	highs  = 0x8080808080808080
	lows   = 0x7f7f7f7f7f7f7f7f
	gather = 0x0002040810204081 // times 80s: a bit for each of them in the highest byte
)

// scanGo marks the blocks of 64 bytes that follow a place of buf, which has a byte
// before it: out says what they are, odd where any of that is. It notes the places of
// their separators and LFs, and in ends which of the places are those of LFs, counted
// from base; it returns how many there are of each. Where lax is all ones rather than
// 0, letters of two bytes in UTF-8 are not odd. It may write over sixteen places
// and one end more. It is what scan does where the processor has no instructions for
// more.
func scanGo(out []marks, odd []uint64, places, ends []uint32, buf []byte, from, base int, sep byte, lax uint64) (n, lines int) {
	pattern := uint64(sep) * ones
	before := buf[from-1]
	wasSep, wasBlank := bit(before == sep || before == '\n'), bit(before == ' ')
	for k := range out {
		m := marks{}
		var seps, blanks, end uint64
		in := (*[block]byte)(buf[from:])
		for i := 0; i < block; i += 8 {
			x := binary.LittleEndian.Uint64(in[i : i+8])
			sep, lf, blank := equal(x, pattern), equal(x, '\n'*ones), equal(x, ' '*ones)
			ctl := ^((x | highs) - ' '*ones) & highs &^ (x | sep | lf)
			seps = seps>>8 | sep*gather&(0xff<<56)
			blanks = blanks>>8 | blank*gather&(0xff<<56)
			end = end>>8 | lf*gather&(0xff<<56)
			m.high = m.high>>8 | (x&highs)*gather&(0xff<<56)
			m.ctl = m.ctl>>8 | ctl*gather&(0xff<<56)
		}
		seps |= end
		m.pad = blanks&(seps<<1|seps>>1|wasSep) | seps&wasBlank
		odd[k] = m.high&^(letters(in, m.high)&lax) | m.ctl | m.pad
		wasSep, wasBlank = seps>>63, blanks>>63
		out[k] = m
		for t := seps; t != 0; t &= t - 1 {
			at := bits.TrailingZeros64(t)
			if end>>at&1 != 0 {
				ends[lines] = uint32(base + n)
				lines++
			}
			places[n] = uint32(from + at)
			n++
		}
		from += block
	}
	return n, lines
}

// letters says which bytes of a block, among those beyond ASCII, are letters of two
// bytes that are both in it.
func letters(in *[block]byte, high uint64) (found uint64) {
	for t := high & (high >> 1); t != 0; t &= t - 1 {
		at := bits.TrailingZeros64(t)
		if c := in[at]; c >= 0xc2 && c < 0xe0 && in[at+1] < 0xc0 {
			found |= 3 << at
		}
	}
	return found
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// equal returns 80 in each byte of x that is the one of the pattern.
func equal(x, pattern uint64) uint64 {
	y := x ^ pattern
	return ^((y&lows + lows) | y | lows)
}
