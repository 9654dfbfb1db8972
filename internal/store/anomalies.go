package store

import (
	"context"
	"database/sql"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Regle is one rule with how many anomalies break it.
type Regle struct {
	Nature domaine.NatureAnomalie
	Code   string
	Nombre int
	Depuis int64 // the oldest, in Unix milliseconds
}

// AnomalieRegles counts the anomalies of an organisme by rule.
func (tx *Tx) AnomalieRegles(ctx context.Context, organisme int64) ([]Regle, error) {
	return list(ctx, tx, qAnomalieRegles, []any{organisme}, func(rows *sql.Rows) (r Regle, err error) {
		err = rows.Scan(&r.Nature, &r.Code, &r.Nombre, &r.Depuis)
		return r, err
	})
}

// ContratsRefuses counts the contracts that the last pushes refused, each once.
func (tx *Tx) ContratsRefuses(ctx context.Context, organisme int64) (n int, err error) {
	err = tx.one(ctx, qAnomalieContratsRefuses, []any{organisme}, &n)
	return n, err
}

// AnomaliesOfRegle returns a page of the push anomalies of one rule.
func (tx *Tx) AnomaliesOfRegle(ctx context.Context, organisme int64, nature domaine.NatureAnomalie, code string, page Page) (found []domaine.Anomalie, err error) {
	return tx.anomalies(ctx, qAnomalieOfRegle, organisme, string(nature), code, page.Limit, page.Offset)
}

// AnomaliesOfContrat returns the push anomalies of one contract.
func (tx *Tx) AnomaliesOfContrat(ctx context.Context, organisme int64, code string) (found []domaine.Anomalie, err error) {
	return tx.anomalies(ctx, qAnomalieOfContrat, organisme, code)
}

func (tx *Tx) anomalies(ctx context.Context, q query, args ...any) (found []domaine.Anomalie, err error) {
	err = tx.each(ctx, q, args, func(rows *sql.Rows) error {
		a, err := scanAnomalie(rows)
		found = append(found, a)
		return err
	})
	return found, err
}
