package faults_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// smallDisk mounts a file system of some MiB, which grow makes larger.
func smallDisk(t *testing.T, mebibytes int) (dir string, grow func(mebibytes int)) {
	t.Helper()
	// PostgreSQL could not enter t.TempDir.
	dir, err := os.MkdirTemp("", "small")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(dir) })
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=0755", mebibytes)); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("this test mounts a small file system, and CI is set: %v", err)
		}
		t.Skipf("this test mounts a small file system, which takes root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir, func(mebibytes int) {
		t.Helper()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%dm", mebibytes)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAPushThatFindsTheDiskFullChangesNothing(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		dir, grow := smallDisk(t, 6)
		fillDisk(t, apitest.New(t, "sqlite", apitest.At(storetest.At(t, filepath.Join(dir, "hub.db"))), apitest.Faulty()), func() { grow(200) })
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		dir, grow := smallDisk(t, 13)
		server := pgtest.Durable(t)
		fillDisk(t, apitest.New(t, "postgres", apitest.At(server.Tablespace(dir)), apitest.Faulty()), func() { grow(200) })
	})
}

func fillDisk(t *testing.T, s *apitest.Server, makeRoom func()) {
	o := s.Production(t, "CFA Horizon")
	o.Post(t, pushPath, body(t, contrats(500, 0))).Want(t, 200)
	before := string(o.Get(t, listPath).Want(t, 200).Body)
	large := contrats(12_000, 1)
	started := time.Now()
	refused := o.Post(t, pushPath, body(t, large)).WantRefusal(t, 507, "storage full", "place", "rien n’a été enregistré")
	took := time.Since(started)
	wantLogged(t, s, "no room left on the disk of the database")
	if after := string(o.Get(t, listPath).Want(t, 200).Body); after != before {
		t.Error("the contracts are not as before the push")
	}
	o.Get(t, "/readyz").Want(t, 200)
	makeRoom()
	o.Post(t, pushPath, body(t, large)).Want(t, 200)
	if n := apitest.Decode[struct{ Total int }](t, o.Get(t, listPath+"?limit=1").Want(t, 200)).Total; n != len(large) {
		t.Errorf("%d contracts after the push that found room, want %d", n, len(large))
	}
	t.Logf("refused after %v with %d; 500 contracts intact; %d contracts pushed once there was room", took.Round(time.Millisecond), refused.Status, len(large))
}

// What does not fit in memory goes to a temporary file: its disk may be full too.
func TestAPushThatFindsNoRoomForItsTemporaryFileIsRefused(t *testing.T) {
	location := storetest.At(t, filepath.Join(storetest.Dir(t), "hub.db"))
	dir, grow := smallDisk(t, 2)
	t.Setenv("TMPDIR", dir)
	s := apitest.New(t, "sqlite", apitest.At(location), apitest.Faulty())
	o := s.Production(t, "CFA Horizon")
	list := body(t, contrats(15_000, 0))
	o.Post(t, pushPath, list).WantRefusal(t, 507, "storage full", "place")
	o.Get(t, listPath).WantJSON(t, 200, `{"total":0,"contrats":[]}`)
	grow(64)
	o.Post(t, pushPath, list).Want(t, 200)
	t.Logf("a push of %d MiB was refused with 2 MiB of room for temporary files, and accepted with 64", len(list)>>20)
}
