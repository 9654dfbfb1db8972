package fec

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
)

// maxTracked is how many accounts, open letters and scattered entries the cross
// checks keep, each.
const maxTracked = 1 << 18

const maxJournals = 10_000

type journal struct {
	index         uint32
	code, lib     text
	names         string // both as they stand in a file whose columns are those of the text
	run, inFile   *run   // of its numbers, those used last: among its own, and among those of the file
	line          int
	debit, credit compta.Total
	partial       bool
	aNouveaux     bool
	told          bool
	toldOrder     bool
	last          uint64 // the number that came last, with its ValidDate
	lastValid     int
}

// entry is the lines of one journal and number that follow each other.
type entry struct {
	active  bool
	journal *journal
	num     []byte
	numWord uint64
	line    int
	sum     compta.Total
	bad     bool
	text    dayText // of its date
	date    compta.Date
	day     *daySum
	outside bool // of the exercice
}

type entryKey struct {
	journal uint32
	num     uint64
}

type openEntry struct {
	num  string
	line int
	sum  compta.Total
	bad  bool
}

type daySum struct {
	line int
	sum  compta.Total
	bad  bool
}

// entry applies the rules between fields and between lines.
func (c *Checker) entry(l *Line) {
	c.head(l)
	c.general(l)
	c.auxiliary(l)
	c.sums(l, c.cur.journal)
}

// head looks at what the lines of an entry have in common: its journal, its number and
// its date.
func (c *Checker) head(l *Line) {
	e := &c.cur
	if c.e != nil && len(c.prefix) > 0 && bytes.Equal(l.buf[c.e[0]+1:c.e[EcritureDate+1]], c.prefix) {
		return
	}
	num, code := c.span(EcritureNum), c.span(JournalCode)
	same := e.active && num.size() == len(e.num) && l.word(num) == e.numWord && (num.size() <= 8 || bytes.Equal(c.val(l, EcritureNum), e.num)) &&
		(e.journal.code.is(l, code) || code.size() == 0 || len(e.journal.code.b) == 0)
	if !same {
		e.numWord = l.word(num)
		c.nextEntry(l, c.val(l, EcritureNum))
	}
	j := e.journal
	if lib := c.span(JournalLib); !j.lib.is(l, lib) && !j.told && lib.size() > 0 {
		if len(j.lib.b) == 0 {
			j.lib = l.keep(lib)
		} else {
			j.told = true
			c.out.Add(ruleLibJal, c.at(l, JournalLib), "Le journal %s s’appelle ici « %s », et « %s » à la ligne %d : donnez-lui un seul libellé.", clean(l.text(j.code.b)), clean(l.text(c.val(l, JournalLib))), clean(l.text(j.lib.b)), j.line)
		}
	}
	c.entryDate(l, same)
	c.prefix = c.prefix[:0]
	if c.e != nil && e.text.size > 0 { // the first columns are those four
		c.prefix = l.kept(c.prefix, c.e[0]+1, c.e[EcritureDate+1])
	}
}

func (c *Checker) nextEntry(l *Line, num []byte) {
	e := &c.cur
	c.closeEntry()
	e.active, e.line, e.sum, e.bad = true, l.Number, compta.Total{}, false
	e.num = append(e.num[:0], num...)
	if e.journal == nil || !e.journal.code.is(l, c.span(JournalCode)) {
		e.journal = c.journalOf(l)
	}
	j := e.journal
	c.entries++
	if j.aNouveaux {
		if c.others {
			c.out.Once(ruleAN, "", c.at(l, JournalCode), "Les à-nouveaux (journal %s) doivent précéder les autres écritures.", clean(l.text(j.code.b)))
		}
	} else {
		c.others = true
	}
	if len(num) > 0 {
		c.number(l, j, num)
	}
}

func (c *Checker) journalOf(l *Line) *journal {
	lately := c.latelyAt(l, c.span(JournalCode))
	if j := *lately; j != nil && j.code.is(l, c.span(JournalCode)) {
		return j
	}
	code := c.val(l, JournalCode)
	if j := c.journals[string(code)]; j != nil {
		*lately = j
		return j
	}
	j := &journal{index: uint32(len(c.journals)), code: l.keep(c.span(JournalCode)), lib: l.keep(c.span(JournalLib)), line: l.Number}
	j.aNouveaux = aNouveaux(strings.ToUpper(l.text(j.code.b)), strings.ToLower(l.text(j.lib.b)))
	if len(c.journals) >= maxJournals {
		c.tooMany()
		return j
	}
	c.journals[string(code)] = j
	return j
}

