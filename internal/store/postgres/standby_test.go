package postgres_test

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/postgres"
)

// hosts is the URL of a database on several servers, in an order.
func hosts(t *testing.T, servers ...*pgtest.Server) string {
	t.Helper()
	u, err := url.Parse(servers[0].DSN())
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	for _, other := range servers[1:] {
		o, err := url.Parse(other.DSN())
		if err != nil {
			t.Fatal(err)
		}
		query.Set("host", query.Get("host")+","+o.Query().Get("host"))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func tellServer(t *testing.T, server *pgtest.Server, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), server.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

func createOrganisme(ctx context.Context, db *store.DB, nom string) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.CreateOrganisme(ctx, nom, false, time.Now())
		return err
	})
}

// The servers are started once, and what happens to them happens in this order.
func TestAHubFollowsThePrimaryAndSaysWhereThereIsNone(t *testing.T) {
	t.Parallel()
	primary := pgtest.Durable(t)
	replica := primary.Replica()
	db, err := postgres.Open(t.Context(), hosts(t, replica, primary))
	if err != nil {
		t.Fatalf("the standby is the first of two hosts: %v", err)
	}
	t.Cleanup(func() { db.Close() })
	if err := createOrganisme(t.Context(), db, "avant"); err != nil {
		t.Fatalf("a write where the standby is the first of two hosts: %v", err)
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("it is not ready: %v", err)
	}
	if _, err := postgres.Open(t.Context(), replica.DSN()); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("a database on a standby alone: %v, want ErrReadOnly", err)
	}

	primary.Stop()
	// The connections that the primary took with it are found out one by one.
	err = db.Ping(t.Context())
	for range 20 {
		if errors.Is(err, store.ErrReadOnly) {
			break
		}
		err = db.Ping(t.Context())
	}
	if !errors.Is(err, store.ErrReadOnly) || store.FaultOf(err) != store.ErrUnavailable {
		t.Errorf("where only the standby answers: %v, want ErrReadOnly, which is ErrUnavailable", err)
	}
	if err := createOrganisme(t.Context(), db, "pendant"); store.FaultOf(err) != store.ErrUnavailable {
		t.Errorf("a write where only the standby answers: %v, want ErrUnavailable", err)
	}
	tellServer(t, replica, "SELECT pg_promote()")
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("it is not ready once the standby was promoted: %v", err)
	}
	if err := createOrganisme(t.Context(), db, "après"); err != nil {
		t.Errorf("a write once the standby was promoted: %v", err)
	}
}

func TestAReplicaThatWasPromotedIsGivenUp(t *testing.T) {
	t.Parallel()
	primary := pgtest.Durable(t)
	f := &followed{t: t, replica: primary.Replica()}
	f.open(primary.DSN(), f.replica.DSN(), patient)
	f.becomesReplica()
	f.tell("SELECT pg_promote()")
	f.sees("database")
	f.sees("database")
	conn, err := pgx.Connect(t.Context(), f.replica.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var others int
		err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()").Scan(&others)
		if err != nil {
			t.Fatal(err)
		}
		if others == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d connections to it are kept", others)
		}
	}
}

// The standby that commits wait for is not there.
func TestACommitThatWaitsForAStandbyHasALimitAndOutlivesItsClient(t *testing.T) {
	t.Parallel()
	server := pgtest.Durable(t)
	db, err := postgres.Open(t.Context(), server.DSN())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetCommitLimit(time.Second)
	wait := func(names string) {
		tellServer(t, server, "ALTER SYSTEM SET synchronous_standby_names = '"+names+"'", "SELECT pg_reload_conf()")
	}
	wait("absente")
	defer wait("")
	waits := func() bool {
		conn, err := pgx.Connect(t.Context(), server.DSN())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		var found bool
		if err := conn.QueryRow(t.Context(), "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep')").Scan(&found); err != nil {
			t.Fatal(err)
		}
		return found
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		started := time.Now()
		err := createOrganisme(t.Context(), db, "attente")
		if errors.Is(err, store.ErrUncertain) {
			if took := time.Since(started); took > 15*time.Second {
				t.Errorf("the limit of a second took %v", took)
			}
			break
		}
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("%v, want ErrUncertain", err)
		}
	}
	if db.Uncertain() != 1 {
		t.Errorf("%d commits of which nobody knows, want 1", db.Uncertain())
	}

	wait("")
	wait("absente")
	db.SetCommitLimit(time.Minute)
	ctx, leave := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- createOrganisme(ctx, db, "partie") }()
	for deadline := time.Now().Add(20 * time.Second); !waits(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the commit does not wait")
		}
	}
	leave()
	select {
	case err := <-done:
		t.Fatalf("the client's leaving ended the commit: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	wait("")
	if err := <-done; err != nil {
		t.Errorf("a commit whose client left: %v, want it recorded", err)
	}
}
