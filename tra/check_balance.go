package tra

import (
	"cmp"
	"maps"
	"slices"
)

// pieceKey is journal, date and piece number as they stand in their columns.
type pieceKey struct {
	journal [3]byte
	date    [8]byte
	piece   [8]byte
}

// piece is the balance of the entries of one journal, date and piece number.
type piece struct {
	line           int // first one
	euro, devise   total
	euros, devises bool // every line has one
	name           [3]byte
	mixed          bool // more than one currency
	broken         bool
}

type journalState struct {
	code          [3]byte
	isDeclared    bool
	normalOnly    bool // mode BOR or LIB
	mode          string
	debit, credit total
	line          int // first entry
	partial       bool
}

func (j *journalState) declared(c *Checker) bool {
	if !j.isDeclared {
		_, j.isDeclared = c.refs.declared[keyOf(toJournal, j.code[:])]
	}
	return j.isDeclared
}

const (
	maxOpenPieces = 10_000
	maxJournals   = 10_000
)

// balance adds up debit and credit. A piece is complete when the next line belongs
// to another one. A piece that does not balance then is kept aside, because its
// lines may continue further on in a file that is not sorted; what still differs
// at the end is reported. Memory is flat as long as pieces balance, and bounded
// where they do not.
type balance struct {
	c             *Checker
	key           pieceKey
	cur           piece
	active        bool
	open          map[pieceKey]piece
	journals      map[[3]byte]*journalState
	last          *journalState
	debit, credit total
	partial       bool // some line has no euro amount
	dateKey       uint64
}

func (b *balance) init(c *Checker) {
	b.c, b.open, b.journals = c, map[pieceKey]piece{}, map[[3]byte]*journalState{}
}

// journal returns the state of a journal, nil where there are too many.
func (b *balance) journal(code [3]byte) *journalState {
	if b.last != nil && b.last.code == code {
		return b.last
	}
	j := b.journals[code]
	if j == nil {
		if len(b.journals) >= maxJournals {
			b.c.refs.tooMany()
			return nil
		}
		j = &journalState{code: code}
		b.journals[code] = j
	}
	b.last = j
	return j
}

func keyOfPiece(cols []byte) (k pieceKey) {
	k.journal = [3]byte(cols[ecr.journal.start:])
	k.date = [8]byte(cols[ecr.date.start:])
	k.piece = [8]byte(cols[ecr.piece.start:])
	return k
}

func (b *balance) add(rec *Record, cols []byte, j *journalState, a amount) {
	if key := keyOfPiece(cols); !b.active || key != b.key {
		b.close()
		b.key, b.active = key, true
		b.cur = piece{line: rec.Line, euros: true, devises: true}
	}
	p := &b.cur
	if a.broken {
		p.broken, b.partial = true, true
		if j != nil {
			j.partial = true
		}
		return
	}
	if a.hasDevise {
		name := [3]byte(cols[ecr.devise.start:])
		p.mixed = p.mixed || p.name != [3]byte{} && p.name != name
		p.name = name
		p.devise.Add(a.devise)
	} else {
		p.devises = false
	}
	if !a.hasEuro {
		p.euros, b.partial = false, true
		if j != nil {
			j.partial = true
		}
		return
	}
	p.euro.Add(a.euro)
	if j == nil {
		return
	}
	if j.line == 0 {
		j.line = rec.Line
	}
	if cols[ecr.sens.start] == 'D' {
		j.debit.Add(a.euro)
		b.debit.Add(a.euro)
	} else {
		j.credit.Add(-a.euro)
		b.credit.Add(-a.euro)
	}
}

// close ends the current piece.
func (b *balance) close() {
	if !b.active {
		return
	}
	b.active = false
	p := b.cur
	if len(b.open) > 0 {
		if before, ok := b.open[b.key]; ok {
			p = before.with(p)
		}
	}
	if !p.broken && p.balanced() {
		delete(b.open, b.key)
		return
	}
	if _, ok := b.open[b.key]; !ok && len(b.open) >= maxOpenPieces {
		b.report(b.key, p)
		return
	}
	b.open[b.key] = p
}

func (p piece) with(q piece) piece {
	p.euro.AddTotal(q.euro)
	p.devise.AddTotal(q.devise)
	p.euros, p.devises = p.euros && q.euros, p.devises && q.devises
	p.mixed = p.mixed || q.mixed || p.name != [3]byte{} && q.name != [3]byte{} && p.name != q.name
	p.broken = p.broken || q.broken
	return p
}

func (p *piece) balanced() bool {
	if p.euros {
		return p.euro.IsZero()
	}
	return p.devises && !p.mixed && p.devise.IsZero()
}

func (b *balance) report(k pieceKey, p piece) {
	if p.broken {
		return // the amounts themselves have findings
	}
	at := Finding{Line: p.line, Column: ecr.montant[0].Pos, Record: lEcr.ID, Field: ecr.montant[0].Name}
	journal, date, number := clean(k.journal[:]), clean(k.date[:]), clean(k.piece[:])
	difference, unit := p.euro, "euros"
	if !p.euros {
		if !p.devises || p.mixed {
			b.c.out.Add(ruleEquiInconnu, at, "Journal %s, date %s, pièce %s : l’équilibre ne peut pas être vérifié, car des lignes n’ont pas de montant en euros.", journal, date, number)
			return
		}
		difference, unit = p.devise, clean(p.name[:])
	}
	b.c.out.Add(ruleEquilibre, at, "Journal %s, date %s, pièce %s : débit moins crédit = %s %s ; la pièce doit être équilibrée.", journal, date, number, difference, unit)
}

func (b *balance) finish() {
	b.close()
	keys := slices.SortedFunc(maps.Keys(b.open), func(a, c pieceKey) int { return cmp.Compare(b.open[a].line, b.open[c].line) })
	for _, k := range keys {
		b.report(k, b.open[k])
	}
	journals := slices.SortedFunc(maps.Values(b.journals), func(a, c *journalState) int { return cmp.Compare(a.line, c.line) })
	for _, j := range journals {
		if !j.partial && j.debit != j.credit {
			at := Finding{Line: j.line, Record: lEcr.ID, Field: ecr.journal.Name}
			b.c.out.Add(ruleEquiJournal, at, "Journal %s : débit %s, crédit %s ; ils doivent être égaux.", clean(j.code[:]), j.debit, j.credit)
		}
	}
	if b.partial {
		b.c.out.Once(ruleEquiInconnu, "", Finding{Record: lEcr.ID}, "Des écritures n’ont pas de montant lisible en euros : l’équilibre du fichier et de leurs journaux n’est pas vérifié.")
	} else if b.debit != b.credit {
		b.c.out.Add(ruleEquiFichier, Finding{Record: lEcr.ID}, "Fichier : débit %s, crédit %s ; ils doivent être égaux.", b.debit, b.credit)
	}
}

// date checks that an entry lies in one of the file's exercices.
func (b *balance) date(rec *Record, cols []byte) {
	v := cols[ecr.date.start:ecr.date.end]
	key := pack(v)
	if key == b.dateKey || len(b.c.exos.list) == 0 {
		return
	}
	d, ok := parseDate(v)
	if !ok || d.IsZero() {
		return
	}
	for i := range b.c.exos.list {
		if x := &b.c.exos.list[i]; d.Compare(x.Debut) >= 0 && d.Compare(x.Fin) <= 0 {
			b.dateKey = key
			return
		}
	}
	b.c.out.Add(ruleHorsExo, at(rec, ecr.date), "%s n’est dans aucun exercice (EXO) du fichier.", d.FR())
}
