package recherche

// signe is which runs of three bytes a text has, each standing for one of its bits: a
// text that lacks a bit of a word does not hold the word. So a search looks at 64 bytes of most
// contracts instead of 300.
type signe [8]uint64

const (
	signeBits = 8 * 64
	gramme    = 3 // bytes of a run
)

// bitOf is the bit of a run.
func bitOf(a, b, c byte) uint32 {
	return (uint32(a)<<16 | uint32(b)<<8 | uint32(c)) * 0x9e3779b1 >> 23 % signeBits
}

// sign adds the runs of a text.
func (s *signe) sign(text []byte) {
	for i := gramme; i <= len(text); i++ {
		bit := bitOf(text[i-3], text[i-2], text[i-1])
		s[bit/64] |= 1 << (bit % 64)
	}
}

// signe are the runs of all words. Words of one or two bytes have none.
func (t Texte) signe() (s signe) {
	for _, word := range t.words {
		s.sign(word)
	}
	return s
}

// motSigne is a part of a signe in which bits are wanted.
type motSigne struct {
	at   int
	bits uint64
}

// mots are the parts that are not empty.
func (s *signe) mots() (list []motSigne) {
	for at, bits := range s {
		if bits != 0 {
			list = append(list, motSigne{at, bits})
		}
	}
	return list
}

// holds reports whether s has all bits that are wanted.
func (s *signe) holds(wanted []motSigne) bool {
	for _, w := range wanted {
		if s[w.at]&w.bits != w.bits {
			return false
		}
	}
	return true
}
