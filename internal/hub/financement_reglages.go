package hub

import (
	"context"

	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// ReglagesFinancement are the settings of an organisme that its funding depends on.
type ReglagesFinancement struct {
	Options financement.Options
	Comptes arrete.Comptes
}

// reglagesFinancement returns the settings of an organisme.
func reglagesFinancement(_ context.Context, _ *store.Tx, _ int64) (ReglagesFinancement, error) {
	return ReglagesFinancement{Comptes: arrete.Comptes{Produits: "706100", PCA: "487000", FAE: "418100", Journal: "OD"}}, nil
}
