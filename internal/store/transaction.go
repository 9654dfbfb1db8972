package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/passerelle-hub/passerelle/internal/document"
)

// Tx is a transaction. It is not safe for use by several goroutines.
type Tx struct {
	db        *DB
	conn      *sql.Conn
	tx        *sql.Tx
	organisme int64
	committed []func() // what waits for the commit
	ahead     bool     // portions were stored for it, and are neither applied nor taken away
	readOnly  bool

	profils    map[int64]*document.Profil // of profilsDe, by their ids: those that were read; shared where profilsAll
	profilsDe  int64
	profilsAll bool // all of them were read
}

// Read runs fn on a snapshot of the database, which it cannot change.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return db.run(ctx, db.reader, &db.readOptions, 0, 0, fn)
}

// ReadLarge runs fn as Read does, on the replica where there is one that shows
// everything committed so far: it is for lists and journals, which read much.
func (db *DB) ReadLarge(ctx context.Context, fn func(*Tx) error) error {
	if db.replica == nil {
		return db.ReadLong(ctx, fn)
	}
	if conn, ok := db.replica.Conn(ctx); ok {
		defer conn.Close()
		if tx, err := conn.BeginTx(ctx, &db.readOptions); err == nil {
			db.replicaReads.Add(1)
			defer func() { _ = tx.Rollback() }()
			return fn(&Tx{db: db, conn: conn, tx: tx, readOnly: true})
		}
	}
	db.primaryReads.Add(1)
	return db.ReadLong(ctx, fn)
}

// Write runs fn in one transaction: all of it happens, or nothing.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	return db.run(ctx, db.writer, nil, 0, 0, fn)
}

// run runs fn in a transaction. With an organisme it is the only one that writes to
// it, or a locked error where another process keeps it for longer than wait.
func (db *DB) run(ctx context.Context, pool *sql.DB, options *sql.TxOptions, organisme int64, wait time.Duration, fn func(*Tx) error) error {
	whole, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	// Whoever asked for it may leave at any time, but not take a commit with them: until
	// it has begun here, later where it looks before it commits.
	stays := context.AfterFunc(ctx, giveUp)
	conn, tx, err := db.begin(ctx, whole, pool, options)
	if !stays() && err == nil {
		_ = tx.Rollback()
		conn.Close()
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	defer conn.Close()
	// It has no effect once the transaction is committed. A panic passes here too:
	// the connection must not be given back with a transaction open on it.
	defer func() {
		limit := time.AfterFunc(db.commitLimit, giveUp) // a server that is frozen does not answer this either
		defer limit.Stop()
		_ = tx.Rollback()
	}()
	if organisme != 0 {
		if err := db.dialect.Lock(ctx, tx, organisme, wait); err != nil {
			err = fmt.Errorf("lock the organisme: %w", db.explain(err))
			if errors.Is(err, ErrBusy) {
				return locked{err}
			}
			return err
		}
	}
	running := &Tx{db: db, conn: conn, tx: tx, organisme: organisme, readOnly: options != nil && options.ReadOnly}
	if err := fn(running); err != nil {
		return err
	}
	if options != nil && options.ReadOnly {
		return nil // nothing to commit: what was read is already in the caller's hands
	}
	if ctx.Err() != nil {
		return fmt.Errorf("commit: %w", ctx.Err()) // it is rolled back
	}
	limit := time.AfterFunc(db.commitLimit, giveUp)
	err = tx.Commit()
	if inTime := limit.Stop(); err != nil {
		if err = db.explain(err); FaultOf(err) == ErrUnavailable || !inTime {
			err = &Fault{Kind: ErrUncertain, Cause: err}
			db.uncertain.Add(1)
		}
		return fmt.Errorf("commit: %w", err)
	}
	if err := db.dialect.Present(); err != nil {
		return fmt.Errorf("after the commit: %w", &Fault{Kind: ErrUncertain, Cause: err})
	}
	for _, fn := range running.committed {
		fn()
	}
	return nil
}

// staleConnections is how many connections that the database has ended are passed over
// at most: a pool may be full of them.
const staleConnections = 64

// begin begins a transaction. Where the database has ended the connection of the pool
// since it was last used, it takes another: nothing has been asked of it yet.
func (db *DB) begin(ctx, whole context.Context, pool *sql.DB, options *sql.TxOptions) (*sql.Conn, *sql.Tx, error) {
	if err := db.dialect.Present(); err != nil {
		db.fails(err)
		return nil, nil, &Fault{Kind: ErrUnavailable, Cause: err}
	}
	for tries := 1; ; tries++ {
		conn, err := db.connect(ctx, pool)
		if err != nil {
			return nil, nil, fmt.Errorf("connect to the database: %w", db.explain(err))
		}
		tx, err := conn.BeginTx(whole, options)
		if err == nil {
			if err = db.dialect.Begin(ctx, tx); err == nil {
				db.answers()
				return conn, tx, nil
			}
			_ = tx.Rollback()
		}
		conn.Close()
		if ctx.Err() != nil { // whatever the driver says of a wait that was ended
			return nil, nil, fmt.Errorf("begin a transaction: %w", ctx.Err())
		}
		if tries == staleConnections || !db.dialect.Stale(err) {
			return nil, nil, fmt.Errorf("begin a transaction: %w", db.explain(err))
		}
	}
}

// connect returns a connection of a pool, within the time that anybody waits for one.
func (db *DB) connect(ctx context.Context, pool *sql.DB) (*sql.Conn, error) {
	waiting, cancel := db.patient(ctx)
	defer cancel()
	conn, err := pool.Conn(waiting)
	if err != nil && ctx.Err() == nil && waiting.Err() != nil {
		err = fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return conn, err
}