// latelyAt is where a journal stands that was looked for lately.
func (c *Checker) latelyAt(l *Line, code span) **journal {
	return &c.lately[hashOf(l, code)>>8%uint32(len(c.lately))]
}

// aNouveaux says whether a journal is that of the balances carried forward.
func aNouveaux(code, lib string) bool {
	switch code {
	case "AN", "ANO", "RAN", "A-N", "ANV", "ANOUV":
		return true
	}
	return strings.Contains(lib, "nouveau")
}

// number notes the number of a new entry.
func (c *Checker) number(l *Line, j *journal, num []byte) {
	n, ok := c.numbers.add(j, num, l.Number)
	if !ok || j.toldOrder {
		return
	}
	valid := 0
	if s := c.span(ValidDate); s.size() == 0 {
		return
	} else if c.valid.is(l, s) {
		valid = c.validDay
	} else {
		if d, fault := parseDate(c.val(l, ValidDate)); fault == dateOK {
			valid = d.Year*10_000 + int(d.Month)*100 + d.Day
		}
		c.valid, c.validDay = l.textOfDay(s), valid
	}
	if valid == 0 {
		return
	}
	if n > j.last && valid < j.lastValid {
		j.toldOrder = true
		c.out.Add(ruleValid, c.at(l, ValidDate), "L’écriture %s du journal %s est validée avant la précédente : la numérotation doit suivre l’ordre de validation (signalé une fois par journal).", clean(l.text(num)), clean(l.text(j.code.b)))
	}
	j.last, j.lastValid = n, valid
}

// entryDate follows the date of the entry: exercice, sums by day.
func (c *Checker) entryDate(l *Line, same bool) {
	e := &c.cur
	v := c.span(EcritureDate)
	if e.text.size == 0 || !e.text.is(l, v) {
		d, fault := parseDate(c.val(l, EcritureDate))
		if same && e.text.size > 0 && v.size() > 0 && len(e.num) > 0 && (d != e.date || d.IsZero()) {
			c.out.Once(ruleUneDate, "", c.at(l, EcritureDate), "L’écriture %s a des lignes de dates différentes (signalé une fois).", clean(l.text(e.num)))
		}
		c.flush()
		e.text, e.date, e.day, e.outside = l.textOfDay(v), compta.Date{}, nil, false
		if fault != dateOK && fault != dateYear {
			return
		}
		e.date = d
		day := d.Year*10_000 + int(d.Month)*100 + d.Day
		if e.day = c.days[day]; e.day == nil {
			e.day = &daySum{line: l.Number}
			c.days[day] = e.day
		}
		e.outside = !c.exercice.IsZero() && !c.exercice.Contains(d)
		same = false
	}
	if e.outside && !same {
		reversal := ""
		if e.date == c.exercice.Fin.Next() {
			reversal = " Si c’est l’extourne d’une écriture de clôture, elle est juste dans un fichier à importer, mais le FEC à remettre pour cet exercice ne la contient pas : elle va dans celui de l’exercice suivant."
		}
		c.out.Add(ruleExercice, c.at(l, EcritureDate), "%s n’est pas dans l’exercice, du %s au %s.%s", e.date.FR(), c.exercice.Debut.FR(), c.exercice.Fin.FR(), reversal)
	}
}

// sums adds the amounts of the line to what they belong to.
func (c *Checker) sums(l *Line, j *journal) {
	e := &c.cur
	debit, credit := c.amounts[Debit], c.amounts[Credit]
	if c.h.hasSides() {
		debit, credit = c.sides(l)
	} else if !c.h.hasAmounts() { // which is said once, of the first line
		c.bad = true
	} else if (debit == 0) == (credit == 0) && !c.bad {
		if debit == 0 {
			c.out.Add(ruleDeux, c.at(l, Debit), "La ligne n’a ni débit ni crédit.")
		} else {
			c.out.Add(ruleDeux, c.at(l, Credit), "La ligne a un débit et un crédit : gardez l’un des deux.")
		}
	}
	if c.bad {
		e.bad, j.partial, c.partial = true, true, true
		if e.day != nil {
			e.day.bad = true
		}
		return
	}
	e.sum.Add(debit)
	e.sum.Add(-credit)
	j.debit.Add(debit)
	j.credit.Add(credit)
	if e.day != nil {
		e.day.sum.Add(debit)
		e.day.sum.Add(-credit)
	}
	c.lettered(l, debit, credit)
}

