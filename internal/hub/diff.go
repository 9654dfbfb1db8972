package hub

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// Diff is what a full push would change. It is valid during the call that
// passes it only.
type Diff struct {
	pushing *pushing
}

// Diff works out what a push would change and passes it to use, recording nothing.
// With partiel it would leave out what is invalid; else it returns a RejectedPush
// where the push would be refused.
func (h *Contrats) Diff(ctx context.Context, organisme int64, push *synchro.Push, partiel bool, use func(*Diff) error) error {
	origine := domaine.OrigineV1
	if partiel {
		origine = domaine.OrigineV2
	}
	return h.dryRun(ctx, organisme, push, origine, nil, func(p *pushing) error {
		if p.plan.Refuses() > 0 && !partiel {
			return rejected(p.plan)
		}
		if _, _, err := p.counted(); err != nil { // the guard warns, too
			return err
		}
		return use(&Diff{p})
	})
}

// dryRun resolves a push without applying it. v is what was read before, nil for nothing.
func (h *core) dryRun(ctx context.Context, organisme int64, push *synchro.Push, origine domaine.Origine, v *vu, use func(*pushing) error) error {
	if err := h.expect(ctx, organisme, push); err != nil {
		return err
	}
	return h.dryly(ctx, organisme, push, origine, func(p *pushing) error {
		p.vu = v
		if err := p.resolve(); err != nil {
			return err
		}
		return use(p)
	})
}

// dryly begins a push that is not to be applied.
func (h *core) dryly(ctx context.Context, organisme int64, push *synchro.Push, origine domaine.Origine, do func(*pushing) error) error {
	return h.db.ReadLong(ctx, func(tx *store.Tx) error {
		o, err := tx.Organisme(ctx, organisme)
		if err != nil {
			return orNotFound(err, "Il n’y a pas d’organisme %d.", organisme)
		}
		return do(&pushing{hub: h, ctx: ctx, tx: tx, push: push, options: PushOptions{Origine: origine}, started: h.now(), organisme: o})
	})
}

// Warnings are those of the push.
func (d *Diff) Warnings() []passerelle.Violation { return d.pushing.plan.Warnings }

// Refused returns what is wrong with the contracts that the push would leave out,
// at most MaxViolations of the total.
func (d *Diff) Refused() (violations []passerelle.Violation, total int) {
	r := rejected(d.pushing.plan)
	return r.Violations, r.Total
}

// Counts returns how many contracts stay the same, come, change and leave.
func (d *Diff) Counts() (same, added, updated, removed int) {
	plan := d.pushing.plan
	return plan.Identiques, len(plan.Ajoutes), len(plan.Modifies), len(plan.Archives)
}

// EachSame passes the documents of contracts that stay as they are.
func (d *Diff) EachSame(yield func(doc []byte) error) error {
	changed := map[int]bool{}
	for _, list := range [][]int{d.pushing.plan.Ajoutes, d.pushing.plan.Modifies} {
		for _, i := range list {
			changed[i] = true
		}
	}
	var same []int
	for i := range d.pushing.push.Entrees {
		if !changed[i] && d.pushing.plan.Valid(i) {
			same = append(same, i)
		}
	}
	return d.each(same, yield)
}

// EachAdded passes the documents of contracts that come.
func (d *Diff) EachAdded(yield func(doc []byte) error) error {
	return d.each(d.pushing.plan.Ajoutes, yield)
}

// EachUpdated passes the documents, as sent, of contracts that change.
func (d *Diff) EachUpdated(yield func(doc []byte) error) error {
	return d.each(d.pushing.plan.Modifies, yield)
}

// EachRemoved passes the documents of contracts that leave.
func (d *Diff) EachRemoved(yield func(doc []byte) error) error {
	p := d.pushing
	return p.tx.EachDocumentOf(p.ctx, p.organisme.ID, p.plan.Archives, yield)
}

func (d *Diff) each(positions []int, yield func(doc []byte) error) error {
	return d.pushing.push.EachDocument(slices.Values(positions), yield)
}

// Modified returns the contracts that change, before and after, ordered by code.
func (d *Diff) Modified() ([]domaine.Changement, error) { return d.pushing.modified() }

// contrat returns a contract of the push.
func (p *pushing) contrat(i int) (passerelle.Contrat, error) {
	doc, err := p.push.Document(i, nil)
	if err != nil {
		return passerelle.Contrat{}, err
	}
	return document.Parse(bytes.Clone(doc))
}

func (p *pushing) modified() ([]domaine.Changement, error) {
	found := map[string]*domaine.Changement{}
	var codes []string
	for _, i := range p.plan.Modifies {
		contrat, err := p.contrat(i)
		if err != nil {
			return nil, err
		}
		codes = append(codes, contrat.CodeContrat)
		found[contrat.CodeContrat] = &domaine.Changement{CodeContrat: contrat.CodeContrat, Apres: &contrat}
	}
	err := p.tx.EachDocumentOf(p.ctx, p.organisme.ID, codes, func(doc []byte) error {
		contrat, err := document.Parse(doc)
		if err == nil {
			found[contrat.CodeContrat].Avant = &contrat
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(codes)
	list := make([]domaine.Changement, len(codes))
	for i, code := range codes {
		list[i] = *found[code]
	}
	return list, nil
}

// changements returns everything that the plan changes, ordered by code.
func (p *pushing) changements() ([]domaine.Changement, error) {
	all, err := p.modified()
	if err != nil {
		return nil, err
	}
	d := &Diff{p}
	err = d.EachAdded(func(doc []byte) error {
		contrat, err := document.Parse(bytes.Clone(doc))
		all = append(all, domaine.Changement{CodeContrat: contrat.CodeContrat, Apres: &contrat})
		return err
	})
	if err != nil {
		return nil, err
	}
	err = d.EachRemoved(func(doc []byte) error {
		contrat, err := document.Parse(bytes.Clone(doc))
		all = append(all, domaine.Changement{CodeContrat: contrat.CodeContrat, Avant: &contrat})
		return err
	})
	slices.SortFunc(all, func(a, b domaine.Changement) int { return strings.Compare(a.CodeContrat, b.CodeContrat) })
	return all, err
}

// FieldChange is one field of a contract that changes.
type FieldChange struct {
	Field    string
	Old, New string
}

// Fields returns the fields in which a changed contract differs.
func Fields(c *domaine.Changement) []FieldChange {
	before, after := c.Avant, c.Apres
	if before == nil {
		before = &passerelle.Contrat{}
	}
	if after == nil {
		after = &passerelle.Contrat{}
	}
	var found []FieldChange
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		if old, now := *champ.At(before), *champ.At(after); old != now {
			found = append(found, FieldChange{champ.Nom, old, now})
		}
	}
	return found
}
