package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec"
)

// EditionNPEC is what is known of an edition of the table of amounts.
type EditionNPEC = npec.Importee

// EditionsNPEC returns the editions that an organisme has, 0 for those of every one,
// in the order of their imports.
func (tx *Tx) EditionsNPEC(ctx context.Context, organisme int64) ([]EditionNPEC, error) {
	return list(ctx, tx, qNpecEditionList, []any{organisme}, func(rows *sql.Rows) (e EditionNPEC, err error) {
		var depuis, importeLe int64
		var empreinte []byte
		err = rows.Scan(&e.ID, &e.Organisme, &depuis, &e.Fichier, &empreinte, &importeLe, &e.Par, &e.Lignes, &e.Montants, &e.Certifications)
		copy(e.Empreinte[:], empreinte)
		e.Depuis, e.ImporteLe = passerelle.Date(depuis), fromMillis(importeLe)
		return e, err
	})
}

// batchNPEC is how many rows go to the database at once.
const batchNPEC = 4096

// InsertEditionNPEC stores an edition for an organisme, 0 for every one, and returns
// it with its id.
func (tx *Tx) InsertEditionNPEC(ctx context.Context, organisme int64, fichier, par string, now time.Time, e *npec.Edition) (EditionNPEC, error) {
	stored := EditionNPEC{Organisme: organisme, Depuis: e.Depuis, Fichier: fichier, Empreinte: e.EmpreintePour(organisme), ImporteLe: fromMillis(millis(now)), Par: par,
		Lignes: e.Lignes, Montants: len(e.Montants), Certifications: len(e.Certifications)}
	args := []any{int64(e.Depuis), fichier, stored.Empreinte[:], millis(now), par, e.Lignes, len(e.Montants), len(e.Certifications), optionalID(organisme)}
	if err := tx.one(ctx, qNpecEditionInsert, args, &stored.ID); err != nil {
		return stored, err
	}
	err := tx.batches(ctx, qNpecMontantInsert, len(e.Montants), func(i int) []any {
		m := &e.Montants[i]
		return []any{stored.ID, m.RNCP, m.CPNE, int64(m.Depuis), int64(m.Montant), m.Statut}
	})
	if err == nil {
		err = tx.batches(ctx, qNpecCertificationInsert, len(e.Certifications), func(i int) []any {
			c := &e.Certifications[i]
			return []any{stored.ID, c.RNCP, c.Intitule, c.Certificateur, c.Diplome}
		})
	}
	if err == nil {
		err = tx.batches(ctx, qNpecCpneInsert, len(e.CPNE), func(i int) []any {
			c := &e.CPNE[i]
			return []any{stored.ID, c.Code, c.Nom, strings.Join(c.IDCC, " ")}
		})
	}
	return stored, err
}

// batches inserts n rows, some at a time.
func (tx *Tx) batches(ctx context.Context, q query, n int, row func(i int) []any) error {
	rows := make([][]any, 0, min(n, batchNPEC))
	for i := range n {
		rows = append(rows, row(i))
		if len(rows) < batchNPEC && i < n-1 {
			continue
		}
		if err := tx.db.dialect.InsertRows(ctx, tx.conn, tx.text(q), rows, func(int64, []byte) {}); err != nil {
			return fmt.Errorf("%s: %w", q.name, tx.db.explain(err))
		}
		rows = rows[:0]
	}
	return nil
}

// MontantsNPEC returns the amounts that an edition has for certifications, by
// certification, commission and day.
func (tx *Tx) MontantsNPEC(ctx context.Context, edition int64, rncp []string) ([]npec.Montant, error) {
	return list(ctx, tx, qNpecMontantOf, []any{edition, textList(rncp)}, func(rows *sql.Rows) (m npec.Montant, err error) {
		var depuis, montant int64
		err = rows.Scan(&m.RNCP, &m.CPNE, &depuis, &montant, &m.Statut)
		m.Depuis, m.Montant = passerelle.Date(depuis), financement.Centimes(montant)
		return m, err
	})
}

// CertificationsNPEC returns what an edition says of certifications.
func (tx *Tx) CertificationsNPEC(ctx context.Context, edition int64, rncp []string) ([]npec.Fiche, error) {
	return list(ctx, tx, qNpecCertificationOf, []any{edition, textList(rncp)}, func(rows *sql.Rows) (c npec.Fiche, err error) {
		err = rows.Scan(&c.RNCP, &c.Intitule, &c.Certificateur, &c.Diplome)
		return c, err
	})
}

// BranchesNPEC returns the commissions of an edition by code.
func (tx *Tx) BranchesNPEC(ctx context.Context, edition int64) ([]npec.CPNE, error) {
	return list(ctx, tx, qNpecCpneList, []any{edition}, func(rows *sql.Rows) (c npec.CPNE, err error) {
		var idcc string
		err = rows.Scan(&c.Code, &c.Nom, &idcc)
		c.IDCC = strings.Fields(idcc)
		return c, err
	})
}
