package hub

import (
	"context"
	"errors"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// glance is what is known of the active contracts that a full push does not name,
// where they are not loaded. A file of some thousand rows is looked at by a person who
// waits; loading all contracts that it leaves out would be most of that.
type glance struct {
	actifs   int // all of them
	archives int // those that leave; the plan has only the first of them
}

// glanceShare is how many times as many contracts are active as a file has, for it to
// be looked at in a glance.
const glanceShare = 4

// glanceRun resolves a push without applying it, as dryRun does, for a look at its
// first changes: where the push is small beside what is active, the contracts that it
// does not name are counted.
func (h *core) glanceRun(ctx context.Context, o *ImportOuvert, push *synchro.Push, changes int, use func(*pushing) error) error {
	organisme, origine := o.zone, domaine.OrigineImport
	if push.Delta {
		return h.dryRun(ctx, organisme, push, origine, o.vu, use)
	}
	whole := false
	err := h.dryly(ctx, organisme, push, origine, func(p *pushing) error {
		actifs, _, err := p.tx.Counts(ctx, organisme)
		if err != nil {
			return err
		}
		if whole = actifs < glanceShare*len(push.Entrees); whole {
			return nil
		}
		p.glance = &glance{actifs: actifs}
		if err := p.resolve(); err != nil {
			return err
		}
		p.glance.archives = actifs - p.plan.Restent
		if whole = synchro.GardeLooksAtCodes(&p.organisme.Reglages.Garde, len(p.plan.Ajoutes), p.glance.archives); whole {
			return nil
		}
		if p.plan.Archives, err = p.firstArchives(changes - len(p.plan.Ajoutes) - len(p.plan.Modifies)); err != nil {
			return err
		}
		return use(p)
	})
	if err == nil && whole {
		return h.dryRun(ctx, organisme, push, origine, nil, use)
	}
	return err
}

// firstCodes is how many codes are read at a time.
const firstCodes = 10_000

// firstArchives returns the codes of the first contracts that leave.
func (p *pushing) firstArchives(n int) ([]string, error) {
	n = max(0, min(n, p.glance.archives))
	found := make([]string, 0, n)
	last := ""
	for len(found) < n {
		codes, err := p.tx.CodesAfter(p.ctx, p.organisme.ID, last, min(n, firstCodes))
		if err != nil {
			return nil, err
		}
		if len(codes) == 0 {
			return nil, p.hub.db.Damaged(errors.New("fewer contracts are active than are counted"))
		}
		last = codes[len(codes)-1]
		for _, code := range codes {
			if len(found) < n && !p.plan.Stays(p.push, code) {
				found = append(found, code)
			}
		}
	}
	return found, nil
}

// archives returns how many contracts the plan archives.
func (p *pushing) archives() int {
	if p.glance != nil {
		return p.glance.archives
	}
	return len(p.plan.Archives)
}
