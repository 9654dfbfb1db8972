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
// it as it can, and returns how what it found is stored ahead of the transaction, in
// portions between which others write, nil where there is nothing to store. fresh says
// whether prepare ran, all of that is stored, and nobody has written to the organisme
// since; fn then has to call ApplyPortions or ForgetPortions. Where organismes do not
// wait for each other prepare is not called.
func (db *DB) WriteOrganismePrepared(ctx context.Context, organisme int64, prepare func(*Tx) (Ahead, error), fn func(tx *Tx, fresh bool) error) error {
	if !db.dialect.OneWriter() {
		return db.WriteOrganisme(ctx, organisme, func(tx *Tx) error { return fn(tx, false) })
	}
	return db.inTurn(ctx, organisme, func(waiting context.Context) error {
		var seen, key int64
		var ahead Ahead
		if err := db.prepare(ctx, waiting, func(tx *Tx) (err error) {
			if err := tx.one(ctx, qOrganismeRevision, []any{organisme}, &seen); err != nil {
				return err
			}
			ahead, err = prepare(tx)
			return err
		}); err != nil {
			return err
		}
		if ahead != nil {
			var err error
			if key, err = db.storeAhead(ctx, organisme, seen, ahead); err != nil {
				return err
			}
		}
		// To prepare is work, not waiting.
		again, cancel := db.patient(ctx)
		defer cancel()
		err := db.lockAndWrite(ctx, again, organisme, key, func(tx *Tx) error {
			var now int64
			if err := tx.one(ctx, qOrganismeRevision, []any{organisme}, &now); err != nil {
				return err
			}
			fresh := now == seen+1 && (ahead == nil || tx.ahead) // the lock has counted this transaction
			if !fresh {
				if err := tx.ForgetPortions(ctx, organisme); err != nil {
					return err
				}
			}
			err := fn(tx, fresh)
			if err == nil && tx.ahead {
				err = errPortions
			}
			return err
		})
		if err != nil && key != 0 {
			db.forgetSoon(ctx, organisme, key)
		}
		return err
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
