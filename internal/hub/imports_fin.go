package hub

import (
	"context"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Waits reports whether the import can still be confirmed.
func (o *ImportOuvert) Waits() bool { return waits(&o.Import) == nil }

// waits refuses what only an import that is not recorded yet allows.
func (o *ImportOuvert) waits() error { return waits(&o.Import) }

func waits(i *domaine.Import) error {
	if i.Etat == domaine.ImportFait {
		return refus.New(refus.CodeAlreadyImported, "L’import %d est déjà enregistré : c’est la synchronisation %d. Déposez le fichier à nouveau pour le reprendre.", i.ID, i.Synchronisation)
	}
	if i.Efface != nil {
		return erasedFile(i)
	}
	return nil
}

// stillWaits looks again, inside a transaction that writes.
func stillWaits(ctx context.Context, tx *store.Tx, organisme, id int64) error {
	i, err := tx.Import(ctx, organisme, id)
	if err != nil {
		return orNotFound(err, "Il n’y a pas d’import %d.", id)
	}
	return waits(&i)
}

// DropImport forgets an import that is not recorded, with its file.
func (h *Imports) DropImport(ctx context.Context, who Acteur, id int64) error {
	return h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		i, err := tx.Import(ctx, who.Organisme, id)
		if err != nil {
			return orNotFound(err, "Il n’y a pas d’import %d.", id)
		}
		if i.Etat == domaine.ImportFait {
			return waits(&i)
		}
		return tx.DeleteImport(ctx, who.Organisme, id)
	})
}

// ExpireImports forgets the files that nobody confirmed in time, or whose push was
// held and not confirmed, in every
// organisme, and returns how many.
func (h *Imports) ExpireImports(ctx context.Context) (int, error) {
	return h.expireEach(ctx, func(tx *store.Tx) ([]store.Reference, error) {
		return tx.WaitingImports(ctx, h.now().Add(-ImportFor), h.now().Add(-ImportFor-HeldFor))
	}, func(tx *store.Tx, waiting store.Reference) error {
		i, err := tx.Import(ctx, waiting.Organisme, waiting.ID)
		if err != nil || i.Etat == domaine.ImportFait {
			return err // recorded since
		}
		return tx.DeleteImport(ctx, waiting.Organisme, waiting.ID)
	})
}

// eraseImports erases every file that was imported, since each may name the
// person, and what mappings say of them.
func eraseImports(ctx context.Context, tx *store.Tx, organisme int64, known *traits, now time.Time) ([]int64, error) {
	matrices, err := tx.Matrices(ctx, organisme)
	if err != nil {
		return nil, err
	}
	for _, m := range matrices {
		if known.identified(m.Document) {
			if err := tx.RewriteMatrice(ctx, organisme, store.Matrice{Version: m.Version}); err != nil {
				return nil, err
			}
		}
	}
	return tx.EraseImports(ctx, organisme, now.Add(time.Second), now)
}
