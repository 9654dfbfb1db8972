package hub

import (
	"context"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// JoursRisque is how many days before a balance is lost webhooks are told of it.
const JoursRisque = 30

type dataRisque struct {
	CodeContrat   string               `json:"codeContrat"`
	Date          string               `json:"date"` // since when it is due, YYYY-MM-DD
	Montant       financement.Centimes `json:"montant"`
	AuPlusTard    string               `json:"auPlusTard"`
	JoursRestants int                  `json:"joursRestants"`
}

// TellRisques tells the webhooks of every organisme of the balances that it loses
// within JoursRisque days, once for each contract and last day, and returns how many
// were told. Only organismes of which a webhook listens are looked at.
func (h *Comptabilite) TellRisques(ctx context.Context) (n int, err error) {
	var ids []int64
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		all, err := tx.OrganismesWithWebhooks(ctx)
		for _, id := range all {
			targets, failed := tx.WebhookTargets(ctx, id)
			if failed != nil {
				return failed
			}
			if slices.ContainsFunc(targets, func(t store.WebhookTarget) bool {
				return len(t.Evenements) == 0 || slices.Contains(t.Evenements, domaine.FinancementRisque)
			}) {
				ids = append(ids, id)
			}
		}
		return err
	})
	for _, id := range ids {
		if err != nil {
			return n, err
		}
		var told int
		told, err = h.tellRisques(ctx, id)
		n += told
	}
	return n, err
}

func (h *Comptabilite) tellRisques(ctx context.Context, organisme int64) (n int, err error) {
	r, err := h.Risques(ctx, organisme, JoursRisque)
	if err != nil || len(r.ARisque) == 0 {
		return 0, err
	}
	err = h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		n = 0
		return h.tell(ctx, tx, organisme, func() (list []evenement, err error) {
			for i := range r.ARisque {
				d := &r.ARisque[i]
				fresh, err := tx.TellRisque(ctx, organisme, d.CodeContrat, d.AuPlusTard)
				if err != nil {
					return nil, err
				}
				if fresh {
					list = append(list, evenement{domaine.FinancementRisque, dataRisque{d.CodeContrat, d.Date.String(), d.Montant, d.AuPlusTard.String(), d.Jours}})
				}
			}
			n = len(list)
			return list, nil
		})
	})
	return n, err
}
