package fec

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/passerelle-hub/passerelle/compta"
)

const (
	maxPages = 1 << 14 // of 4,096 numbers, 512 bytes each
	maxHeads = 1 << 17
	maxRuns  = 10_000
	maxGaps  = 1000 // told one by one
)

// numbering knows which numbers of entries were seen, whatever their order: those of
// the file, and those of each journal. A number is what EcritureNum ends with; what
// stands before it makes a sequence of its own.
type numbering struct {
	file, journal map[runKey]*run
	pages, heads  int
	shared        bool // two journals have a number in common: each has its own sequence
	unread, line  int  // entries whose EcritureNum does not end with a number
	partial       bool
}

type runKey struct {
	journal uint32
	prefix  string
}

// run is the numbers of one prefix.
type run struct {
	key      runKey
	pages    map[uint64]*page
	lastKey  uint64
	last     *page
	min, max uint64
	n        int
	full     bool   // starts are noted no more
	starts   starts // numbers whose predecessor had not been seen
}

type page [64]uint64

type start struct {
	n    uint64
	line int
}

func (s *numbering) init() { s.file, s.journal = map[runKey]*run{}, map[runKey]*run{} }

// add notes the number of an entry and returns it.
func (s *numbering) add(of *journal, num []byte, line int) (n uint64, ok bool) {
	cut, n := numberAtEnd(num)
	if cut == len(num) {
		if s.unread++; s.unread == 1 {
			s.line = line
		}
		return 0, false
	}
	for cut > 0 && num[cut-1] == '0' {
		cut--
	}
	prefix := num[:cut]
	f := s.find(s.file, &of.inFile, 0, prefix)
	j := s.find(s.journal, &of.run, of.index, prefix)
	if f == nil || j == nil {
		return n, true
	}
	newInFile, newInJournal := f.add(s, n, line), j.add(s, n, line)
	if newInJournal && !newInFile {
		s.shared = true
	}
	return n, true
}

// numberAtEnd returns the number that a text ends with, of up to eighteen digits, and
// where it begins.
func numberAtEnd(num []byte) (cut int, n uint64) {
	cut, power := len(num), uint64(1)
	if len(num) <= 16 && len(num) > 0 { // most have up to eight digits
		var last [16]byte
		copy(last[16-len(num):], num)
		x := binary.LittleEndian.Uint64(last[8:])
		t := x ^ zeros
		others := (t&lows + 0x76*ones | t) & highs
		digits := bits.LeadingZeros64(others) / 8
		if digits < 8 {
			return cut - digits, eightDigits(x&^masks[8-digits] | zeros&masks[8-digits])
		}
	}
	for cut > 0 && len(num)-cut < 18 && num[cut-1]-'0' <= 9 {
		cut--
		n += uint64(num[cut]-'0') * power
		power *= 10
	}
	return cut, n
}

func (s *numbering) find(in map[runKey]*run, last **run, journal uint32, prefix []byte) *run {
	if r := *last; r != nil && r.key.journal == journal && r.key.prefix == string(prefix) {
		return r
	}
	k := runKey{journal, string(prefix)}
	r := in[k]
	if r == nil {
		if len(in) >= maxRuns {
			s.partial = true
			return nil
		}
		r = &run{key: k, pages: map[uint64]*page{}}
		in[k] = r
	}
	*last = r
	return r
}

// add notes a number; it says whether it is a new one.
func (r *run) add(s *numbering, n uint64, line int) bool {
	key := n >> 12
	p := r.last
	if p == nil || key != r.lastKey {
		if p = r.pages[key]; p == nil {
			if s.pages >= maxPages {
				s.partial = true
				return false
			}
			s.pages++
			p = &page{}
			r.pages[key] = p
		}
		r.last, r.lastKey = p, key
	}
	word, bit := &p[n>>6&63], uint64(1)<<(n&63)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	if r.n++; r.n == 1 {
		r.min, r.max = n, n
	}
	r.min, r.max = min(r.min, n), max(r.max, n)
	if n == 0 || !r.has(n-1) {
		if s.heads < maxHeads {
			s.heads++
			r.starts.add(start{n, line})
		} else if r.full {
			return true // more gaps than can be told one by one
		} else if before := r.starts.n; before == 0 {
			r.full = true
		} else {
			r.starts.keep(func(h start) bool { return h.n == 0 || !r.has(h.n-1) })
			s.heads -= before - r.starts.n
			if r.full = r.starts.n > before/2; r.starts.n < before { // another look may not be worth it
				r.starts.add(start{n, line})
				s.heads++
			}
		}
	}
	return true
}

// starts is a list that grows without being copied.
type starts struct {
	parts []*[startPart]start
	n     int
}

const startPart = 256

func (s *starts) add(h start) {
	if s.n == len(s.parts)*startPart {
		s.parts = append(s.parts, new([startPart]start))
	}
	s.parts[s.n/startPart][s.n%startPart] = h
	s.n++
}

