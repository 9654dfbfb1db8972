package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/store"
)

func tarifs(t *testing.T, db *store.DB) {
	organisme, other := newOrganisme(t, db), newOrganisme(t, db)
	always := passerelle.Periode{Debut: ventilation.ToujoursDepuis, Fin: ventilation.ToujoursJusque}
	first := []ventilation.Tarif{
		{Par: ventilation.ParRNCP, Code: "38362", Montant: 8_000_00, Validite: always},
		{Par: ventilation.ParFormation, Code: "é;\"'", Montant: 1, Validite: passerelle.Periode{Debut: -10, Fin: 20}},
	}
	second := []ventilation.Tarif{{Par: ventilation.ParFormation, Code: "F1", Montant: ventilation.MontantMax, Validite: always}}
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.InsertTarifs(ctx, other, "Léo", now, second); err != nil {
			return err
		}
		if _, err := tx.InsertTarifs(ctx, organisme, "Ada", now, first); err != nil {
			return err
		}
		_, err := tx.InsertTarifs(ctx, organisme, "Ana", now.Add(time.Hour), second)
		return err
	})
	read(t, db, func(ctx context.Context, tx *store.Tx) error {
		lists, err := tx.ListesTarifs(ctx, organisme)
		same(t, "lists, the one in use first", lists, []store.ListeTarifs{{ID: 2, CreeLe: now.Add(time.Hour), Par: "Ana", Tarifs: 1}, {ID: 1, CreeLe: now, Par: "Ada", Tarifs: 2}})
		if err != nil {
			return err
		}
		older, err := tx.Tarifs(ctx, organisme, 1)
		same(t, "an older list, in its order", older, first)
		if err != nil {
			return err
		}
		none, err := tx.Tarifs(ctx, other, 2)
		same(t, "a list of another organisme", none, []ventilation.Tarif(nil))
		return err
	})
}
