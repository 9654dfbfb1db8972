package store

import (
	"context"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// ChangedCodesOf returns a page of the codes of the contracts that a
// synchronisation changed in one way, in order. alone says that it changed
// contracts in no other way, which makes them faster to list.
func (tx *Tx) ChangedCodesOf(ctx context.Context, organisme, synchronisation int64, kind domaine.ChangedKind, alone bool, page Page) ([]string, error) {
	q := map[domaine.ChangedKind]query{
		domaine.ChangedAll: qContratChanged, domaine.ChangedAdded: qContratChangedAdded, domaine.ChangedUpdated: qContratChangedUpdated, domaine.ChangedArchived: qContratChangedArchived,
	}[kind]
	switch {
	case alone && kind == domaine.ChangedAdded:
		q = qContratChangedAllAdded
	case alone && kind == domaine.ChangedArchived:
		q = qContratChangedAllArchived
	}
	return tx.codes(ctx, q, organisme, synchronisation, page.Limit, page.Offset)
}
