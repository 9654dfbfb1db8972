package fec

import (
	"slices"

	"github.com/passerelle-hub/passerelle/compta"
)

// letterKey is a letter of one account, or of one third party.
type letterKey struct {
	letter uint64 // hash
	who    uint32 // place in its table, twice, plus one for a third party
}

func (k letterKey) hash() uint64 { return mix(k.letter, uint64(k.who)) }

type letterSum struct {
	key  letterKey
	line int32 // 0: there is none here
	sum  compta.Montant
	text [8]byte // of the letter, as far as it fits
	size uint8
	over bool
}

// letterTable holds the letters that do not balance so far. Most come and go, so it
// is a table with linear probing, whose gaps are closed at once.
type letterTable struct {
	slots []letterSum // a power of two
	n     int
}

func (t *letterTable) init() { t.slots = make([]letterSum, 1<<8) }

// find returns the place of a letter, or the one where it is to be put.
func (t *letterTable) find(k letterKey) (at uint64, found bool) {
	mask := uint64(len(t.slots) - 1)
	for at = k.hash() & mask; t.slots[at].line != 0; at = (at + 1) & mask {
		if t.slots[at].key == k {
			return at, true
		}
	}
	return at, false
}

// put fills an empty place that find returned.
func (t *letterTable) put(at uint64, s letterSum) {
	t.slots[at] = s
	t.n++
	if t.n*4 <= len(t.slots)*3 {
		return
	}
	old := t.slots
	t.slots = make([]letterSum, 2*len(old))
	for _, s := range old {
		if s.line != 0 {
			at, _ := t.find(s.key)
			t.slots[at] = s
		}
	}
}

// remove empties a place and moves up what stands behind it.
func (t *letterTable) remove(at uint64) {
	mask := uint64(len(t.slots) - 1)
	t.n--
	for next := (at + 1) & mask; t.slots[next].line != 0; next = (next + 1) & mask {
		home := t.slots[next].key.hash() & mask
		if (next-home)&mask >= (next-at)&mask {
			t.slots[at] = t.slots[next]
			at = next
		}
	}
	t.slots[at] = letterSum{}
}

// letter adds a line to its letter. A letter that balances is forgotten: if it
// comes back, it starts from nothing, which is right.
func (c *Checker) letter(l *Line, let, dateLet span, debit, credit compta.Montant) {
	if dateLet.size() == 0 && c.h.rank[DateLet] >= 0 {
		c.out.Once(ruleDateLet, "", c.at(l, DateLet), "EcritureLet est rempli sans DateLet (signalé une fois).")
	}
	v := l.buf[let.from:let.to]
	if partialLetter(v) {
		return
	}
	if c.span(CompteNum).size() == 0 {
		return // a finding says so already
	}
	k := letterKey{letter: l.hash(let), who: uint32(c.accounts.last) << 1}
	if c.span(CompAuxNum).size() > 0 {
		k.who = uint32(c.tiers.last)<<1 | 1
	}
	at, again := c.letters.find(k)
	if !again {
		if c.letters.n >= maxTracked {
			c.tooMany()
			return
		}
		s := letterSum{key: k, line: int32(l.Number), size: uint8(min(len(v), 255))}
		copy(s.text[:], v)
		s.add(debit)
		s.add(-credit)
		c.letters.put(at, s)
		return
	}
	s := &c.letters.slots[at]
	s.add(debit)
	s.add(-credit)
	if s.sum == 0 && !s.over {
		c.letters.remove(at)
	}
}

// add adds an amount; over stays where the sum did not fit.
func (s *letterSum) add(m compta.Montant) {
	sum := s.sum + m
	s.over = s.over || (s.sum < 0) == (m < 0) && (sum < 0) != (m < 0)
	s.sum = sum
}

// partialLetter says whether a letter marks lines that are not settled: * before
// it, as MyUnisoft writes, or lower case, as other products do.
func partialLetter(let []byte) bool {
	lower := false
	for _, b := range let {
		if b >= 'A' && b <= 'Z' {
			return let[0] == '*'
		}
		lower = lower || b >= 'a' && b <= 'z'
	}
	return lower || let[0] == '*'
}

func (c *Checker) lettersEnd() {
	if c.over {
		return
	}
	open := slices.DeleteFunc(c.letters.slots, func(s letterSum) bool { return s.line == 0 || s.over || s.sum == 0 })
	slices.SortFunc(open, func(a, b letterSum) int { return int(a.line) - int(b.line) })
	for _, s := range open {
		t := &c.accounts
		if s.key.who&1 == 1 {
			t = &c.tiers
		}
		name := string(s.text[:min(int(s.size), len(s.text))])
		if int(s.size) > len(s.text) {
			name += "…"
		}
		c.out.Add(ruleLettre, c.place(int(s.line), EcritureLet), "La lettre « %s » du compte %s n’est pas équilibrée : débit moins crédit = %s.", clean(name), clean(string(t.list[s.key.who>>1].num)), s.sum)
	}
}
