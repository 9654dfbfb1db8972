package synchro

import (
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

// A contract of a push that is refused keeps the version that was active. So to
// accept one may mean to accept others: those whose kept versions would
// contradict it. fair finds which contracts stand, such that
//
//   - what stands never contradicts itself;
//   - what the push leaves as it was stands: nothing takes its place;
//   - none of those refused could be accepted, alone or together with others;
//   - of two that contradict each other the first stands, unless what it needs
//     besides cannot stand, or it gives way (see giveWay).
//
// What a contract says is cut into dits, and those into numbers, so that the
// whole costs about as much as the push is long.
type fair struct {
	partage  domaine.EmailsPartages
	contrats []weighed

	numbers map[regles.Dit]int32
	cles    map[regles.Cle]int32
	dits    []dit
	byCle   [][]int32 // the dits about each key

	profils   map[*regles.Profil]int32
	personnes map[*regles.Personne]int32
	parts     []part

	anchors   []anchor
	anchorsAt map[int32]int // dit -> its anchor

	stand  marks // what is decided
	deaths []int32
	queue  []int32 // dead ones whose kept versions have not been looked at
	tries  marks   // what is tried
	work   int     // how much was looked at in trying
}

// weighed is one contract of the push that changes something.
type weighed struct {
	position int
	code     string
	new      [4]int32 // the parts of what it says
	old      [4]int32 // those of its active version
	active   bool
	yields   bool // it is refused for the sake of many others
	fate     fate
	taken    int32 // the try that takes it
	left     int32 // the try that leaves it out again
}

type fate uint8

const (
	open    fate = iota
	stands       // as it was sent
	refused      // its active version stands, if it has one
	absent       // neither does: it is asked what would be without it
)

// dit is one thing that contracts say about a key.
type dit struct {
	regles.Dit
	cle   int32
	parts []int32 // the parts that say it
}

// part is a profil or a person: what several contracts may say alike.
type part struct {
	dits []int32
	new  []int32 // the contracts that say it
	old  []int32 // those whose active version does
}

// anchor is a dit that stands whatever becomes of the push, with two of the
// contracts that say it.
type anchor struct {
	dit           int32
	contrat, also string
}

// marks is a set of dits that are taken to stand. Of each key two are kept: what
// agrees with both agrees with all.
type marks struct {
	round  int32
	stands [][2]int32 // by key
	at     []int32    // by key: the round that stands is of
	out    []int32    // by dit: the last round that ruled it out
}

const none = int32(-1)

func newFair(partage domaine.EmailsPartages) *fair {
	return &fair{
		partage: partage,
		numbers: map[regles.Dit]int32{}, cles: map[regles.Cle]int32{}, anchorsAt: map[int32]int{},
		profils: map[*regles.Profil]int32{}, personnes: map[*regles.Personne]int32{},
	}
}

// add weighs a contract of the push; old is nil where it is not active.
func (f *fair) add(position int, new, old *regles.Faits) {
	c := int32(len(f.contrats))
	w := weighed{position: position, code: new.CodeContrat, new: f.partsOf(new), active: old != nil}
	for _, p := range w.new {
		f.parts[p].new = append(f.parts[p].new, c)
	}
	if old != nil {
		w.old = f.partsOf(old)
		for _, p := range w.old {
			f.parts[p].old = append(f.parts[p].old, c)
		}
	}
	f.contrats = append(f.contrats, w)
}

func (f *fair) partsOf(faits *regles.Faits) (parts [4]int32) {
	number, known := f.profils[faits.Profil]
	if !known {
		number = f.newPart(faits.Profil.EachDit)
		f.profils[faits.Profil] = number
	}
	parts[0] = number
	for i, p := range faits.Personnes {
		number, known := f.personnes[p]
		if !known {
			number = f.newPart(f.said(p))
			f.personnes[p] = number
		}
		parts[1+i] = number
	}
	return parts
}

// said returns what a contract says when it names a person.
func (f *fair) said(p *regles.Personne) func(func(regles.Dit)) {
	return func(yield func(regles.Dit)) { p.EachDit(f.partage, yield) }
}

func (f *fair) newPart(each func(func(regles.Dit))) int32 {
	number := int32(len(f.parts))
	f.parts = append(f.parts, part{})
	each(func(d regles.Dit) {
		id := f.number(d)
		f.dits[id].parts = append(f.dits[id].parts, number)
		f.parts[number].dits = append(f.parts[number].dits, id)
	})
	return number
}

func (f *fair) number(d regles.Dit) int32 {
	if id, known := f.numbers[d]; known {
		return id
	}
	cle, known := f.cles[d.Cle]
	if !known {
		cle = int32(len(f.byCle))
		f.cles[d.Cle] = cle
		f.byCle = append(f.byCle, nil)
	}
	id := int32(len(f.dits))
	f.numbers[d] = id
	f.dits = append(f.dits, dit{Dit: d, cle: cle})
	f.byCle[cle] = append(f.byCle[cle], id)
	return id
}

// anchor notes what a contract says that stands whatever becomes of the push. All
// contracts that are weighed must have been added.
func (f *fair) anchor(contrat string, each func(func(regles.Dit))) {
	each(func(d regles.Dit) {
		if _, spokenOf := f.cles[d.Cle]; !spokenOf {
			return
		}
		id := f.number(d)
		at, known := f.anchorsAt[id]
		switch {
		case !known:
			f.anchorsAt[id] = len(f.anchors)
			f.anchors = append(f.anchors, anchor{dit: id, contrat: contrat})
		case f.anchors[at].also == "" && f.anchors[at].contrat != contrat:
			f.anchors[at].also = contrat
		}
	})
}

func (f *fair) agree(a, b int32) bool { return a == b || f.dits[a].Agrees(&f.dits[b].Dit) }

// begin empties m.
func (f *fair) begin(m *marks) {
	m.round++
	for len(m.at) < len(f.byCle) {
		m.at, m.stands = append(m.at, 0), append(m.stands, [2]int32{none, none})
	}
	for len(m.out) < len(f.dits) {
		m.out = append(m.out, 0)
	}
}

func (m *marks) of(cle int32) *[2]int32 {
	if m.at[cle] != m.round {
		m.at[cle], m.stands[cle] = m.round, [2]int32{none, none}
	}
	return &m.stands[cle]
}

// fits reports whether d agrees with what stands.
func (f *fair) fits(m *marks, d int32) bool {
	for _, s := range m.of(f.dits[d].cle) {
		if s != none && !f.agree(s, d) {
			return false
		}
	}
	return true
}

// say lets d stand, and reports whether that rules anything out that was not.
func (f *fair) say(m *marks, d int32) (news bool) {
	s := m.of(f.dits[d].cle)
	switch {
	case s[0] == d || s[1] == d:
		return false
	case s[0] == none:
		s[0] = d
	case s[1] == none:
		s[1] = d
	default:
		return !f.fits(m, d)
	}
	return true
}

// rule lets d stand and passes each contract that says what does not agree with
// it, as it was sent.
func (f *fair) rule(m *marks, d int32, yield func(c int32)) {
	if !f.say(m, d) {
		return
	}
	for _, other := range f.byCle[f.dits[d].cle] {
		f.work++
		if m.out[other] == m.round || f.agree(d, other) {
			continue
		}
		m.out[other] = m.round
		for _, p := range f.dits[other].parts {
			for _, c := range f.parts[p].new {
				yield(c)
			}
		}
	}
}

// ruleParts is rule for everything that parts say.
func (f *fair) ruleParts(m *marks, parts *[4]int32, yield func(c int32)) {
	for _, p := range parts {
		for _, d := range f.parts[p].dits {
			f.rule(m, d, yield)
		}
	}
}
