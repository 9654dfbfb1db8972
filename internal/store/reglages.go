package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// parseReglages reads settings: a JSON object with the text of each that is not
// the default one. Names that are not known come from a newer version, and are left.
func parseReglages(text string) (domaine.Reglages, error) {
	r := domaine.ReglagesDefaut()
	var values map[string]string
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return r, fmt.Errorf("read the settings of an organisme: %w", err)
	}
	for cle, value := range values {
		if reglage := domaine.ReglageOf(cle); reglage != nil {
			if wrong := reglage.Set(&r, value); wrong != "" {
				return r, fmt.Errorf("read the setting %s of an organisme", cle)
			}
		}
	}
	return r, nil
}

// SetReglages stores the settings of an organisme, and who changed which.
func (tx *Tx) SetReglages(ctx context.Context, id int64, r domaine.Reglages, changes []domaine.ChangementReglage) error {
	usual, values := domaine.ReglagesDefaut(), map[string]string{}
	for i := range domaine.TousReglages {
		reglage := &domaine.TousReglages[i]
		if value := reglage.Of(&r); value != reglage.Of(&usual) {
			values[reglage.Cle] = value
		}
	}
	text, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("write the settings of an organisme: %w", err)
	}
	n, err := tx.exec(ctx, qOrganismeReglages, id, string(text))
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNotFound
	}
	for _, c := range changes {
		if _, err := tx.exec(ctx, qReglageInsert, id, c.Cle, c.Avant, c.Apres, c.Par, optionalID(c.JetonID), millis(c.Le)); err != nil {
			return err
		}
	}
	return nil
}

// ChangementsReglages returns a page of the changes of an organisme's settings,
// the latest first, and how many there are.
func (tx *Tx) ChangementsReglages(ctx context.Context, organisme int64, page Page) ([]domaine.ChangementReglage, int, error) {
	return listPage(ctx, tx, qReglageCount, qReglagePage, []any{organisme}, page, func(rows *sql.Rows) (c domaine.ChangementReglage, err error) {
		var le int64
		err = rows.Scan(&c.Cle, &c.Avant, &c.Apres, &c.Par, &c.JetonID, &le)
		c.Le = fromMillis(le)
		return c, err
	})
}
