package hub

import (
	"context"
	"fmt"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Tarifs is a price list of an organisme with its entries.
type Tarifs struct {
	ListeTarifs
	Entrees []ventilation.Tarif
}

// ListesTarifs returns the price lists of an organisme without their entries, the
// one in use first.
func (h *Comptabilite) ListesTarifs(ctx context.Context, organisme int64) (found []ListeTarifs, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Organisme(ctx, organisme); err != nil {
			return orNotFound(err, "Il n’y a pas d’organisme %d.", organisme)
		}
		lists, err := tx.ListesTarifs(ctx, organisme)
		found = said(lists, listeDeTarifs)
		return err
	})
	return found, err
}

// Tarifs returns a price list of an organisme, the one in use for 0.
func (h *Comptabilite) Tarifs(ctx context.Context, organisme, liste int64) (t Tarifs, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		t.ListeTarifs, t.Entrees, err = listeTarifs(ctx, tx, organisme, liste)
		return err
	})
	return t, err
}

// ImportTarifs puts a price list in the place of the one in use, as a whole. The
// older ones are kept: figures that they gave can be given again. A list that is
// the one in use already adds none. par says who imports it; a simulation checks
// and records nothing, and its answer has the id 0. The error is a ListeRefusee
// where prices contradict one another.
func (h *Comptabilite) ImportTarifs(ctx context.Context, organisme int64, par string, list []ventilation.Tarif, simulation bool, attendu Attendu) (t Tarifs, err error) {
	if len(list) == 0 {
		return t, TarifsRefuses([]ventilation.ErreurLigne{{Index: -1, Message: "La liste ne contient aucun tarif : donnez-en au moins un."}})
	}
	if _, wrong := ventilation.NewTarifs(list); len(wrong) > 0 {
		refused := TarifsRefuses(nil)
		for _, e := range wrong {
			refused.Erreurs = append(refused.Erreurs, ventilation.ErreurLigne{Index: e.Index, Message: e.Message})
		}
		return t, refused
	}
	t.Entrees = list
	if simulation {
		t.Par, t.CreeLe, t.ListeTarifs.Tarifs = par, h.now(), len(list)
		return t, nil
	}
	err = h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		lists, err := tx.ListesTarifs(ctx, organisme)
		if err != nil {
			return err
		}
		var inUse int64
		if len(lists) > 0 {
			inUse = lists[0].ID
		}
		if err := attendu.check("La liste de tarifs", domaine.VersionTarifs(inUse)); err != nil {
			return err
		}
		if len(lists) > 0 {
			current, err := tx.Tarifs(ctx, organisme, lists[0].ID)
			if err != nil {
				return err
			}
			if slices.Equal(current, list) {
				t.ListeTarifs = ListeTarifs(lists[0])
				return nil
			}
		}
		added, err := tx.InsertTarifs(ctx, organisme, par, h.now(), list)
		t.ListeTarifs = ListeTarifs(added)
		if err != nil {
			return err
		}
		return h.note(ctx, tx, organisme, domaine.GesteTarifs, added.ID, fmt.Sprintf("liste %d : %s", added.ID, compte(len(list), "tarif")))
	})
	return t, orNotFound(err, "Il n’y a pas d’organisme %d.", organisme)
}

// listeTarifs returns a price list and its entries, the one in use for 0.
func listeTarifs(ctx context.Context, tx *store.Tx, organisme, id int64) (l ListeTarifs, entries []ventilation.Tarif, err error) {
	lists, err := tx.ListesTarifs(ctx, organisme)
	if err != nil {
		return l, nil, err
	}
	if len(lists) == 0 {
		return l, nil, refus.New(refus.CodeNoPriceList, "Cet organisme n’a pas encore de tarifs : importez une liste de tarifs d’abord.")
	}
	at := 0
	if id != 0 {
		at = slices.IndexFunc(lists, func(l store.ListeTarifs) bool { return l.ID == id })
	}
	if at < 0 {
		return l, nil, refus.New(refus.CodeNoSuchPriceList, "Il n’y a pas de liste de tarifs %d : la plus récente est la %d.", id, lists[0].ID)
	}
	entries, err = tx.Tarifs(ctx, organisme, lists[at].ID)
	return ListeTarifs(lists[at]), entries, err
}

// priceList prepares stored entries, which were checked when they came.
func priceList(entries []ventilation.Tarif) (*ventilation.Tarifs, error) {
	tarifs, wrong := ventilation.NewTarifs(entries)
	if len(wrong) > 0 {
		// A list of before may price one certification twice, written in two ways.
		if _, wrong := ventilation.NewTarifsAuxLettres(entries); len(wrong) > 0 {
			return nil, fmt.Errorf("a stored price list contradicts itself at entry %d", wrong[0].Index)
		}
	}
	return tarifs, nil
}

// tarifsOf returns a price list as it is stored, nil for 0. One that was changed
// in the database gives other amounts, which a digest then tells. avant reads it by
// the rule of the closings that count active contracts alone (see
// store.FinsIgnorees): they were made before certifications were compared by what
// they are.
func tarifsOf(ctx context.Context, tx *store.Tx, organisme, id int64, avant bool) (*ventilation.Tarifs, error) {
	if id == 0 {
		return nil, nil
	}
	entries, err := tx.Tarifs(ctx, organisme, id)
	if avant {
		tarifs, _ := ventilation.NewTarifsAuxLettres(entries)
		return tarifs, err
	}
	tarifs, _ := ventilation.NewTarifs(entries)
	return tarifs, err
}
