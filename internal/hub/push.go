package hub

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
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
			if err := tx.ForgetPortions(ctx, who.Organisme); err != nil {
				return err
			}
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
		err = h.db.WriteOrganismePrepared(ctx, who.Organisme, func(tx *store.Tx) (_ store.Ahead, err error) {
			ready = &pushing{hub: h.core, who: who, push: push, options: options, started: started}
			if ready.organisme, err = tx.Organisme(ctx, who.Organisme); err != nil {
				return nil, err
			}
			ready.inside(ctx, tx)
			if err := ready.prepare(); err != nil {
				return nil, err
			}
			return ready.ahead(), nil
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

	actifs map[string]store.Actif // all of them for a full push, those named for a delta or at a glance
	glance *glance                // nil unless the contracts that a full push leaves out are only counted
	old    *oldFacts
	vu     *vu    // what was read before, nil for nothing
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
	_, guarded, err := p.counted()
	if err != nil || len(guarded.open) > 0 || !p.plan.Changed() {
		return err
	}
	c, err := p.draft()
	if err != nil {
		return err
	}
	if err := c.draftPersonnes(c.touchedPersonnes()); err != nil {
		return err
	}
	p.drafted = c
	return c.touchProfils()
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
	actifs, guarded, err := p.counted()
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
