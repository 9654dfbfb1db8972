package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Filtres returns the lists that an account keeps, the oldest first.
func (tx *Tx) Filtres(ctx context.Context, organisme, compte int64) ([]domaine.Filtre, error) {
	return list(ctx, tx, qFiltreList, []any{organisme, compte}, func(rows *sql.Rows) (f domaine.Filtre, err error) {
		err = rows.Scan(&f.ID, &f.Nom, &f.Adresse)
		return f, err
	})
}

// FiltreGarde is a list that an account keeps.
type FiltreGarde struct {
	domaine.Filtre
	Compte int64
}

// FiltresOfAll returns the lists that every account keeps of an organisme.
func (tx *Tx) FiltresOfAll(ctx context.Context, organisme int64) ([]FiltreGarde, error) {
	return list(ctx, tx, qFiltreAll, []any{organisme}, func(rows *sql.Rows) (f FiltreGarde, err error) {
		err = rows.Scan(&f.Compte, &f.ID, &f.Nom, &f.Adresse)
		return f, err
	})
}

// InsertFiltre keeps a list for an account.
func (tx *Tx) InsertFiltre(ctx context.Context, organisme, compte int64, f domaine.Filtre, now time.Time) error {
	_, err := tx.exec(ctx, qFiltreInsert, organisme, compte, f.Nom, f.Adresse, millis(now))
	return err
}

// DeleteFiltre forgets a list of an account.
func (tx *Tx) DeleteFiltre(ctx context.Context, organisme, compte, id int64) error {
	_, err := tx.exec(ctx, qFiltreDelete, organisme, compte, id)
	return err
}

// Abonnements returns the calendars that an account follows, the oldest first.
func (tx *Tx) Abonnements(ctx context.Context, organisme, compte int64) (found []domaine.Abonnement, err error) {
	err = tx.each(ctx, qAbonnementList, []any{organisme, compte}, func(rows *sql.Rows) error {
		a := domaine.Abonnement{Organisme: organisme, Compte: compte}
		var cree int64
		var servi sql.NullInt64
		err := rows.Scan(&a.ID, &a.Session, &cree, &servi)
		a.CreeLe, a.ServiLe = fromMillis(cree), optionalTime(servi)
		found = append(found, a)
		return err
	})
	return found, err
}

// InsertAbonnement records a calendar under the hash of what its address holds.
func (tx *Tx) InsertAbonnement(ctx context.Context, a domaine.Abonnement, empreinte []byte) error {
	_, err := tx.exec(ctx, qAbonnementInsert, a.Organisme, a.Compte, empreinte, a.Session, millis(a.CreeLe))
	return err
}

// DeleteAbonnement forgets a calendar of an account.
func (tx *Tx) DeleteAbonnement(ctx context.Context, organisme, compte, id int64) error {
	_, err := tx.exec(ctx, qAbonnementDelete, organisme, compte, id)
	return err
}

// AbonnementByEmpreinte returns the calendar of an address, or ErrNotFound.
func (tx *Tx) AbonnementByEmpreinte(ctx context.Context, organisme int64, empreinte []byte) (a domaine.Abonnement, err error) {
	a.Organisme = organisme
	err = tx.one(ctx, qAbonnementByEmpreinte, []any{organisme, empreinte}, &a.ID, &a.Compte, &a.Session)
	return a, err
}

// AbonnementServed records that a calendar was read.
func (tx *Tx) AbonnementServed(ctx context.Context, a domaine.Abonnement, now time.Time) error {
	_, err := tx.exec(ctx, qAbonnementServi, a.Organisme, a.ID, millis(now))
	return err
}

// Suivis returns what people wrote about the anomalies of a rule, or of every
// rule where it is "".
func (tx *Tx) Suivis(ctx context.Context, organisme int64, regle string) ([]domaine.Suivi, error) {
	return list(ctx, tx, qSuiviList, []any{organisme, regle}, func(rows *sql.Rows) (s domaine.Suivi, err error) {
		var asked sql.NullInt64
		var le int64
		err = rows.Scan(&s.CodeContrat, &s.Champ, &s.Code, &s.Note, &s.DemandeA, &asked, &s.Par, &le)
		s.DemandeLe, s.Le = optionalTime(asked), fromMillis(le)
		return s, err
	})
}

// SaveSuivi keeps what a person wrote about an anomaly, in the place of what was there.
func (tx *Tx) SaveSuivi(ctx context.Context, organisme int64, s domaine.Suivi) error {
	var asked any
	if s.DemandeLe != nil {
		asked = millis(*s.DemandeLe)
	}
	_, err := tx.exec(ctx, qSuiviSave, organisme, s.CodeContrat, s.Champ, s.Code, s.Note, s.DemandeA, asked, s.Par, millis(s.Le))
	return err
}

// ForgetSuivis forgets what people wrote about contracts.
func (tx *Tx) ForgetSuivis(ctx context.Context, organisme int64, codes []string) error {
	if len(codes) == 0 {
		return nil
	}
	_, err := tx.exec(ctx, qSuiviForget, organisme, textList(codes))
	return err
}
