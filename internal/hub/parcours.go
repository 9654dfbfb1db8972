package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Parcours is a ventilation over every exercice of a société, for someone who
// leafs through it: exercice after exercice, page after page.
type Parcours struct {
	Ventilation
	Synchronisation domaine.Synchronisation // the contracts are as they were once it had been applied; ID 0 where none was
	Listes          []ListeTarifs           // the price lists that there are, the one in use first
}

// Position returns the place of an exercice in p, -1 where it has none.
func (p Parcours) Position(exercice int64) int {
	return slices.IndexFunc(p.Exercices, func(e domaine.Exercice) bool { return e.ID == exercice })
}

// parcoursMost is how many ventilations a process keeps, some 100 bytes for each
// contract of each.
const parcoursMost = 4

// ParcourirVentilation returns what Ventilation does for all exercices, whatever
// d.Exercice says, and remembers it. There are amounts where d asks for them and
// something gives them.
func (h *Comptabilite) ParcourirVentilation(ctx context.Context, d DemandeVentilation) (p Parcours, err error) {
	d.Exercice, d.SiTarifs, d.ParMois = 0, true, true
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		s, err := societe(ctx, tx, d.Acces)
		if err != nil {
			return err
		}
		if p.Tous, err = tx.Exercices(ctx, s); err != nil {
			return err
		}
		lists, err := tx.ListesTarifs(ctx, s.OrganismeID)
		if err != nil {
			return err
		}
		p.Listes = said(lists, listeDeTarifs)
		last := d.Synchronisation
		if last == 0 {
			if last, err = tx.LatestSynchronisation(ctx, s.OrganismeID); err != nil {
				return err
			}
		}
		if last != 0 {
			if p.Synchronisation, err = tx.Synchronisation(ctx, s.OrganismeID, last); err != nil {
				return orNotFound(err, "Il n’y a pas de synchronisation %d.", last)
			}
		}
		if d.Synchronisation != 0 {
			// A purge may change the past: it is not kept.
			p.Ventilation, err = h.spread(ctx, tx, d)
			return err
		}
		key, err := parcoursKey(ctx, tx, s, d, p)
		if err != nil {
			return err
		}
		var known bool
		if p.Ventilation, known = h.parcours.get(key, ""); known {
			return nil
		}
		if p.Ventilation, err = h.spread(ctx, tx, d); err != nil {
			return err
		}
		p.Ordonner() // from here on it is only read
		h.parcours.put(key, "", p.Ventilation, parcoursMost)
		return nil
	})
	return p, err
}

// parcoursKey names all that a ventilation depends on. Personal data that is
// erased is not part of it: no name of a person is kept, and codes of contracts
// stay.
func parcoursKey(ctx context.Context, tx *store.Tx, s domaine.Societe, d DemandeVentilation, p Parcours) (string, error) {
	transmis, integres, err := tx.Counts(ctx, s.OrganismeID)
	if err != nil {
		return "", err
	}
	depends := []any{s, d.Par, d.Integres, d.Montants, d.Tarifs, d.Facturation, d.ParDefaut, d.NPEC, p.Tous, p.Synchronisation.ID, transmis, integres}
	if !d.SansArchives {
		decision, err := tx.DerniereDecision(ctx, s.OrganismeID, 0)
		if err != nil {
			return "", err
		}
		depends = append(depends, "fins", decision)
	}
	if d.Montants {
		amounts, err := amountsKey(ctx, tx, s.OrganismeID)
		if err != nil {
			return "", err
		}
		depends = append(depends, amounts...)
	}
	if d.Integres {
		modeles, err := tx.Modeles(ctx, s.OrganismeID)
		if err != nil {
			return "", err
		}
		depends = append(depends, modeles)
	}
	key, err := json.Marshal(depends)
	if err != nil {
		return "", fmt.Errorf("name a ventilation: %w", err)
	}
	return string(key), nil
}

// amountsKey names what amounts come from, beside the contracts: price lists, editions
// of the NPEC table, figures of OPCO, settings. None of them is changed, only added
// to, but for the settings.
func amountsKey(ctx context.Context, tx *store.Tx, organisme int64) ([]any, error) {
	lists, err := tx.ListesTarifs(ctx, organisme)
	if err != nil {
		return nil, err
	}
	var liste, edition int64
	if len(lists) > 0 {
		liste = lists[0].ID
	}
	editions, err := tx.EditionsNPEC(ctx, organisme)
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		edition = max(edition, e.ID)
	}
	opco, err := tx.DernierMontantOPCO(ctx, organisme, 0)
	if err != nil {
		return nil, err
	}
	reglages, err := loadReglagesFinancement(ctx, tx, organisme)
	return []any{"montants", liste, edition, opco, reglages.options}, err
}
