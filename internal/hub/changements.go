package hub

import (
	"context"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Changes is one synchronisation with a page of the contracts that it changed
// in one way.
type Changes struct {
	domaine.Synchronisation
	Changements []domaine.Changement
	Total       int  // of this kind, on all pages
	Annulable   bool // Undo may take it back, with all that came after it
	Expiree     bool // held for longer than it can be confirmed

	Derniere bool                   // the latest one that was applied
	Motifs   []domaine.MotifGarde   // why the guard held it, or would have
	Details  []passerelle.Violation // of a push that was refused whole, the first of them
}

// Changes returns one line of the journal with a page of the contracts that it
// changed in one way, ordered by code. For a held push it says what confirming
// it would change now.
func (h *Journal) Changes(ctx context.Context, organisme, id int64, kind domaine.ChangedKind, page Page) (*Changes, error) {
	c := &Changes{}
	err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
		if c.Synchronisation, err = tx.Synchronisation(ctx, organisme, id); err != nil {
			return orNotFound(err, "Il n’y a pas de synchronisation %d.", id)
		}
		d := Detail{Synchronisation: c.Synchronisation}
		if err := d.notes(ctx, tx, organisme); err != nil {
			return err
		}
		if c.Motifs, c.Details = d.Motifs, d.Details; c.Etat == domaine.EtatRetenue {
			return nil
		}
		latest, err := tx.LatestSynchronisation(ctx, organisme)
		if err != nil {
			return err
		}
		reset, err := tx.LatestReset(ctx, organisme)
		if err != nil {
			return err
		}
		c.Annulable, c.Derniere = c.Etat == domaine.EtatAppliquee && id > reset, id == latest
		if c.Etat != domaine.EtatAppliquee || c.Origine == domaine.OrigineRemiseAZero {
			return nil // it changed no contract that is still there
		}
		listed, alone := kind, false
		for _, only := range []domaine.ChangedKind{domaine.ChangedAdded, domaine.ChangedArchived} {
			if n := changed(c.Bilan, only); n > 0 && n == changed(c.Bilan, domaine.ChangedAll) && (kind == domaine.ChangedAll || kind == only) {
				listed, alone = only, true
			}
		}
		codes, err := tx.ChangedCodesOf(ctx, organisme, id, listed, alone, store.Page(page))
		if err != nil {
			return err
		}
		c.Total = changed(c.Bilan, kind)
		c.Changements, err = changesOf(ctx, tx, organisme, id, codes)
		return err
	})
	if err != nil || c.Etat != domaine.EtatRetenue {
		return c, err
	}
	if h.now().Sub(c.Debut) > HeldFor {
		c.Expiree = true
		return c, nil
	}
	detail := &Detail{Synchronisation: c.Synchronisation}
	if err := h.heldDetail(ctx, organisme, detail, Page{}); err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(detail.Changements, func(c domaine.Changement) bool { return kind != domaine.ChangedAll && KindOf(&c) != kind })
	c.Total = len(all)
	c.Changements = all[min(page.Offset, len(all)):min(page.Offset+page.Limit, len(all))]
	return c, nil
}

// changed is how many contracts a synchronisation changed in one way.
func changed(b domaine.Bilan, kind domaine.ChangedKind) int {
	switch kind {
	case domaine.ChangedAdded:
		return b.Ajoutes
	case domaine.ChangedUpdated:
		return b.Modifies
	case domaine.ChangedArchived:
		return b.Archives
	}
	return b.Ajoutes + b.Modifies + b.Archives
}

// KindOf says in which way a contract changed.
func KindOf(c *domaine.Changement) domaine.ChangedKind {
	switch {
	case c.Avant == nil:
		return domaine.ChangedAdded
	case c.Apres == nil:
		return domaine.ChangedArchived
	}
	return domaine.ChangedUpdated
}
