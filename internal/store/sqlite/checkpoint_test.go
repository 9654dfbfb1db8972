package sqlite

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/store"
)

func TestALargeTransactionReachesTheDatabaseFileWhileItIsOpen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	const rows, size = 2_000, 8_000
	err = db.Write(t.Context(), func(tx *store.Tx) error {
		id, err := tx.CreateOrganisme(t.Context(), "Horizon", false, time.Now())
		if err != nil {
			return err
		}
		next := 0
		return tx.InsertVersions(t.Context(), id, 1, func() (store.Version, bool, error) {
			next++
			return store.Version{CodeContrat: strconv.Itoa(next), Kept: document.Kept{Valeurs: make([]byte, size), ProfilID: 1}}, next <= rows, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > rows*size {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the database file still has %d bytes", info.Size())
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !os.IsNotExist(err) {
		t.Errorf("a closed database leaves its log: %v", err)
	}
}
