package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
)

// ListeTarifs is one price list of an organisme, without its entries. An import
// adds a list and never changes an older one.
type ListeTarifs struct {
	ID     int64 // 1, 2, 3… of the organisme; the highest is the one in use
	CreeLe time.Time
	Par    string // who imported it
	Tarifs int    // number of entries
}

// ListesTarifs returns the price lists of an organisme, the one in use first.
func (tx *Tx) ListesTarifs(ctx context.Context, organisme int64) ([]ListeTarifs, error) {
	return list(ctx, tx, qListeTarifsList, []any{organisme}, func(rows *sql.Rows) (l ListeTarifs, err error) {
		var creeLe int64
		err = rows.Scan(&l.ID, &creeLe, &l.Par, &l.Tarifs)
		l.CreeLe = fromMillis(creeLe)
		return l, err
	})
}

// Tarifs returns the entries of a price list, in its order; none where there is
// no such list.
func (tx *Tx) Tarifs(ctx context.Context, organisme, liste int64) ([]ventilation.Tarif, error) {
	return list(ctx, tx, qTarifList, []any{organisme, liste}, func(rows *sql.Rows) (t ventilation.Tarif, err error) {
		err = rows.Scan(&t.Par, &t.Code, &t.Montant, &t.Validite.Debut, &t.Validite.Fin)
		return t, err
	})
}

// InsertTarifs stores a price list, which becomes the one in use.
func (tx *Tx) InsertTarifs(ctx context.Context, organisme int64, par string, now time.Time, list []ventilation.Tarif) (ListeTarifs, error) {
	l := ListeTarifs{CreeLe: fromMillis(millis(now)), Par: par, Tarifs: len(list)}
	if err := tx.one(ctx, qListeTarifsInsert, []any{organisme, millis(now), par, len(list)}, &l.ID); err != nil {
		return l, err
	}
	rows := make([][]any, len(list))
	for i, t := range list {
		rows[i] = []any{organisme, l.ID, int64(i), string(t.Par), t.Code, int64(t.Montant), int64(t.Validite.Debut), int64(t.Validite.Fin)}
	}
	if len(rows) == 0 {
		return l, nil
	}
	if err := tx.db.dialect.InsertRows(ctx, tx.conn, tx.text(qTarifInsert), rows, func(int64, []byte) {}); err != nil {
		return l, fmt.Errorf("tarif-insert: %w", tx.db.explain(err))
	}
	return l, nil
}
