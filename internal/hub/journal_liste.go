package hub

import (
	"context"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// ChoixJournal narrows the list of synchronisations and says its order.
type ChoixJournal struct {
	Etat    domaine.EtatSynchronisation // "" for any
	Origine domaine.Origine             // "" for any
	Tri     string                      // a count ("ajoutes", "modifies", "archives", "refuses", "total"), "duree", else by number
	Desc    bool                        // the largest, or the latest, first
}

// ListeJournal is a part of the journal, with where it stands.
type ListeJournal struct {
	Lignes   []domaine.Synchronisation
	Total    int                      // lines of that part
	Retenues int                      // held pushes that can still be confirmed
	Derniere *domaine.Synchronisation // the latest that was applied, nil where there is none
}

// Liste returns a page of a part of the journal.
func (h *Journal) Liste(ctx context.Context, organisme int64, choix ChoixJournal, page Page) (l ListeJournal, err error) {
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		if l.Lignes, l.Total, err = tx.SynchronisationsOf(ctx, organisme, store.ChoixJournal(choix), store.Page(page)); err != nil {
			return err
		}
		for i := range l.Lignes {
			h.expire(&l.Lignes[i])
		}
		held, err := h.held(ctx, tx, organisme)
		if err != nil {
			return err
		}
		l.Retenues = len(held)
		id, err := tx.LatestSynchronisation(ctx, organisme)
		if err != nil || id == 0 {
			return err
		}
		s, err := tx.Synchronisation(ctx, organisme, id)
		l.Derniere = &s
		return err
	})
	return l, err
}
