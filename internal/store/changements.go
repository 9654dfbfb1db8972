package store

import (
	"context"
)

// ChangedKind says which of the contracts that a synchronisation changed are
// wanted.
type ChangedKind string

// The kinds of changes.
const (
	ChangedAll      ChangedKind = ""
	ChangedAdded    ChangedKind = "added"
	ChangedUpdated  ChangedKind = "updated"
	ChangedArchived ChangedKind = "archived"
)

// ChangedCodesOf returns a page of the codes of the contracts that a
// synchronisation changed in one way, in order. alone says that it changed
// contracts in no other way, which makes them faster to list.
func (tx *Tx) ChangedCodesOf(ctx context.Context, organisme, synchronisation int64, kind ChangedKind, alone bool, page Page) ([]string, error) {
	q := map[ChangedKind]query{
		ChangedAll: qContratChanged, ChangedAdded: qContratChangedAdded, ChangedUpdated: qContratChangedUpdated, ChangedArchived: qContratChangedArchived,
	}[kind]
	switch {
	case alone && kind == ChangedAdded:
		q = qContratChangedAllAdded
	case alone && kind == ChangedArchived:
		q = qContratChangedAllArchived
	}
	return tx.codes(ctx, q, organisme, synchronisation, page.Limit, page.Offset)
}
