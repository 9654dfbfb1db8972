package postgres_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle/internal/store"
)

func TestADatabaseThatWasToldToOnlyReadIsNotReadyUntilItWritesAgain(t *testing.T) {
	t.Parallel()
	db, other := openedBeside(t)
	tell := func(setting string) {
		t.Helper()
		name := pgx.Identifier{other.Config().Database}.Sanitize()
		for _, statement := range []string{
			"ALTER DATABASE " + name + setting,
			"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
		} {
			if _, err := other.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	tell(" SET default_transaction_read_only = on")
	if err := db.Ping(t.Context()); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("ready: %v, want ErrReadOnly", err)
	}
	if err := createOrganisme(t.Context(), db, "pendant"); store.FaultOf(err) != store.ErrUnavailable {
		t.Errorf("a write: %v, want ErrUnavailable", err)
	}
	tell(" RESET default_transaction_read_only")
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("ready once it writes again: %v", err)
	}
	if err := createOrganisme(t.Context(), db, "ensuite"); err != nil {
		t.Error(err)
	}
}
