package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// statesOfAll holds what is read of all organismes at once against what is read of
// each: those of the tests before, and one with pushes of its own.
func statesOfAll(t *testing.T, db *store.DB) {
	organisme := newOrganisme(t, db)
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		for i := range int64(5) {
			s := domaine.Synchronisation{ID: i + 1, Origine: domaine.OrigineV1, Etat: domaine.EtatAppliquee, Par: "Essai", Debut: now.Add(time.Duration(i*i%7) * time.Hour)}
			if i == 3 {
				s.Origine = domaine.OrigineAnnulation
			}
			if err := tx.InsertSynchronisation(ctx, organisme, &s); err != nil {
				return err
			}
		}
		return nil
	})
	const limit = 3
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		dates, err := tx.AllPushDates(t.Context(), limit)
		if err != nil {
			return err
		}
		counts, err := tx.AllCounts(t.Context())
		if err != nil {
			return err
		}
		if len(dates[organisme]) != limit {
			t.Errorf("%d dates of pushes", len(dates[organisme]))
		}
		all, err := tx.Organismes(t.Context())
		for _, o := range all {
			of, err := tx.PushDates(t.Context(), o.ID, limit)
			if diff := cmp.Diff(of, dates[o.ID], cmpopts.EquateEmpty()); err != nil || diff != "" {
				t.Errorf("dates of organisme %d: %v (-alone +among all)\n%s", o.ID, err, diff)
			}
			var n store.Effectifs
			if n.Transmis, n.Integres, err = tx.Counts(t.Context(), o.ID); err != nil || n != counts[o.ID] {
				t.Errorf("counts of organisme %d: %+v alone, %+v among all, %v", o.ID, n, counts[o.ID], err)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
