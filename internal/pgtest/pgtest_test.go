package pgtest_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestEachCallerGetsAnEmptyDatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	first, second := pgtest.DSN(t), pgtest.DSN(t)
	exec(t, first, "CREATE TABLE seen (n int)")
	exec(t, second, "CREATE TABLE seen (n int)")
}

func TestADatabaseIsDroppedWithItsTest(t *testing.T) {
	t.Parallel()
	var dsn string
	t.Run("inner", func(t *testing.T) {
		dsn = pgtest.DSN(t)
		exec(t, dsn, "CREATE TABLE seen (n int)")
	})
	if conn, err := pgx.Connect(t.Context(), dsn); err == nil {
		conn.Close(t.Context())
		t.Error("the database is still there after its test")
	}
}

func TestADurableServerKeepsWhatWasCommittedWhenItIsKilled(t *testing.T) {
	t.Parallel()
	server := pgtest.Durable(t)
	exec(t, server.DSN(), "CREATE TABLE seen (n int)")
	exec(t, server.DSN(), "INSERT INTO seen VALUES (1)")
	server.Kill()
	if conn, err := pgx.Connect(t.Context(), server.DSN()); err == nil {
		conn.Close(t.Context())
		t.Error("the server answers after Kill")
	}
	server.Start()
	exec(t, server.DSN(), "INSERT INTO seen VALUES (2)")
	server.Stop()
	server.Start()

	conn := connect(t, server.DSN())
	var rows int
	var fsync string
	if err := conn.QueryRow(t.Context(), "SELECT count(*), current_setting('fsync') FROM seen").Scan(&rows, &fsync); err != nil {
		t.Fatal(err)
	}
	if rows != 2 || fsync != "on" {
		t.Errorf("rows = %d, fsync = %s; want 2, on", rows, fsync)
	}
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(t.Context()) })
	return conn
}

func exec(t *testing.T, dsn, statement string) {
	t.Helper()
	if _, err := connect(t, dsn).Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestACopyHoldsWhatWasPutIntoTheFirst(t *testing.T) {
	t.Parallel()
	filled := 0
	fill := func(dsn string) error {
		filled++
		conn, err := pgx.Connect(t.Context(), dsn)
		if err == nil {
			_, err = conn.Exec(t.Context(), "CREATE TABLE t AS SELECT 1 AS n")
			err = errors.Join(err, conn.Close(t.Context()))
		}
		return err
	}
	name := rand.Text()
	first, second := pgtest.Copied(t, name, fill), pgtest.Copied(t, name, fill)
	if filled != 1 || first == second {
		t.Fatalf("filled %d times; %s", filled, first)
	}
	exec(t, first, "DROP TABLE t")
	exec(t, second, "SELECT n FROM t")
}

func TestWhatARunNeedsIsMadeOnce(t *testing.T) {
	t.Setenv(pgtest.EnvShared, t.TempDir())
	made := 0
	for range 3 {
		got, err := pgtest.Once("n", func() ([]byte, error) {
			if made++; made == 1 {
				return nil, errors.New("not yet")
			}
			return []byte("content"), nil
		})
		if err != nil && made > 1 || err == nil && string(got) != "content" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if made != 2 {
		t.Errorf("made %d times", made)
	}
}
