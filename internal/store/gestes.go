package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// InsertGeste notes what somebody did in an organisme; its ID is ignored.
func (tx *Tx) InsertGeste(ctx context.Context, organisme int64, g domaine.Geste) error {
	_, err := tx.exec(ctx, qGesteInsert, organisme, string(g.Quoi), g.Objet, g.Detail, g.Par, optionalID(g.JetonID), millis(g.Le))
	return err
}

// Gestes returns a page of what was done in an organisme, the latest first, and how
// many there are; of one family, such as "jeton", where it is not "".
func (tx *Tx) Gestes(ctx context.Context, organisme int64, famille string, page Page) (found []domaine.Geste, total int, err error) {
	like := ofFamille(famille)
	if err := tx.one(ctx, qGesteCount, []any{organisme, like}, &total); err != nil {
		return nil, 0, err
	}
	limit := page.Limit
	if limit == 0 {
		limit = total
	}
	found, err = tx.gestes(ctx, qGestePage, organisme, like, limit, page.Offset)
	return found, total, err
}

// GestesOf returns what was last done to one thing of a family, the latest first.
func (tx *Tx) GestesOf(ctx context.Context, organisme int64, famille, objet string, limit int) ([]domaine.Geste, error) {
	return tx.gestes(ctx, qGesteOf, organisme, objet, ofFamille(famille), limit)
}

// ofFamille is the pattern of the acts of a family, "" for all.
func ofFamille(famille string) string {
	if famille == "" {
		return ""
	}
	return famille + ".%"
}

func (tx *Tx) gestes(ctx context.Context, q query, args ...any) (found []domaine.Geste, err error) {
	err = tx.each(ctx, q, args, func(rows *sql.Rows) error {
		var g domaine.Geste
		var le int64
		err := rows.Scan(&g.ID, &g.Quoi, &g.Objet, &g.Detail, &g.Par, &g.JetonID, &le)
		g.Le = fromMillis(le)
		found = append(found, g)
		return err
	})
	return found, err
}

// InsertAppels notes calls of a token, oldest first, and forgets all but the last
// keep of them.
func (tx *Tx) InsertAppels(ctx context.Context, organisme, jeton int64, list []domaine.Appel, keep int) error {
	for _, a := range list {
		if _, err := tx.exec(ctx, qAppelInsert, organisme, jeton, a.Methode, a.Route, a.Statut, a.Duree.Milliseconds(), millis(a.Le)); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, qAppelTrim, organisme, jeton, keep)
	return err
}

// Appels returns the last calls of a token, the latest first.
func (tx *Tx) Appels(ctx context.Context, organisme, jeton int64, limit int) ([]domaine.Appel, error) {
	return list(ctx, tx, qAppelList, []any{organisme, jeton, limit}, func(rows *sql.Rows) (a domaine.Appel, err error) {
		var le, ms int64
		err = rows.Scan(&a.Methode, &a.Route, &a.Statut, &ms, &le)
		a.Le, a.Duree = fromMillis(le), time.Duration(ms)*time.Millisecond
		return a, err
	})
}
