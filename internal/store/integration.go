package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

// Profil is a stored profil with where its contracts are placed.
type Profil struct {
	ID          int64
	Valeurs     regles.Profil
	Effectif    int   // active contracts
	Session     int64 // 0: not integrated
	Modele      int64
	Motif       passerelle.Motif // "" where it is integrated
	Ambigus     []int64          // ids of the modèles that match equally well
	MotifDepuis time.Time
}

func keyOf(textes ...string) []byte {
	list, err := json.Marshal(textes)
	if err != nil {
		panic(err) // a list of strings is always JSON
	}
	sum := sha256.Sum256(list)
	return sum[:16]
}

// Profils returns every profil of an organisme, those without active contracts
// included.
func (tx *Tx) Profils(ctx context.Context, organisme int64) ([]Profil, error) {
	var found []Profil
	err := tx.each(ctx, "profil-list", []any{organisme}, func(rows *sql.Rows) error {
		var p Profil
		var ambigus string
		var depuis int64
		v := &p.Valeurs
		err := rows.Scan(&p.ID, &p.Effectif, &p.Session, &p.Modele, &p.Motif, &ambigus, &depuis,
			&v.CodeGroupe, &v.NomGroupe, &v.CodeSite, &v.NomSite, &v.CodePeriode, &v.NomPeriode, &v.CodeFormation, &v.NomFormation,
			&v.CodeAnnee, &v.NomAnnee, &v.CodeMarque, &v.NomMarque, &v.MonthStartGroup, &v.RNCP)
		if err != nil {
			return err
		}
		p.MotifDepuis = fromMillis(depuis)
		if err := json.Unmarshal([]byte(ambigus), &p.Ambigus); err != nil {
			return err
		}
		found = append(found, p)
		return nil
	})
	return found, err
}

// CreateProfil stores a profil that has no contracts yet and returns its id.
func (tx *Tx) CreateProfil(ctx context.Context, organisme int64, p *regles.Profil) (int64, error) {
	textes := p.Textes()
	args := []any{organisme, keyOf(textes[:]...)}
	for _, texte := range textes {
		args = append(args, texte)
	}
	var id int64
	err := tx.one(ctx, "profil-insert", args, &id)
	return id, err
}

// SetProfil stores the headcount of a profil and where it is placed.
func (tx *Tx) SetProfil(ctx context.Context, organisme int64, p *Profil) error {
	ambigus := p.Ambigus
	if ambigus == nil {
		ambigus = []int64{}
	}
	list, err := json.Marshal(ambigus)
	if err != nil {
		return err
	}
	n, err := tx.exec(ctx, "profil-update", organisme, p.ID, p.Effectif, optionalID(p.Session), optionalID(p.Modele), string(p.Motif), string(list), millis(p.MotifDepuis))
	if err == nil && n != 1 {
		return fmt.Errorf("profil-update: %d rows changed", n)
	}
	return err
}

// EnsureSession returns the id of the session of p, which it creates on first
// need; its names follow p.
func (tx *Tx) EnsureSession(ctx context.Context, organisme int64, p *regles.Profil, now time.Time) (int64, error) {
	var id int64
	err := tx.one(ctx, "session-upsert", []any{organisme,
		keyOf(p.CodeSite, p.CodePeriode, p.CodeFormation, p.CodeAnnee, p.CodeGroupe),
		p.CodeSite, p.NomSite, p.CodePeriode, p.NomPeriode, p.CodeFormation, p.NomFormation, p.CodeAnnee, p.NomAnnee, p.CodeGroupe, p.NomGroupe, millis(now)}, &id)
	return id, err
}

