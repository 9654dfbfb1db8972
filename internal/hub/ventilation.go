package hub

import (
	"context"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/fichier"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// DemandeVentilation says which contracts are spread over which exercices.
type DemandeVentilation struct {
	Acces
	Exercice        int64 // id, 0 for all of them
	Par             []ventilation.Dimension
	Integres        bool  // only contracts that are integrated
	Synchronisation int64 // as they were once it had been applied, 0 for now; not with Integres
	Montants        bool  // with the amounts of a price list
	Tarifs          int64 // that list, 0 for the one in use
	Facturation     ventilation.Facturation
}

// Ventilation is the contracts of an organisme over exercices of its société.
type Ventilation struct {
	Tous      []passerelle.Exercice // of the société, the oldest first: their names depend on all
	Exercices []passerelle.Exercice // those that Calcul is about, in its order
	Tarifs    int64                 // price list of the amounts, 0 where there are none
	*ventilation.Calcul
}

// Ventilation spreads the active contracts of an organisme over one exercice of
// its société, or over all of them (design 6).
func (h *Comptabilite) Ventilation(ctx context.Context, d DemandeVentilation) (v Ventilation, err error) {
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		v, err = spread(ctx, tx, d)
		return err
	})
	return v, err
}

func spread(ctx context.Context, tx *store.Tx, d DemandeVentilation) (v Ventilation, err error) {
	s, err := societe(ctx, tx, d.Acces)
	if err != nil {
		return v, err
	}
	if v.Tous, err = tx.Exercices(ctx, s); err != nil {
		return v, err
	}
	var periodes []passerelle.Periode
	for _, e := range v.Tous {
		if d.Exercice == 0 || d.Exercice == e.ID {
			v.Exercices, periodes = append(v.Exercices, e), append(periodes, e.Periode)
		}
	}
	if d.Exercice != 0 && len(periodes) == 0 {
		return v, &ExercicesRefuses{Erreurs: []fichier.Erreur{{Erreur: comptable.Erreur{Code: comptable.CodeInconnu, Index: -1, Champ: "exercice", Exercice: d.Exercice,
			Message: "Cet exercice n’existe pas dans cette société : reprenez son identifiant dans la liste des exercices."}}}}
	}
	options := ventilation.Options{Facturation: d.Facturation}
	if d.Montants {
		liste, tarifs, err := listeTarifs(ctx, tx, s.OrganismeID, d.Tarifs)
		if err != nil {
			return v, err
		}
		v.Tarifs = liste.ID
		if options.Tarifs, err = priceList(tarifs); err != nil {
			return v, err
		}
	}
	v.Calcul = ventilation.New(periodes, d.Par, options)
	if d.Synchronisation != 0 {
		if _, err := tx.Synchronisation(ctx, s.OrganismeID, d.Synchronisation); err != nil {
			return v, orNotFound(err, "Il n’y a pas de synchronisation %d.", d.Synchronisation)
		}
	}
	err = addDocuments(v.Calcul, d.Par, func(add func([]byte) error) error {
		if d.Synchronisation == 0 {
			return tx.EachDocumentUnordered(ctx, s.OrganismeID, d.Integres, add)
		}
		return tx.EachDocumentAsOf(ctx, s.OrganismeID, d.Synchronisation, add)
	})
	return v, err
}

// addDocuments counts stored contracts in.
func addDocuments(calcul *ventilation.Calcul, par []ventilation.Dimension, each func(add func(doc []byte) error) error) error {
	lecteur := ventilation.NewLecteur(par)
	return consumeBeside(each, func(doc []byte) error {
		contrat, err := lecteur.Contrat(doc)
		if err == nil {
			calcul.Add(contrat)
		}
		return err
	})
}
