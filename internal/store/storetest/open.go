// Package storetest holds the one suite that every database must pass, and
// opens real databases for the tests of other packages.
package storetest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

// Database is one of the databases that the hub runs on.
type Database struct {
	Name     string
	Location func(testing.TB) string // of a new, empty database: a path or a URL
}

// Databases are all of them.
var Databases = []Database{
	{"sqlite", func(t testing.TB) string { return filepath.Join(Dir(t), "passerelle.db") }},
	{"postgres", pgtest.DSN},
}

// Open opens the database of d at a location; it is closed when the test ends.
func (d Database) Open(t testing.TB, location string) *store.DB {
	t.Helper()
	db, err := open.Database(t.Context(), location)
	if err != nil {
		t.Fatalf("open %s: %v", d.Name, err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close %s: %v", d.Name, err)
		}
	})
	return db
}

// New opens a new, empty database.
func (d Database) New(t testing.TB) *store.DB {
	t.Helper()
	return d.Open(t, d.Location(t))
}

// Each runs a test once for each database, in parallel.
func Each(t *testing.T, test func(t *testing.T, d Database)) {
	t.Helper()
	for _, d := range Databases {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			test(t, d)
		})
	}
}

// Dir is a temporary directory of the test. It lies in memory where the system
// has room for that: waiting for a disk would take most of the time, and says
// nothing that a test without a power cut could see.
func Dir(t testing.TB) string {
	t.Helper()
	const memory = "/dev/shm"
	dir, err := os.MkdirTemp(memory, "passerelle-test-*")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove %s: %v", dir, err)
		}
	})
	return dir
}
