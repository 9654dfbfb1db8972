// Package store keeps what the hub knows in a database: one set of queries and
// one behaviour for SQLite and PostgreSQL. What the two do differently is a
// Dialect, in the packages sqlite and postgres.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/passerelle-hub/passerelle/internal/document"
)

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("not found")

// ErrTooNew says that a newer Passerelle has changed the database.
var ErrTooNew = errors.New("the database was migrated by a newer version of passerelle")

// Dialect is what SQLite and PostgreSQL do each in its own way.
type Dialect interface {
	// Name is "sqlite" or "postgres".
	Name() string
	// Rewrite turns the portable text of a query into the dialect's.
	Rewrite(query string) string
	// InsertVersions writes rows to the table contrat, inside the transaction
	// that is open on conn.
	InsertVersions(ctx context.Context, conn *sql.Conn, organisme, depuis int64, next func() (Version, bool, error)) error
	// InsertPersonnes writes rows that are not there yet to the table personne; with a
	// portion they are not there until that synchronisation is applied (OneWriter).
	InsertPersonnes(ctx context.Context, conn *sql.Conn, organisme, portion int64, rows []PersonneRow) error
	// ReserveProfils returns ids for rows of the table profil that are not stored yet.
	ReserveProfils(ctx context.Context, tx *sql.Tx, n int) ([]int64, error)
	// InsertRows runs a query that has ROWS and passes the id and the key that
	// each row returns, in any order. Values are int64, string, []byte or nil.
	InsertRows(ctx context.Context, conn *sql.Conn, query string, rows [][]any, returned func(id int64, key []byte)) error
	// ExecEach runs a query once with each of some rows of arguments, as one request
	// where the database is elsewhere, and returns how many rows it changed. Values are
	// int64, string, []byte or nil.
	ExecEach(ctx context.Context, conn *sql.Conn, query string, rows [][]any) (int64, error)
	// EachRaw runs a query and passes the columns of each row as bytes, valid
	// during the call only: texts and blobs as they are, a number (BIGINT in
	// PostgreSQL) as its 8 bytes, the highest first, NULL as none.
	EachRaw(ctx context.Context, conn *sql.Conn, query string, args []any, yield func(columns [][]byte) error) error
	// Begin sets what a transaction needs that its connection does not keep.
	Begin(ctx context.Context, tx *sql.Tx) error
	// Lock waits until the transaction on conn is the only one that writes to
	// the organisme; it returns ErrNotFound where there is none, ErrBusy where
	// another process writes to it for longer than wait.
	Lock(ctx context.Context, tx *sql.Tx, organisme int64, wait time.Duration) error
	// OneWriter reports whether transactions that write wait for each other, whichever
	// organismes they are about.
	OneWriter() bool
	// ReadsMuch prepares the transaction on conn to read most contracts of an
	// organisme that are active, among others.
	ReadsMuch(ctx context.Context, tx *sql.Tx) error
	// CountCall counts one call of a token in its current window, which starts
	// with its first call and lasts for length; it returns how many there are and
	// when the window ends.
	CountCall(ctx context.Context, db *sql.DB, jeton int64, now time.Time, length time.Duration) (calls int, end time.Time, err error)
	// Settle does at once, after much has been written to the contracts, what the
	// database otherwise does in its own time so that queries stay fast.
	Settle(ctx context.Context, db *sql.DB) error
	// Migrate brings the schema up to date. Processes that start together do it
	// one after the other.
	Migrate(ctx context.Context, db *sql.DB) error
	// Fault returns what an error of the driver says of the machine: ErrFull,
	// ErrUnavailable, ErrDamaged, or nil where it says nothing.
	Fault(err error) error
	// Ready returns why the database cannot be written to now, nil where it can.
	Ready(ctx context.Context, db *sql.DB) error
	// Stale reports whether an error says that the connection had ended before
	// anything was asked of it.
	Stale(err error) bool
	// Present returns an error where the database is no longer where it was opened.
	Present() error
	// ChecksPages reports whether the database itself can check what it reads from
	// the disk; where it cannot, each document is held against its hash.
	ChecksPages() bool
	// Check reads the whole database and returns ErrDamaged where a part of it is
	// not what it should be; nil where that is the database's own business.
	Check(ctx context.Context, db *sql.DB) error
	// TenantTables is a query for the names of the tables that have a column
	// organisme_id.
	TenantTables() string
	// Scrub takes what was deleted or overwritten off the disk, as far as the database
	// can.
	Scrub(ctx context.Context, db *sql.DB) error
	// Backup copies the database, while it is in use, to a new file, without what was
	// deleted.
	Backup(ctx context.Context, db *sql.DB, dest string) error
}

