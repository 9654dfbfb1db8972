package bench_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"
	"github.com/ncruces/go-sqlite3"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
)

// The limit: what must be done to the same bytes whatever the program, by the
// same libraries, with no rules, no history and no HTTP around it.

// row is what the bare table holds of a contract: its key, 16 bytes of hash and
// the document.
type row struct {
	key  string
	hash document.Hash
	doc  []byte
}

// bareRows prepares the rows that the bare insert writes.
func bareRows(tb testing.TB, c *corpus) []row {
	tb.Helper()
	rows := make([]row, len(c.contrats))
	for i := range c.contrats {
		doc, err := document.Append(nil, &c.contrats[i])
		if err != nil {
			tb.Fatal(err)
		}
		rows[i] = row{c.contrats[i].CodeContrat, document.HashOf(doc), doc}
	}
	return rows
}

// bareDecode reads a body as a stream, element by element, into one struct.
func bareDecode(tb testing.TB, body []byte) {
	tb.Helper()
	d := jsontext.NewDecoder(bytes.NewReader(body))
	for d.PeekKind() != '[' {
		if _, err := d.ReadToken(); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := d.ReadToken(); err != nil {
		tb.Fatal(err)
	}
	for d.PeekKind() != ']' {
		var contrat passerelle.Contrat
		if err := json.UnmarshalDecode(d, &contrat); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := io.Copy(io.Discard, bytes.NewReader(d.UnreadBuffer())); err != nil {
		tb.Fatal(err)
	}
}

// bare is a database with the one bare table.
type bare interface {
	empty(tb testing.TB)               // makes the table anew
	insert(tb testing.TB, rows []row)  // all rows in one transaction
	compare(tb testing.TB, rows []row) // load all keys and hashes, hash the rows, compare
	read(tb testing.TB)                // read all documents in the order of their keys
}

func compareAll(tb testing.TB, known map[string]document.Hash, rows []row) {
	tb.Helper()
	for i := range rows {
		if known[rows[i].key] != document.HashOf(rows[i].doc) {
			tb.Fatal("a row of the bare table differs")
		}
	}
}

type bareSQLite struct{ conn *sqlite3.Conn }

func newBareSQLite(tb testing.TB) bare {
	tb.Helper()
	conn, err := sqlite3.Open("file:" + filepath.Join(tb.TempDir(), "bare.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close() })
	b := &bareSQLite{conn}
	b.exec(tb, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768")
	return b
}

func (b *bareSQLite) exec(tb testing.TB, statements string) {
	tb.Helper()
	if err := b.conn.Exec(statements); err != nil {
		tb.Fatal(err)
	}
}

func (b *bareSQLite) empty(tb testing.TB) {
	tb.Helper()
	b.exec(tb, `DROP TABLE IF EXISTS bare; CREATE TABLE bare (key TEXT PRIMARY KEY, hash BLOB NOT NULL, doc BLOB NOT NULL);
		PRAGMA wal_checkpoint(TRUNCATE)`)
}

func (b *bareSQLite) insert(tb testing.TB, rows []row) {
	tb.Helper()
	b.exec(tb, "BEGIN IMMEDIATE")
	stmt := b.prepare(tb, "INSERT INTO bare VALUES (?, ?, ?)")
	defer stmt.Close()
	for i := range rows {
		r := &rows[i]
		if stmt.BindText(1, r.key) != nil || stmt.BindBlob(2, r.hash[:]) != nil || stmt.BindBlob(3, r.doc) != nil || stmt.Exec() != nil {
			tb.Fatal("bare insert failed")
		}
	}
	b.exec(tb, "COMMIT")
}

func (b *bareSQLite) prepare(tb testing.TB, query string) *sqlite3.Stmt {
	tb.Helper()
	stmt, _, err := b.conn.Prepare(query)
	if err != nil {
		tb.Fatal(err)
	}
	return stmt
}

func (b *bareSQLite) compare(tb testing.TB, rows []row) {
	tb.Helper()
	stmt := b.prepare(tb, "SELECT key, hash FROM bare")
	defer stmt.Close()
	known := map[string]document.Hash{}
	for stmt.Step() {
		known[stmt.ColumnText(0)] = document.Hash(stmt.ColumnRawBlob(1))
	}
	if err := stmt.Err(); err != nil {
		tb.Fatal(err)
	}
	compareAll(tb, known, rows)
}

func (b *bareSQLite) read(tb testing.TB) {
	tb.Helper()
	stmt := b.prepare(tb, "SELECT doc FROM bare ORDER BY key")
	defer stmt.Close()
	total := 0
	for stmt.Step() {
		total += len(stmt.ColumnRawText(0))
	}
	if err := stmt.Err(); err != nil || total == 0 {
		tb.Fatal("nothing read", err)
	}
}

type barePostgres struct{ conn *pgx.Conn }

func newBarePostgres(tb testing.TB, dsn string) bare {
	tb.Helper()
	conn, err := pgx.Connect(tb.Context(), dsn)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close(context.Background()) })
	return &barePostgres{conn}
}

func (b *barePostgres) exec(tb testing.TB, statement string) {
	tb.Helper()
	if _, err := b.conn.Exec(tb.Context(), statement); err != nil {
		tb.Fatal(err)
	}
}

func (b *barePostgres) empty(tb testing.TB) {
	tb.Helper()
	b.exec(tb, "DROP TABLE IF EXISTS bare")
	b.exec(tb, `CREATE TABLE bare (key TEXT COLLATE "C" PRIMARY KEY, hash BYTEA NOT NULL, doc TEXT NOT NULL)`)
	b.exec(tb, "CHECKPOINT")
}

func (b *barePostgres) insert(tb testing.TB, rows []row) {
	tb.Helper()
	n, err := b.conn.CopyFrom(tb.Context(), pgx.Identifier{"bare"}, []string{"key", "hash", "doc"},
		pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) { return []any{rows[i].key, rows[i].hash[:], rows[i].doc}, nil }))
	if err != nil || n != int64(len(rows)) {
		tb.Fatal(fmt.Errorf("bare copy of %d rows: %w", n, err))
	}
}

func (b *barePostgres) query(tb testing.TB, query string, yield func(columns [][]byte)) {
	tb.Helper()
	rows, err := b.conn.Query(tb.Context(), query)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		yield(rows.RawValues())
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
}

func (b *barePostgres) compare(tb testing.TB, rows []row) {
	tb.Helper()
	known := map[string]document.Hash{}
	b.query(tb, "SELECT key, hash FROM bare", func(columns [][]byte) { known[string(columns[0])] = document.Hash(columns[1]) })
	compareAll(tb, known, rows)
}

func (b *barePostgres) read(tb testing.TB) {
	tb.Helper()
	total := 0
	b.query(tb, "SELECT doc FROM bare ORDER BY key", func(columns [][]byte) { total += len(columns[0]) })
	if total == 0 {
		tb.Fatal("nothing read")
	}
}
