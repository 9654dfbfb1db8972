package postgres_test

import (
	"sync"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// The server ends every session while nothing is asked on it: who reads or writes next
// does not notice.
func TestSessionsThatTheServerEndedAreNotNoticed(t *testing.T) {
	t.Parallel()
	db, other := openedBeside(t)
	read := func() error {
		return db.Read(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Organismes(t.Context())
			return err
		})
	}
	const many = 12
	endAll := func() (ended int) {
		// As many sessions as reads at the same time.
		var all, inside sync.WaitGroup
		inside.Add(many)
		for range many {
			all.Go(func() {
				if err := db.Read(t.Context(), func(*store.Tx) error { inside.Done(); inside.Wait(); return nil }); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		const end = "SELECT COUNT(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
		if err := other.QueryRow(t.Context(), end).Scan(&ended); err != nil {
			t.Fatal(err)
		}
		return ended
	}
	for name, ask := range map[string]func() error{
		"a read":  read,
		"a write": func() error { return createOrganisme(t.Context(), db, "ensuite") },
		"readiness": func() error {
			if err := read(); err != nil {
				return err
			}
			return db.Ping(t.Context())
		},
	} {
		if ended := endAll(); ended < many {
			t.Fatalf("%d sessions are ended", ended)
		}
		started := time.Now()
		if err := ask(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(started); took > 5*time.Second {
			t.Errorf("%s takes %v", name, took)
		}
	}
}
