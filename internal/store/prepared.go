package store

import (
	"context"
	"fmt"
)

// preparing is how many transactions are prepared at a time beside the one that
// writes.
const preparing = 2

// WriteOrganismePrepared is WriteOrganisme for what takes long, where all organismes
// share one writer (SQLite): prepare works out beforehand, on a snapshot, as much of
// it as it can, so that others are kept waiting for the rest only. fresh says whether
// prepare ran and nobody has written to the organisme since. Where organismes do not
// wait for each other it is not called.
func (db *DB) WriteOrganismePrepared(ctx context.Context, organisme int64, prepare func(*Tx) error, fn func(tx *Tx, fresh bool) error) error {
	if !db.dialect.OneWriter() {
		return db.WriteOrganisme(ctx, organisme, func(tx *Tx) error { return fn(tx, false) })
	}
	return db.inTurn(ctx, organisme, func(waiting context.Context) error {
		var seen int64
		if err := db.prepare(ctx, waiting, func(tx *Tx) error {
			if err := tx.one(ctx, qOrganismeRevision, []any{organisme}, &seen); err != nil {
				return err
			}
			return prepare(tx)
		}); err != nil {
			return err
		}
		// To prepare is work, not waiting.
		again, cancel := db.patient(ctx)
		defer cancel()
		return db.lockAndWrite(ctx, again, organisme, func(tx *Tx) error {
			var now int64
			if err := tx.one(ctx, qOrganismeRevision, []any{organisme}, &now); err != nil {
				return err
			}
			return fn(tx, now == seen+1) // the lock has counted this transaction
		})
	})
}

func (db *DB) prepare(ctx, waiting context.Context, fn func(*Tx) error) error {
	slot, err := db.prepares.take(waiting)
	if err != nil {
		return fmt.Errorf("wait to be prepared: %w", err)
	}
	defer slot() // a panic passes here, too
	return db.Read(ctx, fn)
}
