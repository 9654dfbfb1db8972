package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// aside keeps sessions of the console and failed logins where the one writer of the
// database need not be waited for: a login must not wait for a large push.
type aside struct {
	open func(context.Context) (*sql.DB, error)

	mu   sync.Mutex
	pool *sql.DB // nil until something is kept
}

// KeepAside has sessions of the console and failed logins kept in a place of their
// own, which is opened when it is first used and closed with the database. It must be
// called before the database is used; without it they are in the database.
func (db *DB) KeepAside(open func(context.Context) (*sql.DB, error)) { db.aside = &aside{open: open} }

// Aside runs fn in one transaction on what is kept of sessions of the console and
// failed logins, and on nothing else.
func (db *DB) Aside(ctx context.Context, fn func(*Tx) error) error {
	if db.aside == nil {
		return db.Write(ctx, fn)
	}
	pool, err := db.aside.get(ctx)
	if err != nil {
		return fmt.Errorf("open what is kept of sessions: %w", db.explain(err))
	}
	return db.run(ctx, pool, nil, 0, 0, fn)
}

// ReadAside runs fn as Aside does, where it changes nothing.
func (db *DB) ReadAside(ctx context.Context, fn func(*Tx) error) error {
	if db.aside == nil {
		return db.Read(ctx, fn)
	}
	return db.Aside(ctx, fn)
}

func (a *aside) get(ctx context.Context) (*sql.DB, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.pool != nil {
		return a.pool, nil
	}
	pool, err := a.open(ctx)
	if err == nil {
		a.pool = pool
	}
	return pool, err
}

func (a *aside) close() error {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.pool == nil {
		return nil
	}
	pool := a.pool
	a.pool = nil
	a.open = func(context.Context) (*sql.DB, error) { return nil, errors.New("the database is closed") }
	return pool.Close()
}
