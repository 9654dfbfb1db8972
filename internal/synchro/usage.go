package synchro

import "github.com/passerelle-hub/passerelle/internal/regles"

// usage finds the contracts of a push that use a value, so that a version that
// stays is held only against contracts that share a value with it. Each value is
// looked at once: later versions that say the same would find nobody.
type usage struct {
	by   map[string][]int
	seen map[string]bool
}

func newUsage(p *Push, plan *Plan) *usage {
	u := &usage{by: map[string][]int{}, seen: map[string]bool{}}
	for i := range p.Entrees {
		if !plan.Valid(i) {
			continue
		}
		p.Entrees[i].Faits.EachValue(func(value string) { u.by[value] = append(u.by[value], i) })
	}
	return u
}

func (u *usage) sharing(f *regles.Faits, yield func(i int)) {
	f.EachValue(func(value string) {
		if u.seen[value] {
			return
		}
		u.seen[value] = true
		for _, i := range u.by[value] {
			yield(i)
		}
	})
}
