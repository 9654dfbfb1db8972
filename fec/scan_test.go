package fec

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestTheMarksOfABlockAreThoseOfItsBytes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	letters := []byte("\t|\n\r \x00\x1f\x7f\x80\xff!a0,")
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
		var quick, slow, want [3]marks
		var quickAt, slowAt [4 * block]uint32
		var wantAt []uint32
		n := scan(quick[:], quickAt[:], b, block, sep)
		m := scanGo(slow[:], slowAt[:], b, block, sep)
		isSep := func(c byte) bool { return c == sep || c == '\n' }
		for i, c := range b[block:] {
			m, bit, before := &want[i/block], uint64(1)<<(i%block), b[block+i-1]
			if isSep(c) {
				wantAt = append(wantAt, uint32(block+i))
			}
			switch {
			case c == '\n':
				m.end |= bit
			case c < ' ' && c != sep:
				m.ctl |= bit
			case c >= 0x80:
				m.high |= bit
			}
			last := i%block == block-1 // what follows is told by the block that follows
			if c == ' ' && (isSep(before) || !last && isSep(b[block+i+1])) || isSep(c) && before == ' ' && i%block == 0 {
				m.pad |= bit
			}
			m.any = m.high | m.ctl | m.pad
		}
		if quick != want || slow != want {
			t.Fatalf("%q:\nquick %x\nslow %x\nwant %x", b, quick, slow, want)
		}
		if !slices.Equal(quickAt[:n], wantAt) || !slices.Equal(slowAt[:m], wantAt) {
			t.Fatalf("%q: quick %d, slow %d, want %d", b, quickAt[:n], slowAt[:m], wantAt)
		}
	}
}
