package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// stored is a synchronisation that is stored in portions: a contract each, then a
// person each.
type stored struct {
	*testing.T
	db        *store.DB
	organisme int64
	between   func(portion int) // called within each portion
	portions  int
}

const portionsEach = 3

func (s *stored) ahead(tx *store.Tx, synchronisation int64) (bool, error) {
	if s.between != nil {
		s.between(s.portions)
	}
	n := s.portions
	s.portions++
	if n < portionsEach {
		return false, insert(s.Context(), tx, s.organisme, synchronisation, fmt.Sprint("NEW", n))
	}
	n -= portionsEach
	person := store.PersonneRow{Code: fmt.Sprint("P", n), Email: fmt.Sprint(n, "@cfa.example"), Effectif: 1}
	return n == portionsEach-1, tx.AddPersonnes(s.Context(), s.organisme, synchronisation, []store.PersonneRow{person})
}

func (s *stored) run(fn func(tx *store.Tx, fresh bool) error) error {
	return s.db.WriteOrganismePrepared(s.Context(), s.organisme, func(*store.Tx) (store.Ahead, error) { return s.ahead, nil }, fn)
}

// apply is what the transaction does that portions were stored for.
func (s *stored) apply(tx *store.Tx, fresh bool) error {
	if !fresh {
		return errors.New("the portions are not there")
	}
	if err := tx.ApplyPortions(s.Context(), s.organisme); err != nil {
		return err
	}
	id, err := tx.NextSynchronisation(s.Context(), s.organisme)
	if err != nil {
		return err
	}
	return tx.CloseVersions(s.Context(), s.organisme, id, []string{"OLD"})
}

// seen is what anybody sees of an organisme.
type seen struct {
	Active, Versions []string
	Personnes        int
	LastChange       int64
	Sum, Rest        store.Sum
}

func see(t *testing.T, db *store.DB, organisme int64) (s seen) {
	t.Helper()
	s.Active = activeCodes(t, db, organisme)
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		err := tx.EachVersion(ctx, organisme, func(v store.StoredVersion) error {
			s.Versions = append(s.Versions, v.Code)
			return nil
		})
		if err != nil {
			return err
		}
		found, err := tx.Personnes(ctx, organisme, []string{"P0", "P1"}, []string{"2@cfa.example"})
		if err != nil {
			return err
		}
		s.Personnes = len(found)
		if s.LastChange, err = tx.LastChange(ctx, organisme); err != nil {
			return err
		}
		if s.Sum, _, _, err = tx.VersionsSum(ctx, organisme, 1); err != nil {
			return err
		}
		s.Rest, err = tx.RestSum(ctx, organisme)
		return err
	})
	return s
}

