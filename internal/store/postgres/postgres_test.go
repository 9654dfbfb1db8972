package postgres_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/postgres"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// openedBeside is a new database, and a session beside those of the product for what is done to it.
func openedBeside(t *testing.T) (*store.DB, *pgx.Conn) {
	t.Helper()
	dsn := pgtest.DSN(t)
	db, err := postgres.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	other, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close(context.Background()) })
	return db, other
}

func TestPostgreSQLBehavesAsTheHubNeeds(t *testing.T) {
	storetest.Run(t, storetest.Database{Name: "postgres", Location: pgtest.DSN})
}

func TestWritersOfDifferentOrganismesDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	db, err := postgres.Open(ctx, pgtest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	create := func() (id int64) {
		err := db.Write(ctx, func(tx *store.Tx) (err error) {
			id, err = tx.CreateOrganisme(ctx, "Organisme", false, time.Now())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	first, second := create(), create()
	err = db.WriteOrganisme(ctx, first, func(*store.Tx) error {
		return db.WriteOrganisme(ctx, second, func(tx *store.Tx) error {
			_, err := tx.NextSynchronisation(ctx, second)
			return err
		})
	})
	if err != nil {
		t.Errorf("the second organisme waits for the first: %v", err)
	}
}

func TestAnErrorNeverShowsTheDatabasePassword(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"postgres://user:hunter2@127.0.0.1:1/db?connect_timeout=1", "postgres://user:hunter2@[bad/db"} {
		_, err := postgres.Open(t.Context(), dsn)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("error %v", err)
		}
	}
}
