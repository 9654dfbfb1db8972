package bench

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle/internal/document"
)

type barePostgres struct {
	ctx  context.Context
	conn *pgx.Conn
}

// OpenPostgres connects to a database for the bare table, for as long as ctx
// lasts.
func OpenPostgres(ctx context.Context, dsn string) (Bare, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	return &barePostgres{ctx, conn}, nil
}

func (b *barePostgres) Close() error { return b.conn.Close(context.WithoutCancel(b.ctx)) }

func (b *barePostgres) Empty() error {
	for _, statement := range []string{
		"DROP TABLE IF EXISTS bare",
		`CREATE TABLE bare (key TEXT COLLATE "C" PRIMARY KEY, hash BYTEA NOT NULL, doc TEXT NOT NULL)`,
		"CHECKPOINT",
	} {
		if _, err := b.conn.Exec(b.ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (b *barePostgres) Insert(rows []Row) error {
	n, err := b.conn.CopyFrom(b.ctx, pgx.Identifier{"bare"}, []string{"key", "hash", "doc"},
		pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) { return []any{rows[i].Key, rows[i].Hash[:], rows[i].Doc}, nil }))
	if err == nil && n != int64(len(rows)) {
		err = fmt.Errorf("%d rows copied of %d", n, len(rows))
	}
	return err
}

// each passes the columns of every row of a query.
func (b *barePostgres) each(query string, yield func(columns [][]byte)) error {
	rows, err := b.conn.Query(b.ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		yield(rows.RawValues())
	}
	return rows.Err()
}

func (b *barePostgres) Compare(rows []Row) error {
	known := map[string]document.Hash{}
	err := b.each("SELECT key, hash FROM bare", func(columns [][]byte) { known[string(columns[0])] = document.Hash(columns[1]) })
	if err != nil {
		return err
	}
	return compareAll(known, rows)
}

func (b *barePostgres) Read() error {
	total := 0
	err := b.each("SELECT doc FROM bare ORDER BY key", func(columns [][]byte) { total += len(columns[0]) })
	if err == nil && total == 0 {
		err = errors.New("nothing read")
	}
	return err
}
