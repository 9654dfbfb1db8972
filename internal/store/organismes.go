package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func optionalMillis(t *time.Time) any {
	if t == nil {
		return nil
	}
	return millis(*t)
}

func optionalTime(ms sql.NullInt64) *time.Time {
	if !ms.Valid {
		return nil
	}
	t := fromMillis(ms.Int64)
	return &t
}

// optionalID stores 0 as NULL.
func optionalID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// CreateOrganisme stores a new organisme and returns its id.
func (tx *Tx) CreateOrganisme(ctx context.Context, nom string, sandbox bool, now time.Time) (int64, error) {
	var id int64
	err := tx.one(ctx, qOrganismeInsert, []any{nom, flag(sandbox), millis(now)}, &id)
	return id, err
}

func scanOrganisme(scan func(...any) error) (domaine.Organisme, error) {
	var o domaine.Organisme
	var sandbox, rythme, cree int64
	var reglages string
	if err := scan(&o.ID, &o.Nom, &sandbox, &reglages, &rythme, &cree); err != nil {
		return o, err
	}
	var err error
	if o.Reglages, err = parseReglages(reglages); err != nil {
		return o, err
	}
	o.Sandbox, o.Rythme, o.CreeLe = sandbox != 0, time.Duration(rythme)*time.Millisecond, fromMillis(cree)
	return o, nil
}

// Organismes returns every organisme, oldest first.
func (tx *Tx) Organismes(ctx context.Context) ([]domaine.Organisme, error) {
	return list(ctx, tx, qOrganismeList, nil, func(rows *sql.Rows) (domaine.Organisme, error) { return scanOrganisme(rows.Scan) })
}

// Organisme returns one organisme, or ErrNotFound.
func (tx *Tx) Organisme(ctx context.Context, id int64) (domaine.Organisme, error) {
	return scanOrganisme(func(dest ...any) error { return tx.one(ctx, qOrganismeGet, []any{id}, dest...) })
}

// SetRythme changes the rhythm of pushes of an organisme, 0 where it is to be
// learnt.
func (tx *Tx) SetRythme(ctx context.Context, id int64, rythme time.Duration) error {
	var ms any
	if rythme > 0 {
		ms = rythme.Milliseconds()
	}
	return tx.mustChange(ctx, qOrganismeRythme, id, ms)
}

// ToPlaceAgain returns the organismes whose contracts are to be placed again since a
// migration, oldest first.
func (tx *Tx) ToPlaceAgain(ctx context.Context) ([]int64, error) {
	return column[int64](ctx, tx, qOrganismeAReplacer)
}

// PlacedAgain remembers that the contracts of an organisme are placed by the rules of
// today, and reports whether they were to be placed again.
func (tx *Tx) PlacedAgain(ctx context.Context, id int64) (bool, error) {
	n, err := tx.exec(ctx, qOrganismeReplace, id)
	return n > 0, err
}

// CreateSociete stores a new société and returns its id; the id of s is ignored.
func (tx *Tx) CreateSociete(ctx context.Context, s domaine.Societe, now time.Time) (int64, error) {
	var id int64
	err := tx.one(ctx, qSocieteInsert, []any{s.OrganismeID, s.Nom, s.SIRET, dayOrNil(s.Immatriculation), s.Reference, millis(now)}, &id)
	return id, err
}

// UpdateSociete stores what a société says of itself; its organisme stays.
func (tx *Tx) UpdateSociete(ctx context.Context, s domaine.Societe) error {
	return tx.mustChange(ctx, qSocieteUpdate, s.OrganismeID, s.ID, s.Nom, s.SIRET, dayOrNil(s.Immatriculation), s.Reference)
}

func dayOrNil(d *passerelle.Date) any {
	if d == nil {
		return nil
	}
	return int64(*d)
}

func scanSociete(scan func(...any) error) (domaine.Societe, error) {
	var s domaine.Societe
	var immatriculation sql.NullInt64
	err := scan(&s.OrganismeID, &s.ID, &s.Nom, &s.SIRET, &immatriculation, &s.Reference)
	if immatriculation.Valid {
		day := passerelle.Date(immatriculation.Int64)
		s.Immatriculation = &day
	}
	return s, err
}

// Societe returns one société, of any organisme, or ErrNotFound.
func (tx *Tx) Societe(ctx context.Context, id int64) (domaine.Societe, error) {
	return scanSociete(func(dest ...any) error { return tx.one(ctx, qSocieteGet, []any{id}, dest...) })
}

