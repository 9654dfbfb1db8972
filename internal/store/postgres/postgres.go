// Package postgres keeps the hub in a PostgreSQL database, which several
// processes may share.
package postgres

import (
	"bufio"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// Migrations are the migrations of the schema.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// ErrNoFileBackup says that a backup is PostgreSQL's own tools' job.
var ErrNoFileBackup = errors.New("a PostgreSQL database is backed up with pg_dump or pg_basebackup")

// connections is how many a process has at most, unless the URL says it
// (pool_max_conns): a server allows 100 in its own default.
const connections = 16

// Open connects to the database at a postgres:// URL and brings its schema up
// to date.
func Open(ctx context.Context, dsn string) (*store.DB, error) {
	db, _, err := open(ctx, dsn)
	return db, err
}

// open returns the pool of connections too, which goes with the DB.
func open(ctx context.Context, dsn string) (*store.DB, *pgxpool.Pool, error) {
	pool, err := connect(ctx, dsn, writable, nil)
	if err != nil {
		return nil, nil, err
	}
	if err := checkPooler(ctx, pool); err != nil {
		pool.Close()
		return nil, nil, err
	}
	db := stdlib.OpenDBFromPool(pool)
	opened, err := store.New(ctx, newDialect(pool), db, db, sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		db.Close()
		pool.Close()
		return nil, nil, err
	}
	opened.Share(int(pool.Config().MaxConns), int(pool.Config().MaxConns))
	opened.OnClose(pool.Close)
	return opened, pool, nil
}

// connect returns a pool of connections to the database at a URL. server says which
// of several hosts are meant where the URL does not. Where check is not nil a
// connection that it refuses is not used.
func connect(ctx context.Context, dsn string, server pgconn.ValidateConnectFunc, check func(context.Context, *pgx.Conn) error) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		// The error of pgx quotes the URL, which may hold a password.
		return nil, errors.New("the database URL is not valid, expected postgres://user:password@host:port/database")
	}
	if err := checkMode(config.ConnConfig.DefaultQueryExecMode); err != nil {
		return nil, err
	}
	// Documents come in long rows: 8 KiB at a time, the driver's own choice, is a
	// call to the system for every seven.
	config.ConnConfig.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		return pgproto3.NewFrontend(bufio.NewReaderSize(r, 64<<10), w)
	}
	if !strings.Contains(dsn, "connect_timeout") {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	if config.ConnConfig.ValidateConnect == nil {
		config.ConnConfig.ValidateConnect = server
	}
	config.ConnConfig.DialFunc = dialer.DialContext
	if !strings.Contains(dsn, "pool_max_conns") {
		config.MaxConns = connections
	}
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		if check != nil {
			if err := check(ctx, conn); err != nil {
				return err
			}
		}
		if keepsNothing(config.ConnConfig.DefaultQueryExecMode) {
			return nil // each transaction sets what it needs
		}
		_, err := conn.Exec(ctx, settings("SET", config.ConnConfig.RuntimeParams))
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	return pool, nil
}

// connectTimeout is how long a server may take to accept a connection.
const connectTimeout = 5 * time.Second

// dialer notices within half a minute that the machine at the other end is gone or
// frozen, where nothing else would.
var dialer = &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}, Control: userTimeout}

// settings are the statements that every connection begins with, or every transaction
// where set is "SET LOCAL". What the URL sets itself stays as it is.
func settings(set string, own map[string]string) string {
	var text strings.Builder
	for _, s := range [...]struct{ name, value string }{
		// A plan made while the tables were small must not be kept for when they are
		// large.
		{"plan_cache_mode", "force_custom_plan"},
		// Waiting for a lock ends, whoever holds it.
		{"lock_timeout", "15s"},
		// A process that stops in the middle of a transaction keeps its locks no longer
		// than this; while it works it asks again within seconds.
		{"idle_in_transaction_session_timeout", "60s"},
		// The server notices in the same way that a process, or its machine, is gone.
		{"tcp_keepalives_idle", "10"}, {"tcp_keepalives_interval", "5"}, {"tcp_keepalives_count", "3"},
	} {
		if _, given := own[s.name]; !given {
			fmt.Fprintf(&text, "%s %s = '%s';", set, s.name, s.value)
		}
	}
	return text.String()
}

