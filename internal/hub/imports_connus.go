package hub

import (
	"context"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// know gives the names of an import the codes that the organisme's active contracts
// have for them, where its mapping would make new ones.
func (h *core) know(ctx context.Context, o *ImportOuvert) error {
	needs, err := o.binding.Besoins(o.Table)
	if err != nil || needs.Rien() {
		return err
	}
	if err := o.room.Grow(needs.Octets); err != nil {
		return err
	}
	return h.db.Read(ctx, func(tx *store.Tx) error {
		return o.binding.Connaitre(func(yield func(*passerelle.Contrat)) error {
			if needs.Noms {
				profils, err := tx.Profils(ctx, o.zone)
				if err != nil {
					return err
				}
				for i := range profils {
					if profils[i].Effectif > 0 {
						c := profils[i].Valeurs.Contrat()
						yield(&c)
					}
				}
			}
			people, err := tx.Personnes(ctx, o.zone, nil, needs.Emails)
			if err != nil {
				return err
			}
			for _, p := range people {
				var c passerelle.Contrat
				at := regles.Role(p.Role).Of(&c)
				*at.Code, *at.Email, *at.Nom, *at.Prenom = p.Code, p.Email, p.Nom, p.Prenom
				yield(&c)
			}
			return nil
		})
	})
}
