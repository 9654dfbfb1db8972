package hub

import (
	"context"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// FinDecidee is an archived contract whose end a person decided.
type FinDecidee struct {
	Code string
	DecisionFin
}

// FinsDecidees returns what stands of what people decided of the ends of contracts
// that are archived now, at most limit of them, the latest first.
func (h *Contrats) FinsDecidees(ctx context.Context, organisme int64, limit int) (found []FinDecidee, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		last, err := tx.DerniereDecision(ctx, organisme, 0)
		if err != nil {
			return err
		}
		list, err := tx.Decisions(ctx, organisme, last)
		if err != nil {
			return err
		}
		found, err = standingLatest(ctx, tx, organisme, list, limit)
		return err
	})
	return found, err
}

// standingLatest returns the latest decisions of list, which is in order, that are
// about the present archiving of a contract and were not decided again since.
func standingLatest(ctx context.Context, tx *store.Tx, organisme int64, list []store.DecisionFin, limit int) (found []FinDecidee, err error) {
	stands := standing(list)
	slices.Reverse(list)
	list = slices.DeleteFunc(list, func(d store.DecisionFin) bool {
		about := aboutFin{d.Code, d.Racine}
		_, ok := stands[about]
		delete(stands, about) // the first that is met is the last that was decided
		return !ok
	})
	for batch := range slices.Chunk(list, 500) {
		codes := make([]string, len(batch))
		for i := range batch {
			codes[i] = batch[i].Code
		}
		vies, err := tx.ViesOf(ctx, organisme, codes)
		if err != nil {
			return nil, err
		}
		racines := make(map[aboutFin]bool, len(vies))
		for i := range vies {
			racines[aboutFin{vies[i].Code, vies[i].Racine}] = true
		}
		for _, d := range batch {
			if len(found) == limit {
				return found, nil
			}
			if racines[aboutFin{d.Code, d.Racine}] {
				found = append(found, FinDecidee{d.Code, DecisionFin{d.Quoi, d.Par, d.Le}})
			}
		}
	}
	return found, nil
}
