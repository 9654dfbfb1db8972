package sqlite_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/ncruces/go-sqlite3/driver"

	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/sqlite"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

func TestSQLiteBehavesAsTheHubNeeds(t *testing.T) {
	storetest.Run(t, storetest.Databases[0])
}

func TestABackupMadeWhileWritesRunIsWhole(t *testing.T) {
	t.Parallel()
	dir := storetest.Dir(t)
	db := open(t, filepath.Join(dir, "a name with ? and %.db"))
	ctx, stop := context.WithCancel(t.Context())
	begun, written := make(chan struct{}), make(chan int)
	go func() { // two organismes at a time
		n := 0
		for ctx.Err() == nil {
			err := db.Write(context.Background(), func(tx *store.Tx) error {
				for range 2 {
					if _, err := tx.CreateOrganisme(context.Background(), "Organisme", false, time.Now()); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
				break
			}
			if n += 2; n == 2 {
				close(begun)
			}
		}
		written <- n
	}()
	select {
	case <-begun:
	case n := <-written:
		t.Fatalf("the writes ended after %d organismes", n)
	}
	last := 0
	for i := range 5 {
		dest := filepath.Join(dir, "copy"+string(rune('0'+i))+".db")
		if err := db.Backup(t.Context(), dest); err != nil {
			t.Fatal(err)
		}
		if mode := stat(t, dest).Mode().Perm(); mode != 0o600 {
			t.Errorf("a copy of personal data has mode %v", mode)
		}
		below := raw(t, dest)
		var integrity string
		if err := below.QueryRow("PRAGMA integrity_check").Scan(&integrity); err != nil || integrity != "ok" {
			t.Errorf("integrity of a backup: %q, %v", integrity, err)
		}
		n := count(t, open(t, dest))
		if n%2 != 0 || n < last {
			t.Errorf("a backup holds %d organismes after one of %d", n, last)
		}
		last = n
	}
	stop()
	t.Logf("the last backup holds %d of %d organismes", last, <-written)
	if last == 0 {
		t.Error("no backup saw a write")
	}
}

func TestTheDatabaseIsItsOwnersOnlyAndSafeAgainstPowerCuts(t *testing.T) {
	t.Parallel()
	path := filepath.Join(storetest.Dir(t), "passerelle.db")
	open(t, path)
	if mode := stat(t, path).Mode().Perm(); mode != 0o600 {
		t.Errorf("mode %v", mode)
	}
	var mode string
	if err := raw(t, path).QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal mode %q, %v", mode, err)
	}
}

func TestADirectoryThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	_, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "nowhere", "passerelle.db"))
	if !os.IsNotExist(rootOf(err)) {
		t.Errorf("error %v", err)
	}
}

func rootOf(err error) error {
	for {
		wrapped, ok := err.(interface{ Unwrap() error })
		if !ok || os.IsNotExist(err) {
			return err
		}
		err = wrapped.Unwrap()
	}
}

func open(t *testing.T, path string) *store.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func count(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		found, err := tx.Organismes(t.Context())
		n = len(found)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func stat(t *testing.T, path string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}
