package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/passerelle-hub/passerelle/internal/document"
)

// ToKeepAnew returns the organismes of which versions may be kept as documents still, as
// an earlier release did.
func (tx *Tx) ToKeepAnew(ctx context.Context) ([]int64, error) {
	return column[int64](ctx, tx, qReecritureOrganismes)
}

// KeepAnew keeps the next versions of an organisme as values, at most limit of them, in
// one short transaction. It returns how many it changed, and whether none are left. It
// waits for nobody who writes to the organisme: it returns ErrBusy instead. What the
// versions say stays as it is, and so do their hashes.
func (db *DB) KeepAnew(ctx context.Context, organisme int64, limit int) (changed int, done bool, err error) {
	lock := organisme
	if db.dialect.OneWriter() {
		lock = 0 // nobody else writes now; and what was prepared for the organisme stays good
	}
	err = db.run(ctx, db.writer, nil, lock, 0, func(tx *Tx) (err error) {
		changed, done, err = tx.keepAnew(ctx, organisme, limit)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return 0, true, nil
	}
	return changed, done, err
}

func (tx *Tx) keepAnew(ctx context.Context, organisme int64, limit int) (changed int, done bool, err error) {
	var clos, jusqua int64
	var code string
	if err := tx.one(ctx, qReecritureGet, []any{organisme}, &clos, &code, &jusqua); err != nil {
		return 0, false, err
	}
	name, args := qReecritureActifs, []any{organisme, code, limit}
	if clos != 0 {
		name, args = qReecritureClos, []any{organisme, code, jusqua, limit}
	}
	var found []keptVersion
	read := 0
	err = tx.eachKept(ctx, organisme, few, name, args, func(k *document.Kept, columns [][]byte) error {
		var v keptVersion
		if err := integers(columns, &v.depuis, &jusqua); err != nil {
			return fmt.Errorf("read the age of a contract: %w", err)
		}
		code = string(k.Code)
		read++
		if v.Kept = *k; anew(&v.Kept, columns[2]) {
			found = append(found, v)
		}
		return nil
	})
	if err != nil {
		return 0, false, err
	}
	if err := tx.keepVersions(ctx, organisme, found); err != nil {
		return 0, false, err
	}
	switch {
	case read == limit:
		_, err = tx.exec(ctx, qReecritureSet, organisme, clos, code, jusqua)
	case clos == 0:
		_, err = tx.exec(ctx, qReecritureSet, organisme, 1, "", 0)
	default:
		_, err = tx.exec(ctx, qReecritureDelete, organisme)
		done = true
	}
	return len(found), done, err
}

// keptVersion is a version to be kept in another way.
type keptVersion struct {
	document.Kept
	depuis int64
}

// keepVersions stores how versions are kept.
func (tx *Tx) keepVersions(ctx context.Context, organisme int64, versions []keptVersion) error {
	rows := make([][]any, len(versions))
	for i := range versions {
		v := &versions[i]
		rows[i] = []any{organisme, string(v.Code), v.depuis, string(v.Valeurs)}
		if !tx.db.checksPages {
			check := v.Check()
			rows[i] = append(rows[i], check[:])
		}
	}
	if len(rows) == 0 {
		return nil
	}
	n, err := tx.db.dialect.ExecEach(ctx, tx.conn, tx.text(qContratKeep), rows)
	if err = tx.db.explain(err); err == nil && n != int64(len(rows)) {
		err = fmt.Errorf("%d versions changed instead of %d", n, len(rows))
	}
	if err != nil {
		return fmt.Errorf("contrat-keep: %w", err)
	}
	return nil
}

// anew has a version kept as values, and reports whether it was not. One that is not
// what its hash says stays as it is, for whoever looks for damage, and so does one
// whose document would not be read back byte for byte.
func anew(k *document.Kept, empreinte []byte) bool {
	if !document.Whole(k.Valeurs) || k.Profil == nil {
		return false
	}
	doc := k.Valeurs
	if hash := document.HashOf(doc); !bytes.Equal(hash[:], empreinte) {
		return false
	}
	kept := document.KeptOf(doc, string(k.Code), k.ProfilID, k.Profil)
	back, err := kept.AppendJSON(nil)
	if err != nil || document.Whole(kept.Valeurs) || !bytes.Equal(back, doc) {
		return false
	}
	*k = kept
	return true
}
