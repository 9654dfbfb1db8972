package hub

import (
	"context"

	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// reglagesFinancement are the settings of an organisme that its funding depends
// on.
type reglagesFinancement struct {
	options financement.Options
	comptes arrete.Comptes
}

func loadReglagesFinancement(ctx context.Context, tx *store.Tx, organisme int64) (r reglagesFinancement, err error) {
	o, err := tx.Organisme(ctx, organisme)
	if err != nil {
		return r, orNotFound(err, "Il n’y a pas d’organisme %d.", organisme)
	}
	return reglagesFinancementOf(&o.Reglages), nil
}

func reglagesFinancementOf(set *domaine.Reglages) reglagesFinancement {
	r := reglagesFinancement{options: financement.Options{Base: financement.BaseReelle, SansPartEmployeur: !set.PartEmployeur},
		comptes: arrete.Comptes{Produits: set.Comptes.Produits, PCA: set.Comptes.PCA, FAE: set.Comptes.FAE, Journal: set.Comptes.Journal}}
	if set.BaseJours == domaine.Base365 {
		r.options.Base = financement.Base365
	}
	return r
}
