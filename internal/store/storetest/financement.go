package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/store"
)

func montantsOPCO(t *testing.T, db *store.DB) {
	organisme, other := newOrganisme(t, db), newOrganisme(t, db)
	taken := []store.MontantOPCO{
		{Rang: 1, Code: "K1", Montant: 800_050, Par: "Ada", Le: now},
		{Rang: 2, Code: "é;\"'", Montant: 0, Par: "Ana", Le: now.Add(time.Hour)},
		{Rang: 3, Code: "K1", Retire: true, Par: "Ada", Le: now.Add(2 * time.Hour)},
	}
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		var errs []error
		for i := range taken {
			errs = append(errs, tx.InsertMontantOPCO(ctx, organisme, &taken[i], int64(10*i)))
		}
		return errors.Join(append(errs, tx.InsertMontantOPCO(ctx, other, &taken[0], 7))...)
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.MontantsOPCO(ctx, organisme, 3)
		same(t, "all decisions, in order", all, taken)
		first, errFirst := tx.MontantsOPCO(ctx, organisme, 1)
		same(t, "the first one", first, taken[:1])
		none, errNone := tx.MontantsOPCO(ctx, organisme, 0)
		same(t, "none", none, []store.MontantOPCO(nil))
		one, errOne := tx.MontantsOPCODe(ctx, organisme, "K1")
		same(t, "those of a contract", one, []store.MontantOPCO{taken[0], taken[2]})
		last, errLast := tx.DernierMontantOPCO(ctx, organisme, 0)
		same(t, "the last one", last, int64(3))
		at, errAt := tx.DernierMontantOPCO(ctx, organisme, 15)
		same(t, "the last one before a synchronisation", at, int64(2))
		return errors.Join(err, errFirst, errNone, errOne, errLast, errAt)
	})
}

func echeanciers(t *testing.T, db *store.DB) {
	organisme, other := newOrganisme(t, db), newOrganisme(t, db)
	first := []rapprochement.Annonce{{CodeContrat: "K1", Date: 20_000, Montant: 320_000}, {Dossier: "075-1", Date: -1, Montant: -5}}
	second := []rapprochement.Annonce{{CodeContrat: "K1", Date: 20_001, Montant: 1}}
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		_, err1 := tx.InsertEcheancier(ctx, organisme, &store.Echeancier{DeposeLe: now, Par: "Ada", Fichier: "opco.csv"}, first)
		_, err2 := tx.InsertEcheancier(ctx, organisme, &store.Echeancier{DeposeLe: now.Add(time.Hour), Par: "Ana"}, second)
		_, err3 := tx.InsertEcheancier(ctx, other, &store.Echeancier{DeposeLe: now}, second)
		return errors.Join(err1, err2, err3)
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Echeanciers(ctx, organisme)
		same(t, "deposits, the latest first", list, []store.Echeancier{{Rang: 2, DeposeLe: now.Add(time.Hour), Par: "Ana", Lignes: 1}, {Rang: 1, DeposeLe: now, Par: "Ada", Fichier: "opco.csv", Lignes: 2}})
		if err != nil {
			return err
		}
		var lines []rapprochement.Annonce
		var of []int64
		err = tx.Annonces(ctx, organisme, func(echeancier int64, a rapprochement.Annonce) error {
			of, lines = append(of, echeancier), append(lines, a)
			return nil
		})
		same(t, "lines, those of the latest deposit first", lines, append(second, first...))
		same(t, "their deposits", of, []int64{2, 1, 1})
		return err
	})
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.ForgetContrats(ctx, organisme) })
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		mine, err := tx.Echeanciers(ctx, organisme)
		same(t, "deposits after contracts are forgotten", len(mine), 0)
		theirs, errTheirs := tx.Echeanciers(ctx, other)
		same(t, "those of another organisme", len(theirs), 1)
		return errors.Join(err, errTheirs)
	})
}
