package fec

import (
	"bytes"
	"encoding/binary"

	"github.com/passerelle-hub/passerelle/compta"
)

// held is what the lines of the current entry have added up to and is not added to the
// sums that it belongs to.
type held struct {
	debit, credit compta.Montant
	lines         int
}

const (
	maxHeld      = 1 << 40 // of one amount
	maxHeldLines = 1 << 20
)

// usual checks a line of a file whose columns are those of the text, as most lines
// are: nothing is missing, and no value gives a finding by itself. It says whether
// this is one; if not, nothing is noted and the line is another's to check.
func (c *Checker) usual(l *Line) bool {
	if l.quoted || l.padded || len(l.ends) != width+1 {
		return false
	}
	e, buf := (*[width + 1]uint32)(l.ends), l.buf
	// Negative where there is a value.
	all := (e[0] + 1 - e[1]) & (e[1] + 1 - e[2]) & (e[2] + 1 - e[3]) & (e[4] + 1 - e[5]) & (e[5] + 1 - e[6]) &
		(e[8] + 1 - e[9]) & (e[10] + 1 - e[11])
	// Of eight characters, and those that were there last.
	days := e[EcritureDate+1] - e[EcritureDate] ^ 9 | e[PieceDate+1] - e[PieceDate] ^ 9 | e[ValidDate+1] - e[ValidDate] ^ 9 | e[Montantdevise+1] - e[Montantdevise] ^ 1
	if int32(all) >= 0 || days != 0 {
		return false
	}
	if word(buf, e[EcritureDate]+1) != c.dates[EcritureDate] || word(buf, e[PieceDate]+1) != c.dates[PieceDate] || word(buf, e[ValidDate]+1) != c.dates[ValidDate] {
		if !c.newDay(l, EcritureDate, e) || !c.newDay(l, PieceDate, e) || !c.newDay(l, ValidDate, e) {
			return false
		}
	}
	if e[DateLet+1]-e[DateLet] != 1 && (e[DateLet+1]-e[DateLet] != 9 || !c.newDay(l, DateLet, e)) {
		return false
	}
	var debit, credit compta.Montant
	ok := true
	if e[Credit]-e[Debit] == 5 && binary.LittleEndian.Uint32(buf[e[Debit]+1:]) == nothing {
		credit, ok = l.side(e[Credit]+1, e[Credit+1])
		ok = ok && credit != 0
	} else {
		debit, ok = l.side(e[Debit]+1, e[Debit+1])
		if ok && (e[Credit+1]-e[Credit] != 5 || binary.LittleEndian.Uint32(buf[e[Credit]+1:]) != nothing) {
			credit, ok = l.side(e[Credit]+1, e[Credit+1])
		}
		ok = ok && (debit == 0) != (credit == 0)
	}
	if !ok || debit|credit >= maxHeld {
		return false
	}
	c.e = e
	if !bytes.Equal(buf[e[0]+1:e[EcritureDate+1]], c.prefix) {
		c.nextHead(l, e)
	}
	t := &c.accounts
	before := t.last
	if before < 0 || !bytes.Equal(t.list[t.list[before].next].pair, buf[e[CompteNum]+1:e[CompteLib+1]]) {
		if c.general(l); before >= 0 && t.last >= 0 {
			t.list[before].next = t.last
		}
	} else {
		t.last = t.list[before].next
	}
	if e[CompAuxLib+1] != e[CompAuxNum]+2 { // the two are not both empty
		t := &c.tiers
		pair := buf[e[CompAuxNum]+1 : e[CompAuxLib+1]]
		if t.last < 0 || !bytes.Equal(t.list[t.last].pair, pair) {
			before := t.last
			if before < 0 || !bytes.Equal(t.list[t.list[before].next].pair, pair) {
				if c.auxiliary(l); before >= 0 && t.last >= 0 {
					t.list[before].next = t.last
				}
			} else {
				t.last = t.list[before].next
			}
		}
	}
	h := &c.held
	h.debit += debit
	h.credit += credit
	if h.lines++; h.lines == maxHeldLines {
		c.flush()
	}
	if e[DateLet+1] != e[EcritureLet]+2 {
		c.lettered(l, debit, credit)
	}
	return true
}

func word(buf []byte, at uint32) uint64 { return binary.LittleEndian.Uint64(buf[at:]) }

// newDay says whether a column of eight characters holds a day of our time, and notes
// it as the last one.
func (c *Checker) newDay(l *Line, id ID, e *[width + 1]uint32) bool {
	from := e[id] + 1
	w := word(l.buf, from)
	if w == c.dates[id] {
		return true
	}
	if _, fault := parseDate(l.buf[from : from+8]); fault != dateOK {
		return false
	}
	c.dates[id] = w
	return true
}

// nextHead is head for a usual line that does not go on with an entry. What follows an
// entry that balances is most often another one of that day, in a journal that is
// known.
func (c *Checker) nextHead(l *Line, e *[width + 1]uint32) {
	cur, before := &c.cur, c.cur.journal
	names := l.buf[e[JournalCode]+1 : e[EcritureNum]+1]
	if len(c.prefix) > 0 && cur.active && !cur.outside && !cur.bad && len(c.open) == 0 && word(l.buf, e[EcritureDate]+1) == cur.dateKey {
		j := before
		if !bytes.Equal(j.names, names) {
			j = before.next
		}
		num := l.buf[e[EcritureNum]+1 : e[EcritureNum+1]]
		if j != nil && bytes.Equal(j.names, names) && !j.told && !j.aNouveaux && (j != before || !bytes.Equal(num, cur.num)) {
			if c.flush(); cur.sum.IsZero() {
				c.entries++
				c.others = true
				cur.journal, cur.line, cur.num = j, l.Number, append(cur.num[:0], num...)
				cur.numWord = l.word(span{e[EcritureNum] + 1, e[EcritureNum+1]})
				c.number(l, j, num)
				c.prefix = append(c.prefix[:0], l.buf[e[JournalCode]+1:e[EcritureDate+1]]...)
				return
			}
		}
	}
	c.head(l)
	j := cur.journal
	if before != nil {
		before.next = j
	}
	if code := c.span(JournalCode); j.names == nil && j.code.is(l, code) && j.lib.is(l, c.span(JournalLib)) {
		j.names = bytes.Clone(names)
	}
}

// nothing is 0,00 as a word.
const nothing = '0' | ','<<8 | '0'<<16 | '0'<<24

// side reads a debit or a credit.
func (l *Line) side(from, to uint32) (compta.Montant, bool) {
	if to-from == 4 && binary.LittleEndian.Uint32(l.buf[from:]) == nothing {
		return 0, true
	}
	s := span{from, to}
	if m, ok := l.amount(s); ok {
		return m, true
	}
	m, fault := parseAmount(l.buf[from:to])
	return m, fault == amountOK && m >= 0
}

// flush adds what is held to the sums of its entry, journal and day.
func (c *Checker) flush() {
	h, e := &c.held, &c.cur
	if h.lines == 0 {
		return
	}
	sum := h.debit - h.credit
	e.sum.Add(sum)
	e.journal.debit.Add(h.debit)
	e.journal.credit.Add(h.credit)
	if e.day != nil {
		e.day.sum.Add(sum)
	}
	*h = held{}
}
