package hub

import (
	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// resolve works out the plan against the organisme's state. The active contracts
// are loaded while those of the push are held against each other, which needs
// them late or not at all.
func (p *pushing) resolve() error {
	loading := begin(func() (map[string]store.Actif, error) {
		if p.push.Delta || p.glance != nil {
			return p.tx.ActifsOf(p.ctx, p.organisme.ID, p.push.Codes())
		}
		return p.tx.Actifs(p.ctx, p.organisme.ID, len(p.push.Entrees))
	})
	defer loading.join() // nobody else uses the transaction once this returns, or panics
	plan, err := p.plans(loading)
	var failed error
	if p.actifs, failed = loading.wait(); failed != nil {
		return failed
	}
	if p.plan = plan; err != nil {
		return err
	}
	if err := p.warnReused(); err != nil || !p.push.Delta {
		return err
	}
	return p.nameHolders()
}

func (p *pushing) plans(loading *ahead[map[string]store.Actif]) (*synchro.Plan, error) {
	p.old = &oldFacts{ctx: p.ctx, tx: p.tx, organisme: p.organisme.ID, interner: p.push.Interner(), known: map[string]*regles.Faits{}}
	actifs := func() map[string]store.Actif {
		found, _ := loading.wait() // its error is the caller's to return
		return found
	}
	partage := p.organisme.Reglages.EmailsPartages
	p.push.Share(partage) // a delta's base depends on which contracts are invalid
	known := synchro.Known{
		Partage: partage,
		Actif: func(code string) (document.Hash, bool) {
			actif, ok := actifs()[code]
			return actif.Hash, ok
		},
		Codes: func(yield func(string) bool) {
			for code := range actifs() {
				if !yield(code) {
					return
				}
			}
		},
		Base:  func() *regles.Etat { return regles.NewEtatFor(p.push.Interner().People(), partage) },
		Faits: p.old.of,
		Apprentis: func(apprenants map[string]bool, yield func(contrat, apprenant string, doc []byte) error) error {
			return eachOfApprenants(p.ctx, p.tx, p.organisme.ID, apprenants, yield)
		},
	}
	if p.options.Origine == domaine.OrigineV1 {
		known.Faits = nil
	}
	if p.glance != nil {
		known.Codes = nil
	}
	if p.push.Delta {
		var err error
		if p.actifs, err = loading.wait(); err != nil {
			return nil, err
		}
		if known.Base, err = p.deltaBase(); err != nil {
			return nil, err
		}
	}
	return synchro.Resolve(p.push, known)
}

// deltaBase returns what the contracts say that a delta does not touch.
func (p *pushing) deltaBase() (func() *regles.Etat, error) {
	var touched []string
	codes, emails := map[string]bool{}, map[string]bool{}
	want := func(f *regles.Faits) {
		for _, personne := range f.Personnes {
			codes[personne.Code], emails[personne.Email] = true, true
		}
	}
	sent := map[string]bool{}
	for i := range p.push.Entrees {
		e := &p.push.Entrees[i]
		want(&e.Faits)
		sent[e.Code()] = true
		if p.push.Bad(i) {
			continue
		}
		touched = append(touched, e.Code())
		if p.actifs[e.Code()].Hash == e.Hash {
			p.old.known[e.Code()] = &e.Faits // what it says is what is sent
		}
	}
	for _, code := range p.push.Removed {
		if !sent[code] {
			touched = append(touched, code)
		}
	}
	leaving, err := p.old.of(p.activeOnly(touched))
	if err != nil {
		return nil, err
	}
	for i := range leaving {
		want(&leaving[i])
	}
	if p.stand, err = p.vu.stand(p.ctx, p.tx, p.organisme.ID, keys(codes), keys(emails)); err != nil {
		return nil, err
	}
	partage := p.organisme.Reglages.EmailsPartages
	var entreprises map[string][]string
	if partage == domaine.EmailsMaitres {
		if entreprises, err = p.entreprisesOf(touched); err != nil {
			return nil, err
		}
	}
	return p.stand.without(p.push.Interner(), leaving, partage, entreprises), nil
}

// activeOnly returns those of codes that are active, each once.
func (p *pushing) activeOnly(codes []string) []string {
	seen := map[string]bool{}
	var active []string
	for _, code := range codes {
		if _, ok := p.actifs[code]; ok && !seen[code] {
			seen[code] = true
			active = append(active, code)
		}
	}
	return active
}

func (p *pushing) countActifs() (int, error) {
	if p.glance != nil {
		return p.glance.actifs, nil
	}
	if !p.push.Delta {
		return len(p.actifs), nil
	}
	transmis, _, err := p.tx.Counts(p.ctx, p.organisme.ID)
	return transmis, err
}

func rejected(plan *synchro.Plan) *RejectedPush {
	r := &RejectedPush{Total: plan.ViolationsTotal()}
	plan.EachRefused(func(_ int, violations []passerelle.Violation) bool {
		if room := MaxViolations - len(r.Violations); room > 0 {
			r.Violations = append(r.Violations, violations[:min(room, len(violations))]...)
		}
		return true
	})
	return r
}

func keys(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for key := range set {
		if key != "" {
			list = append(list, key)
		}
	}
	return list
}
