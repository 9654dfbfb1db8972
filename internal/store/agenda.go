package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// ReplaceAbsences stores the whole list of absences of an apprentice.
func (tx *Tx) ReplaceAbsences(ctx context.Context, organisme int64, apprenant string, list []domaine.Absence) error {
	if _, err := tx.exec(ctx, qAbsenceForgetOf, organisme, apprenant); err != nil {
		return err
	}
	for rang, a := range list {
		if _, err := tx.exec(ctx, qAbsenceInsert, organisme, apprenant, rang, millis(a.Debut), millis(a.Fin), string(a.Nature), flag(a.Justifiee), a.Motif, millis(a.RecueLe)); err != nil {
			return err
		}
	}
	return nil
}

// Absences returns the absences of an apprentice, in the order of their list.
func (tx *Tx) Absences(ctx context.Context, organisme int64, apprenant string) ([]domaine.Absence, error) {
	return list(ctx, tx, qAbsenceList, []any{organisme, apprenant}, func(rows *sql.Rows) (a domaine.Absence, err error) {
		var debut, fin, recue int64
		var justifiee int
		err = rows.Scan(&debut, &fin, &a.Nature, &justifiee, &a.Motif, &recue)
		a.Debut, a.Fin, a.RecueLe, a.Justifiee = fromMillis(debut), fromMillis(fin), fromMillis(recue), justifiee == 1
		return a, err
	})
}

// ForgetAbsences removes the absences of an apprentice and returns how many there were.
func (tx *Tx) ForgetAbsences(ctx context.Context, organisme int64, apprenant string) (int64, error) {
	return tx.exec(ctx, qAbsenceForgetOf, organisme, apprenant)
}

// ApprenantsWithAbsences returns the codes of the apprentices of whom absences are kept.
func (tx *Tx) ApprenantsWithAbsences(ctx context.Context, organisme int64) ([]string, error) {
	return column[string](ctx, tx, qAbsenceApprenants, organisme)
}

// SaveCalendrier stores the calendar of a groupe in the place of the one before.
func (tx *Tx) SaveCalendrier(ctx context.Context, organisme int64, c domaine.Calendrier) error {
	_, err := tx.exec(ctx, qCalendrierSave, organisme, c.CodeGroupe, c.Adresse, millis(c.RecuLe), optionalMillis(c.EssaiLe), c.Erreur, optionalMillis(c.LuLe), c.Evenements, c.Contenu)
	return err
}

// Calendrier returns the calendar of a groupe, or ErrNotFound.
func (tx *Tx) Calendrier(ctx context.Context, organisme int64, groupe string) (c domaine.Calendrier, err error) {
	var recu int64
	var essai, lu sql.NullInt64
	err = tx.one(ctx, qCalendrierGet, []any{organisme, groupe}, &c.CodeGroupe, &c.Adresse, &recu, &essai, &c.Erreur, &lu, &c.Evenements, &c.Contenu)
	if errors.Is(err, ErrNotFound) {
		return c, err
	}
	c.RecuLe, c.EssaiLe, c.LuLe = fromMillis(recu), optionalTime(essai), optionalTime(lu)
	return c, err
}

// GroupeKnown reports whether active contracts name a groupe.
func (tx *Tx) GroupeKnown(ctx context.Context, organisme int64, code string) (bool, error) {
	var n int
	err := tx.one(ctx, qGroupeKnown, []any{organisme, code}, &n)
	return n > 0, err
}
