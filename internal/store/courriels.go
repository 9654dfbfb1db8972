package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// PutCourrier has a person told of an organisme from a moment on; never where the
// rhythm is none.
func (tx *Tx) PutCourrier(ctx context.Context, a domaine.Courrier) error {
	if a.Rythme == domaine.CourrielJamais {
		_, err := tx.exec(ctx, qCourrielDelete, a.Organisme, a.Compte)
		return err
	}
	_, err := tx.exec(ctx, qCourrielPut, a.Organisme, a.Compte, string(a.Rythme), millis(a.Prochain))
	return err
}

func scanCourrier(scan func(...any) error) (a domaine.Courrier, err error) {
	var next, sent int64
	err = scan(&a.Organisme, &a.Compte, &a.Rythme, &next, &a.Dit, &sent, &a.Echecs)
	a.Prochain = fromMillis(next)
	if sent != 0 {
		at := fromMillis(sent)
		a.EnvoyeLe = &at
	}
	return a, err
}

// Courrier returns what a person asked to be told of an organisme, the rhythm none
// where they did not.
func (tx *Tx) Courrier(ctx context.Context, organisme, compte int64) (domaine.Courrier, error) {
	a, err := scanCourrier(func(dest ...any) error { return tx.one(ctx, qCourrielGet, []any{organisme, compte}, dest...) })
	if errors.Is(err, ErrNotFound) {
		return domaine.Courrier{Organisme: organisme, Compte: compte}, nil
	}
	return a, err
}

// DueCourriers returns the subscriptions of every organisme that may be told now and
// that no process is at.
func (tx *Tx) DueCourriers(ctx context.Context, now time.Time) ([]domaine.Courrier, error) {
	return list(ctx, tx, qCourrielDus, []any{millis(now)}, func(rows *sql.Rows) (domaine.Courrier, error) { return scanCourrier(rows.Scan) })
}

// LeaseCourrier makes one process the only one at a subscription until a moment, and
// reports whether it is; not where it is no longer what was read.
func (tx *Tx) LeaseCourrier(ctx context.Context, a domaine.Courrier, bail string, now, until time.Time) (bool, error) {
	n, err := tx.exec(ctx, qCourrielBail, a.Organisme, a.Compte, bail, millis(until), millis(now), millis(a.Prochain), a.Dit)
	return n > 0, err
}

// CourrierTold records what was told under a lease, and when the next may be; sent is
// nil where there was nothing to tell.
func (tx *Tx) CourrierTold(ctx context.Context, a domaine.Courrier, bail, dit string, next time.Time, sent *time.Time) error {
	_, err := tx.exec(ctx, qCourrielDit, a.Organisme, a.Compte, bail, dit, millis(next), optionalMillis(sent))
	return err
}

// CourrierFailed records that a mail was not taken, and when to try again.
func (tx *Tx) CourrierFailed(ctx context.Context, a domaine.Courrier, bail string, next time.Time) error {
	_, err := tx.exec(ctx, qCourrielEchec, a.Organisme, a.Compte, bail, millis(next))
	return err
}

// PutFlux keeps the SHA-256 of the key of a person's private address, in the place of the
// one before; nil forgets it.
func (tx *Tx) PutFlux(ctx context.Context, organisme, compte int64, empreinte []byte, now time.Time) error {
	if empreinte == nil {
		_, err := tx.exec(ctx, qFluxDelete, organisme, compte)
		return err
	}
	_, err := tx.exec(ctx, qFluxPut, organisme, compte, empreinte, millis(now))
	return err
}

// FluxSince returns since when a person has a private address, nil for none.
func (tx *Tx) FluxSince(ctx context.Context, organisme, compte int64) (*time.Time, error) {
	var cree int64
	err := tx.one(ctx, qFluxOf, []any{organisme, compte}, &cree)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	at := fromMillis(cree)
	return &at, err
}

// FluxByEmpreinte returns whose private address has a key with this SHA-256, or
// ErrNotFound.
func (tx *Tx) FluxByEmpreinte(ctx context.Context, empreinte []byte) (organisme, compte int64, err error) {
	err = tx.one(ctx, qFluxByEmpreinte, []any{empreinte}, &organisme, &compte)
	return organisme, compte, err
}
