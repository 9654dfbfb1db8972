package hub

import (
	"context"
	"net/url"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Bounds of what a person keeps.
const (
	maxFiltres       = 50
	maxFiltreNom     = 80   // characters
	maxFiltreAdresse = 2000 // bytes
)

// Filtres returns the lists that an account keeps.
func (h *Comptes) Filtres(ctx context.Context, c domaine.Compte) ([]domaine.Filtre, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Filtre, error) { return tx.Filtres(ctx, c.OrganismeID, c.ID) })
}

// KeepFiltre keeps a list for an account, by its address within the console.
func (h *Comptes) KeepFiltre(ctx context.Context, c domaine.Compte, f domaine.Filtre) error {
	f.Nom = strings.TrimSpace(f.Nom)
	if f.Nom == "" || len([]rune(f.Nom)) > maxFiltreNom {
		return refus.New(refus.CodeInvalidChoice, "Donnez à cette liste un nom de 80 caractères au plus.")
	}
	address, err := url.Parse(f.Adresse)
	if err != nil || address.Host != "" || address.Scheme != "" || !strings.HasPrefix(address.Path, "/") || len(f.Adresse) > maxFiltreAdresse {
		return refus.New(refus.CodeInvalidChoice, "Cette adresse n’est pas celle d’une liste : reprenez depuis la liste à garder.")
	}
	query := address.Query()
	query.Del("r") // what was typed is the session's, and may name somebody
	query.Del("page")
	f.Adresse = address.Path + "?" + query.Encode()
	return h.db.WriteOrganisme(ctx, c.OrganismeID, func(tx *store.Tx) error {
		known, err := tx.Filtres(ctx, c.OrganismeID, c.ID)
		if err != nil {
			return err
		}
		if len(known) >= maxFiltres {
			return refus.New(refus.CodeInvalidChoice, "Vous gardez déjà 50 listes : oubliez-en une d’abord.")
		}
		return tx.InsertFiltre(ctx, c.OrganismeID, c.ID, f, h.now())
	})
}

// ForgetFiltre forgets a list of an account.
func (h *Comptes) ForgetFiltre(ctx context.Context, c domaine.Compte, id int64) error {
	return h.db.WriteOrganisme(ctx, c.OrganismeID, func(tx *store.Tx) error { return tx.DeleteFiltre(ctx, c.OrganismeID, c.ID, id) })
}
