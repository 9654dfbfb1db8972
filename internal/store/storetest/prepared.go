package storetest

import (
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// knowsWhetherFresh has another process write to the organisme, or to another one,
// between what is prepared and the transaction that it is for.
func (d Database) knowsWhetherFresh(t *testing.T) {
	location := d.Location(t)
	db, other := d.Open(t, location), d.Open(t, location)
	mine, theirs := newOrganisme(t, db), newOrganisme(t, db)
	nothing := func(*store.Tx) error { return nil }
	for _, test := range []struct {
		name    string
		written int64 // meanwhile
		fresh   bool
	}{{"nobody writes", 0, true}, {"another organisme is written to", theirs, true}, {"the organisme is written to", mine, false}} {
		prepared, fresh := false, false
		err := db.WriteOrganismePrepared(t.Context(), mine, func(*store.Tx) (store.Ahead, error) {
			prepared = true
			if test.written == 0 {
				return nil, nil
			}
			return nil, other.WriteOrganisme(t.Context(), test.written, nothing)
		}, func(_ *store.Tx, is bool) error {
			fresh = is
			return nil
		})
		if err != nil {
			t.Fatal(test.name, err)
		}
		if alone := db.Dialect() == "sqlite"; prepared != alone || fresh != (alone && test.fresh) {
			t.Errorf("%s: prepared %v, fresh %v", test.name, prepared, fresh)
		}
	}
}

// loginsWaitForNobody has a login counted and a session kept while an organisme is
// written to.
func loginsWaitForNobody(t *testing.T, db *store.DB) {
	err := db.WriteOrganisme(t.Context(), newOrganisme(t, db), func(*store.Tx) error {
		if err := db.Aside(t.Context(), func(tx *store.Tx) error {
			if err := tx.AddLoginFailure(t.Context(), []byte("waiting"), now, now.Add(-time.Minute)); err != nil {
				return err
			}
			return tx.PutConsoleSession(t.Context(), []byte("waiting"), []byte("data"), now.Add(time.Hour))
		}); err != nil {
			return err
		}
		return db.ReadAside(t.Context(), func(tx *store.Tx) error {
			data, err := tx.ConsoleSession(t.Context(), []byte("waiting"), now)
			if string(data) != "data" {
				t.Errorf("the session holds %q", data)
			}
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}
