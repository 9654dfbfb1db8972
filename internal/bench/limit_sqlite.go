package bench

import (
	"errors"

	"github.com/ncruces/go-sqlite3"

	"github.com/passerelle-hub/passerelle/internal/document"
)

type bareSQLite struct{ conn *sqlite3.Conn }

// OpenSQLite opens a bare database in a file, in WAL mode with
// synchronous=FULL.
func OpenSQLite(path string) (Bare, error) {
	conn, err := sqlite3.Open("file:" + path)
	if err != nil {
		return nil, err
	}
	err = conn.Exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768")
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &bareSQLite{conn}, nil
}

func (b *bareSQLite) Close() error { return b.conn.Close() }

func (b *bareSQLite) Empty() error {
	return b.conn.Exec(`DROP TABLE IF EXISTS bare; CREATE TABLE bare (key TEXT PRIMARY KEY, hash BLOB NOT NULL, doc BLOB NOT NULL);
		PRAGMA wal_checkpoint(TRUNCATE)`)
}

func (b *bareSQLite) Insert(rows []Row) error {
	if err := b.conn.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	stmt, _, err := b.conn.Prepare("INSERT INTO bare VALUES (?, ?, ?)")
	if err != nil {
		return err
	}
	defer stmt.Close()
	for i := range rows {
		r := &rows[i]
		if err := errors.Join(stmt.BindText(1, r.Key), stmt.BindBlob(2, r.Hash[:]), stmt.BindBlob(3, r.Doc), stmt.Exec()); err != nil {
			return err
		}
	}
	return b.conn.Exec("COMMIT")
}

// each passes every row of a query.
func (b *bareSQLite) each(query string, yield func(*sqlite3.Stmt)) error {
	stmt, _, err := b.conn.Prepare(query)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for stmt.Step() {
		yield(stmt)
	}
	return stmt.Err()
}

func (b *bareSQLite) Compare(rows []Row) error {
	known := map[string]document.Hash{}
	err := b.each("SELECT key, hash FROM bare", func(stmt *sqlite3.Stmt) {
		known[stmt.ColumnText(0)] = document.Hash(stmt.ColumnRawBlob(1))
	})
	if err != nil {
		return err
	}
	return compareAll(known, rows)
}

func (b *bareSQLite) Read() error {
	total := 0
	err := b.each("SELECT doc FROM bare ORDER BY key", func(stmt *sqlite3.Stmt) { total += len(stmt.ColumnRawText(0)) })
	if err == nil && total == 0 {
		err = errors.New("nothing read")
	}
	return err
}

// SQLiteSize returns how many bytes the database in a file has, with what only its log
// holds, whoever has it open.
func SQLiteSize(path string) (size int64, err error) {
	conn, err := sqlite3.Open("file:" + path + "?mode=ro")
	if err != nil {
		return 0, err
	}
	stmt, _, err := conn.Prepare("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
	if err != nil {
		return 0, errors.Join(err, conn.Close())
	}
	if stmt.Step() {
		size = stmt.ColumnInt64(0)
	}
	return size, errors.Join(stmt.Err(), stmt.Close(), conn.Close())
}
