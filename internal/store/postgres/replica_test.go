package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/postgres"
)

// followed is a database with a replica, and one organisme in it.
type followed struct {
	t         *testing.T
	db        *store.DB
	organisme int64
	replica   *pgtest.Server
}

const rest = 50 * time.Millisecond

func newFollowed(t *testing.T) *followed {
	t.Helper()
	primary := pgtest.Durable(t)
	f := &followed{t: t, replica: primary.Replica()}
	f.open(primary.DSN(), f.replica.DSN())
	return f
}

func (f *followed) open(primary, replica string) {
	f.t.Helper()
	var err error
	f.db, err = postgres.OpenWithReplica(f.t.Context(), primary, replica, postgres.ReplicaOptions{Wait: 200 * time.Millisecond, Rest: rest})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		if err := f.db.Close(); err != nil {
			f.t.Error(err)
		}
	})
	err = f.db.Write(f.t.Context(), func(tx *store.Tx) (err error) {
		f.organisme, err = tx.CreateOrganisme(f.t.Context(), "Organisme", false, time.Now())
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// sees writes, reads at once, and checks that the read shows what was written and
// who answered it.
func (f *followed) sees(by string) {
	f.t.Helper()
	before, _, _ := f.db.ReplicaReads()
	rename := func(seuil int) error {
		return f.db.Write(f.t.Context(), func(tx *store.Tx) error {
			return tx.SetReglages(f.t.Context(), f.organisme, seuil, 0)
		})
	}
	wanted := 1 + int(time.Now().UnixNano()%99)
	if err := rename(wanted); err != nil {
		f.t.Fatal(err)
	}
	var found int
	err := f.db.ReadLarge(f.t.Context(), func(tx *store.Tx) error {
		o, err := tx.Organisme(f.t.Context(), f.organisme)
		found = o.SeuilArchivage
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	after, _, _ := f.db.ReplicaReads()
	answered := "database"
	if after > before {
		answered = "replica"
	}
	if found != wanted || answered != by {
		f.t.Errorf("the %s answered %d, want the %s and %d", answered, found, by, wanted)
	}
}

// tell runs a statement on the replica.
func (f *followed) tell(statement string) {
	f.t.Helper()
	conn, err := pgx.Connect(f.t.Context(), f.replica.DSN())
	if err != nil {
		f.t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(f.t.Context(), statement); err != nil {
		f.t.Fatal(err)
	}
}

// awake waits until a replica that was left alone is read again.
func (f *followed) awake() { time.Sleep(2 * rest) }

func TestAReadOnTheReplicaShowsWhatWasWrittenJustBefore(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	for range 100 {
		f.sees("replica")
	}
}

func TestALaggingReplicaIsNotReadUntilItHasCaughtUp(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	f.sees("replica")
	f.tell("SELECT pg_wal_replay_pause()")
	for range 3 {
		f.sees("database")
		f.awake()
	}
	f.tell("SELECT pg_wal_replay_resume()")
	f.sees("replica")
}

func TestALaggingReplicaDelaysOneReadAndIsThenLeftAlone(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	f.tell("SELECT pg_wal_replay_pause()")
	f.sees("database")
	started := time.Now()
	f.sees("database")
	if took := time.Since(started); took > 150*time.Millisecond {
		t.Errorf("the second read took %s: it waited too", took)
	}
}

func TestAReplicaThatIsDownIsNotReadAndIsReadAgainWhenItIsBack(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	f.replica.Kill()
	f.sees("database")
	f.replica.Start()
	f.awake()
	f.sees("replica")
}

func TestAPromotedReplicaIsNotReadAnyMore(t *testing.T) {
	t.Parallel()
	f := newFollowed(t)
	f.sees("replica")
	f.tell("SELECT pg_promote()")
	f.sees("database")
}

func TestAnotherServerIsNotTakenForAReplica(t *testing.T) {
	t.Parallel()
	f := &followed{t: t}
	f.open(pgtest.Durable(t).DSN(), pgtest.Durable(t).DSN())
	f.sees("database")
}

func TestAServerStartsWithoutItsReplica(t *testing.T) {
	t.Parallel()
	f := &followed{t: t}
	f.open(pgtest.DSN(t), "postgres://postgres@127.0.0.1:1/none?connect_timeout=1")
	f.sees("database")
}
