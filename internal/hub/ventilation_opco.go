package hub

import (
	"context"
	"errors"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/store"
)

var errFinance = errors.New("a contract has a funding field")

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
