package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Risques are balances that are lost where a paper is not sent in time.
type Risques struct {
	Au      passerelle.Date
	ARisque []rapprochement.Du // that will be lost soon, the most urgent first; Jours are left
	Perdus  []rapprochement.Du // that are lost, the oldest first
	Manques Manques            // contracts that are in neither, for what they come to is not known
}

// risquesMost is how many organismes a process remembers the balances at risk of.
const risquesMost = 64

// Risques returns what an organisme loses within some days, today included, and what
// it has lost. It is remembered until something that it depends on changes.
func (h *Comptabilite) Risques(ctx context.Context, organisme int64, jours int) (r Risques, err error) {
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		r, err = h.risques(ctx, tx, organisme, jours)
		return err
	})
	return r, err
}

func (h *core) risques(ctx context.Context, tx *store.Tx, organisme int64, jours int) (Risques, error) {
	au := h.today()
	key, err := risquesKey(ctx, tx, organisme, au)
	if err != nil {
		return Risques{}, err
	}
	about := aboutOf(organisme)
	all, known := h.risks.get(about, key)
	if !known {
		found, missing, err := rapprocher(ctx, tx, organisme, DemandeFinancement{Au: au})
		if err != nil {
			return Risques{}, err
		}
		all = Risques{Au: au, ARisque: found.ARisque, Perdus: found.Perdus, Manques: missing}
		h.risks.put(about, key, all, risquesMost)
	}
	r := Risques{Au: au, Perdus: slices.Clip(all.Perdus), Manques: all.Manques}
	for _, d := range all.ARisque { // by what is left
		if d.Jours <= jours {
			r.ARisque = append(r.ARisque, d)
		}
	}
	return r, nil
}

// risquesKey names all that balances at risk depend on.
func risquesKey(ctx context.Context, tx *store.Tx, organisme int64, au passerelle.Date) (string, error) {
	latest, err := tx.LatestSynchronisation(ctx, organisme)
	if err != nil {
		return "", err
	}
	transmis, _, err := tx.Counts(ctx, organisme)
	if err != nil {
		return "", err
	}
	partis, err := tx.CountPartis(ctx, organisme, false) // fewer after a purge
	if err != nil {
		return "", err
	}
	decision, err := tx.DerniereDecision(ctx, organisme, 0)
	if err != nil {
		return "", err
	}
	deposits, err := tx.Echeanciers(ctx, organisme)
	if err != nil {
		return "", err
	}
	amounts, err := amountsKey(ctx, tx, organisme)
	if err != nil {
		return "", err
	}
	key, err := json.Marshal(append([]any{au, latest, transmis, partis, decision, len(deposits)}, amounts...))
	if err != nil {
		return "", fmt.Errorf("name balances at risk: %w", err)
	}
	return string(key), nil
}
