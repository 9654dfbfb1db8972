package hub

import (
	"context"
	"errors"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/fichier"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/vie"
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
	ParMois         bool  // also month by month
	Decisions       int64 // with Synchronisation: rang of the last decision on an end that is known, 0 for those made until the next one
}

// Ventilation is the contracts of an organisme over exercices of its société.
type Ventilation struct {
	Tous      []domaine.Exercice // of the société, the oldest first: their names depend on all
	Exercices []domaine.Exercice // those that Calcul is about, in its order
	Tarifs    int64              // price list of the amounts, 0 where there are none
	OPCO      bool               // the amounts are those of FacturationOPCO
	*ventilation.Calcul
}

// Ventilation spreads the contracts of an organisme, those that ended too, over one
// exercice of its société, or over all of them (design 6 and 9).
func (h *Comptabilite) Ventilation(ctx context.Context, d DemandeVentilation) (v Ventilation, err error) {
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		v, err = h.spread(ctx, tx, d)
		return err
	})
	return v, err
}

func (h *core) spread(ctx context.Context, tx *store.Tx, d DemandeVentilation) (v Ventilation, err error) {
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
	// Whether a contract speaks of its funding decides how amounts are made. Where none
	// is archived those that are read say it as they are counted.
	asked := false
	if d.Montants && d.ParDefaut && d.Facturation != ventilation.FacturationOPCO {
		if asked, err = asksMeanwhile(ctx, tx, s.OrganismeID, d); err != nil {
			return v, err
		}
		if !asked {
			if v.OPCO, err = h.finances(ctx, tx, d.vies(s.OrganismeID, nil)); err != nil {
				return v, err
			}
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
	options := ventilation.Options{Facturation: d.Facturation, Partis: !d.SansArchives, ParMois: d.ParMois}
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
	err = addVecus(ctx, tx, v.Calcul, d.Par, d.vies(s.OrganismeID, periodes), asked)
	if errors.Is(err, errFinance) {
		v.OPCO = true
		err = v.financer(ctx, tx, s.OrganismeID, d, periodes)
	}
	return v, err
}

// asksMeanwhile reports whether the contracts that a ventilation counts are all that
// there are, and have a price list to be counted by meanwhile.
func asksMeanwhile(ctx context.Context, tx *store.Tx, organisme int64, d DemandeVentilation) (bool, error) {
	if d.Synchronisation != 0 || d.Tarifs != 0 {
		return false, nil
	}
	archived, err := tx.HasPartis(ctx, organisme)
	if err != nil || archived {
		return false, err
	}
	lists, err := tx.ListesTarifs(ctx, organisme)
	return len(lists) > 0, err
}

// vies says which contracts are read.
func (d *DemandeVentilation) vies(organisme int64, periodes []passerelle.Periode) DemandeVies {
	read := DemandeVies{Organisme: organisme, Synchronisation: d.Synchronisation, Decisions: d.Decisions, Integres: d.Integres, SansArchives: d.SansArchives}
	if d.Exercice != 0 && d.Synchronisation == 0 && len(periodes) > 0 {
		read.Periode = &periodes[0]
	}
	return read
}

// addVecus counts stored contracts in. With asked it gives up with errFinance once one
// speaks of its funding.
func addVecus(ctx context.Context, tx *store.Tx, calcul *ventilation.Calcul, par []ventilation.Dimension, d DemandeVies, asked bool) error {
	lecteur, finance := ventilation.NewLecteur(par), arrete.Finance()
	read := d
	read.SansArchives = d.SansArchives || d.Synchronisation == 0 // those that ended by now are read faster
	err := consumeVecus(ctx, tx, read, func(k *document.Kept, v Vecu) error {
		if asked {
			if speaks, err := finance(k); err != nil || speaks {
				return errors.Join(err, errFinance)
			}
		}
		contrat, err := lecteur.ContratKept(k)
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

// jours is what is kept of an archived contract until it is counted in: its texts
// are one after the other.
type jours struct {
	profil          int64
	vie             vie.Vie
	code, apprenant int // how long these texts are; what follows them is its entreprise
}

// addPartis counts in the contracts that ended, as it is decided now.
func addPartis(ctx context.Context, tx *store.Tx, calcul *ventilation.Calcul, par []ventilation.Dimension, d DemandeVies) error {
	periode := store.ToutePeriode
	if d.Periode != nil {
		periode = *d.Periode
	}
	known := make(map[int64]ventilation.Contrat) // by profil, of those that are wanted
	err := tx.EachProfilParti(ctx, d.Organisme, periode.Debut, func(id int64, placed bool, valeurs *regles.Profil) {
		if placed || !d.Integres {
			contrat := valeurs.Contrat()
			known[id] = ventilation.ContratOf(&contrat, par)
		}
	})
	if err != nil {
		return err
	}
	counted := 0
	entreprise := slices.Index(par, ventilation.ParEntreprise)
	var texts []byte
	err = consumeTagged(func(add func(texts []byte, j jours) error) error {
		return tx.EachParti(ctx, d.Organisme, periode, entreprise >= 0, func(j *store.JoursParti) error {
			texts = append(append(append(texts[:0], j.Code...), j.Apprenant...), j.Entreprise...)
			return add(texts, jours{j.Profil, j.Vie, len(j.Code), len(j.Apprenant)})
		})
	}, func(texts []byte, j jours) error {
		contrat, wanted := known[j.profil]
		if !wanted {
			return nil
		}
		counted++
		contrat = contrat.Avec(j.vie)
		own := string(texts)
		contrat.Code, contrat.Apprenant = own[:j.code], own[j.code:j.code+j.apprenant]
		if entreprise >= 0 {
			contrat.Cles[entreprise] = ventilation.ParEntreprise.Of(&passerelle.Contrat{NomEntreprise: own[j.code+j.apprenant:]})
		}
		calcul.Add(contrat)
		return nil
	})
	if err != nil || d.Periode == nil {
		return err
	}
	return addHors(ctx, tx, calcul, d, counted)
}

// addHors counts in the contracts that ended and ran no day of d.Periode, which are
// all but those that were counted in; the first of them by name.
func addHors(ctx context.Context, tx *store.Tx, calcul *ventilation.Calcul, d DemandeVies, counted int) error {
	total, err := tx.CountPartis(ctx, d.Organisme, d.Integres)
	if err != nil || total == counted {
		return err
	}
	first := make([]ventilation.Contrat, 0, min(total-counted, ventilation.PartisMax))
	err = tx.EachHors(ctx, d.Organisme, *d.Periode, d.Integres, ventilation.PartisMax, func(j *store.JoursParti) error {
		first = append(first, ventilation.Contrat{Code: string(j.Code)}.Avec(j.Vie))
		return nil
	})
	if err == nil {
		calcul.AddPartis(first, total-counted)
	}
	return err
}