// storesInPortions has a synchronisation stored in portions, which nobody sees before it
// is applied and between which others write, and given up in every way.
func (d Database) storesInPortions(t *testing.T) {
	t.Parallel()
	location := d.Location(t)
	db := d.Open(t, location)
	if db.Dialect() != "sqlite" {
		s := &stored{T: t, db: db, organisme: newOrganisme(t, db)}
		if err := s.run(func(_ *store.Tx, fresh bool) error { same(t, "fresh", fresh, false); return nil }); err != nil || s.portions != 0 {
			t.Errorf("%d portions, %v", s.portions, err)
		}
		return
	}
	below := raw(t, location)
	begin := func(t *testing.T) (*stored, seen) {
		s := &stored{T: t, db: db, organisme: newOrganisme(t, db)}
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			id, err := tx.NextSynchronisation(ctx, s.organisme)
			if err != nil {
				return err
			}
			return insert(ctx, tx, s.organisme, id, "OLD", "STAYS")
		})
		return s, see(t, db, s.organisme)
	}
	// nothing looks below what the store shows.
	nothing := func(t *testing.T, s *stored) {
		t.Helper()
		for _, query := range []string{
			"SELECT COUNT(*) FROM portion WHERE organisme_id = ?1", "SELECT COUNT(*) FROM contrat WHERE organisme_id = ?1 AND depuis > 1",
			"SELECT COUNT(*) FROM personne WHERE organisme_id = ?1",
		} {
			var n int
			if err := below.QueryRowContext(t.Context(), query, s.organisme).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s: %d, %v", query, n, err)
			}
		}
	}
	never := func(tx *store.Tx, fresh bool) error { return errors.New("called") }

	t.Run("it is seen once it is applied, and others write meanwhile", func(t *testing.T) {
		s, before := begin(t)
		other := newOrganisme(t, db)
		var written atomic.Bool
		ended := make(chan error, 1)
		s.between = func(portion int) {
			if portion == 0 {
				go func() {
					ended <- db.WriteOrganisme(t.Context(), other, func(*store.Tx) error { written.Store(true); return nil })
				}()
			}
			same(t, fmt.Sprint("seen in portion ", portion), see(t, db, s.organisme), before)
		}
		if err := s.run(s.apply); err != nil {
			t.Fatal(err)
		}
		if !written.Load() {
			t.Error("another organisme waited for all portions")
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		after := see(t, db, s.organisme)
		same(t, "active", after.Active, []string{"NEW0", "NEW1", "NEW2", "STAYS"})
		same(t, "people, and the last change", []int{after.Personnes, int(after.LastChange)}, []int{portionsEach, 2})
	})

	t.Run("another process writes to the organisme in between", func(t *testing.T) {
		s, before := begin(t)
		other, written := d.Open(t, location), make(chan error, 1)
		s.between = func(portion int) {
			if portion == 2 {
				s.between = nil
				go func() {
					written <- other.WriteOrganisme(t.Context(), s.organisme, func(*store.Tx) error { return nil })
				}()
			}
		}
		// Whichever comes first, nothing is there in part.
		err := s.run(func(tx *store.Tx, fresh bool) error {
			if fresh {
				return s.apply(tx, fresh)
			}
			return nil
		})
		if err := errors.Join(err, <-written); err != nil {
			t.Fatal(err)
		}
		if now := see(t, db, s.organisme); len(now.Versions) == len(before.Versions) {
			nothing(t, s)
		} else {
			same(t, "active", now.Active, []string{"NEW0", "NEW1", "NEW2", "STAYS"})
		}
	})

	t.Run("whoever writes next takes away what a process has left that was killed", func(t *testing.T) {
		s, before := begin(t)
		copied := filepath.Join(t.TempDir(), "copy.db")
		s.between = func(portion int) {
			if portion == 2*portionsEach-1 {
				if err := db.Backup(t.Context(), copied); err != nil {
					t.Error(err)
				}
			}
		}
		if err := s.run(s.apply); err != nil {
			t.Fatal(err)
		}
		for name, clean := range map[string]func(*store.DB) error{
			"the next write": func(left *store.DB) error {
				return left.WriteOrganisme(t.Context(), s.organisme, func(tx *store.Tx) error {
					id, err := tx.NextSynchronisation(t.Context(), s.organisme)
					same(t, "the next synchronisation", id, int64(2))
					return err
				})
			},
			"the start of a server": func(left *store.DB) error {
				n, err := left.ForgetAllPortions(t.Context())
				same(t, "organismes", n, 1)
				return err
			},
		} {
			left := d.Open(t, copyOf(t, copied))
			same(t, "seen", see(t, left, s.organisme), before)
			if err := clean(left); err != nil {
				t.Fatal(name, err)
			}
			now := see(t, left, s.organisme)
			same(t, name, now.Versions, before.Versions)
			same(t, name, now.Personnes, 0)
		}
	})

	for name, test := range map[string]func(*stored) error{
		"a portion fails": func(s *stored) error {
			return s.db.WriteOrganismePrepared(s.Context(), s.organisme, func(*store.Tx) (store.Ahead, error) {
				return func(tx *store.Tx, id int64) (bool, error) {
					if s.portions == 4 {
						return false, errors.New("failed")
					}
					return s.ahead(tx, id)
				}, nil
			}, never)
		},
		"the transaction fails":                func(s *stored) error { return s.run(never) },
		"the transaction forgets the portions": func(s *stored) error { return s.run(func(*store.Tx, bool) error { return nil }) },
		"the caller leaves": func(s *stored) error {
			ctx, leave := context.WithCancel(s.Context())
			s.between = func(portion int) {
				if portion == 3 {
					leave()
				}
			}
			return s.db.WriteOrganismePrepared(ctx, s.organisme, func(*store.Tx) (store.Ahead, error) { return s.ahead, nil }, never)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, before := begin(t)
			if err := test(s); err == nil || err.Error() == "called" && s.portions < 2*portionsEach {
				t.Errorf("after %d portions: %v", s.portions, err)
			}
			same(t, "seen", see(t, db, s.organisme), before)
			nothing(t, s)
		})
	}

	t.Run("the transaction does without them", func(t *testing.T) {
		s, before := begin(t)
		err := s.run(func(tx *store.Tx, fresh bool) error {
			same(t, "fresh", fresh, true)
			return tx.ForgetPortions(t.Context(), s.organisme)
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "versions", see(t, db, s.organisme).Versions, before.Versions)
		nothing(t, s)
	})
}

func copyOf(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(copied, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return copied
}
