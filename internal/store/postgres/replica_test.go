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

var (
	// A slow machine delays a replica too: it is given the time.
	patient   = postgres.ReplicaOptions{Wait: 30 * time.Second, Rest: time.Millisecond}
	impatient = postgres.ReplicaOptions{Wait: 100 * time.Millisecond, Rest: time.Millisecond}
)

func (f *followed) open(primary, replica string, options postgres.ReplicaOptions) {
	f.t.Helper()
	var err error
	f.db, err = postgres.OpenWithReplica(f.t.Context(), primary, replica, options)
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

// asked writes, reads at once, checks that the read shows what was written, and
// returns who answered it.
func (f *followed) asked() string {
	f.t.Helper()
	before, _, _ := f.db.ReplicaReads()
	wanted := 1 + int(time.Now().UnixNano()%99)
	err := f.db.Write(f.t.Context(), func(tx *store.Tx) error {
		return tx.SetRythme(f.t.Context(), f.organisme, time.Duration(wanted)*time.Hour)
	})
	if err != nil {
		f.t.Fatal(err)
	}
	var found int
	err = f.db.ReadLarge(f.t.Context(), func(tx *store.Tx) error {
		o, err := tx.Organisme(f.t.Context(), f.organisme)
		found = int(o.Rythme / time.Hour)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	if found != wanted {
		f.t.Errorf("a read answered %d after %d was written", found, wanted)
	}
	if after, _, _ := f.db.ReplicaReads(); after > before {
		return "replica"
	}
	return "database"
}

// sees wants a read to be answered by one of the two.
func (f *followed) sees(by string) {
	f.t.Helper()
	if answered := f.asked(); answered != by {
		f.t.Errorf("the %s answered, want the %s", answered, by)
	}
}

// becomesReplica waits until reads are answered by the replica.
func (f *followed) becomesReplica() {
	f.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); f.asked() != "replica"; {
		if time.Now().After(deadline) {
			f.t.Fatal("the replica is not read")
		}
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

// The servers are started once, and what happens to the replica happens in this
// order.
func TestAReplicaIsReadWhereItShowsWhatWasWrittenBefore(t *testing.T) {
	t.Parallel()
	primary := pgtest.Durable(t)
	replica := primary.Replica()
	for _, test := range []struct {
		name    string
		options postgres.ReplicaOptions
		run     func(f *followed)
	}{
		{"a read shows what was written just before", patient, func(f *followed) {
			for range 100 {
				f.sees("replica")
			}
		}},
		{"a replica that lags is not read until it has caught up", impatient, func(f *followed) {
			f.becomesReplica()
			f.tell("SELECT pg_wal_replay_pause()")
			for range 3 {
				f.sees("database")
			}
			f.tell("SELECT pg_wal_replay_resume()")
			f.becomesReplica()
		}},
		{"a replica that lags delays one read and is then left alone", postgres.ReplicaOptions{Wait: time.Second, Rest: time.Hour}, func(f *followed) {
			f.tell("SELECT pg_wal_replay_pause()")
			f.sees("database")
			f.tell("SELECT pg_wal_replay_resume()")
			for range 10 {
				f.sees("database") // it would have caught up long ago
			}
		}},
		{"a replica that is down is read again when it is back", impatient, func(f *followed) {
			f.becomesReplica()
			f.replica.Kill()
			f.sees("database")
			f.replica.Start()
			f.becomesReplica()
		}},
		{"a replica that was promoted is not read any more", impatient, func(f *followed) {
			f.becomesReplica()
			f.tell("SELECT pg_promote()")
			f.sees("database")
		}},
		{"nor is it read from the start", patient, func(f *followed) { f.sees("database") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := &followed{t: t, replica: replica}
			f.open(primary.DSN(), replica.DSN(), test.options)
			test.run(f)
		})
	}
}

func TestAnotherServerIsNotTakenForAReplica(t *testing.T) {
	t.Parallel()
	f := &followed{t: t}
	f.open(pgtest.DSN(t), pgtest.Durable(t).DSN(), patient)
	f.sees("database")
}

func TestAServerStartsWithoutItsReplica(t *testing.T) {
	t.Parallel()
	f := &followed{t: t}
	f.open(pgtest.DSN(t), "postgres://postgres@127.0.0.1:1/none?connect_timeout=1", patient)
	f.sees("database")
}
