package hub

import (
	"context"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/tableur"
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
	return o.binding.Connaitre(func(yield func(*passerelle.Contrat)) error { return h.connus(ctx, o.zone, needs, yield) })
}

// Exemples returns what a mapping makes of the first rows of an import, for each field
// at most so many values.
func (h *Imports) Exemples(ctx context.Context, o *ImportOuvert, m tableur.Mapping, most int) (map[string]tableur.Exemple, error) {
	return m.Exemples(o.Table.Columns, o.Exemples, most, func(needs tableur.Besoins, yield func(*passerelle.Contrat)) error {
		return h.connus(ctx, o.zone, needs, yield)
	})
}

// connus passes the codes that active contracts have for some names.
func (h *core) connus(ctx context.Context, organisme int64, needs tableur.Besoins, yield func(*passerelle.Contrat)) error {
	return h.db.Read(ctx, func(tx *store.Tx) error {
		if needs.Noms {
			profils, err := tx.Profils(ctx, organisme)
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
		people, err := tx.Personnes(ctx, organisme, nil, needs.Emails)
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
}
