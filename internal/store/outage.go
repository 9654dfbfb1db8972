package store

import (
	"errors"
	"log/slog"
	"sync"
	"time"
)

// ErrReadOnly says that the server that answers only reads: it is a standby, or was
// told to.
var ErrReadOnly = errors.New("the database only reads: the server that answers is a standby, or default_transaction_read_only is on")

// commitLimit is how long a commit may take, which waits for a synchronous standby
// where there is one. Nobody knows then whether it was recorded.
const commitLimit = 30 * time.Second

// outage is the time in which the database does not answer. It has one line in the
// log when it begins and one when it ends, however many requests meet it.
type outage struct {
	mu    sync.Mutex
	log   *slog.Logger
	since time.Time // zero while the database answers
}

// SetCommitLimit sets how long a commit may take. It must be called before the database
// is used.
func (db *DB) SetCommitLimit(d time.Duration) { db.commitLimit = d }

// SetLog sets where outages are told. It must be called before the database is used.
func (db *DB) SetLog(log *slog.Logger) { db.outage.log = log }

// Uncertain returns how many commits there were of which nobody knows whether they
// were recorded.
func (db *DB) Uncertain() uint64 { return db.uncertain.Load() }

// fails notes that the database does not answer.
func (db *DB) fails(cause error) {
	o := &db.outage
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.since.IsZero() {
		return
	}
	o.since = time.Now()
	if o.log != nil {
		o.log.Error("the database does not answer", "error", cause)
	}
}

// answers notes that the database answers.
func (db *DB) answers() {
	o := &db.outage
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() {
		return
	}
	if o.log != nil {
		o.log.Info("the database answers again", "seconds", time.Since(o.since).Round(time.Millisecond).Seconds())
	}
	o.since = time.Time{}
}
