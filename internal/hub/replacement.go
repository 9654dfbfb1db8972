package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// PlaceAgain places the contracts again of every organisme of which a migration said
// so: what modèles match has changed since they were placed. Each is one transaction,
// and what fails for one does not keep the others; it returns how many it placed.
func (h *Integration) PlaceAgain(ctx context.Context) (n int, err error) {
	var ids []int64
	if err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
		ids, err = tx.ToPlaceAgain(ctx)
		return err
	}); err != nil {
		return 0, err
	}
	var failed []error
	for _, id := range ids {
		placed, err := h.placeAgain(ctx, id)
		if err != nil {
			failed = append(failed, fmt.Errorf("place the contracts of organisme %d: %w", id, err))
		} else if placed {
			n++
		}
	}
	return n, errors.Join(failed...)
}

// placeAgain reports false where another process was faster.
func (h *core) placeAgain(ctx context.Context, organisme int64) (marked bool, err error) {
	var written, total int
	err = h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) (err error) {
		if marked, err = tx.PlacedAgain(ctx, organisme); err != nil || !marked {
			return err
		}
		written, total, err = h.placeAll(ctx, tx, organisme, dataIntegration{})
		return err
	})
	if err == nil {
		h.settle(written, total)
	}
	return marked, err
}

// placeAll re-evaluates every profil that has contracts; d says what made it
// necessary, for those who are told. It returns how many profils it wrote, of how many.
func (h *core) placeAll(ctx context.Context, tx *store.Tx, organisme int64, d dataIntegration) (written, total int, err error) {
	profils, err := tx.Profils(ctx, organisme)
	if err != nil {
		return 0, 0, err
	}
	ended, err := tx.ProfilsPartis(ctx, organisme)
	if err != nil {
		return 0, 0, err
	}
	var weighing []*store.Profil
	before := map[*store.Profil]bool{} // was in a session
	for i := range profils {
		// The others are placed when a contract has them again.
		if p := &profils[i]; p.Effectif > 0 || ended[p.ID] {
			weighing, before[p] = append(weighing, p), p.Session != 0
		}
	}
	// The names of a session are those that its active contracts give it, whatever
	// those that ended said.
	slices.SortStableFunc(weighing, func(a, b *store.Profil) int {
		return cmp.Compare(min(a.Effectif, 1), min(b.Effectif, 1))
	})
	changed, err := place(ctx, tx, organisme, weighing, h.now())
	if err != nil {
		return 0, 0, err
	}
	if err := tx.SaveProfils(ctx, organisme, changed); err != nil {
		return 0, 0, err
	}
	return len(changed), len(profils), h.tell(ctx, tx, organisme, func() ([]evenement, error) {
		for _, p := range weighing {
			switch is := p.Session != 0; {
			case is && !before[p]:
				d.Nouveaux += p.Effectif
			case before[p] && !is:
				d.Perdus += p.Effectif
			}
			if p.Session != 0 {
				d.Integres += p.Effectif
			}
		}
		if d.Nouveaux+d.Perdus == 0 {
			return nil, nil
		}
		return []evenement{{domaine.IntegrationChangee, d}}, nil
	})
}