// Version is one version of a contract to store.
type Version struct {
	CodeContrat   string
	Hash          document.Hash
	document.Kept // valid until the next one is asked for
}

// PersonneRow is one row of the table personne.
type PersonneRow struct {
	Code, Email, Nom, Prenom string
	Role                     uint8
	Effectif                 int
}

// DB is an open database. It is safe for use by several goroutines.
type DB struct {
	dialect     Dialect
	writer      *sql.DB
	reader      *sql.DB
	queries     map[string]string
	readOptions sql.TxOptions
	replica     Replica // nil where there is none
	onClose     func()
	checksPages bool
	damaged     atomic.Bool // a part of it was not what it should be
	profils     remembered

	turns                *turns
	writes, locks, reads slots
	prepares             slots
	patience             time.Duration
	commitLimit          time.Duration
	uncertain            atomic.Uint64 // commits of which nobody knows
	outage               outage
	aside                *aside // nil where it is in the database

	replicaReads, primaryReads atomic.Uint64
}

// Replica is a copy of the database that follows it.
type Replica interface {
	// Conn returns a connection on which everything can be seen that was committed
	// to the database before the call, or false where the copy is not to be used
	// now: it is out of reach, or too far behind.
	Conn(ctx context.Context) (*sql.Conn, bool)
	// Close closes the connections.
	Close() error
}

// New returns a DB on two pools of connections, which may be one: writer for
// transactions that write, reader for the others. It migrates the schema.
func New(ctx context.Context, dialect Dialect, writer, reader *sql.DB, read sql.TxOptions) (*DB, error) {
	db := &DB{dialect: dialect, writer: writer, reader: reader, readOptions: read, checksPages: dialect.ChecksPages(), turns: newTurns(), prepares: make(slots, preparing), patience: Patience, commitLimit: commitLimit}
	db.Share(2, 2)
	db.queries = rewritten(dialect)
	if err := dialect.Migrate(ctx, writer); err != nil {
		return nil, db.explain(err)
	}
	return db, nil
}

// rewrittens holds the queries by the name of the dialect: a process that opens many
// databases, as a test does, rewrites them once.
var rewrittens sync.Map

func rewritten(dialect Dialect) map[string]string {
	if known, ok := rewrittens.Load(dialect.Name()); ok {
		return known.(map[string]string)
	}
	queries := make(map[string]string, len(texts))
	for name, text := range texts {
		queries[name] = dialect.Rewrite(text)
	}
	rewrittens.Store(dialect.Name(), queries)
	return queries
}

// Migrate applies the migrations of files with provider options of the
// dialect; it refuses a schema that is newer than they are.
func Migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB, files fs.FS, options ...goose.ProviderOption) error {
	if current(ctx, db, files) {
		return nil
	}
	options = append(options, goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(false))
	provider, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the schema: %w", err)
	}
	if current > target {
		return fmt.Errorf("%w: its schema is version %d, this one knows version %d: run the newer version, or restore a backup made before", ErrTooNew, current, target)
	}
	if current == target {
		return nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the schema: %w", err)
	}
	return nil
}

