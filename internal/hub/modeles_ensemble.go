package hub

import (
	"context"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/integration"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// MaxModelesEnsemble is how many modèles are created together at most.
const MaxModelesEnsemble = 500

// ApercuEnsemble says what creating several modèles together would change.
type ApercuEnsemble struct {
	Nouveaux int         // contracts in no session today that would be in one
	Restants int         // contracts that would still be in none
	Perdus   int         // contracts that are in a session today and would be in none
	Par      map[int]int // contracts that each of the modèles would take, by its place in the list
}

// PreviewModeles works out what creating modèles together would change, recording
// nothing.
func (h *Integration) PreviewModeles(ctx context.Context, organisme int64, list []domaine.Modele) (*ApercuEnsemble, error) {
	a := &ApercuEnsemble{Par: map[int]int{}}
	err := h.db.Read(ctx, func(tx *store.Tx) error {
		modeles, profils, err := placing(ctx, tx, organisme)
		if err != nil {
			return err
		}
		next := int64(1)
		for i := range modeles {
			next = max(next, modeles[i].ID+1)
		}
		for i := range list {
			m := list[i]
			m.ID = next + int64(i)
			modeles = append(modeles, m)
		}
		for i := range profils {
			p := &profils[i]
			match := integration.Find(modeles, &p.Valeurs)
			switch {
			case match.Modele == 0 && p.Session != 0:
				a.Perdus += p.Effectif
			case match.Modele == 0:
				a.Restants += p.Effectif
			case p.Session == 0:
				a.Nouveaux += p.Effectif
			}
			if match.Modele >= next {
				a.Par[int(match.Modele-next)] += p.Effectif
			}
		}
		return nil
	})
	return a, err
}

// CreateModeles stores modèles and places the contracts again, once: all of them, or
// none where one is refused.
func (h *Integration) CreateModeles(ctx context.Context, organisme int64, list []domaine.Modele) error {
	if len(list) == 0 || len(list) > MaxModelesEnsemble {
		return refus.New(refus.CodeInvalidModele, "Choisissez de 1 à %d modèles.", MaxModelesEnsemble)
	}
	list = slices.Clone(list)
	for i := range list {
		if err := CheckModele(&list[i]); err != nil {
			return err
		}
	}
	return h.changeModeles(ctx, organisme, func(tx *store.Tx) (id int64, err error) {
		if err := roomForModeles(ctx, tx, organisme, len(list)); err != nil {
			return 0, err
		}
		for i := range list {
			if id, err = tx.CreateModele(ctx, organisme, list[i], h.now()); err != nil {
				return 0, err
			}
			if err = h.note(ctx, tx, organisme, domaine.GesteModeleCree, id, "« "+list[i].Nom+" »"); err != nil {
				return 0, err
			}
		}
		return id, nil
	})
}
