package store

import (
	"context"
	"errors"
	"syscall"
)

// What may befall the machine under a database. Errors of a transaction are one of
// these where its dialect can tell; the text of the error itself is for the log.
var (
	// ErrFull says that there is no room left to write. Nothing was recorded;
	// reading goes on.
	ErrFull = errors.New("no room left on the disk of the database, or it cannot be written")
	// ErrUnavailable says that the database does not answer, or ended the
	// connection before the commit: nothing was recorded, and the same request may
	// succeed in a moment.
	ErrUnavailable = errors.New("the database does not answer")
	// ErrUncertain says that the database ended the connection in a commit: nobody
	// knows whether that was recorded.
	ErrUncertain = errors.New("the database left in the middle of a commit")
	// ErrDamaged says that what was read is not what was written: a page of the
	// file is damaged. It is never passed on as data.
	ErrDamaged = errors.New("the database is damaged: stop the server and restore a backup (see \"Damage\" in docs/operations.md)")
)

// Fault is an error of the machine: what it means, and what happened.
type Fault struct {
	Kind  error // one of the above
	Cause error
}

// Error says what it means, then what happened.
func (f *Fault) Error() string { return f.Kind.Error() + ": " + f.Cause.Error() }

// Unwrap returns both.
func (f *Fault) Unwrap() []error { return []error{f.Kind, f.Cause} }

// FaultOf returns which of the above err is, nil where it is none. A disk that is
// full beside that of the database is ErrFull too.
func FaultOf(err error) error {
	for _, kind := range []error{ErrDamaged, ErrFull, ErrUncertain, ErrBusy, ErrUnavailable} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return ErrFull
	}
	return nil
}

// explain returns an error of the database as a Fault where the machine is at fault.
func (db *DB) explain(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	kind := FaultOf(err)
	known := kind != nil
	if !known {
		kind = db.dialect.Fault(err)
	}
	if kind == ErrDamaged {
		// A database that was found damaged once is not ready any more, whatever
		// else of it can still be read.
		db.damaged.Store(true)
	}
	if kind == ErrUnavailable {
		db.fails(err)
	}
	if kind == nil || known {
		return err
	}
	return &Fault{Kind: kind, Cause: err}
}

// Damaged says that something read from the database is not what was written to it.
// The database is not ready from then on.
func (db *DB) Damaged(cause error) error {
	db.damaged.Store(true)
	return &Fault{Kind: ErrDamaged, Cause: cause}
}
