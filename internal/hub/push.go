package hub

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/synchro"
	"github.com/passerelle-hub/passerelle/internal/traces"
)

// PushOptions say how a push is taken.
type PushOptions struct {
	Origine domaine.Origine // V1, V2, Changes or Import
	Empty   bool            // an empty full push is meant
	Confirm bool            // whatever the guard finds is meant
	// ConfirmArchives says that archiving beyond the guard's thresholds is meant.
	ConfirmArchives bool
	Partiel         bool  // an Import leaves out what is invalid instead of being refused whole
	lien            int64 // the held push that this one confirms

	// Both run in the transaction of the push, where they are not nil: check once
	// it is resolved, where an error leaves everything as it was; after once it is
	// recorded or held.
	check func(*pushing) error
	after func(tx *store.Tx, synchronisation int64, etat domaine.EtatSynchronisation) error
}

// PushResult is what a push did.
type PushResult struct {
	Synchronisation domaine.Synchronisation
	Push            *synchro.Push
	Plan            *synchro.Plan
}

// whole reports whether one invalid contract refuses the push.
func (o *PushOptions) whole() bool {
	return o.Origine == domaine.OrigineV1 || o.Origine == domaine.OrigineImport && !o.Partiel
}

// Push applies a push in one transaction. Beside the machine's errors it
// returns a RejectedPush, a HeldPush or a Refusal, all of which leave the
// contracts as they were. The caller closes the push.
func (h *Contrats) Push(ctx context.Context, who Acteur, push *synchro.Push, options PushOptions) (*PushResult, error) {
	started := h.now()
	if !push.Delta && len(push.Entrees) == 0 && !options.Empty {
		return nil, refus.New(refus.CodeEmptyPush, "L’envoi ne contient aucun contrat et archiverait tout : confirmez si c’est voulu.")
	}
	if err := h.expect(ctx, who.Organisme, push); err != nil {
		return nil, err
	}
	result := &PushResult{Push: push}
	var outcome error // a refusal whose anomalies are recorded
	written := func(...traces.Count) {}
	wait := traces.Phase(ctx, "push.wait") // for the lock of the organisme
	defer wait()                           // where it was not given
	var ready *pushing                     // what was worked out before the lock
	write := func(tx *store.Tx, fresh bool) error {
		wait()
		organisme, err := tx.Organisme(ctx, who.Organisme)
		if err != nil {
			return err
		}
		if ready != nil && ready.organisme.Reglages.EmailsPartages != organisme.Reglages.EmailsPartages {
			return fmt.Errorf("the settings of the organisme were changed meanwhile: %w", store.ErrBusy) // the push was read by the old ones
		}
		p := ready
		if p == nil || !fresh || !reflect.DeepEqual(p.organisme, organisme) {
			p = &pushing{hub: h.core, who: who, push: push, options: options, started: started}
		}
		p.organisme = organisme
		p.inside(ctx, tx)
		outcome, err = p.run(result)
		written = p.written
		return err
	}
	var err error
	if len(push.Entrees)+len(push.Removed) < preparedFrom {
		err = h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error { return write(tx, false) })
	} else {
		err = h.db.WriteOrganismePrepared(ctx, who.Organisme, func(tx *store.Tx) (err error) {
			ready = &pushing{hub: h.core, who: who, push: push, options: options, started: started}
			if ready.organisme, err = tx.Organisme(ctx, who.Organisme); err != nil {
				return err
			}
			ready.inside(ctx, tx)
			return ready.prepare()
		}, write)
	}
	if plan := result.Plan; plan != nil { // the commit included
		written(traces.Count{Name: "passerelle.ajoutes", N: len(plan.Ajoutes)}, traces.Count{Name: "passerelle.modifies", N: len(plan.Modifies)},
			traces.Count{Name: "passerelle.archives", N: len(plan.Archives)})
	}
	if err == nil {
		err = outcome
	}
	if err != nil {
		return nil, orNotFound(err, "Il n’y a pas d’organisme %d.", who.Organisme)
	}
	b := &result.Synchronisation.Bilan
	h.settle(b.Ajoutes+b.Modifies+b.Archives, b.Total)
	return result, nil
}

// preparedFrom is how many contracts make a push large: what it changes is worked out
// before others have to wait for it.
var preparedFrom = 500

// pushing is a push under way, inside its transaction.
type pushing struct {
	hub       *core
	ctx       context.Context
	tx        *store.Tx
	who       Acteur
	push      *synchro.Push
	options   PushOptions
	started   time.Time
	organisme domaine.Organisme

	actifs map[string]store.Actif // all of them for a full push, those named for a delta
	old    *oldFacts
	stand  *stand // for a delta
	plan   *synchro.Plan

	guarded *guarded // what the guard found, once it looked

	drafted *changes              // what is to be stored, once it was worked out
	changes *changes              // what was stored, nil where nothing changed
	written func(...traces.Count) // ends the span of what is written
}

