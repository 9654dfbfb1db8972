package storetest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// leaving is a context that ends when it is looked at for the nth time, so that its
// caller leaves at a chosen moment of a transaction.
type leaving struct {
	context.Context
	leave context.CancelFunc
	left  *atomic.Int64
}

func newLeaving(t *testing.T, looks int64) leaving {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	l := leaving{ctx, cancel, new(atomic.Int64)}
	l.left.Store(looks)
	return l
}

func (l leaving) look() {
	if l.left.Add(-1) == 0 {
		l.leave()
	}
}

func (l leaving) Done() <-chan struct{} {
	l.look()
	return l.Context.Done()
}

func (l leaving) Err() error {
	l.look()
	return l.Context.Err()
}

// survivesLeaving has the caller leave at each moment of a write until one is not
// disturbed any more.
func survivesLeaving(t *testing.T, db *store.DB) {
	for looks := int64(1); ; looks++ {
		organisme := newOrganisme(t, db) // one that has more contracts is looked at more often
		ctx, ended := newLeaving(t, looks), make(chan error, 1)
		go func() {
			ended <- db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
				if err := insert(ctx, tx, organisme, looks, "K1"); err != nil {
					return err
				}
				return tx.EachDocumentUnordered(ctx, organisme, false, func([]byte) error { return nil })
			})
		}()
		select {
		case err := <-ended:
			if err == nil && ctx.left.Load() > 0 {
				t.Logf("a write looks %d times whether its caller is there", looks)
				return
			}
		case <-time.After(patience):
			t.Fatalf("the caller left at the %d. look: the organisme stays locked", looks)
		}
	}
}