// lettered looks at the letter of a line.
func (c *Checker) lettered(l *Line, debit, credit compta.Montant) {
	if let := c.span(EcritureLet); let.size() > 0 {
		c.letter(l, let, c.span(DateLet), debit, credit)
	} else if c.span(DateLet).size() > 0 {
		c.out.Once(ruleDateLet, "", c.at(l, DateLet), "DateLet est rempli sans EcritureLet (signalé une fois).")
	}
}

// sides turns Montant and Sens into debit and credit.
func (c *Checker) sides(l *Line) (debit, credit compta.Montant) {
	m := c.amounts[Montant]
	debtor, ok := sense(c.val(l, Sens))
	switch {
	case !ok:
		c.bad = true
		c.out.Add(ruleSens, c.at(l, Sens), "« %s » : D ou C attendu (ou +1, -1).", clean(l.text(c.val(l, Sens))))
	case m == 0 && !c.bad:
		c.out.Add(ruleDeux, c.at(l, Montant), "La ligne n’a ni débit ni crédit.")
	}
	if debtor {
		return m, 0
	}
	return 0, m
}

func sense(v []byte) (debit, ok bool) {
	switch string(v) {
	case "D", "d", "+1", "1", "+":
		return true, true
	case "C", "c", "-1", "-":
		return false, true
	}
	return false, false
}

// closeEntry ends the current entry. One that does not balance is kept aside,
// because its lines may go on further down.
func (c *Checker) closeEntry() {
	e := &c.cur
	if !e.active {
		return
	}
	c.flush()
	e.active = false
	if len(e.num) == 0 || len(c.open) == 0 && !e.bad && e.sum.IsZero() { // without a number nobody knows which lines are one
		return
	}
	key := entryKey{e.journal.index, maphash.Bytes(seed, e.num)}
	before, again := c.open[key]
	if again {
		before.sum.AddTotal(e.sum)
		before.bad = before.bad || e.bad
	} else {
		if !e.bad && e.sum.IsZero() {
			return
		}
		if len(c.open) >= maxTracked {
			c.tooMany()
			return
		}
		before = openEntry{num: string(e.num), line: e.line, sum: e.sum, bad: e.bad}
	}
	if again && !before.bad && before.sum.IsZero() {
		delete(c.open, key)
		return
	}
	c.open[key] = before
}

// balances reports what does not balance: entries, journals, days, the file.
func (c *Checker) balances() {
	place := func(line int) compta.Finding {
		if c.h.hasSides() {
			return c.place(line, Montant)
		}
		return c.place(line, Debit)
	}
	first := 0
	keys := slices.SortedFunc(maps.Keys(c.open), func(a, b entryKey) int { return cmp.Compare(c.open[a].line, c.open[b].line) })
	for _, k := range keys {
		o := c.open[k]
		if o.bad || c.over && len(c.open) >= maxTracked {
			continue
		}
		if first == 0 {
			first = o.line
		}
		c.out.Add(ruleEquilibre, place(o.line), "L’écriture %s n’est pas équilibrée : débit moins crédit = %s.", clean(o.num), o.sum)
	}
	for _, j := range slices.SortedFunc(maps.Values(c.journals), func(a, b *journal) int { return cmp.Compare(a.line, b.line) }) {
		c.debit.AddTotal(j.debit)
		c.credit.AddTotal(j.credit)
		if !j.partial && !c.partial && j.debit != j.credit && c.blanks[JournalCode].n == 0 {
			c.out.Add(ruleEquiJour, place(j.line), "Le journal %s n’est pas équilibré : débit %s, crédit %s.", clean(string(j.code.b)), j.debit, j.credit)
		}
	}
	if len(c.days) > 1 {
		for _, day := range slices.SortedFunc(maps.Keys(c.days), func(a, b int) int { return cmp.Compare(c.days[a].line, c.days[b].line) }) {
			if d := c.days[day]; !d.bad && !d.sum.IsZero() {
				c.out.Add(ruleEquiDate, place(d.line), "La journée du %02d/%02d/%04d n’est pas équilibrée : débit moins crédit = %s.", day%100, day/100%100, day/10_000, d.sum)
			}
		}
	}
	if !c.partial && c.debit != c.credit {
		where := "."
		if first > 0 {
			where = " ; voyez d’abord l’écriture de la ligne " + strconv.Itoa(first) + "."
		}
		c.out.Add(ruleEquiTotal, place(max(first, 2)), "Le fichier n’est pas équilibré : débit %s, crédit %s%s", c.debit, c.credit, where)
	}
}

func lines(n int) string { return strconv.Itoa(n) + " ligne" + plural(n) }

func plural(n int) string {
	if n < 2 {
		return ""
	}
	return "s"
}
