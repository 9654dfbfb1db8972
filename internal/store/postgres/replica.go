package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// ReplicaOptions say how patient reads are with a replica; the zero value is
// fine.
type ReplicaOptions struct {
	Wait time.Duration // how long a read waits for the replica to catch up, 500 ms by default
	Rest time.Duration // how long a replica that kept a read waiting is left alone, 5 s by default
}

// replica is a streaming replica that is read in the place of the primary.
//
// A read sees what its client wrote before, in whatever process: it asks the
// primary how far its write-ahead log reaches, and the replica must have replayed
// as much. What was committed before the read began is then on the replica,
// since a commit is in the log before it is acknowledged. A replica that is not
// that far in time, or does not answer, is left alone for a while.
type replica struct {
	ReplicaOptions
	primary *pgxpool.Pool
	db      *sql.DB
	pool    *pgxpool.Pool
	// The modes of queries outside a transaction.
	primaryAlone, alone pgx.QueryExecMode

	away   atomic.Bool  // it was told that it is not read
	asleep atomic.Int64 // until when it is left alone, in Unix nanoseconds
}

// OpenWithReplica opens a database as Open does, with a streaming replica for
// ReadLarge. The replica may be out of reach, now or later.
func OpenWithReplica(ctx context.Context, dsn, replicaDSN string, options ReplicaOptions) (*store.DB, error) {
	db, primary, err := open(ctx, dsn)
	if err != nil {
		return nil, err
	}
	r := &replica{ReplicaOptions: options, primary: primary, primaryAlone: alone(primary.Config().ConnConfig.DefaultQueryExecMode)}
	if r.Wait == 0 {
		r.Wait = 500 * time.Millisecond
	}
	if r.Rest == 0 {
		r.Rest = 5 * time.Second
	}
	origin, err := originOf(ctx, primary)
	if err == nil {
		r.pool, err = connect(ctx, replicaDSN, pgconn.ValidateConnectTargetSessionAttrsStandby, origin.follows)
	}
	if err == nil {
		r.alone = alone(r.pool.Config().ConnConfig.DefaultQueryExecMode)
		// One that is out of reach may come later; one that loses statements would never be read.
		if wrong := checkPooler(ctx, r.pool); errors.Is(wrong, ErrPooled) {
			r.pool.Close()
			err = fmt.Errorf("the replica: %w", wrong)
		}
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	r.db = stdlib.OpenDBFromPool(r.pool)
	db.UseReplica(r)
	if conn, ok := r.Conn(ctx); ok { // a replica that is none is in the log from the start
		conn.Close()
	}
	return db, nil
}

// origin tells one database from every other.
type origin struct{ system, database string }

const originQuery = "SELECT system_identifier::text, current_database() FROM pg_control_system()"

func originOf(ctx context.Context, db *pgxpool.Pool) (o origin, err error) {
	err = db.QueryRow(ctx, originQuery, alone(db.Config().ConnConfig.DefaultQueryExecMode)).Scan(&o.system, &o.database)
	return o, err
}

var errNotReplica = errors.New("it is not a replica of the database")

// follows refuses a connection to anything but a replica of the database: to
// another server, or to one that was promoted since.
func (o origin) follows(ctx context.Context, conn *pgx.Conn) error {
	var found origin
	var recovering bool
	mode := alone(conn.Config().DefaultQueryExecMode)
	err := conn.QueryRow(ctx, originQuery, mode).Scan(&found.system, &found.database)
	if err == nil {
		err = conn.QueryRow(ctx, "SELECT pg_is_in_recovery()", mode).Scan(&recovering)
	}
	if err == nil && (found != o || !recovering) {
		err = errNotReplica
	}
	return err
}

func (r *replica) Conn(ctx context.Context) (*sql.Conn, bool) {
	if time.Now().UnixNano() < r.asleep.Load() {
		return nil, false
	}
	var wanted string
	if err := r.primary.QueryRow(ctx, "SELECT pg_current_wal_flush_lsn()::text", r.primaryAlone).Scan(&wanted); err != nil {
		return nil, false // whoever reads the primary now will see why
	}
	waiting, cancel := context.WithTimeout(ctx, r.Wait)
	defer cancel()
	conn, err := r.db.Conn(waiting)
	if err == nil {
		if err = caughtUp(waiting, conn, r.alone, wanted); err == nil {
			if r.away.Swap(false) {
				slog.Info("the replica is read again")
			}
			return conn, true
		}
		conn.Close()
		if errors.Is(err, errNotReplica) {
			r.pool.Reset() // it was promoted: another host may be the replica now
		}
	}
	if ctx.Err() == nil {
		r.asleep.Store(time.Now().Add(r.Rest).UnixNano())
		if !r.away.Swap(true) {
			slog.Warn("the replica is not read until it answers and has caught up", "error", err)
		}
	}
	return nil, false
}

// caughtUp waits until the replica has replayed the log up to a position.
func caughtUp(ctx context.Context, conn *sql.Conn, mode pgx.QueryExecMode, wanted string) error {
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		var recovering, there bool
		err := conn.QueryRowContext(ctx, "SELECT pg_is_in_recovery(), COALESCE(pg_last_wal_replay_lsn() >= $1::pg_lsn, false)", mode, wanted).Scan(&recovering, &there)
		switch {
		case err != nil:
			return err
		case !recovering:
			return errNotReplica
		case there:
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("it is too far behind")
		case <-time.After(pause):
		}
	}
}

// Close closes the connections of the replica.
func (r *replica) Close() error {
	err := r.db.Close()
	r.pool.Close()
	return err
}
