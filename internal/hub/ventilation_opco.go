package hub

import (
	"context"
	"errors"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/store"
)

var errFinance = errors.New("a contract has a funding field")

// muet is a synchronisation up to which no version of any contract of an organisme speaks
// of its funding, by its id and when it began: a database that went back in time may have another one
// by that id. A version never changes, but that it is purged or a person erased from it: it
// is enough to look at those that began since.
type muet struct {
	jusqua int64
	debut  time.Time
}

// muetsMax is of how many organismes it is remembered.
const muetsMax = 1024

// finances is finances, which reads every contract, for whoever only looks: no version
// that speaks, no contract that does.
func (h *core) finances(ctx context.Context, tx *store.Tx, d DemandeVies) (bool, error) {
	last, err := tx.LastChange(ctx, d.Organisme)
	if err != nil || last == 0 {
		return false, err
	}
	line, err := tx.Synchronisation(ctx, d.Organisme, last)
	if errors.Is(err, store.ErrNotFound) { // nothing to remember it by
		return finances(ctx, tx, d)
	}
	if err != nil {
		return false, err
	}
	known, _ := h.muets.get(aboutOf(d.Organisme), "")
	if known.jusqua != 0 {
		then, err := tx.Synchronisation(ctx, d.Organisme, known.jusqua)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return false, err
		}
		if err != nil || !then.Debut.Equal(known.debut) {
			known = muet{}
		}
	}
	if known.jusqua == last {
		return false, nil
	}
	finance := arrete.Finance()
	err = tx.EachVersionSince(ctx, d.Organisme, known.jusqua, func(k *document.Kept) error {
		speaks, err := finance(k)
		if err == nil && speaks {
			err = errFinance
		}
		return err
	})
	if errors.Is(err, errFinance) {
		return finances(ctx, tx, d) // it may be a version that is no more
	}
	if err == nil {
		h.muets.put(aboutOf(d.Organisme), "", muet{last, line.Debut}, muetsMax)
	}
	return false, err
}

// finances reports whether a field of at least one contract speaks of its funding.
func finances(ctx context.Context, tx *store.Tx, d DemandeVies) (bool, error) {
	finance := arrete.Finance()
	err := eachKeptVecu(ctx, tx, d, func(k *document.Kept, _ Vecu) error {
		speaks, err := finance(k)
		if err == nil && speaks {
			err = errFinance
		}
		return err
	})
	if errors.Is(err, errFinance) {
		return true, nil
	}
	return false, err
}

// ventiler spreads contracts with the amounts of their funding.
func (l *lectureFinancement) ventiler(ctx context.Context, calcul *ventilation.Calcul, exercices []passerelle.Periode, parMois bool) error {
	var plan financement.Plan
	return l.each(ctx, func(k *arrete.Contrat) {
		c := k.Ventile()
		if !k.Muet && l.baremes.Resoudre(k) == nil {
			plan.Etablir(k.Regles, l.options)
			c.Opco = &ventilation.Opco{Annuel: ventilation.Centimes(plan.Annuel), Total: ventilation.Centimes(plan.Montant), Montants: make([]ventilation.Montants, len(exercices))}
			if parMois {
				c.Opco.Acquis = func(jour passerelle.Date) ventilation.Centimes { return ventilation.Centimes(plan.Produit(jour)) }
			}
			for i, e := range exercices {
				s := plan.Au(e.Fin)
				c.Opco.Montants[i] = ventilation.Montants{Produit: ventilation.Centimes(plan.ProduitSur(e)), Avance: ventilation.Centimes(s.PCA), ARecevoir: ventilation.Centimes(s.FAE)}
			}
		}
		calcul.Add(c)
	})
}

// financer spreads contracts with the amounts of their funding.
func (v *Ventilation) financer(ctx context.Context, tx *store.Tx, organisme int64, d DemandeVentilation, exercices []passerelle.Periode) error {
	lecture, err := beginFinancement(ctx, tx, organisme, Passe{Synchronisation: d.Synchronisation, Tarifs: d.Tarifs, NPEC: d.NPEC, Decisions: d.Decisions, SansArchives: d.SansArchives}, d.Par)
	if err != nil {
		return err
	}
	lecture.vies.Integres = d.Integres
	v.Tarifs = lecture.tarifs
	v.Calcul = ventilation.New(exercices, d.Par, ventilation.Options{Facturation: ventilation.FacturationOPCO, Partis: !d.SansArchives, ParMois: d.ParMois})
	return lecture.ventiler(ctx, v.Calcul, exercices, d.ParMois)
}
