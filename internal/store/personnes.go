package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// EachVersion passes every version of every contract of an organisme, active or
// not. Its document is valid during the call only.
func (tx *Tx) EachVersion(ctx context.Context, organisme int64, yield func(StoredVersion) error) error {
	var doc []byte
	return tx.eachKept(ctx, organisme, many, qContratVersionsAll, []any{organisme}, func(k *document.Kept, columns [][]byte) error {
		v, err := tx.version(k, columns, doc[:0])
		if err != nil {
			return err
		}
		doc = v.Document
		return yield(v)
	})
}

// RewriteVersion replaces what a stored version says. It is for the erasure of a
// person alone: history is not rewritten otherwise.
func (tx *Tx) RewriteVersion(ctx context.Context, organisme int64, v StoredVersion) error {
	if err := tx.wantProfils(ctx, organisme, []int64{v.Profil}); err != nil {
		return err
	}
	hash := document.HashOf(v.Document)
	kept := document.KeptOf(v.Document, v.Code, v.Profil, tx.profils[v.Profil])
	args := []any{organisme, v.Code, v.Depuis, string(kept.Valeurs), hash[:]}
	if !tx.db.checksPages {
		check := kept.Check()
		args = append(args, check[:])
	}
	n, err := tx.exec(ctx, qContratRewrite, args...)
	if err == nil && n != 1 {
		return fmt.Errorf("contrat-rewrite: %d versions changed", n)
	}
	return err
}

// SynchronisationBefore returns the id of the last synchronisation that began
// before a moment, as all earlier ones did, 0 where there is none: one that says it is
// old in the middle of younger ones was recorded under a clock that was wrong.
func (tx *Tx) SynchronisationBefore(ctx context.Context, organisme int64, before time.Time) (int64, error) {
	var id int64
	err := tx.one(ctx, qSynchronisationLastBefore, []any{organisme, millis(before)}, &id)
	return id, err
}

// PurgeCount returns how many contracts, with how many versions, have been
// archived by a synchronisation or earlier.
func (tx *Tx) PurgeCount(ctx context.Context, organisme, synchronisation int64) (contrats, versions int, err error) {
	err = tx.one(ctx, qContratPurgeCount, []any{organisme, synchronisation}, &contrats, &versions)
	return contrats, versions, err
}

// Purge removes the contracts that have been archived by a synchronisation or
// earlier, with their history.
func (tx *Tx) Purge(ctx context.Context, organisme, synchronisation int64) error {
	if _, err := tx.exec(ctx, qContratPurge, organisme, synchronisation); err != nil {
		return err
	}
	if err := tx.purgeVies(ctx, organisme, synchronisation); err != nil {
		return err
	}
	_, err := tx.exec(ctx, qDecisionFinPurge, organisme, synchronisation)
	return err
}

// RecordActe remembers what was done to personal data.
func (tx *Tx) RecordActe(ctx context.Context, organisme int64, a domaine.Acte) error {
	_, err := tx.exec(ctx, qActeInsert, organisme, string(a.Nature), a.Par, millis(a.Le), a.Contrats, a.Versions)
	return err
}

// Actes returns what was done to personal data, oldest first.
func (tx *Tx) Actes(ctx context.Context, organisme int64) ([]domaine.Acte, error) {
	return list(ctx, tx, qActeList, []any{organisme}, func(rows *sql.Rows) (a domaine.Acte, err error) {
		var le int64
		err = rows.Scan(&a.Nature, &a.Par, &le, &a.Contrats, &a.Versions)
		a.Le = fromMillis(le)
		return a, err
	})
}

// Effacements returns how many people were erased from an organisme.
func (tx *Tx) Effacements(ctx context.Context, organisme int64) (n int64, err error) {
	err = tx.one(ctx, qActeEffacements, []any{organisme}, &n)
	return n, err
}

// ForgetConsoleSessions ends the sessions of the console whose data holds a text, on
// every organisme.
func (tx *Tx) ForgetConsoleSessions(ctx context.Context, holds []byte) error {
	var gone [][]byte
	err := tx.each(ctx, qSessionConsoleList, nil, func(rows *sql.Rows) error {
		var empreinte, donnees []byte
		err := rows.Scan(&empreinte, &donnees)
		if bytes.Contains(donnees, holds) {
			gone = append(gone, empreinte)
		}
		return err
	})
	for _, empreinte := range gone {
		if err == nil {
			_, err = tx.exec(ctx, qSessionConsoleDelete, empreinte)
		}
	}
	return err
}
