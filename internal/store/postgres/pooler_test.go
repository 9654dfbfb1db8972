package postgres_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/store/postgres"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

func with(dsn, mode string) string {
	if mode == "" {
		return dsn
	}
	return dsn + "&default_query_exec_mode=" + mode
}

func TestPostgreSQLBehindPgBouncerBehavesAsTheHubNeeds(t *testing.T) {
	for _, mode := range []string{"cache_describe", "describe_exec"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, storetest.Database{Name: "postgres", Location: func(t testing.TB) string {
				return with(pgtest.PgBouncer(t, pgtest.DSN(t), "transaction"), mode)
			}})
		})
	}
}

func TestAModeThatBreaksBehindPgBouncerIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pool, mode string
		want       error
	}{
		{"transaction", "", postgres.ErrPooled},
		{"transaction", "cache_statement", postgres.ErrPooled},
		{"transaction", "exec", postgres.ErrExecMode},
		{"transaction", "simple_protocol", postgres.ErrExecMode},
		{"transaction", "cache_describe", nil},
		{"transaction", "describe_exec", nil},
		{"session", "", nil},
		{"session", "exec", postgres.ErrExecMode},
	} {
		t.Run(tt.pool+" "+tt.mode, func(t *testing.T) {
			t.Parallel()
			dsn := with(pgtest.PgBouncer(t, pgtest.DSN(t), tt.pool), tt.mode)
			db, err := postgres.Open(t.Context(), dsn)
			if !errors.Is(err, tt.want) {
				t.Fatalf("opens with %v, want %v", err, tt.want)
			}
			if err == nil {
				db.Close()
			} else if !strings.Contains(err.Error(), "default_query_exec_mode=cache_describe") {
				t.Errorf("the sentence does not help: %v", err)
			}
		})
	}
}

// A pooler that is busy gives each transaction another connection, whose settings are
// its own.
func TestEachTransactionBehindPgBouncerHasTheLimitsOfTheHub(t *testing.T) {
	t.Parallel()
	dsn := with(pgtest.PgBouncer(t, pgtest.DSN(t), "transaction", "server_round_robin=1", "default_pool_size=8"), "describe_exec")
	var started sync.WaitGroup
	for range 4 { // together: one of them migrates
		started.Go(func() {
			db, err := postgres.Open(t.Context(), dsn)
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			for range 20 {
				got, err := postgres.Limits(t.Context(), dsn)
				if want := "15s 1min force_custom_plan"; err != nil || got != want {
					t.Errorf("the settings are %q (%v), want %q", got, err, want)
					return
				}
				if _, _, err := db.CountCall(t.Context(), 0, time.Now(), time.Minute); err != nil && !strings.Contains(err.Error(), "23503") {
					t.Error(err) // but for the token, which there is not
					return
				}
			}
		})
	}
	started.Wait()
}