func (s *starts) all(yield func(start) bool) {
	for i := range s.n {
		if !yield(s.parts[i/startPart][i%startPart]) {
			return
		}
	}
}

// keep keeps those that f is true for.
func (s *starts) keep(f func(start) bool) {
	kept := starts{parts: s.parts}
	for h := range s.all {
		if f(h) {
			kept.parts[kept.n/startPart][kept.n%startPart] = h
			kept.n++
		}
	}
	*s = kept
}

func (r *run) has(n uint64) bool {
	p := r.last
	if n>>12 != r.lastKey {
		if p = r.pages[n>>12]; p == nil {
			return false
		}
	}
	return p[n>>6&63]>>(n&63)&1 != 0
}

// blocks counts the sequences without gap that the numbers make.
func (r *run) blocks() int {
	n := 0
	for key, p := range r.pages {
		for i, w := range p {
			before := w << 1
			switch {
			case i > 0:
				before |= p[i-1] >> 63
			case key > 0:
				if q := r.pages[key-1]; q != nil {
					before |= q[63] >> 63
				}
			}
			n += bits.OnesCount64(w &^ before)
		}
	}
	return n
}

// judge reports the gaps: of the file, or of the journals where each has a sequence
// of its own.
func (s *numbering) judge(c *Checker) {
	if s.unread > 0 {
		c.out.Add(ruleNumeroNon, c.place(s.line, EcritureNum), "EcritureNum ne finit pas par un nombre (%d écriture%s) : la suite des numéros ne peut pas être vérifiée.", s.unread, plural(s.unread))
	}
	if s.partial {
		c.tooMany()
		return
	}
	gaps := func(in map[runKey]*run) (n int) {
		for _, r := range in {
			n += r.blocks() - 1
		}
		return n
	}
	inFile, inJournals := gaps(s.file), gaps(s.journal)
	switch {
	case inFile == 0 && !s.shared:
		return
	case inJournals == 0 && (s.shared || inFile+len(s.file) >= len(s.journal)):
		// Each journal has its sequence. Where no number is shared and sequences of
		// different journals touch, the numbers are those of the file.
		return
	case s.shared || inJournals < inFile && inJournals > 0:
		s.report(c, s.journal, true)
	default:
		s.report(c, s.file, false)
	}
}

func (s *numbering) report(c *Checker, in map[runKey]*run, byJournal bool) {
	type gap struct {
		r *run
		start
	}
	var found []gap
	for _, r := range in {
		for h := range r.starts.all {
			if h.n != r.min && !r.has(h.n-1) {
				found = append(found, gap{r, h})
			}
		}
	}
	slices.SortFunc(found, func(a, b gap) int { return cmp.Compare(a.line, b.line) })
	whose := "du fichier"
	if byJournal {
		whose = "du journal"
	}
	for i, g := range found {
		if i == maxGaps {
			c.out.Add(ruleNumero, c.place(g.line, EcritureNum), "La suite des EcritureNum %s a encore %d autres trous.", whose, len(found)-i)
			break
		}
		before := g.r.before(g.n)
		prefix := clean(g.r.key.prefix)
		missing := g.n - before - 1
		if missing == 1 {
			c.out.Add(ruleNumero, c.place(g.line, EcritureNum), "La suite des EcritureNum %s a un trou : %s%d manque avant %s%d.", whose, prefix, before+1, prefix, g.n)
		} else {
			c.out.Add(ruleNumero, c.place(g.line, EcritureNum), "La suite des EcritureNum %s a un trou : %s%d à %s%d manquent (%d numéros).", whose, prefix, before+1, prefix, g.n-1, missing)
		}
	}
	if len(found) == 0 {
		c.out.Add(ruleNumero, compta.Finding{Field: EcritureNum.String()}, "La suite des EcritureNum %s a des trous.", whose)
	}
}

// before returns the largest number seen below n; there is one.
func (r *run) before(n uint64) uint64 {
	key := n >> 12
	if p := r.pages[key]; p != nil {
		if found, ok := p.below(n & 4095); ok {
			return key<<12 | found
		}
	}
	nearest, found := uint64(0), false
	for k := range r.pages { // numbers may be far apart: look at the pages there are
		if k < key && (!found || k > nearest) {
			nearest, found = k, true
		}
	}
	if p := r.pages[nearest]; found {
		if last, ok := p.below(4096); ok {
			return nearest<<12 | last
		}
	}
	return r.min
}

// below returns the largest number of the page that is below n.
func (p *page) below(n uint64) (uint64, bool) {
	for i := int(n>>6) - 1; ; i-- {
		if word := n >> 6; uint64(i+1) == word && n&63 != 0 {
			if w := p[word] & (1<<(n&63) - 1); w != 0 {
				return word<<6 | uint64(63-bits.LeadingZeros64(w)), true
			}
		}
		if i < 0 {
			return 0, false
		}
		if p[i] != 0 {
			return uint64(i)<<6 | uint64(63-bits.LeadingZeros64(p[i])), true
		}
	}
}
