package hub

import (
	"context"
	"slices"

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
	ParDefaut       bool  // FacturationOPCO in the place of Facturation where a contract speaks of its funding
	SiTarifs        bool  // no amounts where neither a price list nor FacturationOPCO gives them
	NPEC            int64 // with FacturationOPCO, the last edition that is known, 0 for all
	SansArchives    bool  // the active contracts alone: what ended does not count
	Decisions       int64 // with Synchronisation: rang of the last decision on an end that is known, 0 for those made until the next one
}

// Ventilation is the contracts of an organisme over exercices of its société.
type Ventilation struct {
	Tous      []passerelle.Exercice // of the société, the oldest first: their names depend on all
	Exercices []passerelle.Exercice // those that Calcul is about, in its order
	Tarifs    int64                 // price list of the amounts, 0 where there are none
	OPCO      bool                  // the amounts are those of FacturationOPCO
	*ventilation.Calcul
}

// Ventilation spreads the contracts of an organisme, those that ended too, over one
// exercice of its société, or over all of them (design 6 and 9).
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
	if d.Montants && d.ParDefaut {
		if v.OPCO, err = finances(ctx, tx, d.vies(s.OrganismeID, nil)); err != nil {
			return v, err
		}
	}
	if v.OPCO = v.OPCO || d.Montants && d.Facturation == ventilation.FacturationOPCO; v.OPCO {
		return v, v.financer(ctx, tx, s.OrganismeID, d, periodes)
	}
	if d.Montants && d.SiTarifs && d.Tarifs == 0 {
		lists, err := tx.ListesTarifs(ctx, s.OrganismeID)
		if err != nil {
			return v, err
		}
		d.Montants = len(lists) > 0
	}
	options := ventilation.Options{Facturation: d.Facturation, Partis: !d.SansArchives}
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
	err = addVecus(ctx, tx, v.Calcul, d.Par, d.vies(s.OrganismeID, periodes))
	return v, err
}

// vies says which contracts are read.
func (d *DemandeVentilation) vies(organisme int64, periodes []passerelle.Periode) DemandeVies {
	read := DemandeVies{Organisme: organisme, Synchronisation: d.Synchronisation, Decisions: d.Decisions, Integres: d.Integres, SansArchives: d.SansArchives}
	if d.Exercice != 0 && d.Synchronisation == 0 && len(periodes) > 0 {
		read.Periode = &periodes[0]
	}
	return read
}

// addVecus counts stored contracts in.
func addVecus(ctx context.Context, tx *store.Tx, calcul *ventilation.Calcul, par []ventilation.Dimension, d DemandeVies) error {
	lecteur := ventilation.NewLecteur(par)
	read := d
	read.SansArchives = d.SansArchives || d.Synchronisation == 0 // those that ended by now are read faster
	err := consumeTagged(func(add func(doc []byte, v Vecu) error) error { return eachVecu(ctx, tx, read, add) }, func(doc []byte, v Vecu) error {
		contrat, err := lecteur.Contrat(doc)
		if err != nil {
			return err
		}
		if v.Archive() {
			contrat = contrat.Avec(v.Vie(contrat.Dates))
		}
		calcul.Add(contrat)
		return nil
	})
	if err != nil || read.SansArchives == d.SansArchives {
		return err
	}
	return addPartis(ctx, tx, calcul, par, d)
}

// addPartis counts in the contracts that ended, as it is decided now.
func addPartis(ctx context.Context, tx *store.Tx, calcul *ventilation.Calcul, par []ventilation.Dimension, d DemandeVies) error {
	known, err := byProfil(ctx, tx, par, d)
	if err != nil {
		return err
	}
	periode := store.ToutePeriode
	if d.Periode != nil {
		periode = *d.Periode
	}
	entreprise := slices.Index(par, ventilation.ParEntreprise)
	err = tx.EachParti(ctx, d.Organisme, periode, func(j *store.JoursParti) error {
		contrat, wanted := known[j.Profil]
		if !wanted {
			return nil
		}
		contrat = contrat.Avec(j.Vie)
		contrat.Code, contrat.Apprenant = string(j.Code), string(j.Apprenant)
		if entreprise >= 0 {
			contrat.Cles[entreprise] = ventilation.ParEntreprise.Of(&passerelle.Contrat{NomEntreprise: string(j.Entreprise)})
		}
		calcul.Add(contrat)
		return nil
	})
	if err != nil || d.Periode == nil {
		return err
	}
	first, total, err := tx.ViesHors(ctx, d.Organisme, *d.Periode, d.Integres, ventilation.PartisMax)
	if err != nil || total == 0 {
		return err
	}
	decided, err := decisionsAt(ctx, tx, d)
	if err != nil {
		return err
	}
	gone := make([]ventilation.Contrat, len(first))
	for i := range first {
		v := &first[i]
		gone[i] = ventilation.Contrat{Code: v.Code}.Avec(v.Of(decided[aboutFin{v.Code, v.Racine}]))
	}
	calcul.AddPartis(gone, total)
	return nil
}

// byProfil returns what contracts of each profil say to a ventilation; of those
// that are in a session, where only they are asked for.
func byProfil(ctx context.Context, tx *store.Tx, par []ventilation.Dimension, d DemandeVies) (map[int64]ventilation.Contrat, error) {
	profils, err := tx.Profils(ctx, d.Organisme)
	if err != nil {
		return nil, err
	}
	known := make(map[int64]ventilation.Contrat, len(profils))
	for i := range profils {
		if p := &profils[i]; !d.Integres || p.Session != 0 {
			contrat := p.Valeurs.Contrat()
			known[p.ID] = ventilation.ContratOf(&contrat, par)
		}
	}
	return known, nil
}
