package hub

import (
	"context"
	"errors"
	"time"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// What is kept anew in one transaction takes some milliseconds, and the database is left
// to others for several times as long before the next.
const (
	anewAtOnce   = 200
	anewPause    = 4                      // times what the transaction took
	anewLeast    = 5 * time.Millisecond   // between two
	anewBusy     = 250 * time.Millisecond // where others write to the organisme
	anewPatience = time.Minute            // for another process that keeps it
)

// KeepAnew has the database keep as values what an earlier release stored as documents,
// in the background of everything else; it returns how many versions it changed. It can
// be stopped at any time, and goes on where it was.
func (h *Contrats) KeepAnew(ctx context.Context) (n int, err error) {
	ids, err := h.toKeepAnew(ctx)
	if err != nil {
		return 0, err
	}
	for _, id := range ids { // one of them may be damaged, the others are kept anew all the same
		changed, failed := h.keepAnew(ctx, id)
		if n += changed; ctx.Err() != nil {
			return n, ctx.Err()
		}
		err = errors.Join(err, failed)
	}
	if n > 0 {
		h.settle(n, n)
	}
	return n, err
}

// ToKeepAnew returns of how many organismes KeepAnew has not seen every version yet.
func (h *Contrats) ToKeepAnew(ctx context.Context) (int, error) {
	ids, err := h.toKeepAnew(ctx)
	return len(ids), err
}

func (h *Contrats) toKeepAnew(ctx context.Context) ([]int64, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]int64, error) { return tx.ToKeepAnew(ctx) })
}

func (h *Contrats) keepAnew(ctx context.Context, organisme int64) (n int, err error) {
	var waited time.Duration
	for {
		started := time.Now()
		changed, done, err := h.db.KeepAnew(ctx, organisme, anewAtOnce)
		n += changed
		pause := max(anewLeast, anewPause*time.Since(started))
		switch {
		case errors.Is(err, store.ErrBusy) && waited < anewPatience:
			pause = anewBusy
			waited += pause
		case err != nil || done:
			return n, err
		default:
			waited = 0
		}
		select {
		case <-ctx.Done():
			return n, ctx.Err()
		case <-time.After(pause):
		}
	}
}
