package synchro

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

// fair decides a push in which contracts contradict each other, contract by
// contract.
func (r *resolver) fair() error {
	f := newFair(r.push.partage)
	olds, err := r.weighAll(f)
	if err != nil {
		return err
	}
	r.anchorAll(f)
	f.weigh("")
	f.giveWay()
	names := r.names(f, olds)
	culprits := r.reportRefused(f, names)
	for _, c := range f.deaths {
		if w := &f.contrats[c]; w.active && w.fate == refused {
			r.kept[w.code] = true
			r.keptList = append(r.keptList, *olds[c])
		}
	}
	r.plan.Etat = r.base()
	for i := range r.push.Entrees {
		if r.plan.Valid(i) {
			_, warnings := r.plan.Etat.Check(&r.push.Entrees[i].Faits)
			r.stand(i, warnings)
		}
	}
	r.warnHolder(f, culprits)
	return nil
}

// weighAll adds to f the contracts that change something, and returns what their
// active versions say, nil for those that are new.
func (r *resolver) weighAll(f *fair) (olds []*regles.Faits, err error) {
	r.changes = make([]bool, len(r.push.Entrees))
	var codes []string
	for i := range r.push.Entrees {
		e := &r.push.Entrees[i]
		if e.bad {
			continue
		}
		hash, active := r.known.Actif(e.Code())
		r.changes[i] = !active || hash != e.Hash
		if r.changes[i] && active {
			codes = append(codes, e.Code())
		}
	}
	faits, err := r.load(codes)
	if err != nil {
		return nil, err
	}
	byCode := make(map[string]*regles.Faits, len(faits))
	for i := range faits {
		byCode[faits[i].CodeContrat] = &faits[i]
	}
	for i, changes := range r.changes {
		if changes {
			e := &r.push.Entrees[i]
			old := byCode[e.Code()]
			f.add(i, &e.Faits, old)
			olds = append(olds, old)
		}
	}
	return olds, nil
}

// anchorAll notes in f what stands whatever becomes of the push: contracts that it
// does not touch, or leaves as they are, and versions kept because what was sent
// is invalid by itself.
func (r *resolver) anchorAll(f *fair) {
	r.known.Base().EachStanding(
		func(p *regles.Profil) { f.anchor(regles.Unnamed, p.EachDit) },
		func(p *regles.Personne) { f.anchor(regles.Unnamed, f.said(p)) },
	)
	each := func(faits *regles.Faits) {
		f.anchor(faits.CodeContrat, faits.Profil.EachDit)
		for _, p := range faits.Personnes {
			f.anchor(faits.CodeContrat, f.said(p))
		}
	}
	for i := range r.push.Entrees {
		if e := &r.push.Entrees[i]; !e.bad && !r.changes[i] {
			each(&e.Faits)
		}
	}
	for i := range r.keptList {
		each(&r.keptList[i])
	}
}

// names returns what stands in an order by which a refused contract names the one
// because of which it was: what nothing could change first, and kept versions in
// the order in which their contracts were refused.
func (r *resolver) names(f *fair, olds []*regles.Faits) *regles.Etat {
	names := r.known.Base()
	for i := range r.push.Entrees {
		if e := &r.push.Entrees[i]; !e.bad && !r.changes[i] {
			names.Add(&e.Faits)
		}
	}
	for i := range r.keptList {
		names.Add(&r.keptList[i])
	}
	for c := range f.contrats {
		if f.contrats[c].fate == stands {
			names.Add(&r.push.Entrees[f.contrats[c].position].Faits)
		}
	}
	for _, c := range f.deaths {
		if olds[c] != nil {
			names.Add(olds[c])
		}
	}
	return names
}

// reportRefused says of each refused contract what it contradicts. It returns how
// many each contract keeps out.
func (r *resolver) reportRefused(f *fair, names *regles.Etat) map[string]int {
	culprits := map[string]int{}
	late := regles.NewEtatFor(0, r.push.partage)
	for c := range f.contrats {
		w := &f.contrats[c]
		if w.fate != refused {
			continue
		}
		faits := &r.push.Entrees[w.position].Faits
		violations, _ := names.Check(faits)
		if len(violations) == 0 {
			// Only where trying had to stop (see weigh): nothing contradicts it.
			if violations, _ = late.Check(faits); len(violations) == 0 {
				w.fate = stands
				late.Add(faits)
				continue
			}
		}
		r.report(w.position, violations)
		for i, v := range violations {
			if !slices.ContainsFunc(violations[:i], func(before passerelle.Violation) bool { return before.ConflictsWith == v.ConflictsWith }) {
				culprits[v.ConflictsWith]++
			}
		}
	}
	for i := range r.push.Entrees {
		if r.push.Entrees[i].bad {
			violations, _ := names.Check(&r.push.Entrees[i].Faits)
			r.report(i, violations)
		}
	}
	return culprits
}

// maxHolders is how many contracts are tried for the one that holds most others.
const maxHolders = 3

// warnHolder names the contract that, sent right, would let most of those refused
// in.
func (r *resolver) warnHolder(f *fair, culprits map[string]int) {
	outside := map[string]bool{}
	for c := range f.contrats {
		if f.contrats[c].fate == refused {
			outside[f.contrats[c].code] = true
		}
	}
	var candidates []string
	for code, n := range culprits {
		if _, sent := r.push.byCode[code]; sent && n > 1 {
			candidates = append(candidates, code)
		}
	}
	slices.SortFunc(candidates, func(a, b string) int {
		return cmp.Or(culprits[b]-culprits[a], r.push.byCode[a]-r.push.byCode[b])
	})
	best, most := "", 1
	for _, code := range candidates[:min(len(candidates), maxHolders)] {
		f.weigh(code)
		freed := len(outside) - len(f.deaths)
		if outside[code] {
			freed--
		}
		if freed > most {
			best, most = code, freed
		}
	}
	if best == "" {
		return
	}
	// Before the others, of which an answer lists so many and no more.
	r.plan.Warnings = slices.Insert(r.plan.Warnings, 0, passerelle.Violation{
		Index: int(r.push.Entrees[r.push.byCode[best]].Index), CodeContrat: best, Code: passerelle.CodeHoldsOthers,
		Message: fmt.Sprintf("Le contrat « %s » retient à lui seul %d autres contrats de cet envoi : corrigé à sa source et renvoyé, il les laisse entrer.", best, most),
	})
}
