package hub

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/recherche"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// TriSocietes is what a list of sociétés is sorted by.
type TriSocietes string

// The orders that there are. Where two sociétés are equal, the older one comes first.
const (
	TriSocieteID        TriSocietes = ""
	TriSocieteNom       TriSocietes = "name"
	TriSocieteSIRET     TriSocietes = "siret"
	TriSocieteReference TriSocietes = "folder_reference"
)

// DemandeSocietes asks for sociétés among those that access reaches.
type DemandeSocietes struct {
	Acces       Acces
	Nom         string // what the name contains, without regard to capitals and accents
	SIRET       string // 14 digits, or the 9 of a SIREN; "" for any
	Tri         TriSocietes
	Decroissant bool
	Page        Page
}

// ListeSocietes returns a page of the sociétés that are asked for, and how many
// there are in all.
func (h *Comptabilite) ListeSocietes(ctx context.Context, d DemandeSocietes) (found []domaine.Societe, total int, err error) {
	all, err := h.Societes(ctx, d.Acces)
	if err != nil {
		return nil, 0, err
	}
	name := recherche.Fold(strings.TrimSpace(d.Nom))
	found = slices.DeleteFunc(all, func(s domaine.Societe) bool {
		return !strings.Contains(recherche.Fold(s.Nom), name) || d.SIRET != "" && (s.SIRET == "" || !strings.HasPrefix(s.SIRET, d.SIRET))
	})
	if d.Tri != TriSocieteID {
		slices.SortStableFunc(found, func(a, b domaine.Societe) int {
			order := cmp.Compare(d.Tri.of(a), d.Tri.of(b))
			if d.Decroissant {
				return -order
			}
			return order
		})
	}
	total = len(found)
	from, to := min(d.Page.Offset, total), total
	if d.Page.Limit > 0 {
		to = min(from+d.Page.Limit, total)
	}
	return found[from:to], total, nil
}

// of returns what a société is sorted by.
func (t TriSocietes) of(s domaine.Societe) string {
	switch t {
	case TriSocieteNom:
		return recherche.Fold(s.Nom)
	case TriSocieteSIRET:
		return s.SIRET
	case TriSocieteReference:
		return recherche.Fold(s.Reference)
	}
	return ""
}

// SocieteDeReference returns the société that accountants know by a reference,
// among those that access reaches, or a Refusal.
func (h *Comptabilite) SocieteDeReference(ctx context.Context, a Acces, reference string) (domaine.Societe, error) {
	all, err := h.Societes(ctx, a)
	if err != nil {
		return domaine.Societe{}, err
	}
	found := slices.DeleteFunc(all, func(s domaine.Societe) bool { return reference == "" || s.Reference != reference })
	switch len(found) {
	case 0:
		return domaine.Societe{}, refus.New(refus.CodeUnknownSociete, "Aucune société que ce jeton atteint n’a cette référence : donnez-la-lui avec « passerelle societe set ID --reference … ».")
	case 1:
		return found[0], nil
	}
	return domaine.Societe{}, refus.New(refus.CodeUnknownSociete, "%d sociétés ont cette référence : nommez celle que vous voulez par son identifiant (%d, %d…).", len(found), found[0].ID, found[1].ID)
}
