package fec

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unicode/utf8"
)

// scans are all that there are for this processor.
var scans = map[string]func([]marks, []uint64, []uint32, []uint32, []byte, int, int, byte, uint64) (n, lines int){"go": scanGo, "scan": scan}

func TestTheMarksOfABlockAreThoseOfItsBytes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	letters := []byte("\t|\n\r \x00\x1f\x7f\x80\xbf\xc0\xc1\xc2\xdf\xe0\xff!a0,")
	for round := range 3000 {
		b := make([]byte, 4*block)
		for i := range b {
			switch rng.IntN(1 + round%5) {
			case 0:
				b[i] = letters[rng.IntN(len(letters))]
			case 1:
				b[i] = byte(rng.IntN(256))
			default:
				b[i] = 'a'
			}
		}
		sep := "\t|"[rng.IntN(2)]
		const base = 7
		lax := uint64(0)
		if round%2 == 0 {
			lax--
		}
		var want [3]marks
		var wantOdd [3]uint64
		var wantAt, wantEnds []uint32
		isSep := func(c byte) bool { return c == sep || c == '\n' }
		for i, c := range b[block:] {
			m, bit, before := &want[i/block], uint64(1)<<(i%block), b[block+i-1]
			if c == '\n' {
				wantEnds = append(wantEnds, uint32(base+len(wantAt)))
			}
			if isSep(c) {
				wantAt = append(wantAt, uint32(block+i))
			}
			switch {
			case c < ' ' && c != sep && c != '\n':
				m.ctl |= bit
			case c >= 0x80:
				m.high |= bit
			}
			last := i%block == block-1 // what follows is told by the block that follows
			if c == ' ' && (isSep(before) || !last && isSep(b[block+i+1])) || isSep(c) && before == ' ' && i%block == 0 {
				m.pad |= bit
			}
			pair := i/block*block <= i-1 && utf8.Valid(b[block+i-1:block+i+1]) || !last && utf8.Valid(b[block+i:block+i+2])
			if lax != 0 && c >= 0x80 && pair {
				bit = 0
			} else {
				bit &= m.high
			}
			wantOdd[i/block] |= bit | m.ctl | m.pad
		}
		for name, scan := range scans {
			var got [3]marks
			var odd [3]uint64
			var at, ends [4 * block]uint32
			n, lines := scan(got[:], odd[:], at[:], ends[:], b, block, base, sep, lax)
			if got != want || odd != wantOdd {
				t.Fatalf("%s: %q:\n%x %x\nwant %x %x", name, b, got, odd, want, wantOdd)
			}
			if !slices.Equal(at[:n], wantAt) || !slices.Equal(ends[:lines], wantEnds) {
				t.Fatalf("%s: %q: %d, %d, want %d, %d", name, b, at[:n], ends[:lines], wantAt, wantEnds)
			}
		}
	}
}
