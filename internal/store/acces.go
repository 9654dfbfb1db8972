package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Acces is what an account may do in an organisme that is not its own.
type Acces struct {
	Organisme int64
	Role      domaine.Role
}

// PutAcces gives an account a role in an organisme that is not its own, in the place of
// the one that it had.
func (tx *Tx) PutAcces(ctx context.Context, organisme, compte int64, role domaine.Role, now time.Time) error {
	_, err := tx.exec(ctx, qAccesPut, organisme, compte, string(role), millis(now))
	return err
}

// DeleteAcces takes back what an account may do in an organisme that is not its own, or
// returns ErrNotFound.
func (tx *Tx) DeleteAcces(ctx context.Context, organisme, compte int64) error {
	return tx.mustChange(ctx, qAccesDelete, organisme, compte)
}

// AccesOf returns what an account may do in organismes that are not its own.
func (tx *Tx) AccesOf(ctx context.Context, compte int64) ([]Acces, error) {
	return list(ctx, tx, qAccesOfCompte, []any{compte}, func(rows *sql.Rows) (a Acces, err error) {
		err = rows.Scan(&a.Organisme, &a.Role)
		return a, err
	})
}

// Invites returns the accounts of other organismes that have a role in one, by name:
// with that organisme and that role.
func (tx *Tx) Invites(ctx context.Context, organisme int64) ([]domaine.Compte, error) {
	return list(ctx, tx, qAccesOfOrganisme, []any{organisme}, func(rows *sql.Rows) (domaine.Compte, error) { return scanCompte(rows.Scan) })
}
