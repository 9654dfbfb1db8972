package fec

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"maps"
	"slices"

	"github.com/passerelle-hub/passerelle/compta"
)

// account is an account, or a third party, as it stood first.
type account struct {
	num, lib []byte
	line     int
	told     bool
}

// table finds accounts by their number.
type table struct {
	slots []slot // a power of two
	list  []account
	last  int32 // the account found last
}

type slot struct {
	hash uint32
	at   int32 // in list, plus one
}

func (t *table) init() { t.slots, t.last = make([]slot, 1<<10), -1 }

// find returns the account of that number, and adds it where there is room.
func (t *table) find(num []byte) (at int32, isNew bool) {
	if t.last >= 0 && bytes.Equal(t.list[t.last].num, num) {
		return t.last, false
	}
	h := uint32(maphash.Bytes(seed, num))
	mask := uint32(len(t.slots) - 1)
	i := h & mask
	for t.slots[i].at != 0 {
		if s := t.slots[i]; s.hash == h && bytes.Equal(t.list[s.at-1].num, num) {
			t.last = s.at - 1
			return t.last, false
		}
		i = (i + 1) & mask
	}
	if len(t.list) >= maxTracked {
		return -1, true
	}
	t.list = append(t.list, account{num: bytes.Clone(num)})
	t.slots[i] = slot{h, int32(len(t.list))}
	t.last = int32(len(t.list) - 1)
	if len(t.list)*2 > len(t.slots) {
		t.grow()
	}
	return t.last, true
}

func (t *table) grow() {
	old := t.slots
	t.slots = make([]slot, 2*len(old))
	mask := uint32(len(t.slots) - 1)
	for _, s := range old {
		if s.at == 0 {
			continue
		}
		i := s.hash & mask
		for t.slots[i].at != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}

// account checks the account and the third party of a line.
func (c *Checker) account(l *Line) {
	if num := c.vals[CompteNum]; len(num) > 0 {
		if c.label(l, &c.accounts, num, c.vals[CompteLib], CompteLib, ruleLibCompte, "Le compte") && !threeDigits(num) {
			c.out.Add(ruleCompte, c.at(l, CompteNum), "« %s » : un numéro de compte commence par trois chiffres, ceux du plan comptable.", clean(l.text(num)))
		}
	}
	num, lib := c.vals[CompAuxNum], c.vals[CompAuxLib]
	if len(num) > 0 {
		c.label(l, &c.tiers, num, lib, CompAuxLib, ruleLibAux, "Le compte auxiliaire")
	}
	if (len(num) == 0) != (len(lib) == 0) && c.h.rank[CompAuxNum] >= 0 && c.h.rank[CompAuxLib] >= 0 {
		c.out.Once(ruleAux, "", c.at(l, CompAuxNum), "CompAuxNum et CompAuxLib vont ensemble : l’un est rempli et l’autre non (signalé une fois).")
	}
}

// label compares the label of an account with the one that it had first; it says
// whether this is the first time.
func (c *Checker) label(l *Line, t *table, num, lib []byte, id ID, rule *compta.Rule, what string) bool {
	at, isNew := t.find(num)
	if at < 0 {
		c.tooMany()
		return false
	}
	a := &t.list[at]
	if isNew {
		a.line, a.lib = l.Number, bytes.Clone(lib)
		return true
	}
	if bytes.Equal(a.lib, lib) || a.told || len(lib) == 0 {
		return false
	}
	if len(a.lib) == 0 {
		a.lib = bytes.Clone(lib)
		return false
	}
	a.told = true
	c.out.Add(rule, c.at(l, id), "%s %s s’appelle ici « %s », et « %s » à la ligne %d : donnez-lui un seul libellé.", what, clean(l.text(num)), clean(l.text(lib)), clean(l.text(a.lib)), a.line)
	return false
}

func threeDigits(num []byte) bool {
	return len(num) >= 3 && num[0]-'0' <= 9 && num[1]-'0' <= 9 && num[2]-'0' <= 9
}

// letterKey is a letter of one account, or of one third party.
type letterKey struct {
	letter uint64 // hash
	at     int32
	tiers  bool
}

type letterSum struct {
	sum  compta.Montant
	line int32
	text [8]byte // of the letter, as far as it fits
	size uint8
	over bool
}

// letter adds a line to its letter. A letter that balances is forgotten: if it
// comes back, it starts from nothing, which is right.
func (c *Checker) letter(l *Line, let []byte, debit, credit compta.Montant) {
	if len(c.vals[DateLet]) == 0 && c.h.rank[DateLet] >= 0 {
		c.out.Once(ruleDateLet, "", c.at(l, DateLet), "EcritureLet est rempli sans DateLet (signalé une fois).")
	}
	if partialLetter(let) {
		return
	}
	if len(c.vals[CompteNum]) == 0 {
		return // a finding says so already
	}
	k := letterKey{letter: maphash.Bytes(seed, let), at: c.accounts.last}
	if len(c.vals[CompAuxNum]) > 0 {
		k.at, k.tiers = c.tiers.last, true
	}
	s, again := c.letters[k]
	if !again {
		if len(c.letters) >= maxTracked {
			c.tooMany()
			return
		}
		s.line, s.size = int32(l.Number), uint8(min(len(let), 255))
		copy(s.text[:], let)
	}
	for _, m := range [...]compta.Montant{debit, -credit} {
		sum := s.sum + m
		s.over = s.over || (s.sum < 0) == (m < 0) && (sum < 0) != (m < 0)
		s.sum = sum
	}
	if again && s.sum == 0 && !s.over {
		delete(c.letters, k)
		return
	}
	c.letters[k] = s
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
	keys := slices.SortedFunc(maps.Keys(c.letters), func(a, b letterKey) int { return cmp.Compare(c.letters[a].line, c.letters[b].line) })
	for _, k := range keys {
		s := c.letters[k]
		if s.over || s.sum == 0 {
			continue
		}
		t := &c.accounts
		if k.tiers {
			t = &c.tiers
		}
		name := string(s.text[:min(int(s.size), len(s.text))])
		if int(s.size) > len(s.text) {
			name += "…"
		}
		c.out.Add(ruleLettre, c.place(int(s.line), EcritureLet), "La lettre « %s » du compte %s n’est pas équilibrée : débit moins crédit = %s.", clean(name), clean(string(t.list[k.at].num)), s.sum)
	}
}
