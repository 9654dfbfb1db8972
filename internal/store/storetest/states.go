package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// statesOfAll holds what is kept of all organismes against what is read of each: those
// of the tests before, and two with pushes and profils of their own, one of which forgot
// its contracts.
func statesOfAll(t *testing.T, db *store.DB) {
	organisme, forgetful := newOrganisme(t, db), newOrganisme(t, db)
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		for i := range int64(store.PushDatesKept + 5) {
			s := domaine.Synchronisation{ID: i + 1, Origine: domaine.OrigineV1, Etat: domaine.EtatAppliquee, Par: "Essai", Debut: now.Add(time.Duration(i*i%7) * time.Hour)}
			if i == 3 {
				s.Origine = domaine.OrigineAnnulation
			}
			if err := tx.InsertSynchronisation(ctx, organisme, &s); err != nil {
				return err
			}
		}
		for _, o := range []int64{organisme, forgetful} {
			rows := []*store.Profil{{Valeurs: regles.Profil{CodeGroupe: "G1"}, Effectif: 3, Session: 7}, {Valeurs: regles.Profil{CodeGroupe: "G2"}, Effectif: 4}}
			if err := tx.SaveProfils(ctx, o, rows); err != nil {
				return err
			}
		}
		return tx.ForgetContrats(ctx, forgetful)
	})
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		etats, err := tx.Etats(t.Context())
		if err != nil {
			return err
		}
		all, err := tx.Organismes(t.Context())
		if len(etats) != len(all) {
			t.Fatalf("%d states of %d organismes", len(etats), len(all))
		}
		for i, o := range all {
			want := store.Etat{ID: o.ID, Nom: o.Nom, Sandbox: o.Sandbox, Rythme: o.Rythme}
			var failed error
			if want.Envois, failed = tx.PushDates(t.Context(), o.ID, store.PushDatesKept); failed == nil {
				want.Transmis, want.Integres, failed = tx.Counts(t.Context(), o.ID)
			}
			if diff := cmp.Diff(want, etats[i], cmpopts.EquateEmpty()); failed != nil || diff != "" {
				t.Errorf("organisme %d: %v (-read of it +kept)\n%s", o.ID, failed, diff)
			}
			if o.ID == organisme && (len(etats[i].Envois) != store.PushDatesKept || etats[i].Transmis != 7 || etats[i].Integres != 3) {
				t.Errorf("the new organisme stands at %+v", etats[i])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
