package hub

import (
	"context"
	"maps"

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
	return o.binding.Connaitre(func(yield func(*passerelle.Contrat)) (err error) {
		o.vu, err = h.connus(ctx, o.zone, needs, yield)
		return err
	})
}

// Exemples returns what a mapping makes of the first rows of an import, for each field
// at most so many values.
func (h *Imports) Exemples(ctx context.Context, o *ImportOuvert, m tableur.Mapping, most int) (map[string]tableur.Exemple, error) {
	return m.Exemples(o.Table.Columns, o.Exemples, most, func(needs tableur.Besoins, yield func(*passerelle.Contrat)) error {
		_, err := h.connus(ctx, o.zone, needs, yield)
		return err
	})
}

// connus passes the codes that active contracts have for some names, and returns what it
// read for it.
func (h *core) connus(ctx context.Context, organisme int64, needs tableur.Besoins, yield func(*passerelle.Contrat)) (v *vu, err error) {
	v = &vu{emails: make(map[string]bool, len(needs.Emails))}
	err = h.db.Read(ctx, func(tx *store.Tx) (err error) {
		if v.synchronisation, err = tx.LastSynchronisation(ctx, organisme); err != nil {
			return err
		}
		if needs.Noms {
			if v.profils, err = tx.Profils(ctx, organisme); err != nil {
				return err
			}
		}
		v.personnes, err = tx.Personnes(ctx, organisme, nil, needs.Emails)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, email := range needs.Emails {
		v.emails[email] = true
	}
	for i := range v.profils {
		if v.profils[i].Effectif > 0 {
			c := v.profils[i].Valeurs.Contrat()
			yield(&c)
		}
	}
	for _, p := range v.personnes {
		var c passerelle.Contrat
		at := regles.Role(p.Role).Of(&c)
		*at.Code, *at.Email, *at.Nom, *at.Prenom = p.Code, p.Email, p.Nom, p.Prenom
		yield(&c)
	}
	return v, nil
}

// vu is what was read of an organisme as it was after a synchronisation. Another
// transaction that finds no later one need not read it again.
type vu struct {
	synchronisation int64
	profils         []store.Profil // nil where nobody asked for them
	personnes       map[string]store.PersonneRow
	emails          map[string]bool // those whose owners are among the people
}

// stand is standOf, but for what was read before.
func (v *vu) stand(ctx context.Context, tx *store.Tx, organisme int64, codes, emails []string) (*stand, error) {
	if v == nil {
		return standOf(ctx, tx, organisme, codes, emails)
	}
	if last, err := tx.LastSynchronisation(ctx, organisme); err != nil {
		return nil, err
	} else if last != v.synchronisation || v.profils == nil {
		return standOf(ctx, tx, organisme, codes, emails)
	}
	found := make(map[string]store.PersonneRow, len(codes))
	var others []string
	for _, code := range codes {
		if p, ok := v.personnes[code]; ok {
			found[code] = p
		} else {
			others = append(others, code)
		}
	}
	rest, err := tx.Personnes(ctx, organisme, others, nil)
	if err != nil {
		return nil, err
	}
	maps.Copy(found, rest)
	// The owner of an address that one of them has is not looked for.
	owned := make(map[string]bool, len(found))
	for _, p := range found {
		owned[p.Email] = true
	}
	wanted, unread := map[string]bool{}, []string(nil)
	for _, email := range emails {
		switch {
		case owned[email]:
		case v.emails[email]:
			wanted[email] = true
		default:
			unread = append(unread, email)
		}
	}
	for code, p := range v.personnes {
		if wanted[p.Email] {
			found[code] = p
		}
	}
	if rest, err = tx.Personnes(ctx, organisme, nil, unread); err != nil {
		return nil, err
	}
	maps.Copy(found, rest)
	return &stand{v.profils, found}, nil
}
