package hub

import (
	"context"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// Attentes is how much waits for a person in an organisme, by where it is looked at.
type Attentes struct {
	Refuses       int // contracts that the last pushes refused
	HorsSession   int // active contracts that no modèle places
	Retenues      int // held pushes that can still be confirmed
	FinsPresumees int // archived contracts whose last day nobody said
}

// Attentes counts what waits for a person: a few sums that the database keeps small.
func (h *Journal) Attentes(ctx context.Context, organisme int64) (a Attentes, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		if a.Refuses, err = tx.ContratsRefuses(ctx, organisme); err != nil {
			return err
		}
		transmis, integres, err := tx.Counts(ctx, organisme)
		if err != nil {
			return err
		}
		a.HorsSession = transmis - integres
		held, err := h.held(ctx, tx, organisme)
		if err != nil {
			return err
		}
		a.Retenues = len(held)
		a.FinsPresumees, err = tx.CountPresumees(ctx, organisme)
		return err
	})
	return a, err
}
