package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Matrice is one version of an organisme's mapping document.
type Matrice struct {
	Version  int64  // 0 where there is none
	Document string // "" once it was erased
	Par      string
	Le       time.Time
}

// Matrice returns the latest mapping without its Par and Le, the zero Matrice where there is none.
func (tx *Tx) Matrice(ctx context.Context, organisme int64) (m Matrice, err error) {
	err = tx.one(ctx, qMatriceLatest, []any{organisme}, &m.Version, &m.Document)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return m, err
}

// Matrices returns every version of the mapping, oldest first.
func (tx *Tx) Matrices(ctx context.Context, organisme int64) ([]Matrice, error) {
	return list(ctx, tx, qMatriceList, []any{organisme}, func(rows *sql.Rows) (m Matrice, err error) {
		var le int64
		err = rows.Scan(&m.Version, &m.Document, &m.Par, &le)
		m.Le = fromMillis(le)
		return m, err
	})
}

// InsertMatrice adds a version of the mapping.
func (tx *Tx) InsertMatrice(ctx context.Context, organisme int64, m Matrice, par string, le time.Time) error {
	_, err := tx.exec(ctx, qMatriceInsert, organisme, m.Version, m.Document, par, millis(le))
	return err
}

// RewriteMatrice replaces what a version says. It is for the erasure of a person
// alone.
func (tx *Tx) RewriteMatrice(ctx context.Context, organisme int64, m Matrice) error {
	_, err := tx.exec(ctx, qMatriceRewrite, organisme, m.Version, m.Document)
	return err
}

// InsertImport adds an import that waits for confirmation and returns its id.
func (tx *Tx) InsertImport(ctx context.Context, organisme int64, i *domaine.Import) (id int64, err error) {
	err = tx.one(ctx, qImportInsert, []any{organisme, i.Nom, i.Taille, i.Empreinte, i.Feuille, i.Matrice, string(i.OrigineMatrice), i.Par, millis(i.Depose)}, &id)
	return id, err
}

// CountWaitingImports returns how many imports of an organisme wait for confirmation.
func (tx *Tx) CountWaitingImports(ctx context.Context, organisme int64) (n int, err error) {
	err = tx.one(ctx, qImportWaitingCount, []any{organisme}, &n)
	return n, err
}

func scanImport(scan func(...any) error) (i domaine.Import, err error) {
	var depose int64
	var efface sql.NullInt64
	err = scan(&i.ID, &i.Nom, &i.Taille, &i.Empreinte, &i.Feuille, &i.Matrice, &i.OrigineMatrice, &i.Etat, &i.Synchronisation, &i.Par, &depose, &efface)
	i.Depose = fromMillis(depose)
	if efface.Valid {
		t := fromMillis(efface.Int64)
		i.Efface = &t
	}
	return i, err
}

// Import returns one import, or ErrNotFound.
func (tx *Tx) Import(ctx context.Context, organisme, id int64) (domaine.Import, error) {
	return scanImport(func(dest ...any) error { return tx.one(ctx, qImportGet, []any{organisme, id}, dest...) })
}

// Imports returns a page of the imports, latest first, and how many there are;
// those of one synchronisation where it is not 0.
func (tx *Tx) Imports(ctx context.Context, organisme, synchronisation int64, page Page) ([]domaine.Import, int, error) {
	return listPage(ctx, tx, qImportCount, qImportList, []any{organisme, synchronisation}, page, func(rows *sql.Rows) (domaine.Import, error) { return scanImport(rows.Scan) })
}

// SetImportMatrice changes how an import is read.
func (tx *Tx) SetImportMatrice(ctx context.Context, organisme, id int64, matrice string, origine domaine.OrigineMatrice, feuille string) error {
	_, err := tx.exec(ctx, qImportMatrice, organisme, id, matrice, string(origine), feuille)
	return err
}

// SetImportEtat changes what became of an import.
func (tx *Tx) SetImportEtat(ctx context.Context, organisme, id int64, etat domaine.EtatImport, synchronisation int64) error {
	if _, err := tx.exec(ctx, qImportEtat, organisme, id, string(etat), optionalID(synchronisation)); err != nil {
		return err
	}
	return tx.ForgetApercus(ctx, organisme, id) // nobody looks any more
}

// ConfirmImport notes that the held push of an import was recorded as another
// synchronisation.
func (tx *Tx) ConfirmImport(ctx context.Context, organisme, held, synchronisation int64) error {
	_, err := tx.exec(ctx, qImportConfirmed, organisme, held, synchronisation)
	return err
}

// DeleteImport forgets an import with its file.
func (tx *Tx) DeleteImport(ctx context.Context, organisme, id int64) error {
	if err := tx.ForgetApercus(ctx, organisme, id); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, qImportPartsDelete, organisme, id); err != nil {
		return err
	}
	_, err := tx.exec(ctx, qImportDelete, organisme, id)
	return err
}

// ImportPart stores one part of the file of an import.
func (tx *Tx) ImportPart(ctx context.Context, organisme, id int64, part int, contents []byte) error {
	_, err := tx.exec(ctx, qImportPartInsert, organisme, id, part, contents)
	return err
}

// EachImportPart passes the parts of the file of an import in order.
func (tx *Tx) EachImportPart(ctx context.Context, organisme, id int64, yield func([]byte) error) error {
	return tx.each(ctx, qImportParts, []any{organisme, id}, func(rows *sql.Rows) error {
		var part sql.RawBytes
		if err := rows.Scan(&part); err != nil {
			return err
		}
		return yield(part)
	})
}

// EraseImports erases the files that were dropped before a moment, with their
// names and mappings, and returns the ids of their imports.
func (tx *Tx) EraseImports(ctx context.Context, organisme int64, before, now time.Time) (ids []int64, err error) {
	err = tx.each(ctx, qImportKept, []any{organisme, millis(before)}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	for _, id := range ids {
		if err == nil {
			_, err = tx.exec(ctx, qImportPartsDelete, organisme, id)
		}
		if err == nil {
			err = tx.ForgetApercus(ctx, organisme, id)
		}
		if err == nil {
			_, err = tx.exec(ctx, qImportErase, organisme, id, millis(now))
		}
	}
	return ids, err
}

// WaitingImports returns the imports of every organisme that were dropped before
// a moment and not confirmed, or before another one and still held.
func (tx *Tx) WaitingImports(ctx context.Context, before, heldBefore time.Time) ([]Reference, error) {
	return list(ctx, tx, qImportWaitingAll, []any{millis(before), millis(heldBefore)}, func(rows *sql.Rows) (r Reference, err error) {
		err = rows.Scan(&r.Organisme, &r.ID)
		return r, err
	})
}
