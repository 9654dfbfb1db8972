package synchro

import (
	"cmp"
	"slices"
)

// What makes those who came first give way: that it lets in so many more than it
// refuses.
const manyOthers = 5

// maxMajorities is how many of what most say against the first is tried.
const maxMajorities = 8

// majority is what most contracts of the push say about a key although it lost, with
// those that say otherwise.
type majority struct {
	more   int // contracts that say it, above those that say otherwise
	others []int32
}

// giveWay refuses contracts that came first where what they say keeps many others
// out that agree with each other: one misspelt name in the first of 1,000 new
// contracts refuses one and not 999 (design 9, v2). What stands whatever becomes of
// the push gives way to nothing.
func (f *fair) giveWay() {
	if len(f.deaths) <= manyOthers {
		return
	}
	lost := f.majorities()
	for _, m := range lost[:min(len(lost), maxMajorities)] {
		before := len(f.deaths)
		if before <= manyOthers {
			return
		}
		m.others = slices.DeleteFunc(m.others, func(c int32) bool { return f.contrats[c].yields })
		f.yield(m.others, true)
		if f.weigh(""); before-len(f.deaths) < manyOthers {
			f.yield(m.others, false)
			f.weigh("")
		}
	}
}

// yield has contracts give way, or no more.
func (f *fair) yield(contrats []int32, yields bool) {
	for _, c := range contrats {
		f.contrats[c].yields = yields
	}
}

// majorities returns what many more contracts say than say otherwise and that does
// not stand, what most say first.
func (f *fair) majorities() (lost []majority) {
	for _, about := range f.byCle {
		if len(about) < 2 {
			continue
		}
		best, most := none, []int32(nil)
		for _, d := range about {
			if said := f.sayers(d); len(said) > len(most) || len(said) > 0 && len(said) == len(most) && said[0] < most[0] {
				best, most = d, said
			}
		}
		if len(most) < manyOthers || f.fits(&f.stand, best) {
			continue
		}
		m := majority{more: len(most)}
		for _, d := range about {
			if f.agree(best, d) {
				continue
			}
			if _, anchored := f.anchorsAt[d]; anchored {
				m.more = 0
				break
			}
			others := f.sayers(d)
			m.more -= len(others)
			m.others = append(m.others, others...)
		}
		if m.more > 0 {
			slices.Sort(m.others)
			lost = append(lost, m)
		}
	}
	slices.SortFunc(lost, func(a, b majority) int {
		return cmp.Or(cmp.Compare(b.more, a.more), slices.Compare(a.others, b.others))
	})
	return lost
}

// sayers returns the contracts that say something as they were sent, in their order.
func (f *fair) sayers(d int32) (contrats []int32) {
	for _, p := range f.dits[d].parts {
		contrats = append(contrats, f.parts[p].new...)
	}
	slices.Sort(contrats)
	return contrats
}
