package rapprochement

import (
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
)

// matching pairs the instalments of a contract with the lines of an OPCO, the
// surest pairs first.
type matching struct {
	code         string
	expected     []Attendu
	announced    []Annonce
	usedE, usedA []bool
	lines        []Ligne
}

func newMatching(code string, expected []Attendu, announced []Annonce) *matching {
	m := &matching{code: code, expected: expected, announced: slices.Clone(announced)}
	slices.SortStableFunc(m.announced, func(a, b Annonce) int { return int(a.Date) - int(b.Date) })
	m.usedE, m.usedA = make([]bool, len(m.expected)), make([]bool, len(m.announced))
	return m
}

func (m *matching) pair(e, a int, etat Etat) {
	m.usedE[e], m.usedA[a] = true, true
	m.line(e, m.announced[a].Montant, etat, m.announced[a].Date)
}

func (m *matching) line(e int, announced financement.Centimes, etat Etat, day passerelle.Date) {
	expected := m.expected[e].Montant
	l := Ligne{CodeContrat: m.code, Date: m.expected[e].Date, Etat: etat, Attendu: &expected, Annonce: &announced, Ecart: announced - expected}
	if etat == EcartDate {
		l.Annoncee = day
	}
	m.lines = append(m.lines, l)
}

// exact pairs what has one day and one amount.
func (m *matching) exact() {
	for e := range m.expected {
		for a := range m.announced {
			if !m.usedE[e] && !m.usedA[a] && m.expected[e].Date == m.announced[a].Date && m.expected[e].Montant == m.announced[a].Montant {
				m.pair(e, a, Identique)
			}
		}
	}
}

// sums takes several instalments of one day for one line of their sum, or one for
// several: an OPCO may pay a balance with the next advance.
func (m *matching) sums() {
	for e := range m.expected {
		if m.usedE[e] {
			continue
		}
		day := m.expected[e].Date
		var expected, announced financement.Centimes
		for i := range m.expected {
			if !m.usedE[i] && m.expected[i].Date == day {
				expected += m.expected[i].Montant
			}
		}
		for i := range m.announced {
			if !m.usedA[i] && m.announced[i].Date == day {
				announced += m.announced[i].Montant
			}
		}
		if expected != announced {
			continue
		}
		for i := range m.announced {
			m.usedA[i] = m.usedA[i] || m.announced[i].Date == day
		}
		for i := range m.expected {
			if !m.usedE[i] && m.expected[i].Date == day {
				m.usedE[i] = true
				m.line(i, m.expected[i].Montant, Identique, day)
			}
		}
	}
}

// sameDay pairs what has one day, the closest amounts first.
func (m *matching) sameDay() {
	m.closest(EcartMontant, func(e *Attendu, a *Annonce) (int64, bool) {
		return abs(int64(e.Montant - a.Montant)), e.Date == a.Date
	})
}

// sameAmount pairs what has one amount, the closest days first.
func (m *matching) sameAmount() {
	m.closest(EcartDate, func(e *Attendu, a *Annonce) (int64, bool) {
		return abs(int64(e.Date) - int64(a.Date)), e.Montant == a.Montant
	})
}

// closest pairs what may be paired, the smallest distance first.
func (m *matching) closest(etat Etat, distance func(*Attendu, *Annonce) (int64, bool)) {
	for {
		best, bestE, bestA := int64(-1), 0, 0
		for e := range m.expected {
			for a := range m.announced {
				if m.usedE[e] || m.usedA[a] {
					continue
				}
				if d, ok := distance(&m.expected[e], &m.announced[a]); ok && (best < 0 || d < best) {
					best, bestE, bestA = d, e, a
				}
			}
		}
		if best < 0 {
			return
		}
		m.pair(bestE, bestA, etat)
	}
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
