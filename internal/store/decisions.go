package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// DecisionFin is what a person decided of the end of a contract.
type DecisionFin struct {
	Rang   int64 // 1, 2, 3… of the organisme
	Code   string
	Racine int64        // the archiving that it is about
	Quoi   vie.Decision // the zero value takes the one before back
	Jeton  int64        // 0 for the console
	Par    string
	Le     time.Time
}

// InsertDecision records a decision, of which Rang is ignored; synchronisation is
// the latest one.
func (tx *Tx) InsertDecision(ctx context.Context, organisme int64, d *DecisionFin, synchronisation int64) error {
	_, err := tx.exec(ctx, qDecisionFinInsert, organisme, d.Code, d.Racine, string(d.Quoi.Fin), optionalDay(d.Quoi.Date), optionalID(d.Jeton), d.Par, millis(d.Le), synchronisation)
	return err
}

// DerniereDecision returns the rang of the last decision of an organisme, 0 where
// there is none: as it was before the synchronisation after a given one, where that
// is not 0.
func (tx *Tx) DerniereDecision(ctx context.Context, organisme, synchronisation int64) (int64, error) {
	return tx.lastRang(ctx, qDecisionFinLast, qDecisionFinLastAt, organisme, synchronisation)
}

// lastRang is the rang of the last thing that was decided of an organisme, 0 where there is
// none: as it was before the synchronisation after a given one, where that is not 0.
func (tx *Tx) lastRang(ctx context.Context, last, lastAt query, organisme, synchronisation int64) (rang int64, err error) {
	if synchronisation == 0 {
		err = tx.one(ctx, last, []any{organisme}, &rang)
	} else {
		err = tx.one(ctx, lastAt, []any{organisme, synchronisation}, &rang)
	}
	return rang, err
}

// Decisions returns what was decided in an organisme up to a rang, in order.
func (tx *Tx) Decisions(ctx context.Context, organisme, rang int64) ([]DecisionFin, error) {
	if rang == 0 {
		return nil, nil
	}
	return tx.decisions(ctx, qDecisionFinList, organisme, rang)
}

// DecisionsOf returns everything that was decided of the named contracts, in order.
func (tx *Tx) DecisionsOf(ctx context.Context, organisme int64, codes []string) ([]DecisionFin, error) {
	return tx.decisions(ctx, qDecisionFinOf, organisme, textList(codes))
}

func (tx *Tx) decisions(ctx context.Context, q query, args ...any) (found []DecisionFin, err error) {
	err = tx.each(ctx, q, args, func(rows *sql.Rows) error {
		var d DecisionFin
		var date sql.NullInt64
		var le int64
		err := rows.Scan(&d.Rang, &d.Code, &d.Racine, &d.Quoi.Fin, &date, &d.Par, &le)
		if date.Valid {
			d.Quoi.Date = vie.Le(passerelle.Date(date.Int64))
		}
		d.Le = fromMillis(le)
		found = append(found, d)
		return err
	})
	return found, err
}
