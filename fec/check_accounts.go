package fec

import (
	"bytes"

	"github.com/passerelle-hub/passerelle/compta"
)

// account is an account, or a third party, as it stood first.
type account struct {
	num  []byte
	lib  text
	line int
	told bool
}

// table finds accounts by their number.
type table struct {
	slots []slot // a power of two
	list  []account
	last  int32  // the account found last
	slot  uint32 // its slot
}

type slot struct {
	word uint64 // the first eight bytes of the number
	hash uint32 // and its size in the lowest eight bits, as far as they hold it
	at   int32  // in list, plus one
	pair string // number and first label as they stand in a file whose columns are those of the text; "" while unknown
}

func (t *table) init() { t.slots, t.last = make([]slot, 1<<10), -1 }

// find returns the account of that number, and adds it where there is room.
func (t *table) find(l *Line, num span) (at int32, isNew bool) {
	if len(t.list)*4 >= len(t.slots)*3 {
		t.grow()
	}
	n, word := num.size(), l.word(num)
	h := hashOf(l, num)
	i := t.place(h)
	for ; ; i = (i + 1) & uint32(len(t.slots)-1) {
		s := &t.slots[i]
		if s.at == 0 {
			break
		}
		if s.word == word && s.hash == h && (n <= 8 || bytes.Equal(t.list[s.at-1].num, l.buf[num.from:num.to])) {
			t.last, t.slot = s.at-1, i
			return t.last, false
		}
	}
	if len(t.list) >= maxTracked {
		return -1, true
	}
	t.list = append(t.list, account{num: bytes.Clone(l.buf[num.from:num.to])})
	t.slots[i] = slot{word: word, hash: h, at: int32(len(t.list))}
	t.last, t.slot = int32(len(t.list)-1), i
	return t.last, true
}

// hashOf is what a number is looked for by.
func hashOf(l *Line, num span) uint32 {
	n := num.to - num.from
	if n > 8 {
		return uint32(l.hash(num))<<8 | min(n, 255)
	}
	return uint32((word(&l.buf[0], num.from)&masks[n])*multiplier>>32)<<8 | n
}

// knows says whether the account whose number and label stand there is one that has
// that label, and if so, that it is the one found last.
func (t *table) knows(l *Line, from, num, to uint32) bool {
	h, mask, buf := hashOf(l, span{from, num}), uint32(len(t.slots)-1), &l.buf[0]
	for i := h >> 8; ; i++ {
		s := &t.slots[i&mask]
		if s.hash == h && same(buf, from, to, s.pair) {
			t.last = s.at - 1
			return true
		}
		if s.at == 0 {
			return false
		}
	}
}

// place is where a hash is looked for first.
func (t *table) place(h uint32) uint32 { return h >> 8 & uint32(len(t.slots)-1) }

func (t *table) grow() {
	old := t.slots
	t.slots = make([]slot, 2*len(old))
	for _, s := range old {
		if s.at == 0 {
			continue
		}
		i := t.place(s.hash)
		for t.slots[i].at != 0 {
			i = (i + 1) & uint32(len(t.slots)-1)
		}
		t.slots[i] = s
	}
}

// general checks the account of a line.
func (c *Checker) general(l *Line) {
	if num := c.span(CompteNum); num.size() > 0 {
		if c.label(l, &c.accounts, num, c.span(CompteLib), CompteLib, ruleLibCompte, "Le compte") && !threeDigits(c.val(l, CompteNum)) {
			c.out.Add(ruleCompte, c.at(l, CompteNum), "« %s » : un numéro de compte commence par trois chiffres, ceux du plan comptable.", clean(l.text(c.val(l, CompteNum))))
		}
	}
}

// auxiliary checks the third party of a line.
func (c *Checker) auxiliary(l *Line) {
	num, lib := c.span(CompAuxNum), c.span(CompAuxLib)
	if num.size() > 0 {
		c.label(l, &c.tiers, num, lib, CompAuxLib, ruleLibAux, "Le compte auxiliaire")
	}
	if (num.size() == 0) != (lib.size() == 0) && c.h.rank[CompAuxNum] >= 0 && c.h.rank[CompAuxLib] >= 0 {
		c.out.Once(ruleAux, "", c.at(l, CompAuxNum), "CompAuxNum et CompAuxLib vont ensemble : l’un est rempli et l’autre non (signalé une fois).")
	}
}

// label compares the label of an account with the one that it had first; it says
// whether this is the first time.
func (c *Checker) label(l *Line, t *table, num, lib span, id ID, rule *compta.Rule, what string) bool {
	at, isNew := t.find(l, num)
	if at < 0 {
		c.tooMany()
		return false
	}
	a := &t.list[at]
	keep := func() {
		if s := &t.slots[t.slot]; c.e != nil && s.pair == "" {
			s.pair = string(l.buf[num.from:lib.to])
		}
	}
	if isNew {
		a.line, a.lib = l.Number, l.keep(lib)
		keep()
		return true
	}
	if a.lib.is(l, lib) {
		keep()
		return false
	}
	if a.told || lib.size() == 0 {
		return false
	}
	if len(a.lib.b) == 0 {
		a.lib = l.keep(lib)
		t.slots[t.slot].pair = ""
		keep()
		return false
	}
	a.told = true
	c.out.Add(rule, c.at(l, id), "%s %s s’appelle ici « %s », et « %s » à la ligne %d : donnez-lui un seul libellé.", what, clean(l.text(l.buf[num.from:num.to])), clean(l.text(l.buf[lib.from:lib.to])), clean(l.text(a.lib.b)), a.line)
	return false
}

func threeDigits(num []byte) bool {
	return len(num) >= 3 && num[0]-'0' <= 9 && num[1]-'0' <= 9 && num[2]-'0' <= 9
}
