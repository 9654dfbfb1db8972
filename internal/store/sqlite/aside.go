package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
)

// AsideSuffix is what the file of the console's sessions and of failed logins adds to
// the path of the database. Without the file people log in again.
const AsideSuffix = "-sessions"

// asideSchema is that of the tables in the migrations, which are empty there. What a
// session held of a search is overwritten when it ends.
const asideSchema = `
	PRAGMA journal_mode = WAL;
	PRAGMA synchronous = NORMAL;
	PRAGMA secure_delete = ON;
	PRAGMA temp_store = MEMORY;
	CREATE TABLE IF NOT EXISTS session_console (empreinte BLOB NOT NULL PRIMARY KEY, donnees BLOB NOT NULL, expire_le INTEGER NOT NULL);
	CREATE INDEX IF NOT EXISTS session_console_expire ON session_console (expire_le);
	CREATE TABLE IF NOT EXISTS echec_connexion (cle BLOB NOT NULL PRIMARY KEY, debut INTEGER NOT NULL, nombre INTEGER NOT NULL);`

// openAside opens the file of sessions beside the database at path, or makes it. One
// that is damaged is made anew: it holds nothing that cannot be had again by a login.
func openAside(ctx context.Context, path string) (*sql.DB, error) {
	path += AsideSuffix
	db, err := tryAside(ctx, path)
	var code sqlite3.ErrorCode
	if errors.As(err, &code) && (code == sqlite3.CORRUPT || code == sqlite3.NOTADB) {
		for _, rest := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(path + rest); err != nil && !os.IsNotExist(err) {
				return nil, err
			}
		}
		db, err = tryAside(ctx, path)
	}
	return db, err
}

func tryAside(ctx context.Context, path string) (*sql.DB, error) {
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	db, err := driver.Open("file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=rw&_txlock=immediate", func(c *sqlite3.Conn) error {
		if err := c.BusyTimeout(busyTimeout); err != nil {
			return err
		}
		return c.Exec(asideSchema)
	})
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	var found string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if found != "ok" {
		return nil, errors.Join(fmt.Errorf("check the sessions: %s: %w", found, sqlite3.CORRUPT), db.Close())
	}
	return db, nil
}

// scrubAside empties the log of the file of sessions, where there is one.
func (d dialect) scrubAside(ctx context.Context) error {
	if d.place == nil {
		return nil
	}
	if _, err := os.Stat(d.place.path + AsideSuffix); err != nil {
		return nil // no session was ever kept
	}
	db, err := tryAside(ctx, d.place.path+AsideSuffix)
	if err != nil {
		return err
	}
	defer db.Close()
	return truncateLog(ctx, db)
}

// truncateLog copies the write-ahead log into the file and empties it.
func truncateLog(ctx context.Context, db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) error {
	for deadline := time.Now().Add(scrubWait); ; time.Sleep(50 * time.Millisecond) {
		var busy, log, done int
		err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done)
		if err == nil && busy == 0 {
			return nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			if err == nil {
				err = errors.New("readers keep the log in use: it is emptied once they are done")
			}
			return err
		}
	}
}
