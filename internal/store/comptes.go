package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// CreateCompte stores a new account with the hash of its password and returns
// its id, or 0 where the e-mail has an account.
func (tx *Tx) CreateCompte(ctx context.Context, c domaine.Compte, hash string) (int64, error) {
	var id int64
	err := tx.one(ctx, qCompteInsert, []any{c.OrganismeID, c.Email, c.Nom, c.Prenom, string(c.Role), hash, millis(c.CreeLe)}, &id)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return id, err
}

func scanCompte(scan func(...any) error, more ...any) (domaine.Compte, error) {
	var c domaine.Compte
	var cree int64
	var desactive, connecte sql.NullInt64
	err := scan(append([]any{&c.ID, &c.OrganismeID, &c.Email, &c.Nom, &c.Prenom, &c.Role, &cree, &desactive, &connecte}, more...)...)
	c.CreeLe, c.DesactiveLe, c.ConnecteLe = fromMillis(cree), optionalTime(desactive), optionalTime(connecte)
	return c, err
}

// Comptes returns the accounts of an organisme by name, or all of them for
// organisme 0.
func (tx *Tx) Comptes(ctx context.Context, organisme int64) ([]domaine.Compte, error) {
	return list(ctx, tx, qCompteList, []any{organisme}, func(rows *sql.Rows) (domaine.Compte, error) { return scanCompte(rows.Scan) })
}

// Compte returns one account and the hash of its password, or ErrNotFound.
func (tx *Tx) Compte(ctx context.Context, id int64) (c domaine.Compte, hash string, err error) {
	c, err = scanCompte(func(dest ...any) error { return tx.one(ctx, qCompteGet, []any{id}, dest...) }, &hash)
	return c, hash, err
}

// CompteByEmail returns the account of an e-mail in lower case and the hash of
// its password, or ErrNotFound.
func (tx *Tx) CompteByEmail(ctx context.Context, email string) (c domaine.Compte, hash string, err error) {
	c, err = scanCompte(func(dest ...any) error { return tx.one(ctx, qCompteByEmail, []any{email}, dest...) }, &hash)
	return c, hash, err
}

// UpdateCompte stores the names, the role and the end of an account.
func (tx *Tx) UpdateCompte(ctx context.Context, c domaine.Compte) error {
	return tx.mustChange(ctx, qCompteUpdate, c.OrganismeID, c.ID, c.Nom, c.Prenom, string(c.Role), optionalMillis(c.DesactiveLe))
}

// SetPassword stores the hash of an account's password.
func (tx *Tx) SetPassword(ctx context.Context, organisme, id int64, hash string) error {
	return tx.mustChange(ctx, qComptePassword, organisme, id, hash)
}

// CompteConnected remembers a login.
func (tx *Tx) CompteConnected(ctx context.Context, organisme, id int64, at time.Time) error {
	_, err := tx.exec(ctx, qCompteConnecte, organisme, id, millis(at))
	return err
}

// ConsoleSession returns what is remembered under the SHA-256 of a cookie, or
// ErrNotFound.
func (tx *Tx) ConsoleSession(ctx context.Context, empreinte []byte, now time.Time) (data []byte, err error) {
	err = tx.one(ctx, qSessionConsoleGet, []any{empreinte, millis(now)}, &data)
	return data, err
}

// PutConsoleSession remembers data under the SHA-256 of a cookie.
func (tx *Tx) PutConsoleSession(ctx context.Context, empreinte, data []byte, expiry time.Time) error {
	_, err := tx.exec(ctx, qSessionConsolePut, empreinte, data, millis(expiry))
	return err
}

// DeleteConsoleSession forgets what is remembered under the SHA-256 of a cookie.
func (tx *Tx) DeleteConsoleSession(ctx context.Context, empreinte []byte) error {
	_, err := tx.exec(ctx, qSessionConsoleDelete, empreinte)
	return err
}

// ExpireConsole forgets sessions that ended before now and failed logins
// counted since before failures.
func (tx *Tx) ExpireConsole(ctx context.Context, now, failures time.Time) error {
	if _, err := tx.exec(ctx, qSessionConsoleExpire, millis(now)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, qEchecConnexionExpire, millis(failures))
	return err
}

// aheadOf is the end of the spans that count: one that would begin as far in the
// future as spans last was counted before the clock was moved back.
func aheadOf(now, after time.Time) time.Time { return now.Add(now.Sub(after)) }

// LoginFailures returns how many logins failed under a key in a span that began
// after a moment.
func (tx *Tx) LoginFailures(ctx context.Context, cle []byte, now, after time.Time) (n int, err error) {
	err = tx.one(ctx, qEchecConnexionGet, []any{cle, millis(after), millis(aheadOf(now, after))}, &n)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return n, err
}

// AddLoginFailure counts a failed login under a key, in the span that began
// after a moment or in a new one.
func (tx *Tx) AddLoginFailure(ctx context.Context, cle []byte, now, after time.Time) error {
	_, err := tx.exec(ctx, qEchecConnexionAdd, cle, millis(now), millis(after), millis(aheadOf(now, after)))
	return err
}

// ClearLoginFailures forgets the failed logins under a key.
func (tx *Tx) ClearLoginFailures(ctx context.Context, cle []byte) error {
	_, err := tx.exec(ctx, qEchecConnexionDelete, cle)
	return err
}