// current reports whether the schema is surely that of files, which is what most starts
// find: goose reads every file before it looks.
func current(ctx context.Context, db *sql.DB, files fs.FS) bool {
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) == 0 {
		return false
	}
	newest, err := goose.NumericComponent(slices.Max(names))
	var version sql.NullInt64
	if err == nil {
		err = db.QueryRowContext(ctx, "SELECT MAX(version_id) FROM goose_db_version WHERE is_applied").Scan(&version)
	}
	return err == nil && version.Valid && version.Int64 == newest
}

// Queries returns the text of every query by its name, as the database gets it.
func (db *DB) Queries() map[string]string { return maps.Clone(db.queries) }

// OnClose has fn called when the database is closed.
func (db *DB) OnClose(fn func()) { db.onClose = fn }

// UseReplica has ReadLarge read a replica, which is closed with the database. It
// must be called before the database is used.
func (db *DB) UseReplica(replica Replica) { db.replica = replica }

// ReplicaReads returns how many transactions of ReadLarge were answered by the
// replica, and how many by the database in its place; ok is false where there
// is no replica.
func (db *DB) ReplicaReads() (replica, primary uint64, ok bool) {
	return db.replicaReads.Load(), db.primaryReads.Load(), db.replica != nil
}

// Close closes the database.
func (db *DB) Close() error {
	if db.onClose != nil {
		defer db.onClose()
	}
	err := errors.Join(db.aside.close(), db.reader.Close())
	if db.replica != nil {
		err = errors.Join(err, db.replica.Close())
	}
	if db.writer != db.reader {
		err = errors.Join(err, db.writer.Close())
	}
	return err
}

// Ping reports whether the database answers, and was not found damaged.
func (db *DB) Ping(ctx context.Context) error {
	if db.damaged.Load() {
		return ErrDamaged
	}
	if err := db.dialect.Present(); err != nil {
		return &Fault{Kind: ErrUnavailable, Cause: err}
	}
	err := db.dialect.Ready(ctx, db.reader)
	if err == nil {
		db.answers()
	} else if ctx.Err() != nil {
		err = &Fault{Kind: ErrUnavailable, Cause: err}
	}
	return db.explain(err)
}

// Check reads the whole database and returns ErrDamaged where it finds damage. On
// PostgreSQL it does nothing: that is the job of amcheck and of its checksums.
func (db *DB) Check(ctx context.Context) error {
	return db.explain(db.dialect.Check(ctx, db.reader))
}

// CountCall counts one call of a token in its current window of a length, and
// returns how many there are and when the window ends. Processes that share a
// database count together.
func (db *DB) CountCall(ctx context.Context, jeton int64, now time.Time, length time.Duration) (calls int, end time.Time, err error) {
	calls, end, err = db.dialect.CountCall(ctx, db.writer, jeton, now, length)
	if err != nil {
		return 0, end, fmt.Errorf("count a call: %w", db.explain(err))
	}
	return calls, end, nil
}

// Settle does at once, after much has been written to the contracts, what the
// database otherwise does in its own time so that queries stay fast. It keeps
// nobody from reading or writing.
func (db *DB) Settle(ctx context.Context) error {
	if err := db.dialect.Settle(ctx, db.writer); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	return nil
}

// Scrub takes what was deleted or overwritten off the disk, as far as the database
// can: on SQLite the file is written anew, on PostgreSQL the tables are vacuumed.
func (db *DB) Scrub(ctx context.Context) error {
	if err := db.dialect.Scrub(ctx, db.writer); err != nil {
		return fmt.Errorf("take what was deleted off the disk: %w", db.explain(err))
	}
	return nil
}

// Dialect returns the name of the database: "sqlite" or "postgres".
func (db *DB) Dialect() string { return db.dialect.Name() }

// Backup copies the database to a new file while it is in use.
func (db *DB) Backup(ctx context.Context, dest string) error {
	return db.explain(db.dialect.Backup(ctx, db.reader, dest))
}
