package hub

import (
	"context"
	"errors"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/password"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// LoginIdentity returns the account of a person whom an identity provider has
// identified, by c.Email, which the provider has verified and which is in lower
// case. Where c.OrganismeID is not 0 the provider decides who has an account in
// that organisme: one is created with the names and the role of c for a person
// without, and an existing one of that organisme takes the role, be it the last
// of its administration: the provider can give that role to someone else. A
// Refusal says why there is no account to open.
func (h *Comptes) LoginIdentity(ctx context.Context, c domaine.Compte) (found domaine.Compte, err error) {
	// Most logins change nothing, and need not wait for those who write.
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		found, _, err = tx.CompteByEmail(ctx, c.Email)
		return err
	})
	if err == nil && found.DesactiveLe == nil && (found.OrganismeID != c.OrganismeID || found.Role == c.Role) {
		h.connected(ctx, found, h.now())
		return found, nil
	}
	write := h.db.Write
	if c.OrganismeID != 0 {
		write = func(ctx context.Context, fn func(*store.Tx) error) error {
			return h.db.WriteOrganisme(ctx, c.OrganismeID, fn)
		}
	}
	err = write(ctx, func(tx *store.Tx) error {
		found, _, err = tx.CompteByEmail(ctx, c.Email)
		if errors.Is(err, store.ErrNotFound) {
			found, err = h.provision(ctx, tx, c)
		}
		if err != nil {
			return err
		}
		if found.DesactiveLe != nil {
			return refus.New(refus.CodeDisabledAccount, "Votre compte est désactivé : demandez à une personne de l’administration de le réactiver.")
		}
		if found.OrganismeID == c.OrganismeID && found.Role != c.Role {
			found.Role = c.Role
			if err := tx.UpdateCompte(ctx, found); err != nil {
				return err
			}
		}
		return tx.CompteConnected(ctx, found.OrganismeID, found.ID, h.now())
	})
	if err != nil {
		return domaine.Compte{}, orNotFound(err, "Il n’y a pas d’organisme %d.", c.OrganismeID)
	}
	return found, nil
}

// provision creates an account that no password opens until somebody of the
// administration gives it one.
func (h *core) provision(ctx context.Context, tx *store.Tx, c domaine.Compte) (domaine.Compte, error) {
	if c.OrganismeID == 0 {
		return c, refus.New(refus.CodeUnknownAccount, "Il n’y a pas de compte pour cette adresse e-mail : demandez à une personne de l’administration d’en créer un.")
	}
	if details := append(checkEmail(c.Email), checkCompte(&c)...); len(details) > 0 {
		return c, refus.New(refus.CodeInvalidCompte, "Le compte ne peut pas être créé avec ce que dit le fournisseur d’identité : %s", details[0].Message)
	}
	c.CreeLe = h.now()
	var err error
	if c.ID, err = tx.CreateCompte(ctx, c, password.Decoy); err == nil && c.ID == 0 {
		return c, refus.New(refus.CodeEmailTaken, "Un compte vient d’être créé pour cette adresse : recommencez.")
	}
	return c, err
}
