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
	e := (*[width + 1]uint32)(l.ends)
	// Negative where there is a value.
	all := (e[0] + 1 - e[1]) & (e[1] + 1 - e[2]) & (e[2] + 1 - e[3]) & (e[4] + 1 - e[5]) & (e[5] + 1 - e[6]) &
		(e[8] + 1 - e[9]) & (e[10] + 1 - e[11])
	if int32(all) >= 0 || e[Montantdevise+1] != e[Montantdevise]+1 ||
		!c.knownDay(l, EcritureDate, e[3], e[4]) || !c.knownDay(l, PieceDate, e[9], e[10]) || !c.knownDay(l, ValidDate, e[15], e[16]) {
		return false
	}
	if e[DateLet+1] != e[DateLet]+1 && !c.knownDay(l, DateLet, e[DateLet], e[DateLet+1]) {
		return false
	}
	debit, ok := l.side(e[Debit]+1, e[Debit+1])
	credit, okToo := l.side(e[Credit]+1, e[Credit+1])
	if !ok || !okToo || (debit == 0) == (credit == 0) || debit|credit >= maxHeld {
		return false
	}
	c.e = e
	c.head(l)
	if t := &c.accounts; t.last < 0 || !bytes.Equal(t.list[t.list[t.last].next].pair, l.buf[e[CompteNum]+1:e[CompteLib+1]]) {
		before := t.last
		c.general(l)
		if before >= 0 && t.last >= 0 {
			t.list[before].next = t.last
		}
	} else {
		t.last = t.list[t.last].next
	}
	if e[CompAuxLib+1] != e[CompAuxNum]+2 { // the two are not both empty
		c.auxiliary(l)
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

// knownDay says whether there is a day of our time between two places, most likely the
// one that was there last.
func (c *Checker) knownDay(l *Line, id ID, before, end uint32) bool {
	return end-before == 9 && (binary.LittleEndian.Uint64(l.buf[before+1:]) == c.dates[id] || c.newDay(l, id, before+1))
}

func (c *Checker) newDay(l *Line, id ID, from uint32) bool {
	_, fault := parseDate(l.buf[from : from+8])
	if fault == dateOK {
		c.dates[id] = binary.LittleEndian.Uint64(l.buf[from:])
	}
	return fault == dateOK
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
