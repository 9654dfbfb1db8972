package hub

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Centre is an organisme that a person may open, with their role there.
type Centre struct {
	Organisme int64
	Role      domaine.Role
	Propre    bool // it is the organisme of the account itself
}

// Centres returns the organismes that an account opens, its own first. c is the account
// as Compte returns it.
func (h *Comptes) Centres(ctx context.Context, c domaine.Compte) (found []Centre, err error) {
	found = []Centre{{c.OrganismeID, c.Role, true}}
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		others, err := tx.AccesOf(ctx, c.ID)
		for _, a := range others {
			found = append(found, Centre{a.Organisme, a.Role, false})
		}
		return err
	})
	return found, err
}

// Dans returns an account as it is in one of its organismes, with its role there; a
// Refusal where it has none there.
func (h *Comptes) Dans(ctx context.Context, c domaine.Compte, organisme int64) (domaine.Compte, error) {
	centres, err := h.Centres(ctx, c)
	if err != nil {
		return c, err
	}
	at := slices.IndexFunc(centres, func(known Centre) bool { return known.Organisme == organisme })
	if at < 0 {
		return c, refus.New(refus.CodeNotFound, "Il n’y a pas de centre %d parmi les vôtres.", organisme)
	}
	c.OrganismeID, c.Role = organisme, centres[at].Role
	return c, nil
}

// Invites returns the people of other organismes who have a role in one, by name.
func (h *Comptes) Invites(ctx context.Context, organisme int64) ([]domaine.Compte, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Compte, error) { return tx.Invites(ctx, organisme) })
}

// GiveAcces gives the account with an e-mail, which another organisme made, a role in an
// organisme. A Refusal lists what is wrong field by field: email, role.
func (h *Comptes) GiveAcces(ctx context.Context, organisme int64, email string, role domaine.Role) error {
	refused := func(field, message string) error {
		v := passerelle.Violation{Field: field, Code: passerelle.CodeRequired, Message: message}
		return refus.New(refus.CodeInvalidCompte, "%s", message).With([]passerelle.Violation{v})
	}
	if !role.Valid() {
		return refused("role", "Choisissez un rôle : lecture, integration, comptabilite ou administration.")
	}
	err := h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		c, _, err := tx.CompteByEmail(ctx, strings.ToLower(strings.TrimSpace(email)))
		switch {
		case errors.Is(err, store.ErrNotFound):
			return refused("email", "Aucun compte n’a cette adresse : créez-le plutôt.")
		case err != nil:
			return err
		case c.OrganismeID == organisme:
			return refused("email", "Ce compte est déjà celui de votre centre : changez son rôle sur sa page.")
		}
		if err := tx.PutAcces(ctx, organisme, c.ID, role, h.now()); err != nil {
			return err
		}
		return h.note(ctx, tx, organisme, domaine.GesteCompteAcces, c.ID, role.Libelle())
	})
	return orNotFound(err, "Il n’y a pas d’organisme %d.", organisme)
}

// TakeAcces takes back the role that an account of another organisme has in one.
func (h *Comptes) TakeAcces(ctx context.Context, organisme, compte int64) error {
	return h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error {
		if err := tx.DeleteAcces(ctx, organisme, compte); err != nil {
			return orNotFound(err, "Cette personne n’a pas d’accès ici.")
		}
		return h.note(ctx, tx, organisme, domaine.GesteCompteSansAcces, compte, "")
	})
}
