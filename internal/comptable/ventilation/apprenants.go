package ventilation

import "slices"

// presence is one contract of an apprenant: in a group, over the exercices first
// to last.
type presence struct{ groupe, first, last int32 }

// countApprenants counts, for each cell and each exercice, the apprenants that
// have at least one contract there. Contracts are brought together per apprenant
// by a counting sort, so that the work grows with the number of contracts even
// where one apprenant has all of them.
func (c *Calcul) countApprenants() {
	starts := make([]int32, len(c.apprenants)+1)
	for f := range c.fiches.all() {
		if f.first >= 0 {
			starts[f.apprenant+1]++
		}
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	all := make([]presence, starts[len(starts)-1])
	next := slices.Clone(starts)
	for f := range c.fiches.all() {
		if f.first >= 0 {
			all[next[f.apprenant]] = presence{f.groupe, f.first, f.last}
			next[f.apprenant]++
		}
	}
	for i := range len(c.apprenants) {
		c.countOne(all[starts[i]:starts[i+1]])
	}
}

// countOne counts one apprenant in.
func (c *Calcul) countOne(own []presence) {
	if len(own) > 1 {
		slices.SortFunc(own, func(a, b presence) int { return int(a.first - b.first) })
	}
	union(own, func(e int32) { c.distinct[e]++ })
	if len(own) > 1 {
		slices.SortStableFunc(own, func(a, b presence) int { return int(a.groupe - b.groupe) })
	}
	for len(own) > 0 {
		g := own[0].groupe
		n := 1
		for n < len(own) && own[n].groupe == g {
			n++
		}
		union(own[:n], func(e int32) { c.cell(g, e).apprenants++ })
		own = own[n:]
	}
}

// union calls visit once for each exercice that one of own, by first, covers.
func union(own []presence, visit func(e int32)) {
	from := int32(0)
	for _, p := range own {
		for e := max(p.first, from); e <= p.last; e++ {
			visit(e)
		}
		from = max(from, p.last+1)
	}
}