// Societes returns the sociétés of an organisme, or those of all for organisme 0.
func (tx *Tx) Societes(ctx context.Context, organisme int64) ([]domaine.Societe, error) {
	name, args := qSocieteList, []any{organisme}
	if organisme == 0 {
		name, args = qSocieteAll, nil
	}
	var found []domaine.Societe
	err := tx.each(ctx, name, args, func(rows *sql.Rows) error {
		s, err := scanSociete(rows.Scan)
		found = append(found, s)
		return err
	})
	return found, err
}

// CreatePartenaire stores a new partenaire with the SHA-256 of its secret.
func (tx *Tx) CreatePartenaire(ctx context.Context, nom string, secret []byte, now time.Time) (int64, error) {
	var id int64
	err := tx.one(ctx, qPartenaireInsert, []any{nom, secret, millis(now)}, &id)
	return id, err
}

func scanPartenaire(scan func(...any) error) (domaine.Partenaire, error) {
	var p domaine.Partenaire
	var cree int64
	err := scan(&p.ID, &p.Nom, &cree)
	p.CreeLe = fromMillis(cree)
	return p, err
}

// Partenaire returns one partenaire, or ErrNotFound.
func (tx *Tx) Partenaire(ctx context.Context, id int64) (domaine.Partenaire, error) {
	return scanPartenaire(func(dest ...any) error { return tx.one(ctx, qPartenaireGet, []any{id}, dest...) })
}

// Partenaires returns every partenaire, oldest first.
func (tx *Tx) Partenaires(ctx context.Context) ([]domaine.Partenaire, error) {
	return list(ctx, tx, qPartenaireList, nil, func(rows *sql.Rows) (domaine.Partenaire, error) { return scanPartenaire(rows.Scan) })
}

// CreateJeton stores a token by its SHA-256 and returns its id.
func (tx *Tx) CreateJeton(ctx context.Context, j domaine.Jeton, empreinte []byte) (int64, error) {
	var id int64
	err := tx.one(ctx, qJetonInsert, []any{optionalID(j.OrganismeID), optionalID(j.PartenaireID), empreinte,
		j.Droits.String(), j.Prenom, j.Nom, optionalMillis(j.ExpireLe), millis(j.CreeLe), j.Logiciel, j.Debut}, &id)
	return id, err
}

func scanJeton(scan func(...any) error, more ...any) (domaine.Jeton, error) {
	var j domaine.Jeton
	var droits string
	var cree int64
	var expire, revoque, servi sql.NullInt64
	err := scan(append([]any{&j.ID, &j.OrganismeID, &j.PartenaireID, &droits, &j.Prenom, &j.Nom, &cree, &expire, &revoque, &servi, &j.Logiciel, &j.Debut}, more...)...)
	if err != nil {
		return j, err
	}
	j.Droits, _ = domaine.ParseDroits(droits)
	j.CreeLe, j.ExpireLe, j.RevoqueLe, j.ServiLe = fromMillis(cree), optionalTime(expire), optionalTime(revoque), optionalTime(servi)
	return j, nil
}

// Jetons returns the tokens of an organisme, or all of them for organisme 0.
func (tx *Tx) Jetons(ctx context.Context, organisme int64) ([]domaine.Jeton, error) {
	return list(ctx, tx, qJetonList, []any{organisme}, func(rows *sql.Rows) (domaine.Jeton, error) { return scanJeton(rows.Scan) })
}

// JetonByEmpreinte returns the token with this SHA-256 and the SHA-256 of its
// partenaire's secret, nil where it has no partenaire; or ErrNotFound.
func (tx *Tx) JetonByEmpreinte(ctx context.Context, empreinte []byte) (j domaine.Jeton, secret []byte, err error) {
	j, err = scanJeton(func(dest ...any) error { return tx.one(ctx, qJetonByEmpreinte, []any{empreinte}, dest...) }, &secret)
	return j, secret, err
}

// RevokeJeton ends a token's use and returns the token, with its ID, OrganismeID and
// Logiciel; nil where it was revoked already, and stays so since then.
func (tx *Tx) RevokeJeton(ctx context.Context, id int64, now time.Time) (*domaine.Jeton, error) {
	j := &domaine.Jeton{ID: id}
	err := tx.one(ctx, qJetonRevoke, []any{id, millis(now)}, &j.OrganismeID, &j.Logiciel)
	if !errors.Is(err, ErrNotFound) {
		return j, err
	}
	var count int
	if err := tx.one(ctx, qJetonExists, []any{id}, &count); err != nil {
		return nil, err
	}
	if count == 0 {
		return nil, ErrNotFound
	}
	return nil, nil
}

// JetonServed remembers that a token served.
func (tx *Tx) JetonServed(ctx context.Context, id int64, at time.Time) error {
	_, err := tx.exec(ctx, qJetonServed, id, millis(at))
	return err
}
