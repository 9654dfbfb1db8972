package faults_test

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

// The drill of docs/operations.md: a backup is made while pushes run, restored
// elsewhere, and held against its source by the checksums of every organisme.
func TestABackupMadeWhilePushesRunIsRestoredWithEqualChecksums(t *testing.T) {
	t.Parallel()
	t.Run("sqlite, passerelle backup", func(t *testing.T) {
		t.Parallel()
		s := apitest.New(t, "sqlite")
		restored := filepath.Join(t.TempDir(), "restored.db")
		drill(t, s, func() string {
			if err := s.Hub.Backup(t.Context(), restored); err != nil {
				t.Fatal(err)
			}
			return restored
		})
	})
	t.Run("postgres, pg_dump and pg_restore", func(t *testing.T) {
		t.Parallel()
		database := pgtest.Durable(t)
		s := apitest.New(t, "postgres", apitest.At(database.DSN()))
		drill(t, s, func() string {
			dump, target := filepath.Join(database.Dir(), "passerelle.dump"), database.Database()
			database.Run("pg_dump", "--format=custom", "--file="+dump, database.DSN())
			database.Run("pg_restore", "--exit-on-error", "--no-owner", "--dbname="+target, dump)
			return target
		})
	})
}

func drill(t *testing.T, s *apitest.Server, backup func() (restored string)) {
	busy, quiet := s.Production(t, "CFA Horizon"), s.Production(t, "CFA Tranquille")
	sets := [2][]byte{body(t, contrats(2_000, 0)), body(t, contrats(2_000, 1))}
	busy.Post(t, pushPath, sets[0]).Want(t, 200)
	quiet.Post(t, pushPath, body(t, contrats(300, 0))).Want(t, 200)
	quiet.Post(t, pushPath, body(t, contrats(290, 3))).Want(t, 200)
	quiet.Post(t, "/api/admin/v1/modeles", apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
	exercice := `{"exercice":[{"start_date":"2026-01-01","end_date":"2026-12-31"}]}`
	quiet.Post(t, "/api/v1/society/exercice", exercice).Want(t, 200)

	ctx, stop := context.WithCancel(t.Context())
	var pushes sync.WaitGroup
	var pushed atomic.Int64
	pushes.Go(func() {
		for i := 1; ctx.Err() == nil; i++ {
			if answer := post(t, s, busy, sets[i%2]); answer.status != 200 {
				t.Errorf("a push during the backup: %d", answer.status)
				return
			}
			pushed.Add(1)
		}
	})
	await := func(n int64) { // pushes in all
		t.Helper()
		for deadline := time.Now().Add(2 * time.Minute); pushed.Load() < n && !t.Failed(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d pushes in two minutes", pushed.Load())
			}
		}
	}
	await(2)
	started := time.Now()
	restored := backup()
	took := time.Since(started)
	await(pushed.Load() + 1)
	stop()
	pushes.Wait()
	s.Hub.Close()

	copied := verify(t, restored, 0)
	if len(copied) != 2 || copied[0].Synchronisation < 2 {
		t.Fatalf("restored: %+v", copied)
	}
	source, err := s.Hub.Journal.Verify(t.Context(), busy.ID, copied[0].Synchronisation)
	if err != nil {
		t.Fatal(err)
	}
	// Of the one that went on, the contracts as of the moment of the backup.
	if d := cmp.Diff(source[0], copied[0], cmpopts.IgnoreFields(hub.Sommes{}, "Reste")); d != "" {
		t.Errorf("the busy organisme (- source as of then, + restored):\n%s", d)
	}
	// Of the quiet one, everything.
	source, err = s.Hub.Journal.Verify(t.Context(), quiet.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(source[0], copied[1]); d != "" {
		t.Errorf("the quiet organisme (- source, + restored):\n%s", d)
	}
	if source[0].Actifs != 290 || source[0].Versions <= 300 {
		t.Errorf("the quiet organisme has %d contracts with %d versions", source[0].Actifs, source[0].Versions)
	}
	t.Logf("backed up and restored in %v during %d pushes of 2,000 contracts: as of synchronisation %d, %d versions, checksum %.16s on both sides; quiet organisme %.16s, %.16s on both sides",
		took.Round(time.Millisecond), pushed.Load(), copied[0].Synchronisation, copied[0].Versions, copied[0].Contrats, copied[1].Contrats, copied[1].Reste)
}

// verify is what the command of that name does.
func verify(t *testing.T, location string, synchronisation int64) []hub.Sommes {
	t.Helper()
	db, err := open.Database(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	sums, err := hub.New(db, hub.Options{}).Journal.Verify(t.Context(), 0, synchronisation)
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func TestBothDatabasesHaveTheSameChecksums(t *testing.T) {
	t.Parallel()
	var sums [2]hub.Sommes
	for i, database := range apitest.Databases {
		s := apitest.New(t, database)
		o := s.Production(t, "CFA Horizon")
		o.Post(t, pushPath, body(t, contrats(300, 0))).Want(t, 200)
		o.Post(t, pushPath, body(t, contrats(280, 1))).Want(t, 200)
		found, err := s.Hub.Journal.Verify(t.Context(), o.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		sums[i] = found[0]
	}
	// All else holds the hashes of random tokens.
	if d := cmp.Diff(sums[0], sums[1], cmpopts.IgnoreFields(hub.Sommes{}, "Reste")); d != "" {
		t.Error(d)
	}
}
