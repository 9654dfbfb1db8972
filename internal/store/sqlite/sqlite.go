// Package sqlite keeps the hub in one file, with SQLite.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/pressly/goose/v3"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// Migrations are the migrations of the schema.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// busyTimeout is how long a writer waits for another process's transaction.
const busyTimeout = time.Minute

// Readers is how many transactions read at the same time.
const readers = 8

// Open opens the database in the file at path, which it creates where there is
// none, and brings its schema up to date. One transaction writes at a time;
// readers see the last committed state and are never blocked.
func Open(ctx context.Context, path string) (*store.DB, error) {
	if dir := filepath.Dir(path); dir != "." {
		if _, err := os.Stat(dir); err != nil {
			return nil, fmt.Errorf("open the database: %w", err)
		}
	}
	if err := createPrivate(path); err != nil {
		return nil, fmt.Errorf("create the database: %w", err)
	}
	at, err := placeOf(path)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	checkpointer := startCheckpointer(path)
	writer, err := pool(path, "immediate", 1, 32, checkpointer.watch)
	if err != nil {
		checkpointer.close()
		return nil, err
	}
	// The writer creates the file and sets WAL mode before readers open it.
	if err := writer.PingContext(ctx); err != nil {
		writer.Close()
		checkpointer.close()
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	reader, err := pool(path, "deferred", readers, 4, nil)
	if err != nil {
		writer.Close()
		checkpointer.close()
		return nil, err
	}
	db, err := store.New(ctx, dialect{newQuotas(), at}, writer, reader, sql.TxOptions{ReadOnly: true})
	if err != nil {
		writer.Close()
		reader.Close()
		checkpointer.close()
		return nil, err
	}
	db.Share(1, readers)
	db.OnClose(checkpointer.close)
	db.KeepAside(func(ctx context.Context) (*sql.DB, error) { return openAside(ctx, path) })
	return db, nil
}

// createPrivate makes sure that the file exists and that only its owner can
// read it: it holds personal data.
func createPrivate(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// pageSize is that of new databases: seven documents fit in a page, where three
// fit in SQLite's usual half of it.
const pageSize = 8192

func pool(path, lock string, connections, cacheMiB int, opened func(*sqlite3.Conn)) (*sql.DB, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=rw&_txlock=" + lock // a file that is gone is not made anew
	db, err := driver.Open(dsn, func(c *sqlite3.Conn) error {
		if err := c.BusyTimeout(busyTimeout); err != nil {
			return err
		}
		err := c.Exec(fmt.Sprintf(`
			PRAGMA page_size = %d;
			PRAGMA journal_mode = WAL;
			PRAGMA synchronous = FULL;
			PRAGMA foreign_keys = ON;
			PRAGMA temp_store = MEMORY;
			PRAGMA cache_size = -%d;
			PRAGMA journal_size_limit = 67108864;`, pageSize, cacheMiB*1024))
		if err == nil && opened != nil {
			opened(c)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

type dialect struct {
	quotas *quotas
	place  *place // nil where there is nothing to look at
}

func (dialect) Name() string { return "sqlite" }

var (
	parameter = regexp.MustCompile(`\$(\d+)`)
	rowTypes  = regexp.MustCompile(`ROWS\(([^)]*)\)`)
	// Documents come with what they are checked against when they are read.
	controle    = regexp.MustCompile(`\b((?:\w+\.)?)CONTROLE\b`)
	setControle = regexp.MustCompile(` SETCONTROLE\((\$\d+)\)`)
	inList      = regexp.MustCompile(`IN_(?:TEXTS|IDS)\((\$\d+)\)`)
	indexedBy   = regexp.MustCompile(`INDEXED_BY\((\w+)\)`)
	byIndex     = regexp.MustCompile(`BY_INDEX\((\w+)\)`)
	hashed      = regexp.MustCompile(`HASHED\((\w+)\)`)
	here        = regexp.MustCompile(`HERE\(([\w.]+)\)`)
	active      = regexp.MustCompile(`\b((?:\w+\.)?)jusqua IS NULL\b`)
)

// unapplied is the synchronisation of the organisme that is being stored in portions,
// NULL where none is.
const unapplied = "(SELECT depuis FROM portion WHERE organisme_id = $$1)"

func (dialect) Rewrite(query string) string {
	query = setControle.ReplaceAllString(query, ", controle = $1")
	query = controle.ReplaceAllString(query, "COALESCE(${1}controle, ${1}empreinte)")
	query = hashed.ReplaceAllString(query, "$1")
	query = here.ReplaceAllString(query, "COALESCE($1, 0) IS NOT "+unapplied)
	query = active.ReplaceAllString(query, "$0 AND ${1}depuis IS NOT "+unapplied)
	// Without a word it takes a list of some thousands for so long that it reads all rows instead.
	query = indexedBy.ReplaceAllString(query, "INDEXED BY $1")
	// Without an order it takes an index of all versions, those that ended too.
	query = byIndex.ReplaceAllString(query, "ORDER BY $1")
	query = inList.ReplaceAllString(query, "IN (SELECT value FROM json_each($1))")
	query = rowTypes.ReplaceAllStringFunc(query, func(types string) string {
		return "VALUES (?" + strings.Repeat(", ?", strings.Count(types, ",")) + ")"
	})
	return parameter.ReplaceAllString(query, "?$1")
}

func (dialect) Migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(Migrations, "migrations")
	if err != nil {
		return err
	}
	if err := readable(ctx, db); err != nil {
		return err
	}
	// A process that starts at the same moment may migrate first: the schema
	// is then current when this one looks again.
	for range 20 {
		err = store.Migrate(ctx, goose.DialectSQLite3, db, files)
		if err == nil || errors.Is(err, store.ErrTooNew) || ctx.Err() != nil || (dialect{}).Fault(err) == store.ErrDamaged {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return err
}

// readable returns why the version of the schema cannot be read where it should be
// there: goose would take a damaged table for a missing one, and try for a minute to
// make it.
func readable(ctx context.Context, db *sql.DB) error {
	var there int
	err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'goose_db_version'").Scan(&there)
	if err == nil && there > 0 {
		var version sql.NullInt64
		err = db.QueryRowContext(ctx, "SELECT MAX(version_id) FROM goose_db_version WHERE is_applied IN (0, 1)").Scan(&version)
		if err == nil && !version.Valid { // the table is made with its first row
			err = errors.New("there is none")
		}
	}
	if kind := (dialect{}).Fault(err); err != nil && ctx.Err() == nil && (kind == nil || kind == store.ErrDamaged) {
		return fmt.Errorf("read the version of the schema: %w", &store.Fault{Kind: store.ErrDamaged, Cause: err})
	}
	return nil
}

// ReadsMuch has nothing to do: there is one way to each row.
func (dialect) ReadsMuch(context.Context, *sql.Tx) error { return nil }

// OneWriter says so.
func (dialect) OneWriter() bool { return true }

// Begin does nothing: connections are the process's own.
func (dialect) Begin(context.Context, *sql.Tx) error { return nil }

// Lock has nothing to wait for: the transaction began as the only writer. It counts
// it.
func (dialect) Lock(ctx context.Context, tx *sql.Tx, organisme int64, _ time.Duration) error {
	result, err := tx.ExecContext(ctx, "UPDATE organisme SET revision = revision + 1 WHERE id = ?1", organisme)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, store.ErrNotFound)
	}
	return nil
}

// ReserveProfils takes the next ids, which nobody else then gets.
func (dialect) ReserveProfils(ctx context.Context, tx *sql.Tx, n int) ([]int64, error) {
	var last int64
	err := tx.QueryRowContext(ctx, "UPDATE sqlite_sequence SET seq = seq + ?1 WHERE name = 'profil' RETURNING seq", n).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) { // there has never been one
		last = int64(n)
		_, err = tx.ExecContext(ctx, "INSERT INTO sqlite_sequence (name, seq) VALUES ('profil', ?1)", n)
	}
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = last - int64(n-1-i)
	}
	return ids, err
}

// Settle has nothing to do: the queries find their indexes without statistics.
func (dialect) Settle(context.Context, *sql.DB) error { return nil }

// CountCall counts in memory: one process serves a file, and a call that only
// reads must not wait for the one writer.
func (d dialect) CountCall(_ context.Context, _ *sql.DB, jeton int64, now time.Time, length time.Duration) (calls int, end time.Time, err error) {
	calls, end = d.quotas.count(jeton, now, length)
	return calls, end, nil
}

// scrubWait is how long readers may keep the old pages in the log.
const scrubWait = 10 * time.Second

// Scrub writes the file anew, without the pages and the parts of pages that were
// freed, and empties the log.
func (d dialect) Scrub(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// The new file is made beside the old one, not in memory.
	_, err = conn.ExecContext(ctx, "PRAGMA temp_store = FILE")
	if err == nil {
		_, err = conn.ExecContext(ctx, "VACUUM")
	}
	_, back := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA temp_store = MEMORY")
	if err = errors.Join(err, back); err != nil {
		return err
	}
	return errors.Join(truncateLog(ctx, conn), d.scrubAside(ctx))
}

func (dialect) Backup(ctx context.Context, db *sql.DB, dest string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := createPrivate(dest); err != nil {
		return err
	}
	// A copy page by page would hold what was deleted.
	if _, err := conn.ExecContext(ctx, "VACUUM INTO ?1", dest); err != nil {
		return errors.Join(err, os.Remove(dest)) // part of a database is no backup
	}
	copied := "file:" + (&url.URL{Path: dest}).EscapedPath()
	// A copy of a damaged database is no backup, and must not take the place of one.
	made, err := driver.Open(copied)
	if err != nil {
		return err
	}
	err = errors.Join(dialect{}.Check(ctx, made), made.Close())
	if err != nil {
		err = errors.Join(err, os.Remove(dest))
	}
	return err
}
