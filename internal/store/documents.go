package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/document"
)

// amount is about how many rows a query has.
type amount bool

const (
	few  amount = false // kept in memory, and their profils read afterwards
	many amount = true  // the profils of the organisme are read before, all of them
)

// fewRows is how many rows are few: to read their profils by their ids takes less than
// to read all that a large organisme has.
const fewRows = 2_000

// rowsOf says whether a number of rows are many; 0 stands for all that there are.
func rowsOf(n int) amount { return n == 0 || n > fewRows }

// keptRow is a row of eachKept that waits for its profil.
type keptRow struct {
	kept   document.Kept
	others [][]byte // its other columns
}

// eachKept passes the contracts of a query (document, code_contrat, profil_id, …,
// CONTROLE) as they are kept, with the columns between profil_id and CONTROLE. The code
// comes from the index by which the row was found. It returns ErrDamaged where one is
// not what was written. What it passes is valid during the call only.
func (tx *Tx) eachKept(ctx context.Context, organisme int64, rows amount, q query, args []any, yield func(k *document.Kept, columns [][]byte) error) error {
	if rows == few {
		return tx.eachOfFew(ctx, organisme, q, args, yield)
	}
	if err := tx.allProfils(ctx, organisme); err != nil {
		return err
	}
	return tx.eachRaw(ctx, q, args, func(columns [][]byte) error {
		k, err := tx.kept(columns[0], columns[1], columns[2])
		if err != nil {
			return err
		}
		others, err := tx.intact(&k, columns[3:])
		if err != nil {
			return err
		}
		return yield(&k, others)
	})
}

// eachOfFew is eachKept for few rows.
func (tx *Tx) eachOfFew(ctx context.Context, organisme int64, q query, args []any, yield func(k *document.Kept, columns [][]byte) error) error {
	var found []keptRow
	var wanted []int64
	err := tx.eachRaw(ctx, q, args, func(columns [][]byte) error {
		id, err := integer(columns[2])
		if err != nil {
			return fmt.Errorf("a stored contract has no usable profil: %w", err)
		}
		row := keptRow{kept: document.Kept{Valeurs: slices.Clone(columns[0]), Code: slices.Clone(columns[1]), ProfilID: id}}
		for _, column := range columns[3:] {
			row.others = append(row.others, slices.Clone(column))
		}
		wanted = append(wanted, id)
		found = append(found, row)
		return nil
	})
	if err != nil {
		return err
	}
	if err := tx.wantProfils(ctx, organisme, wanted); err != nil {
		return err
	}
	for i := range found {
		row := &found[i]
		row.kept.Profil = tx.profils[row.kept.ProfilID]
		others, err := tx.intact(&row.kept, row.others)
		if err != nil {
			return err
		}
		if err := yield(&row.kept, others); err != nil {
			return err
		}
	}
	return nil
}

// kept is a contract of a row whose profil was read before.
func (tx *Tx) kept(valeurs, code, profil []byte) (document.Kept, error) {
	id, err := integer(profil)
	if err != nil {
		return document.Kept{}, fmt.Errorf("a stored contract has no usable profil: %w", err)
	}
	return document.Kept{Valeurs: valeurs, Code: code, ProfilID: id, Profil: tx.profils[id]}, nil
}

// intact holds what is kept against its check value, the last of columns, where the
// database does not check what it reads, and returns the others.
func (tx *Tx) intact(k *document.Kept, columns [][]byte) ([][]byte, error) {
	if tx.db.checksPages {
		return columns, nil
	}
	last := len(columns) - 1
	if !k.Intact(columns[last]) {
		return nil, tx.db.Damaged(errors.New("a stored contract is not what was written, or an index leads to another one"))
	}
	return columns[:last], nil
}

// documentOf appends the document of what is kept.
func (tx *Tx) documentOf(k *document.Kept, dst []byte) ([]byte, error) {
	doc, err := k.AppendJSON(dst)
	if err != nil && !errors.Is(err, document.ErrNewer) {
		err = tx.db.Damaged(err)
	}
	return doc, err
}

// documents passes the documents of a query (document, code_contrat, profil_id,
// CONTROLE), each valid during the call only.
func (tx *Tx) documents(ctx context.Context, organisme int64, rows amount, q query, args []any, yield func(doc []byte) error) error {
	pass := tx.withDocument(yield)
	return tx.eachKept(ctx, organisme, rows, q, args, func(k *document.Kept, _ [][]byte) error { return pass(k) })
}

// withDocument returns a function that passes the document of what is kept.
func (tx *Tx) withDocument(yield func(doc []byte) error) func(k *document.Kept) error {
	var doc []byte
	return func(k *document.Kept) (err error) {
		if document.Whole(k.Valeurs) {
			return yield(k.Valeurs)
		}
		if doc, err = tx.documentOf(k, doc[:0]); err != nil {
			return err
		}
		return yield(doc)
	}
}

// versions returns the versions of a query (document, code_contrat, profil_id, CONTROLE,
// or with depuis and jusqua before CONTROLE).
func (tx *Tx) versions(ctx context.Context, organisme int64, rows amount, q query, args []any) (found []StoredVersion, err error) {
	err = tx.eachKept(ctx, organisme, rows, q, args, func(k *document.Kept, columns [][]byte) error {
		v, err := tx.version(k, columns, nil)
		found = append(found, v)
		return err
	})
	return found, err
}

// version is a row of versions, its document appended to doc.
func (tx *Tx) version(k *document.Kept, columns [][]byte, doc []byte) (v StoredVersion, err error) {
	v.Code, v.Profil = string(k.Code), k.ProfilID
	if len(columns) > 0 {
		if err := integers(columns, &v.Depuis, &v.Jusqua); err != nil {
			return v, fmt.Errorf("read the age of a contract: %w", err)
		}
	}
	v.Document, err = tx.documentOf(k, doc)
	return v, err
}

// integers reads the numbers of a row.
func integers(columns [][]byte, into ...*int64) (err error) {
	for i, n := range into {
		if *n, err = integer(columns[i]); err != nil {
			return err
		}
	}
	return nil
}
