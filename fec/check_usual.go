package fec

import (
	"bytes"
	"unsafe"

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

// usual checks a line of a file whose first columns are those of the text, as most
// lines are: nothing is missing that a line must have, and no value gives a finding by
// itself. It says whether this is one; if not, nothing is noted and the line is
// another's to check. Values differ from line to line in ways that no processor
// foresees: there are few branches that depend on them.
func (c *Checker) usual(l *Line) bool {
	if l.quoted || l.padded || len(l.ends) < width+1 {
		return false
	}
	e, buf := (*[width + 1]uint32)(l.ends), &l.buf[0]
	// Negative where there is a value.
	all := (e[JournalCode] + 1 - e[JournalCode+1]) & (e[JournalLib] + 1 - e[JournalLib+1]) & (e[EcritureNum] + 1 - e[EcritureNum+1]) &
		(e[EcritureDate] + 1 - e[EcritureDate+1]) & (e[CompteNum] + 1 - e[CompteNum+1]) & (e[CompteLib] + 1 - e[CompteLib+1]) &
		(e[EcritureLib] + 1 - e[EcritureLib+1])
	if int32(all) >= 0 {
		return false
	}
	if c.dates[EcritureDate].differs(buf, e[EcritureDate]+1, e[EcritureDate+1])|c.dates[PieceDate].differs(buf, e[PieceDate]+1, e[PieceDate+1])|
		c.dates[ValidDate].differs(buf, e[ValidDate]+1, e[ValidDate+1]) != 0 {
		if !c.newDay(l, EcritureDate, e) || !c.newDay(l, PieceDate, e) || !c.newDay(l, ValidDate, e) {
			return false
		}
	}
	lettered := e[DateLet+1] != e[EcritureLet]+2
	if lettered && c.dates[DateLet].differs(buf, e[DateLet]+1, e[DateLet+1]) != 0 && !c.newDay(l, DateLet, e) {
		return false
	}
	if e[Montantdevise+1]-e[Montantdevise] != 1 && !l.readable(e[Montantdevise]+1, e[Montantdevise+1]) {
		return false
	}
	// The one amount, and on which side it is: 1 for the credit.
	var credits, other uint32
	if c.bySide {
		at := e[Credit]
		letter := byte(word(buf, at+1))
		credits = b2u(letter == 'C')
		if e[Credit+1]-at != 2 || letter != 'C' && letter != 'D' {
			return false
		}
	} else {
		if e[Debit+1]-e[Debit] == 5 && uint32(word(buf, e[Debit]+1)) == nothing {
			credits = 1
			if isNothing(buf, e[Credit]+1, e[Credit+1]) != 0 {
				return false
			}
		} else if e[Credit+1]-e[Credit] != 5 || uint32(word(buf, e[Credit]+1)) != nothing {
			credits, other = isNothing(buf, e[Debit]+1, e[Debit+1]), isNothing(buf, e[Credit]+1, e[Credit+1])
			if credits == other {
				return false
			}
		}
		other = credits
	}
	at := span{e[uint32(Debit)+other&1] + 1, e[uint32(Debit)+other&1+1]}
	m, ok := l.amount(at)
	if !ok {
		var fault amountFault
		m, fault = parseAmount(l.buf[at.from:at.to])
		ok = fault == amountOK
	}
	if !ok || m <= 0 || m >= maxHeld {
		return false
	}
	c.e = e
	if !same(buf, e[0]+1, e[EcritureDate+1], unsafe.String(unsafe.SliceData(c.prefix), len(c.prefix))) {
		c.nextHead(l, e)
	}
	if !c.accounts.knows(l, e[CompteNum]+1, e[CompteNum+1], e[CompteLib+1]) {
		c.general(l)
	}
	if e[CompAuxLib+1] != e[CompAuxNum]+2 && !c.tiers.knows(l, e[CompAuxNum]+1, e[CompAuxNum+1], e[CompAuxLib+1]) { // the two are not both empty
		c.auxiliary(l)
	}
	credit := m & -compta.Montant(credits)
	debit := m - credit
	h := &c.held
	h.debit += debit
	h.credit += credit
	if h.lines++; h.lines == maxHeldLines {
		c.flush()
	}
	if lettered {
		c.lettered(l, debit, credit)
	}
	if int32((e[PieceRef]+1-e[PieceRef+1])&(e[PieceDate]+1-e[PieceDate+1])&(e[ValidDate]+1-e[ValidDate+1])) >= 0 {
		for _, id := range [...]ID{PieceRef, PieceDate, ValidDate} {
			if e[id+1] == e[id]+1 {
				c.blank(l, &columns[id])
			}
		}
	}
	return true
}

func b2u(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// isNothing returns 1 for a side that is blank, 0 or 0,00.
func isNothing(buf *byte, from, to uint32) uint32 {
	n := to - from
	key := word(buf, from)&masks[min(n, 8)] | uint64(min(n, 9))<<56 // a longer one is none of these
	return b2u(key == 0) | b2u(key == '0'|1<<56) | b2u(key == nothing|4<<56)
}

// readable says whether an amount is one without a finding.
func (l *Line) readable(from, to uint32) bool {
	if _, ok := l.amount(span{from, to}); ok {
		return true
	}
	_, fault := parseAmount(l.buf[from:to])
	return fault == amountOK
}

// dayText is the text of a date, of eight to sixteen characters.
type dayText struct {
	head, tail uint64 // its first eight bytes, and its last eight
	size       uint32
}

// goodDay is 20000101: a date to begin with.
var goodDay = dayText{firstDay, firstDay, 8}

const firstDay = '2' | '0'<<8 | '0'<<16 | '0'<<24 | '0'<<32 | '1'<<40 | '0'<<48 | '1'<<56

// differs returns 0 where a text is that of the date, or blank.
func (d *dayText) differs(buf *byte, from, to uint32) uint64 {
	filled := uint64(int64(int32(from-to)) >> 63)
	return ((word(buf, from) ^ d.head) | (word(buf, to-8) ^ d.tail) | uint64((to-from)^d.size)) & filled
}

// is says whether a text is that of the date.
func (d *dayText) is(l *Line, s span) bool {
	return s.to-s.from == d.size && word(&l.buf[0], s.from) == d.head && word(&l.buf[0], s.to-8) == d.tail
}

// textOfDay keeps a text that may be compared, and nothing of another one.
func (l *Line) textOfDay(s span) dayText {
	if n := s.to - s.from; n < 8 || n > 16 {
		return dayText{}
	}
	return dayText{word(&l.buf[0], s.from), word(&l.buf[0], s.to-8), s.to - s.from}
}

// newDay says whether a column is blank or holds a day of our time, and notes it as
// the last one.
func (c *Checker) newDay(l *Line, id ID, e *[width + 1]uint32) bool {
	s := span{e[id] + 1, e[id+1]}
	if c.dates[id].differs(&l.buf[0], s.from, s.to) == 0 {
		return true
	}
	return c.goodDay(l, id, s)
}

// goodDay says whether a value is a day of our time, and notes it as the last one.
func (c *Checker) goodDay(l *Line, id ID, s span) bool {
	if _, fault := parseDate(l.buf[s.from:s.to]); fault != dateOK {
		return false
	}
	if t := l.textOfDay(s); t.size > 0 {
		c.dates[id] = t
	}
	return true
}

// nextHead is head for a usual line that does not go on with an entry. What follows an
// entry that balances is most often another one, in a journal that is known.
func (c *Checker) nextHead(l *Line, e *[width + 1]uint32) {
	cur := &c.cur
	code := span{e[JournalCode] + 1, e[JournalCode+1]}
	if len(c.prefix) > 0 && cur.active && !cur.bad && len(c.open) == 0 {
		j := *c.latelyAt(l, code)
		num := l.buf[e[EcritureNum]+1 : e[EcritureNum+1]]
		if j != nil && same(&l.buf[0], code.from, e[EcritureNum]+1, j.names) && !j.told && !j.aNouveaux && (j != cur.journal || !bytes.Equal(num, cur.num)) {
			if c.flush(); cur.sum.IsZero() {
				c.entries++
				c.others = true
				cur.journal, cur.line, cur.num = j, l.Number, l.kept(cur.num, e[EcritureNum]+1, e[EcritureNum+1])
				cur.numWord = l.word(span{e[EcritureNum] + 1, e[EcritureNum+1]})
				c.number(l, j, num)
				if day := (span{e[EcritureDate] + 1, e[EcritureDate+1]}); cur.outside || !cur.text.is(l, day) {
					c.entryDate(l, false)
				}
				c.prefix = l.kept(c.prefix, e[JournalCode]+1, e[EcritureDate+1])
				return
			}
		}
	}
	c.head(l)
	if j := cur.journal; j.names == "" && j.code.is(l, code) && j.lib.is(l, c.span(JournalLib)) {
		j.names = string(l.buf[code.from : e[EcritureNum]+1])
	}
}

// nothing is 0,00 as a word.
const nothing = '0' | ','<<8 | '0'<<16 | '0'<<24

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
