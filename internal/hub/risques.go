package hub

import (
	"context"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Risques are balances that are lost where a paper is not sent in time.
type Risques struct {
	Au      passerelle.Date
	ARisque []rapprochement.Du // that will be lost soon, the most urgent first; Jours are left
	Perdus  []rapprochement.Du // that are lost, the oldest first
}

// Risques returns what an organisme loses within some days, today included, and what
// it has lost.
func (h *Comptabilite) Risques(ctx context.Context, organisme int64, jours int) (r Risques, err error) {
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		r, err = h.risques(ctx, tx, organisme, jours)
		return err
	})
	return r, err
}

func (h *core) risques(ctx context.Context, tx *store.Tx, organisme int64, jours int) (r Risques, err error) {
	r.Au = h.today()
	found, err := rapprocher(ctx, tx, organisme, DemandeFinancement{Au: r.Au})
	if err != nil {
		return r, err
	}
	for _, d := range found.ARisque { // by what is left
		if d.Jours <= jours {
			r.ARisque = append(r.ARisque, d)
		}
	}
	r.Perdus = found.Perdus
	return r, nil
}
