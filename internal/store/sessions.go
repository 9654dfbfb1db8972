package store

import (
	"context"
	"database/sql"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// SessionSites returns the sites that have sessions with apprentices, in no
// particular order.
func (tx *Tx) SessionSites(ctx context.Context, organisme int64) ([]Valeur, error) {
	return list(ctx, tx, qSessionSites, []any{organisme}, func(rows *sql.Rows) (v Valeur, err error) {
		err = rows.Scan(&v.Code, &v.Nom, &v.Contrats)
		return v, err
	})
}

// SessionsOfSite returns the sessions of one site, in no particular order.
func (tx *Tx) SessionsOfSite(ctx context.Context, organisme int64, site string) ([]domaine.Session, error) {
	return tx.sessions(ctx, qSessionOfSite, organisme, site)
}

// Session returns one session, or ErrNotFound.
func (tx *Tx) Session(ctx context.Context, organisme, id int64) (domaine.Session, error) {
	found, err := tx.sessions(ctx, qSessionGet, organisme, id)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	return append(found, domaine.Session{})[0], err
}