// writable refuses a standby.
func writable(ctx context.Context, conn *pgconn.PgConn) error {
	result := conn.ExecParams(ctx, "SELECT pg_is_in_recovery()", nil, nil, nil, nil).Read()
	if result.Err != nil {
		return result.Err
	}
	if string(result.Rows[0][0]) == "t" {
		return store.ErrReadOnly
	}
	return nil
}

// dialect has the connections of the database, so that it can give them up.
type dialect struct {
	pool  *pgxpool.Pool
	local string            // what each transaction sets, "" where each connection has
	alone pgx.QueryExecMode // of queries outside a transaction
}

func newDialect(pool *pgxpool.Pool) dialect {
	config := pool.Config().ConnConfig
	d := dialect{pool: pool, alone: alone(config.DefaultQueryExecMode)}
	if keepsNothing(config.DefaultQueryExecMode) {
		d.local = settings("SET LOCAL", config.RuntimeParams)
	}
	return d
}

// Ready refuses a server that only reads, because it is a standby or was told to
// (default_transaction_read_only), and gives up the connections to it: it was the
// primary once, or took writes.
func (d dialect) Ready(ctx context.Context, db *sql.DB) error {
	var reads bool
	if err := db.QueryRowContext(ctx, "SELECT current_setting('transaction_read_only') = 'on'", d.alone).Scan(&reads); err != nil || !reads {
		return err
	}
	d.pool.Reset()
	return store.ErrReadOnly
}

func (dialect) Name() string { return "postgres" }

var (
	rows      = regexp.MustCompile(`ROWS\(([^)]*)\)`)
	inTexts   = regexp.MustCompile(`IN_TEXTS\((\$\d+)\)`)
	hashed    = regexp.MustCompile(`HASHED\((\w+)\) IN_TEXTS\((\$\d+)\)`)
	indexedBy = regexp.MustCompile(` INDEXED_BY\(\w+\)`)
	byIndex   = regexp.MustCompile(` BY_INDEX\(\w+\)`)
	inIDs     = regexp.MustCompile(`IN_IDS\((\$\d+)\)`)
	here      = regexp.MustCompile(` AND HERE\([\w.]+\)`)
	// PostgreSQL checks its pages itself.
	controle = regexp.MustCompile(`, (?:\w+\.)?(?:CONTROLE AS PREUVE|CONTROLE|PREUVE)\b| SETCONTROLE\(\$\d+\)`)
)

// Rewrite writes a list as = ANY, whose values PostgreSQL looks up in an index
// whatever it believes about the table. With IN (SELECT …) it reads every
// contract of the organisme as long as it has no statistics, which is to say
// after a first push. A HASHED column has an index of its hashes.
func (dialect) Rewrite(query string) string {
	query = controle.ReplaceAllString(query, "")
	query = hashed.ReplaceAllString(query, "hashtextextended($1, 0) = ANY (ARRAY(SELECT hashtextextended(v, 0) FROM json_array_elements_text($2::json) AS v)) AND $1 IN_TEXTS($2)")
	query = inTexts.ReplaceAllString(query, "= ANY (ARRAY(SELECT json_array_elements_text($1::json)))")
	query = indexedBy.ReplaceAllString(query, "")
	query = byIndex.ReplaceAllString(query, "")
	query = here.ReplaceAllString(query, "") // nothing is stored in portions
	query = rows.ReplaceAllStringFunc(query, func(types string) string {
		columns := strings.Split(rows.FindStringSubmatch(types)[1], ",")
		for i, column := range columns {
			columns[i] = fmt.Sprintf("$%d::%s[]", i+1, strings.TrimSpace(column))
		}
		return "SELECT * FROM unnest(" + strings.Join(columns, ", ") + ")"
	})
	return inIDs.ReplaceAllString(query, "= ANY (ARRAY(SELECT json_array_elements_text($1::json)::bigint))")
}

