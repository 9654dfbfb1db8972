package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrBusy says that others are served first: nothing was recorded, and the same
// request may succeed in a moment.
var ErrBusy = errors.New("others are served first")

// Patience is how long a transaction waits for its turn, unless SetPatience says
// otherwise.
const Patience = 15 * time.Second

// maxWaiting is how many transactions of one organisme wait in a process for the one
// that is under way: many more would wait longer than anybody does.
const maxWaiting = 64

// turns lets the transactions that write to one organisme pass one after the other.
// They wait here, where they hold no connection, and only a few of them.
type turns struct {
	mu    sync.Mutex
	lines map[int64]*line
}

// line is the transactions of one organisme.
type line struct {
	there int           // with the one under way
	first chan struct{} // held by the one under way
}

func newTurns() *turns { return &turns{lines: map[int64]*line{}} }

// take waits for the turn of an organisme, and returns what ends it.
func (t *turns) take(ctx context.Context, organisme int64) (done func(), err error) {
	t.mu.Lock()
	l := t.lines[organisme]
	if l == nil {
		l = &line{first: make(chan struct{}, 1)}
		t.lines[organisme] = l
	}
	if l.there > maxWaiting {
		t.mu.Unlock()
		return nil, fmt.Errorf("%w: %d transactions of the organisme wait", ErrBusy, maxWaiting)
	}
	l.there++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if l.there--; l.there == 0 {
			delete(t.lines, organisme)
		}
	}
	select {
	case l.first <- struct{}{}:
		return func() { <-l.first; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, context.Cause(ctx)
	}
}

// slots bound how many transactions of a kind hold a connection, so that some are
// left for the others.
type slots chan struct{}

// take waits for a slot, and returns what gives it back.
func (s slots) take(ctx context.Context) (done func(), err error) {
	select {
	case s <- struct{}{}:
		return func() { <-s }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Share says how many connections each of the two pools has, so that transactions
// that may take long leave some of them to the others. It must be called before the
// database is used.
func (db *DB) Share(writers, readers int) {
	db.writes, db.locks = make(slots, max(1, writers/2)), make(slots, max(1, writers/4))
	db.reads = make(slots, max(1, readers*3/8))
}

// SetPatience sets how long a transaction waits for its turn. It must be called
// before the database is used.
func (db *DB) SetPatience(d time.Duration) { db.patience = d }

// patient returns a context in which a transaction waits for its turn.
func (db *DB) patient(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, db.patience, ErrBusy)
}

// lockWait is how long a transaction waits with a connection in its hands for
// another process, before it lets others have the connection.
const lockWait = time.Second

// locked is what run returns where another process holds the organisme.
type locked struct{ error }

// Unwrap returns the error of the lock.
func (l locked) Unwrap() error { return l.error }

// WriteOrganisme runs fn in one transaction, after those under way for the same
// organisme. It returns ErrNotFound where there is no such organisme, ErrBusy where
// the others take too long.
func (db *DB) WriteOrganisme(ctx context.Context, organisme int64, fn func(*Tx) error) error {
	return db.inTurn(ctx, organisme, func(waiting context.Context) error {
		return db.lockAndWrite(ctx, waiting, organisme, 0, fn)
	})
}

// inTurn calls fn once the transactions of this process that came before for the
// organisme are over.
func (db *DB) inTurn(ctx context.Context, organisme int64, fn func(waiting context.Context) error) error {
	if organisme == 0 {
		return ErrNotFound // nobody in particular
	}
	waiting, cancel := db.patient(ctx)
	defer cancel()
	done, err := db.turns.take(waiting, organisme)
	if err != nil {
		return fmt.Errorf("wait for the organisme: %w", err)
	}
	defer done()
	return fn(waiting)
}

// lockAndWrite runs fn in one transaction, as the only one that writes to the organisme,
// with what was stored in portions under a key, 0 for nothing.
func (db *DB) lockAndWrite(ctx, waiting context.Context, organisme, key int64, write func(*Tx) error) error {
	fn := func(tx *Tx) error {
		if err := tx.takePortions(ctx, organisme, key); err != nil {
			return err
		}
		return write(tx)
	}
	// Nobody is in the way most of the time. Where another process is, few
	// connections are spent on waiting for it.
	err := db.writeOrganisme(ctx, waiting, organisme, 0, fn)
	if !errors.As(err, &locked{}) {
		return err
	}
	for {
		err := db.waitAndWrite(ctx, waiting, organisme, fn)
		if !errors.As(err, &locked{}) || waiting.Err() != nil {
			return err
		}
	}
}

// waitAndWrite waits for another process for a while.
func (db *DB) waitAndWrite(ctx, waiting context.Context, organisme int64, fn func(*Tx) error) error {
	slot, err := db.locks.take(waiting)
	if err != nil {
		return fmt.Errorf("lock the organisme: %w", err)
	}
	defer slot() // a panic of fn passes here, too
	return db.writeOrganisme(ctx, waiting, organisme, lockWait, fn)
}

func (db *DB) writeOrganisme(ctx, waiting context.Context, organisme int64, wait time.Duration, fn func(*Tx) error) error {
	slot, err := db.writes.take(waiting)
	if err != nil {
		return fmt.Errorf("wait for a connection: %w", err)
	}
	defer slot()
	return db.run(ctx, db.writer, nil, organisme, wait, fn)
}

// ReadLong runs fn as Read does: it is for what may take long, of which there are
// only so many at a time.
func (db *DB) ReadLong(ctx context.Context, fn func(*Tx) error) error {
	waiting, cancel := db.patient(ctx)
	slot, err := db.reads.take(waiting)
	cancel()
	if err != nil {
		return fmt.Errorf("wait for a connection: %w", err)
	}
	defer slot()
	return db.Read(ctx, fn)
}
