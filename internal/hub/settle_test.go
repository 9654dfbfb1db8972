package hub_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

func TestAPushThatChangesMuchLeavesTheDatabaseWithStatistics(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		location := d.Migrated(t)
		h, who := hubOn(t, d.Open(t, location), hub.Options{}, true)
		send := func(n int) {
			t.Helper()
			if _, err := push(t, h, who, domaine.OrigineV2, corps(renfort(n), nil, true)); err != nil {
				t.Fatal(err)
			}
		}
		send(20)
		if d.Name != "postgres" {
			send(1500) // nothing to do, and nothing fails
			return
		}
		conn, err := pgx.Connect(t.Context(), location)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		// -1 until the first statistics.
		estimate := func() (rows float64) {
			t.Helper()
			if err := conn.QueryRow(t.Context(), "SELECT MIN(reltuples) FROM pg_class WHERE relname IN ('contrat', 'profil', 'session', 'personne')").Scan(&rows); err != nil {
				t.Fatal(err)
			}
			return rows
		}
		if got := estimate(); got != -1 {
			t.Errorf("a small push leaves an estimate of %v rows", got)
		}
		send(1500)
		for deadline := time.Now().Add(20 * time.Second); estimate() < 0; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("there are no statistics after a large push")
			}
		}
	})
}
