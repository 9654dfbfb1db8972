package synchro

import (
	"strings"

	"github.com/passerelle-hub/passerelle"
)

// Masse counts what a push does to the fields of the contracts that it changes, to
// find what happens to so many at once that it is a mistake of the source (design 9,
// guard 4). Pass every changed contract to Add and, where Again says so, once more
// to Confirm. What it holds does not grow with the contracts.
type Masse struct {
	need   int // from how many contracts on something is looked at
	champs []masseChamp
}

type masseChamp struct {
	changed, lost int
	frequent      []frequent // values that many may have got
}

// frequent is a value that contracts got in a field.
type frequent struct {
	value   string
	n       int    // at least so often; exactly once confirmed
	before  string // what one of them had
	several bool   // what another had differs from that
}

// MasseChamp is what happened to one field.
type MasseChamp struct {
	Champ   *passerelle.Champ
	Changed int // contracts of which the value changed
	Lost    int // those that have none any more
	Same    int // those that got one and the same where they had several, 0 unless many did
}

// masseSlots is how many frequent values of a field are followed: any that a share
// of 1 in masseSlots or more of the changed contracts get is among them.
const masseSlots = 16

// NewMasse returns a Masse that looks for what happens to at least need contracts.
func NewMasse(need int) *Masse {
	return &Masse{need: need, champs: make([]masseChamp, len(passerelle.Champs))}
}

// uniform reports whether one value for many contracts is suspicious in a field: it
// says who people are, or speaks of companies or dates. What else is kept of a person,
// such as a mission, many may share.
func uniform(champ *passerelle.Champ) bool {
	return champ.Usager != passerelle.UsagerAucun && champ.Required || champ.Kind == passerelle.KindDate || champ.Kind == passerelle.KindSiret || champ.Nom == "nomEntreprise"
}

// Add counts a contract that changes.
func (m *Masse) Add(old, new *passerelle.Contrat) {
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		before, after := *champ.At(old), *champ.At(new)
		if before == after {
			continue
		}
		c := &m.champs[i]
		c.changed++
		switch {
		case after == "":
			c.lost++
		case before != "" && uniform(champ):
			c.follow(after)
		}
	}
}

// follow counts a value, after Misra and Gries: what is rare among the values makes
// room for what is not.
func (c *masseChamp) follow(value string) {
	for i := range c.frequent {
		if c.frequent[i].value == value {
			c.frequent[i].n++
			return
		}
	}
	if len(c.frequent) < masseSlots {
		c.frequent = append(c.frequent, frequent{value: strings.Clone(value), n: 1})
		return
	}
	kept := c.frequent[:0]
	for _, f := range c.frequent {
		if f.n--; f.n > 0 {
			kept = append(kept, f)
		}
	}
	c.frequent = kept
}

// Again keeps the values that so many contracts may have got that it matters, and
// reports whether there are any: then every contract is to be passed to Confirm.
func (m *Masse) Again() bool {
	again := false
	for i := range m.champs {
		c := &m.champs[i]
		var kept []frequent
		for _, f := range c.frequent {
			if f.n+c.changed/(masseSlots+1) >= m.need {
				kept = append(kept, frequent{value: f.value})
				again = true
			}
		}
		c.frequent = kept
	}
	return again
}

// Confirm counts a contract that changes exactly.
func (m *Masse) Confirm(old, new *passerelle.Contrat) {
	for i := range m.champs {
		for k := range m.champs[i].frequent {
			f := &m.champs[i].frequent[k]
			before, after := *passerelle.Champs[i].At(old), *passerelle.Champs[i].At(new)
			if before == after || before == "" || after != f.value {
				continue
			}
			f.n++
			if f.before == "" {
				f.before = strings.Clone(before)
			}
			f.several = f.several || before != f.before
		}
	}
}

// Found returns the fields that so many contracts change that it matters, in their
// order.
func (m *Masse) Found() (found []MasseChamp) {
	for i := range m.champs {
		c := &m.champs[i]
		if c.changed < m.need {
			continue
		}
		one := MasseChamp{Champ: &passerelle.Champs[i], Changed: c.changed, Lost: c.lost}
		for _, f := range c.frequent {
			if f.n >= m.need && f.several && f.n > one.Same {
				one.Same = f.n
			}
		}
		found = append(found, one)
	}
	return found
}
