package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// looking looks at a transaction of the store where the organisme would be locked.
type looking struct {
	dialect
	seen *string
}

var errLooked = errors.New("looked")

func (l looking) Lock(ctx context.Context, tx *sql.Tx, _ int64, _ time.Duration) error {
	if err := tx.QueryRowContext(ctx, "SELECT current_setting('lock_timeout') || ' ' || current_setting('idle_in_transaction_session_timeout') || ' ' || current_setting('plan_cache_mode')").Scan(l.seen); err != nil {
		return err
	}
	return errLooked
}

// Limits returns what limits a transaction of the store on a database.
func Limits(ctx context.Context, dsn string) (limits string, err error) {
	pool, err := connect(ctx, dsn, writable, nil)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	sqlDB := stdlib.OpenDBFromPool(pool)
	defer sqlDB.Close()
	db, err := store.New(ctx, looking{newDialect(pool), &limits}, sqlDB, sqlDB, sql.TxOptions{})
	if err != nil {
		return "", err
	}
	if err = db.WriteOrganisme(ctx, 1, func(*store.Tx) error { return nil }); errors.Is(err, errLooked) {
		err = nil
	}
	return limits, err
}
