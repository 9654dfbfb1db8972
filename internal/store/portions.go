package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Ahead stores a portion of what a synchronisation will change, in a transaction that
// should be short, and reports whether all of it is stored that can be. What it stores
// is not there for anybody until that synchronisation is applied: versions that begin
// with it (InsertVersions) and people who come with it (AddPersonnes).
type Ahead func(tx *Tx, synchronisation int64) (done bool, err error)

// errOvertaken says that somebody else wrote to the organisme between two portions.
var errOvertaken = errors.New("the organisme was written to meanwhile")

// storeAhead stores in portions what the next synchronisation of an organisme will
// change, as of a revision of the organisme. It returns the key of the portions, 0 where
// the organisme was written to meanwhile.
func (db *DB) storeAhead(ctx context.Context, organisme, revision int64, ahead Ahead) (key int64, err error) {
	key = rand.Int64N(1<<62) + 1
	for first, done := true, false; !done; first = false {
		err := db.portion(ctx, func(tx *Tx) (err error) {
			var now, next int64
			if err := tx.one(ctx, qPortionNext, []any{organisme}, &now, &next); err != nil {
				return err
			}
			if now != revision {
				return errOvertaken
			}
			if first {
				err = tx.beginPortions(ctx, organisme, key, next)
			} else if owner, _, failed := tx.portions(ctx, organisme); failed != nil || owner != key {
				err = errors.Join(failed, errOvertaken)
			}
			if err != nil {
				return err
			}
			done, err = ahead(tx, next)
			return err
		})
		if errors.Is(err, errOvertaken) {
			return 0, nil // whoever writes next takes away what was stored
		}
		if err != nil {
			db.forgetSoon(ctx, organisme, key)
			return 0, err
		}
	}
	return key, nil
}

// portion runs fn in one transaction, whose commit nobody depends on yet.
func (db *DB) portion(ctx context.Context, fn func(*Tx) error) error {
	waiting, cancel := db.patient(ctx)
	defer cancel()
	err := db.writeOrganisme(ctx, waiting, 0, 0, fn)
	var fault *Fault
	if errors.As(err, &fault) && fault.Kind == ErrUncertain {
		err = &Fault{Kind: ErrUnavailable, Cause: err} // committed or not, it is not there
	}
	return err
}

// forgetTime is how long it is tried to take portions away that nobody will apply.
const forgetTime = 5 * time.Second

// forgetSoon takes portions away whose owner gives up. Where that fails, the next
// transaction that writes to the organisme does it.
func (db *DB) forgetSoon(ctx context.Context, organisme, key int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetTime)
	defer cancel()
	_ = db.portion(ctx, func(tx *Tx) error {
		if owner, _, err := tx.portions(ctx, organisme); err != nil || owner != key {
			return err
		}
		return tx.forgetPortions(ctx, organisme)
	})
}

// portions returns the owner and the synchronisation of what is stored in portions for
// an organisme, 0 where nothing is.
func (tx *Tx) portions(ctx context.Context, organisme int64) (owner, synchronisation int64, err error) {
	err = tx.one(ctx, qPortionGet, []any{organisme}, &owner, &synchronisation)
	if errors.Is(err, ErrNotFound) {
		return 0, 0, nil
	}
	return owner, synchronisation, err
}

func (tx *Tx) beginPortions(ctx context.Context, organisme, key, synchronisation int64) error {
	if err := tx.forgetPortions(ctx, organisme); err != nil {
		return err
	}
	_, err := tx.exec(ctx, qPortionInsert, organisme, key, synchronisation)
	return err
}

// forgetPortions takes away what is stored for an organisme and not applied: of a
// process that was killed, or of somebody who was overtaken or gave up.
func (tx *Tx) forgetPortions(ctx context.Context, organisme int64) error {
	owner, synchronisation, err := tx.portions(ctx, organisme)
	if err != nil || owner == 0 {
		return err
	}
	if _, err := tx.exec(ctx, qPortionForgetContrats, organisme, synchronisation); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, qPortionForgetPersonnes, organisme, synchronisation); err != nil {
		return err
	}
	_, err = tx.exec(ctx, qPortionDelete, organisme)
	return err
}

// takePortions begins a transaction that writes to an organisme: what is stored in
// portions is taken away, unless it has the key of this transaction, which then has to
// apply it or to take it away (ApplyPortions, ForgetPortions).
func (tx *Tx) takePortions(ctx context.Context, organisme, key int64) error {
	if !tx.db.dialect.OneWriter() {
		return nil
	}
	owner, _, err := tx.portions(ctx, organisme)
	if err != nil || owner == 0 {
		return err
	}
	if owner != key {
		return tx.forgetPortions(ctx, organisme)
	}
	tx.ahead = true
	return nil
}

// ApplyPortions says that the synchronisation that the transaction records is the one
// for which portions were stored: they are there with it.
func (tx *Tx) ApplyPortions(ctx context.Context, organisme int64) error {
	if !tx.ahead {
		return nil
	}
	tx.ahead = false
	_, err := tx.exec(ctx, qPortionDelete, organisme)
	return err
}

// ForgetPortions takes away what was stored in portions for the transaction, which does
// without. It has to happen before the transaction takes a synchronisation's id.
func (tx *Tx) ForgetPortions(ctx context.Context, organisme int64) error {
	if !tx.ahead {
		return nil
	}
	tx.ahead = false
	return tx.forgetPortions(ctx, organisme)
}

// errPortions says that the caller did neither.
var errPortions = errors.New("what was stored in portions was neither applied nor taken away")

// ForgetAllPortions takes away what processes that were killed have left of
// synchronisations that they stored in portions; it returns of how many organismes.
func (db *DB) ForgetAllPortions(ctx context.Context) (n int, err error) {
	if !db.dialect.OneWriter() {
		return 0, nil
	}
	var organismes []int64
	if err := db.Read(ctx, func(tx *Tx) (err error) {
		organismes, err = tx.organismesOfPortions(ctx)
		return err
	}); err != nil {
		return 0, err
	}
	for _, organisme := range organismes {
		if err := db.portion(ctx, func(tx *Tx) error { return tx.forgetPortions(ctx, organisme) }); err != nil {
			return n, fmt.Errorf("take away what is left of a push: %w", err)
		}
		n++
	}
	return n, nil
}

func (tx *Tx) organismesOfPortions(ctx context.Context) ([]int64, error) {
	return column[int64](ctx, tx, qPortionOrganismes)
}
