package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "github.com/ncruces/go-sqlite3/driver"

	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

// Run checks that a database behaves as the hub needs it to.
func Run(t *testing.T, d Database) {
	t.Run("migrations", func(t *testing.T) {
		t.Run("opening a current database changes nothing", d.reopens)
		t.Run("processes that start together all find the schema current", d.startsTogether)
		t.Run("a database of a newer version is refused", d.refusesNewer)
		t.Run("every query prepares", d.prepares)
		t.Run("what was prepared is known to be fresh", d.knowsWhetherFresh)
		t.Run("what is stored in portions is there once it is applied", d.storesInPortions)
		t.Run("every table is keyed by organisme first, and no query crosses organismes", d.keyedByOrganisme)
	})
	db := d.New(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *store.DB)
	}{
		{"an error leaves nothing behind", leavesNothing},
		{"a panic leaves nothing behind, and the database serves on", survivesPanic},
		{"a cancelled transaction leaves nothing behind, and the database serves on", survivesCancel},
		{"a caller who leaves before the end is no fault of the database", survivesLateCancel},
		{"a caller who leaves at any moment leaves the organisme free", survivesLeaving},
		{"a reader sees the last commit while a writer works", readsWhileWriting},
		{"a reader sees one state from start to end", readsOneState},
		{"a reader cannot write", cannotWrite},
		{"writers of one organisme take turns", takesTurns},
		{"a login waits for nobody who writes", loginsWaitForNobody},
		{"an organisme that is not there cannot be written to", refusesUnknownOrganisme},
		{"organismes", organismes},
		{"sociétés", societes},
		{"absences and calendars", absencesAndCalendars},
		{"exercices, their events and their closings", exercices},
		{"price lists", tarifs},
		{"editions of the table of amounts", editionsNPEC},
		{"figures of OPCO that people took", montantsOPCO},
		{"what OPCO announce", echeanciers},
		{"answers kept for repeated requests", reponses},
		{"calls of a token", quotas},
		{"partenaires and tokens", jetons},
		{"versions of contracts", versions},
		{"codes are ordered by their bytes", ordersByBytes},
		{"any text comes back as it was", keepsTexts},
		{"profils and sessions", profils},
		{"profils come in the order in which they were made", profilsInOrder},
		{"modèles", modeles},
		{"people", personnes},
		{"the journal", journal},
		{"the states of all organismes are those of each", statesOfAll},
		{"held pushes", retenues},
		{"anomalies", anomalies},
		{"webhooks and their deliveries", webhooks},
		{"a webhook is one process’s at a time", leases},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, db)
		})
	}
}

// raw opens the database at a location below the store.
func raw(t *testing.T, location string) *sql.DB {
	t.Helper()
	name, source := "pgx", location
	if !open.IsPostgres(location) {
		name, source = "sqlite3", "file:"+location
	}
	db, err := sql.Open(name, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func (d Database) reopens(t *testing.T) {
	t.Parallel()
	location := d.Location(t)
	first := d.Open(t, location)
	id := newOrganisme(t, first)
	second := d.Open(t, location)
	read(t, second, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Organisme(ctx, id)
		return err
	})
	if err := second.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if second.Dialect() != d.Name {
		t.Errorf("dialect %q, want %q", second.Dialect(), d.Name)
	}
}

func (d Database) startsTogether(t *testing.T) {
	t.Parallel()
	location := d.Location(t)
	var wait sync.WaitGroup
	started := time.Now()
	for range 6 {
		wait.Go(func() {
			db, err := open.Database(t.Context(), location)
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			defer db.Close()
			err = db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.CreateOrganisme(t.Context(), "Organisme", false, time.Now())
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	t.Logf("six starts took %v", time.Since(started).Round(time.Millisecond))
	db := d.Open(t, location)
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		found, err := tx.Organismes(ctx)
		if len(found) != 6 {
			t.Errorf("%d organismes, want 6", len(found))
		}
		return err
	})
	var twice int
	if err := raw(t, location).QueryRow("SELECT COUNT(*) - COUNT(DISTINCT version_id) FROM goose_db_version").Scan(&twice); err != nil || twice != 0 {
		t.Errorf("%d migrations were applied twice (%v)", twice, err)
	}
}

func (d Database) refusesNewer(t *testing.T) {
	t.Parallel()
	location := d.Location(t)
	d.Open(t, location)
	applied := "1"
	if open.IsPostgres(location) {
		applied = "true"
	}
	if _, err := raw(t, location).Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, " + applied + ")"); err != nil {
		t.Fatal(err)
	}
	db, err := open.Database(t.Context(), location)
	if err == nil {
		db.Close()
	}
	if !errors.Is(err, store.ErrTooNew) || !strings.Contains(err.Error(), "9999") {
		t.Errorf("error %v, want one that is ErrTooNew and names version 9999", err)
	}
}

func (d Database) prepares(t *testing.T) {
	t.Parallel()
	location := d.Location(t)
	queries := d.Open(t, location).Queries()
	below := raw(t, location)
	for name, query := range queries {
		stmt, err := below.PrepareContext(t.Context(), query)
		if err != nil {
			t.Errorf("query %s: %v", name, err)
			continue
		}
		stmt.Close()
	}
	if len(queries) < 50 {
		t.Errorf("only %d queries", len(queries))
	}
}

// write runs fn in a transaction of its own.
func write(t *testing.T, db *store.DB, fn func(context.Context, *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// read runs fn on a snapshot.
func read(t *testing.T, db *store.DB, fn func(context.Context, *store.Tx) error) {
	t.Helper()
	if err := db.Read(t.Context(), func(tx *store.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// now is a moment as the database keeps it: to the millisecond.
var now = time.Date(2026, 9, 1, 8, 30, 0, 123e6, time.UTC)

func newOrganisme(t *testing.T, db *store.DB) (id int64) {
	t.Helper()
	write(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		id, err = tx.CreateOrganisme(ctx, "Organisme", false, now)
		return err
	})
	return id
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func wantNotFound(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%s: error %v, want ErrNotFound", what, err)
	}
}

// try runs one call in a transaction of its own and returns its error.
func try(t *testing.T, db *store.DB, fn func(context.Context, *store.Tx) error) error {
	t.Helper()
	return db.Write(t.Context(), func(tx *store.Tx) error { return fn(t.Context(), tx) })
}

var errGiveUp = fmt.Errorf("given up")
