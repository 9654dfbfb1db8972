package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// text returns a query as the database gets it.
func (tx *Tx) text(q query) string { return tx.db.queries[q.name] }

func (tx *Tx) exec(ctx context.Context, q query, args ...any) (int64, error) {
	result, err := tx.tx.ExecContext(ctx, tx.text(q), args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", q.name, tx.db.explain(err))
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", q.name, tx.db.explain(err))
	}
	return n, nil
}

// one scans the first row of a query; it returns ErrNotFound where there is none.
func (tx *Tx) one(ctx context.Context, q query, args []any, dest ...any) error {
	err := tx.tx.QueryRowContext(ctx, tx.text(q), args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("%s: %w", q.name, tx.db.explain(err))
	}
	return nil
}

// mustChange runs a query that changes one row, or returns ErrNotFound.
func (tx *Tx) mustChange(ctx context.Context, q query, args ...any) error {
	n, err := tx.exec(ctx, q, args...)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// each calls scan for every row of a query.
func (tx *Tx) each(ctx context.Context, q query, args []any, scan func(*sql.Rows) error) error {
	rows, err := tx.tx.QueryContext(ctx, tx.text(q), args...)
	if err != nil {
		return fmt.Errorf("%s: %w", q.name, tx.db.explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("%s: %w", q.name, tx.db.explain(err))
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", q.name, tx.db.explain(err))
	}
	return nil
}

// list returns what row reads of every row of a query.
func list[T any](ctx context.Context, tx *Tx, q query, args []any, row func(*sql.Rows) (T, error)) (found []T, err error) {
	err = tx.each(ctx, q, args, func(rows *sql.Rows) error {
		one, err := row(rows)
		found = append(found, one)
		return err
	})
	return found, err
}

// column returns the one value of every row of a query.
func column[T any](ctx context.Context, tx *Tx, q query, args ...any) ([]T, error) {
	return list(ctx, tx, q, args, func(rows *sql.Rows) (value T, err error) {
		err = rows.Scan(&value)
		return value, err
	})
}

// listPage is list for a page of the rows that count counts, and how many there are in all. A
// page without limit is all of them.
func listPage[T any](ctx context.Context, tx *Tx, count, q query, args []any, page Page, row func(*sql.Rows) (T, error)) (found []T, total int, err error) {
	if err := tx.one(ctx, count, args, &total); err != nil {
		return nil, 0, err
	}
	limit := page.Limit
	if limit == 0 {
		limit = total
	}
	found, err = list(ctx, tx, q, slices.Concat(args, []any{limit, page.Offset}), row)
	return found, total, err
}

// integer reads a number of a row of eachRaw.
func integer(column []byte) (int64, error) {
	if len(column) != 8 {
		return 0, fmt.Errorf("%d bytes are no stored number", len(column))
	}
	return int64(binary.BigEndian.Uint64(column)), nil
}

func (tx *Tx) eachRaw(ctx context.Context, q query, args []any, yield func([][]byte) error) error {
	var own error // of yield, which need not be the database's
	err := tx.db.dialect.EachRaw(ctx, tx.conn, tx.text(q), args, func(columns [][]byte) error {
		own = yield(columns)
		return own
	})
	if err != nil && own == nil {
		err = tx.db.explain(err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", q.name, err)
	}
	return nil
}
