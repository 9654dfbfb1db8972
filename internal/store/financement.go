package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// MontantOPCO is a decision about the figure of the OPCO for a contract.
type MontantOPCO = rapprochement.Repris

// InsertMontantOPCO records a decision, of which Rang is ignored; synchronisation
// is the latest one.
func (tx *Tx) InsertMontantOPCO(ctx context.Context, organisme int64, m *MontantOPCO, synchronisation int64) error {
	var montant any = int64(m.Montant)
	if m.Retire {
		montant = nil
	}
	_, err := tx.exec(ctx, qMontantOpcoInsert, organisme, m.Code, montant, optionalID(m.Jeton), m.Par, millis(m.Le), synchronisation)
	return err
}

// DernierMontantOPCO returns the rang of the last decision of an organisme, 0 where
// there is none: as it was before the synchronisation after a given one, where that
// is not 0.
func (tx *Tx) DernierMontantOPCO(ctx context.Context, organisme, synchronisation int64) (int64, error) {
	return tx.lastRang(ctx, qMontantOpcoLast, qMontantOpcoLastAt, organisme, synchronisation)
}

// MontantsOPCO returns what was decided in an organisme up to a rang, in order.
func (tx *Tx) MontantsOPCO(ctx context.Context, organisme, rang int64) ([]MontantOPCO, error) {
	if rang == 0 {
		return nil, nil
	}
	return tx.montantsOPCO(ctx, qMontantOpcoList, organisme, rang)
}

// MontantsOPCODe returns everything that was decided of a contract, in order.
func (tx *Tx) MontantsOPCODe(ctx context.Context, organisme int64, code string) ([]MontantOPCO, error) {
	return tx.montantsOPCO(ctx, qMontantOpcoOf, organisme, code)
}

func (tx *Tx) montantsOPCO(ctx context.Context, q query, args ...any) (found []MontantOPCO, err error) {
	err = tx.each(ctx, q, args, func(rows *sql.Rows) error {
		var m MontantOPCO
		var montant sql.NullInt64
		var le int64
		err := rows.Scan(&m.Rang, &m.Code, &montant, &m.Par, &le)
		m.Montant, m.Retire, m.Le = financement.Centimes(montant.Int64), !montant.Valid, fromMillis(le)
		found = append(found, m)
		return err
	})
	return found, err
}

// Echeancier is one deposit of what OPCO announce, without its lines.
type Echeancier struct {
	Rang     int64 // 1, 2, 3… of the organisme
	DeposeLe time.Time
	Jeton    int64
	Par      string
	Fichier  string // its name, "" where there is none
	Lignes   int
}

// InsertEcheancier stores a deposit, of which Rang and Lignes are ignored, with its
// lines, and returns its rang.
func (tx *Tx) InsertEcheancier(ctx context.Context, organisme int64, e *Echeancier, lines []rapprochement.Annonce) (rang int64, err error) {
	args := []any{organisme, millis(e.DeposeLe), optionalID(e.Jeton), e.Par, e.Fichier, len(lines)}
	if err := tx.one(ctx, qEcheancierInsert, args, &rang); err != nil {
		return 0, err
	}
	return rang, tx.batches(ctx, qEcheanceOpcoInsert, len(lines), func(i int) []any {
		l := &lines[i]
		return []any{organisme, rang, int64(i), l.CodeContrat, l.Dossier, int64(l.Date), int64(l.Montant)}
	})
}

// Echeanciers returns the deposits of an organisme, the latest first.
func (tx *Tx) Echeanciers(ctx context.Context, organisme int64) ([]Echeancier, error) {
	return list(ctx, tx, qEcheancierList, []any{organisme}, func(rows *sql.Rows) (e Echeancier, err error) {
		var le int64
		err = rows.Scan(&e.Rang, &le, &e.Par, &e.Fichier, &e.Lignes)
		e.DeposeLe = fromMillis(le)
		return e, err
	})
}

// Annonces passes the lines of every deposit, the latest deposit first, each deposit
// in its order.
func (tx *Tx) Annonces(ctx context.Context, organisme int64, yield func(echeancier int64, a rapprochement.Annonce) error) error {
	return tx.each(ctx, qEcheanceOpcoStanding, []any{organisme}, func(rows *sql.Rows) error {
		var echeancier, date, montant int64
		var a rapprochement.Annonce
		if err := rows.Scan(&echeancier, &a.CodeContrat, &a.Dossier, &date, &montant); err != nil {
			return err
		}
		a.Date, a.Montant = passerelle.Date(date), financement.Centimes(montant)
		return yield(echeancier, a)
	})
}

// SourceFinancement is what the funding of a closing was made with, beside its
// synchronisation and price list.
type SourceFinancement struct {
	NPEC    int64  // the last edition that was known, 0 for none
	OPCO    int64  // rang of the last MontantOPCO that was known, 0 for none
	Options string // the settings, JSON
}

// InsertSourceFinancement records what the funding of the last closing of a société
// was made with.
func (tx *Tx) InsertSourceFinancement(ctx context.Context, s domaine.Societe, f SourceFinancement) error {
	_, err := tx.exec(ctx, qClotureFinancementInsert, s.OrganismeID, s.ID, f.NPEC, f.OPCO, f.Options)
	return err
}

// SourcesFinancement returns what the closings of a société were made with, by
// their rang; those that hold no funding are not there.
func (tx *Tx) SourcesFinancement(ctx context.Context, s domaine.Societe) (map[int64]SourceFinancement, error) {
	found := map[int64]SourceFinancement{}
	err := tx.each(ctx, qClotureFinancementList, []any{s.OrganismeID, s.ID}, func(rows *sql.Rows) error {
		var rang int64
		var f SourceFinancement
		if err := rows.Scan(&rang, &f.NPEC, &f.OPCO, &f.Options); err != nil {
			return fmt.Errorf("read what a closing was made with: %w", err)
		}
		found[rang] = f
		return nil
	})
	return found, err
}
