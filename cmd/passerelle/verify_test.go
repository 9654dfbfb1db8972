package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// Processes, not goroutines: each has its own idea of what is open.
func TestProcessesThatStartTogetherMigrateOnce(t *testing.T) {
	t.Parallel()
	binary := build(t)
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		const processes = 4
		where := d.Location(t)
		started := time.Now()
		var wait sync.WaitGroup
		for range processes {
			wait.Go(func() {
				if out, err := exec.CommandContext(t.Context(), binary, "organisme", "create", "--nom", "CFA", "--db", where, "--json").CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, out)
				}
			})
		}
		wait.Wait()
		took := time.Since(started)
		out, err := exec.CommandContext(t.Context(), binary, "verify", "--db", where, "--json").Output()
		var found []checksums
		if err != nil || json.Unmarshal(out, &found) != nil || len(found) != processes {
			t.Errorf("%v: %s", err, out)
		}
		if twice := appliedTwice(t, where); twice != 0 {
			t.Errorf("%d migrations were applied twice", twice)
		}
		t.Logf("%d processes migrated one empty database together and each made an organisme in %v, no migration twice", processes, took.Round(time.Millisecond))
	})
}

func appliedTwice(t *testing.T, location string) (twice int) {
	t.Helper()
	driver, source := "pgx", location
	if !open.IsPostgres(location) {
		driver, source = "sqlite3", "file:"+location
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT COUNT(*) - COUNT(DISTINCT version_id) FROM goose_db_version").Scan(&twice); err != nil {
		t.Fatal(err)
	}
	return twice
}

func TestVerifyPrintsEqualChecksumsOfABackupAndFailsOnDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	source, copied := filepath.Join(dir, "hub.db"), filepath.Join(dir, "copy.db")
	var created struct{ Token string }
	if err := json.Unmarshal([]byte(must(t, "organisme", "create", "--nom", "CFA Un", "--db", source, "--json")), &created); err != nil || len(created.Token) < 40 {
		t.Fatal(created, err)
	}
	must(t, "organisme", "create", "--nom", "CFA Deux", "--db", source)
	must(t, "backup", copied, "--db", source)
	want := must(t, "verify", "--db", source, "--json")
	if d := cmp.Diff(want, must(t, "verify", "--db", copied, "--json")); d != "" {
		t.Error(d)
	}
	if table := must(t, "verify", "--db", copied, "--organisme", "2"); !strings.Contains(table, "CFA Deux") || strings.Contains(table, "CFA Un") {
		t.Errorf("one organisme:\n%s", table)
	}
	if r := command(t, "verify", "--db", filepath.Join(dir, "nowhere.db")); r.status != exitFailed || !strings.Contains(r.stderr, "there is no database at ") {
		t.Errorf("a database that is not there: %d %s", r.status, r.stderr)
	}
	if r := command(t, "verify", "--db", copied, "--organisme", "9"); r.status != exitFailed {
		t.Errorf("an organisme that is not there: %d %s", r.status, r.stderr)
	}
	file, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	const shown = len("psr_") + 6 // of a token, which tell it from others
	if !bytes.Contains(file, []byte(created.Token[:shown])) || bytes.Contains(file, []byte(created.Token[:shown+4])) || bytes.Contains(file, []byte(created.Token[shown:shown+16])) {
		t.Error("more of a token is stored than its first characters, or not these")
	}
	// The page of the organismes: those of indexes are made anew for a backup.
	first := bytes.Index(file, []byte("CFA Deux")) &^ 8191
	page := file[first : first+8192]
	for i := range page {
		page[i] ^= 0xff
	}
	if err := os.WriteFile(copied, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := command(t, "verify", "--db", copied); r.status != exitFailed || !strings.Contains(r.stderr, "damaged") {
		t.Errorf("a damaged page: %d %s", r.status, r.stderr)
	}
	if r := command(t, "backup", filepath.Join(dir, "second.db"), "--db", copied); r.status != exitFailed || !strings.Contains(r.stderr, "damaged") {
		t.Errorf("a backup of a damaged database: %d %s", r.status, r.stderr)
	}
	if _, err := os.Stat(filepath.Join(dir, "second.db")); !os.IsNotExist(err) {
		t.Errorf("a copy of a damaged database is left as if it were a backup: %v", err)
	}
}