// inside has what follows happen in a transaction.
func (p *pushing) inside(ctx context.Context, tx *store.Tx) {
	p.ctx, p.tx = ctx, tx
	if p.old != nil {
		p.old.ctx, p.old.tx = ctx, tx
	}
}

// prepare works out what the push changes, and reads what storing it needs.
func (p *pushing) prepare() error {
	if err := p.compare(); err != nil {
		return err
	}
	if p.options.whole() && p.plan.Refuses() > 0 {
		return nil
	}
	actifs, err := p.countActifs()
	if err != nil {
		return err
	}
	if _, err := p.guard(actifs); err != nil || !p.plan.Changed() {
		return err
	}
	c, err := p.draft()
	if err != nil {
		return err
	}
	c.sortVersions()
	if err := c.draftPersonnes(c.touchedPersonnes()); err != nil {
		return err
	}
	p.drafted = c
	return nil
}

// compare resolves the push, once.
func (p *pushing) compare() error {
	if p.plan != nil {
		return nil
	}
	compared := traces.Phase(p.ctx, "push.compare")
	defer compared()
	return p.resolve()
}

// run resolves and applies the push. outcome is a refusal that the transaction
// must survive.
func (p *pushing) run(result *PushResult) (outcome, err error) {
	if p.options.lien != 0 {
		// Another push or a person may have decided since it was read.
		held, err := p.tx.Synchronisation(p.ctx, p.organisme.ID, p.options.lien)
		if err != nil {
			return nil, err
		}
		if held.Etat != domaine.EtatRetenue {
			return nil, refus.New(refus.CodeNotHeld, "La synchronisation %d n’attend plus de confirmation : elle est %s.", held.ID, frenchEtat(held.Etat))
		}
	}
	if err := p.compare(); err != nil {
		return nil, err
	}
	p.written = traces.Phase(p.ctx, "push.write")
	result.Plan = p.plan
	if p.options.check != nil {
		if err := p.options.check(p); err != nil {
			return nil, err
		}
	}
	if p.options.whole() && p.plan.Refuses() > 0 {
		refused := rejected(p.plan)
		if err := p.recordRefused(refused); err != nil {
			return nil, err
		}
		if err := p.tellRefused(refused); err != nil {
			return nil, err
		}
		return refused, p.recordAnomalies()
	}
	actifs, err := p.countActifs()
	if err != nil {
		return nil, err
	}
	guarded, err := p.guard(actifs)
	if err != nil {
		return nil, err
	}
	if len(guarded.open) > 0 {
		held, err := p.hold(actifs, guarded.open)
		if err == nil {
			err = p.done(held.Synchronisation, domaine.EtatRetenue)
		}
		if err == nil {
			err = p.tellHeld(held)
		}
		if err != nil {
			return nil, err
		}
		return held, nil
	}
	if err := p.replaceHeld(); err != nil {
		return nil, err
	}
	synchronisation, err := p.apply()
	if err != nil {
		return nil, err
	}
	result.Synchronisation = *synchronisation
	if len(guarded.motifs) > 0 {
		if err := p.note(synchronisation.ID, store.NoteConfirme, guarded.motifs); err != nil {
			return nil, err
		}
	}
	if p.options.lien != 0 {
		if err := p.tx.ConfirmImport(p.ctx, p.organisme.ID, p.options.lien, synchronisation.ID); err != nil {
			return nil, err
		}
	}
	if err := p.done(synchronisation.ID, domaine.EtatAppliquee); err != nil {
		return nil, err
	}
	if err := p.tellApplied(synchronisation); err != nil {
		return nil, err
	}
	return nil, p.recordAnomalies()
}

func (p *pushing) done(synchronisation int64, etat domaine.EtatSynchronisation) error {
	if p.options.after == nil {
		return nil
	}
	return p.options.after(p.tx, synchronisation, etat)
}

// resolve works out the plan against the organisme's state. The active contracts
// are loaded while those of the push are held against each other, which needs
// them late or not at all.
func (p *pushing) resolve() error {
	loading := begin(func() (map[string]store.Actif, error) {
		if p.push.Delta {
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
		if !p.push.Bad(i) {
			touched = append(touched, e.Code())
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
	if p.stand, err = standOf(p.ctx, p.tx, p.organisme.ID, keys(codes), keys(emails)); err != nil {
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
