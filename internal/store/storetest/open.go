// Package storetest holds the one suite that every database must pass, and
// opens real databases for the tests of other packages.
package storetest

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/postgres"
	"github.com/passerelle-hub/passerelle/internal/store/sqlite"
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

// New opens a new database without rows.
func (d Database) New(t testing.TB) *store.DB {
	t.Helper()
	return d.Open(t, d.Migrated(t))
}

// Migrated returns the location of a new database that has the schema of today and no
// rows: a copy of one that was migrated once in the run of tests, which takes a tenth of
// the time.
func (d Database) Migrated(t testing.TB) string {
	t.Helper()
	if d.Name == "postgres" {
		name, err := digest(postgres.Migrations)
		if err != nil {
			t.Fatal(err)
		}
		return pgtest.Copied(t, name, migrate)
	}
	return At(t, d.Location(t))
}

// At makes an SQLite database that has the schema of today and no rows at a path, which it
// returns.
func At(t testing.TB, path string) string {
	t.Helper()
	content, err := migrated()
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatalf("copy a database: %v", err)
	}
	return path
}

// digest tells the migrations of one state of the source from those of another.
func digest(migrations embed.FS) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := migrations.ReadFile(path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

// migrated is the file of an SQLite database that has the schema and no rows.
var migrated = sync.OnceValues(func() ([]byte, error) {
	name, err := digest(sqlite.Migrations)
	if err != nil {
		return nil, err
	}
	return pgtest.Once("sqlite-"+name, migratedFile)
})

func migratedFile() ([]byte, error) {
	dir, err := os.MkdirTemp("", "passerelle-test-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "passerelle.db")
	if err := migrate(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

func migrate(location string) error {
	db, err := open.Database(context.Background(), location)
	if err != nil {
		return err
	}
	return db.Close()
}

// Of returns the database of a name.
func Of(name string) Database {
	for _, d := range Databases {
		if d.Name == name {
			return d
		}
	}
	panic("no database is called " + name)
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
