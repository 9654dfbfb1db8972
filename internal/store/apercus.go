package store

import "context"

// Apercu returns what a look at an import found out, and the state that it was held
// against; ErrNotFound where nobody looked. ajoute says that it was looked at as a
// file that archives nobody.
func (tx *Tx) Apercu(ctx context.Context, organisme, importation int64, ajoute bool) (etat string, contents []byte, err error) {
	err = tx.one(ctx, qImportApercuGet, []any{organisme, importation, flag(ajoute)}, &etat, &contents)
	return etat, contents, err
}

// KeepApercu keeps what a look at an import found out in the place of what it found
// before. It keeps nothing where the import does not wait any more, or was erased.
func (tx *Tx) KeepApercu(ctx context.Context, organisme, importation int64, ajoute bool, etat string, contents []byte) error {
	_, err := tx.exec(ctx, qImportApercuPut, organisme, importation, flag(ajoute), etat, contents)
	return err
}

// ForgetApercus forgets what looks at an import found out.
func (tx *Tx) ForgetApercus(ctx context.Context, organisme, importation int64) error {
	_, err := tx.exec(ctx, qImportApercuDelete, organisme, importation)
	return err
}
