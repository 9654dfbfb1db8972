package postgres_test

import (
	"errors"
	"syscall"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// The process of the server that serves the transaction is stopped within it, and so
// does not answer the rollback either.
func TestARollbackToAServerThatIsFrozenHasALimit(t *testing.T) {
	t.Parallel()
	db, other := openedBeside(t)
	db.SetCommitLimit(500 * time.Millisecond)

	refused := errors.New("refused")
	var frozen time.Time
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.CreateOrganisme(t.Context(), "jamais", false, time.Now()); err != nil {
			return err
		}
		var pid int
		const inside = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
		if err := other.QueryRow(t.Context(), inside).Scan(&pid); err != nil {
			return err
		}
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			return err
		}
		t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
		frozen = time.Now()
		return refused
	})
	took := time.Since(frozen)
	if !errors.Is(err, refused) {
		t.Fatalf("%v, want what the transaction returned", err)
	}
	if took > 10*time.Second {
		t.Errorf("a rollback that nobody answers takes %v", took)
	}
	if err := createOrganisme(t.Context(), db, "ensuite"); err != nil {
		t.Errorf("a write afterwards: %v", err)
	}
	var names []string
	if err := other.QueryRow(t.Context(), "SELECT array_agg(nom) FROM organisme").Scan(&names); err != nil || len(names) != 1 || names[0] != "ensuite" {
		t.Errorf("what is there: %q, %v", names, err)
	}
}
