package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// patience is how long a test waits for what should happen at once.
const patience = 30 * time.Second

func nextSynchronisation(t *testing.T, db *store.DB, organisme int64) (id int64) {
	t.Helper()
	err := db.WriteOrganisme(t.Context(), organisme, func(tx *store.Tx) (err error) {
		id, err = tx.NextSynchronisation(t.Context(), organisme)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func leavesNothing(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	err := db.WriteOrganisme(t.Context(), organisme, func(tx *store.Tx) error {
		if _, err := tx.NextSynchronisation(t.Context(), organisme); err != nil {
			t.Error(err)
		}
		if err := insert(t.Context(), tx, organisme, 1, "K1"); err != nil {
			t.Error(err)
		}
		return errGiveUp
	})
	if !errors.Is(err, errGiveUp) {
		t.Errorf("error %v", err)
	}
	same(t, "active codes", activeCodes(t, db, organisme), []string(nil))
	same(t, "next synchronisation", nextSynchronisation(t, db, organisme), int64(1))
}

func survivesPanic(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	for place, bug := range map[string]func(tx *store.Tx){
		"between two statements": func(*store.Tx) { panic("a bug") },
		"while rows are read": func(tx *store.Tx) {
			_ = tx.EachDocument(context.Background(), organisme, store.Filtre{}, store.Page{}, func([]byte) error { panic("a bug") })
		},
		"while rows are stored": func(tx *store.Tx) {
			_ = tx.InsertVersions(context.Background(), organisme, 1, func() (store.Version, bool, error) { panic("a bug") })
		},
	} {
		done := make(chan any, 1)
		go func() {
			defer func() { done <- recover() }()
			_ = db.WriteOrganisme(context.Background(), organisme, func(tx *store.Tx) error {
				if err := insert(context.Background(), tx, organisme, 1, "K1"); err != nil {
					t.Error(err)
				}
				bug(tx)
				return nil
			})
		}()
		select {
		case value := <-done:
			same(t, "panic "+place, value, any("a bug"))
		case <-time.After(patience):
			t.Fatal("a panic inside a transaction never reaches its caller:", place)
		}
		same(t, "active codes", activeCodes(t, db, organisme), []string(nil))
		nextSynchronisation(t, db, organisme)
	}
}

func survivesCancel(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	err := db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		if err := insert(ctx, tx, organisme, 1, "K1"); err != nil {
			t.Error(err)
		}
		cancel()
		return insert(ctx, tx, organisme, 1, "K2")
	})
	if err == nil {
		t.Error("a cancelled transaction was committed")
	}
	same(t, "active codes", activeCodes(t, db, organisme), []string(nil))
	nextSynchronisation(t, db, organisme)
}

func survivesLateCancel(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Read(ctx, func(*store.Tx) error {
		cancel()
		// The rollback of a transaction whose caller left happens beside it.
		time.Sleep(20 * time.Millisecond)
		return nil
	})
	if err != nil {
		t.Errorf("a read that had everything: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	err = db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		if err := insert(ctx, tx, organisme, 1, "K1"); err != nil {
			t.Error(err)
		}
		cancel()
		time.Sleep(20 * time.Millisecond)
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a write whose caller left before the commit: %v", err)
	}
	same(t, "active codes", activeCodes(t, db, organisme), []string(nil))
}

func readsWhileWriting(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, organisme, 1, "K1") })
	err := db.WriteOrganisme(t.Context(), organisme, func(tx *store.Tx) error {
		if err := insert(t.Context(), tx, organisme, 2, "K2"); err != nil {
			return err
		}
		seen := make(chan []string, 1)
		go func() { seen <- activeCodes(t, db, organisme) }()
		select {
		case codes := <-seen:
			same(t, "codes that a reader sees meanwhile", codes, []string{"K1"})
		case <-time.After(patience):
			t.Error("a reader waits for a writer")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "codes afterwards", activeCodes(t, db, organisme), []string{"K1", "K2"})
}

func readsOneState(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		before, err := tx.Actifs(ctx, organisme, 0)
		if err != nil {
			return err
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error { return insert(ctx, tx, organisme, 1, "K1") })
		after, err := tx.Actifs(ctx, organisme, 0)
		same(t, "contracts before and after someone else's commit", len(after), len(before))
		return err
	})
}

func cannotWrite(t *testing.T, db *store.DB) {
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		_, err := tx.CreateOrganisme(t.Context(), "Organisme", false, now)
		return err
	})
	if err == nil {
		t.Error("a reader wrote")
	}
	newOrganisme(t, db)
}

func takesTurns(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	const writers, turns = 8, 5
	var wait sync.WaitGroup
	ids := make(chan int64, writers*turns)
	for range writers {
		wait.Go(func() {
			for range turns {
				err := db.WriteOrganisme(t.Context(), organisme, func(tx *store.Tx) error {
					// What is read here is still true when it is written below.
					latest, err := tx.LatestSynchronisation(t.Context(), organisme)
					if err != nil {
						return err
					}
					id, err := tx.NextSynchronisation(t.Context(), organisme)
					if err != nil {
						return err
					}
					if id != latest+1 {
						t.Errorf("synchronisation %d follows %d", id, latest)
					}
					ids <- id
					return tx.InsertSynchronisation(t.Context(), organisme, line(id))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	close(ids)
	var all []int64
	for id := range ids {
		all = append(all, id)
	}
	slices.Sort(all)
	for i, id := range all {
		if id != int64(i+1) {
			t.Fatalf("synchronisations %v", all)
		}
	}
}

func refusesUnknownOrganisme(t *testing.T, db *store.DB) {
	wantNotFound(t, "write", db.WriteOrganisme(t.Context(), 1<<40, func(*store.Tx) error {
		t.Error("the transaction ran")
		return nil
	}))
}