// Sessions returns the sessions of an organisme with their headcounts, in no
// particular order.
func (tx *Tx) Sessions(ctx context.Context, organisme int64) ([]passerelle.Session, error) {
	var found []passerelle.Session
	err := tx.each(ctx, "session-list", []any{organisme}, func(rows *sql.Rows) error {
		var s passerelle.Session
		err := rows.Scan(&s.ID, &s.CodeSite, &s.NomSite, &s.CodePeriode, &s.NomPeriode, &s.CodeFormation, &s.NomFormation,
			&s.CodeAnnee, &s.NomAnnee, &s.CodeGroupe, &s.NomGroupe, &s.Effectif)
		found = append(found, s)
		return err
	})
	return found, err
}

// SessionExists reports whether an organisme has a session.
func (tx *Tx) SessionExists(ctx context.Context, organisme, id int64) (bool, error) {
	var n int
	err := tx.one(ctx, "session-exists", []any{organisme, id}, &n)
	return n > 0, err
}

func scanModele(scan func(...any) error) (passerelle.Modele, error) {
	var m passerelle.Modele
	var criteres string
	var actif int64
	if err := scan(&m.ID, &m.Nom, &criteres, &actif); err != nil {
		return m, err
	}
	m.Actif = actif != 0
	return m, json.Unmarshal([]byte(criteres), &m.Criteres)
}

// Modeles returns the modèles of an organisme, oldest first.
func (tx *Tx) Modeles(ctx context.Context, organisme int64) ([]passerelle.Modele, error) {
	var found []passerelle.Modele
	err := tx.each(ctx, "modele-list", []any{organisme}, func(rows *sql.Rows) error {
		m, err := scanModele(rows.Scan)
		found = append(found, m)
		return err
	})
	return found, err
}

// Modele returns one modèle, or ErrNotFound.
func (tx *Tx) Modele(ctx context.Context, organisme, id int64) (passerelle.Modele, error) {
	return scanModele(func(dest ...any) error { return tx.one(ctx, "modele-get", []any{organisme, id}, dest...) })
}

// CreateModele stores a new modèle and returns its id.
func (tx *Tx) CreateModele(ctx context.Context, organisme int64, m passerelle.Modele, now time.Time) (int64, error) {
	criteres, err := json.Marshal(m.Criteres)
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.one(ctx, "modele-insert", []any{organisme, m.Nom, string(criteres), flag(m.Actif), millis(now)}, &id)
	return id, err
}

// UpdateModele replaces a modèle; it returns ErrNotFound where there is none.
func (tx *Tx) UpdateModele(ctx context.Context, organisme int64, m passerelle.Modele, now time.Time) error {
	criteres, err := json.Marshal(m.Criteres)
	if err != nil {
		return err
	}
	n, err := tx.exec(ctx, "modele-update", organisme, m.ID, m.Nom, string(criteres), flag(m.Actif), millis(now))
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// DeleteModele removes a modèle; it returns ErrNotFound where there is none.
func (tx *Tx) DeleteModele(ctx context.Context, organisme, id int64) error {
	n, err := tx.exec(ctx, "modele-delete", organisme, id)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// Personnes returns the people who have one of the codes or of the e-mails
// (in lower case), by code.
func (tx *Tx) Personnes(ctx context.Context, organisme int64, codes, emails []string) (map[string]PersonneRow, error) {
	found := map[string]PersonneRow{}
	for query, values := range map[string][]string{"personne-of": codes, "personne-of-emails": emails} {
		if len(values) == 0 {
			continue
		}
		err := tx.each(ctx, query, []any{organisme, textList(values)}, func(rows *sql.Rows) error {
			var p PersonneRow
			err := rows.Scan(&p.Code, &p.Role, &p.Email, &p.Nom, &p.Prenom, &p.Effectif)
			found[p.Code] = p
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// ReplacePersonnes removes the people with the codes and stores rows.
func (tx *Tx) ReplacePersonnes(ctx context.Context, organisme int64, codes []string, rows []PersonneRow) error {
	if len(codes) > 0 {
		if _, err := tx.exec(ctx, "personne-delete", organisme, textList(codes)); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.db.dialect.InsertPersonnes(ctx, tx.conn, organisme, rows); err != nil {
		return fmt.Errorf("store people: %w", err)
	}
	return nil
}