func (d dialect) Migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(Migrations, "migrations")
	if err != nil {
		return err
	}
	if d.local != "" {
		unlock, err := d.lockMigrations(ctx)
		if err != nil {
			return err
		}
		defer unlock()
		db := d.oneTrip()
		defer db.Close()
		return store.Migrate(ctx, goose.DialectPostgres, db, files)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	return store.Migrate(ctx, goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
}

// lockNotAvailable is the SQLSTATE of a lock that was not to be had in time.
const lockNotAvailable = "55P03"

// ReadsMuch keeps the planner from reading the whole table: with a history it holds
// several times the contracts that are active, most often on pages of their own.
func (dialect) ReadsMuch(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "SET LOCAL enable_seqscan = off")
	return err
}

// Lock looks first, since nobody else writes to the organisme most of the time.
func (dialect) Lock(ctx context.Context, tx *sql.Tx, organisme int64, wait time.Duration) error {
	query := "SELECT 1 FROM organisme WHERE id = $1 FOR NO KEY UPDATE"
	if wait == 0 {
		query += " NOWAIT"
	} else if _, err := tx.ExecContext(ctx, fmt.Sprintf("SET LOCAL lock_timeout = %d", wait.Milliseconds())); err != nil {
		return err
	}
	var one int
	err := tx.QueryRowContext(ctx, query, organisme).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	if err == nil && wait != 0 {
		_, err = tx.ExecContext(ctx, "SET LOCAL lock_timeout = '15s'") // as usual again
	}
	return err
}

// ReserveProfils takes the next ids of the table's sequence.
func (dialect) ReserveProfils(ctx context.Context, tx *sql.Tx, n int) ([]int64, error) {
	rows, err := tx.QueryContext(ctx, "SELECT nextval(pg_get_serial_sequence('profil', 'id')) FROM generate_series(1, $1)", n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := make([]int64, 0, n)
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// OneWriter says that each organisme has a lock of its own.
func (dialect) OneWriter() bool { return false }

// CountCall counts in a table that every process sees. A window that ends later than
// the clocks of two processes may differ was opened before the clock was moved back.
func (d dialect) CountCall(ctx context.Context, db *sql.DB, jeton int64, now time.Time, length time.Duration) (calls int, end time.Time, err error) {
	var fin int64
	err = db.QueryRowContext(ctx, `
		INSERT INTO quota (jeton_id, fin, appels) VALUES ($1, $2, 1)
		ON CONFLICT (jeton_id) DO UPDATE SET
			appels = CASE WHEN quota.fin > $3 AND quota.fin < $4 THEN quota.appels + 1 ELSE 1 END,
			fin    = CASE WHEN quota.fin > $3 AND quota.fin < $4 THEN quota.fin ELSE excluded.fin END
		RETURNING appels, fin`, d.alone, jeton, now.Add(length).UnixMilli(), now.UnixMilli(), now.Add(2*length).UnixMilli()).Scan(&calls, &fin)
	return calls, time.UnixMilli(fin).UTC(), err
}

// Settle gives the planner its statistics and marks what every transaction
// sees. Autovacuum does the same, but up to a minute after a push; until then
// the lists of 100,000 contracts take ten times as long. A table that autovacuum
// is at already is left to it.
func (dialect) Settle(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, "VACUUM (ANALYZE, SKIP_LOCKED) contrat, vie, profil, session, personne")
	return err
}

// Scrub frees the rows that were deleted or replaced. Their bytes may stay in free
// space, in the write-ahead log and in copies, which are PostgreSQL's own business.
func (dialect) Scrub(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, "VACUUM contrat, vie, personne, anomalie, push_retenu, import, import_partie, matrice, session_console")
	return err
}

func (dialect) Backup(context.Context, *sql.DB, string) error { return ErrNoFileBackup }
