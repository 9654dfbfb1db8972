package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// ErrExecMode refuses a mode in which the driver guesses the types of values: lists
// and amounts have none that it could guess.
var ErrExecMode = errors.New("the database URL asks for a default_query_exec_mode that does not know the types of values: " +
	"write default_query_exec_mode=cache_describe where PgBouncer is in between, and nothing where it is not")

// ErrPooled refuses prepared statements where each transaction gets another
// connection, on which they are not prepared.
var ErrPooled = errors.New("the database is behind a pooler that gives each transaction another connection (PgBouncer with pool_mode = transaction), " +
	"where prepared statements get lost: add default_query_exec_mode=cache_describe to the URL, " +
	"such as postgres://user@host:6432/passerelle?default_query_exec_mode=cache_describe")

// keepsNothing reports whether a mode keeps nothing on the connection between two
// transactions.
func keepsNothing(mode pgx.QueryExecMode) bool {
	return mode == pgx.QueryExecModeCacheDescribe || mode == pgx.QueryExecModeDescribeExec
}

// alone is the mode of a query outside a transaction, which must be one round trip: for
// a second one a pooler may take another connection.
func alone(mode pgx.QueryExecMode) pgx.QueryExecMode {
	if mode == pgx.QueryExecModeDescribeExec {
		return pgx.QueryExecModeCacheDescribe
	}
	return mode
}

// checkMode refuses the modes that cannot work with any server.
func checkMode(mode pgx.QueryExecMode) error {
	if mode == pgx.QueryExecModeExec || mode == pgx.QueryExecModeSimpleProtocol {
		return ErrExecMode
	}
	return nil
}

// checkPooler refuses, at the start, a mode that would fail in the middle of a push.
func checkPooler(ctx context.Context, pool *pgxpool.Pool) error {
	config := pool.Config().ConnConfig
	if keepsNothing(config.DefaultQueryExecMode) {
		return nil
	}
	lost, err := losesStatements(ctx, config)
	if err != nil {
		err = fmt.Errorf("connect to PostgreSQL: %w", err)
		if kind := (dialect{}).Fault(err); kind != nil {
			return &store.Fault{Kind: kind, Cause: err}
		}
		return err
	}
	if lost {
		return ErrPooled
	}
	return nil
}

// pooled reports whether something stands between that answers in the place of the
// server: the process that it named at the start is not the one that serves.
func pooled(ctx context.Context, conn *pgx.Conn) (process uint32, between bool, err error) {
	err = conn.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeSimpleProtocol).Scan(&process)
	return process, err == nil && process != conn.PgConn().PID(), err
}

// The looks at a pooler: how many, and how long each may take. One that keeps a
// connection for each session may have none to spare.
const (
	looks    = 8
	lookTime = 2 * time.Second
)

// losesStatements reports whether what is prepared on a connection is gone, or is
// another client's too, in the next transaction. A pooler that keeps its connection for
// a whole session, or carries prepared statements from one to another (PgBouncer from
// 1.21 on, with max_prepared_statements), loses none.
func losesStatements(ctx context.Context, config *pgx.ConnConfig) (bool, error) {
	one, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return false, err
	}
	defer one.Close(ctx)
	process, between, err := pooled(ctx, one)
	if err != nil || !between {
		return false, err
	}
	two, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return false, err
	}
	defer two.Close(ctx)
	for range looks {
		name := "passerelle_" + rand.Text()
		if _, err := one.Prepare(ctx, name, "SELECT 1"); err != nil {
			return false, err
		}
		seen, there, err := seenBy(ctx, two, name)
		if err != nil || !there {
			return false, nil // it waits for a connection of its own: this is a session's
		}
		again, _, err := pooled(ctx, one)
		if err != nil {
			return false, err
		}
		if seen || again != process && !served(ctx, one, name) {
			return true, nil
		}
	}
	return false, nil
}

// seenBy reports whether a connection has a prepared statement; there is false where it
// gets no connection to look.
func seenBy(ctx context.Context, conn *pgx.Conn, name string) (seen, there bool, err error) {
	look, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	err = conn.QueryRow(look, "SELECT EXISTS (SELECT 1 FROM pg_prepared_statements WHERE name = '"+name+"')", pgx.QueryExecModeSimpleProtocol).Scan(&seen)
	if look.Err() != nil && ctx.Err() == nil {
		return false, false, nil
	}
	return seen, err == nil, err
}

// served reports whether a prepared statement can be run.
func served(ctx context.Context, conn *pgx.Conn, name string) bool {
	return conn.PgConn().ExecPrepared(ctx, name, nil, nil, nil).Read().Err == nil
}

// Begin sets at the start of each transaction what is set once for each connection
// where the server's connections are this process's own.
func (d dialect) Begin(ctx context.Context, tx *sql.Tx) error {
	if d.local == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, d.local)
	return err
}

// migrationLock is the key that [lock.NewPostgresSessionLocker] takes, so that processes with and
// without a pooler wait for each other.
const migrationLock = 4097083626

// migrateTime is how long processes that start wait for the one that migrates.
const migrateTime = 5 * time.Minute

// lockMigrations keeps the lock of the migrations in a transaction of its own: one of a
// session is lost behind a pooler, or kept for ever.
func (d dialect) lockMigrations(ctx context.Context) (unlock func(), err error) {
	conn, err := pgx.ConnectConfig(ctx, d.pool.Config().ConnConfig)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	unlock = func() { _ = conn.Close(context.WithoutCancel(ctx)) } // the transaction ends with it
	_, err = conn.Exec(ctx, fmt.Sprintf("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = %d; SELECT pg_advisory_xact_lock(%d)",
		migrateTime.Milliseconds(), migrationLock))
	if err != nil {
		unlock()
		return nil, fmt.Errorf("wait for the migrations of another process: %w", err)
	}
	return unlock, nil
}

// oneTrip returns a pool of connections on which each query is one round trip, for
// what does not say its mode itself.
func (d dialect) oneTrip() *sql.DB {
	config := d.pool.Config().ConnConfig
	config.DefaultQueryExecMode = alone(config.DefaultQueryExecMode)
	return stdlib.OpenDB(*config)
}
