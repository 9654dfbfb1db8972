package hub

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// FinancementVu is the funding of an organisme for someone who leafs through it: with
// what OPCO announce, a year before, and month by month.
type FinancementVu struct {
	Financement
	Avant passerelle.Date      // the day a year before, of which it says the totals
	Bilan *rapprochement.Bilan // only read
	Mois  []MoisFinance
}

// MoisFinance is what falls due in a month.
type MoisFinance struct {
	Debut    passerelle.Date // its first day
	Montant  financement.Centimes
	Contrats int
}

// The months that are looked at: so many before the date, so many in all.
const (
	moisAvant = 6
	moisVus   = 18
)

// financementsMost is how many a process keeps, some 250 bytes for each contract of each.
const financementsMost = 2

// FinancementRapproche returns what Financement and Rapprochement do, of one reading of
// the contracts, and remembers it; the past is not kept. What it returns is read by one goroutine.
func (h *Comptabilite) FinancementRapproche(ctx context.Context, d DemandeFinancement) (v FinancementVu, err error) {
	if d.Au == 0 {
		d.Au = h.today()
	}
	d.Avant = d.Au.AddMonths(-12)
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		s, err := societe(ctx, tx, d.Acces)
		if err != nil {
			return err
		}
		kept := d.Passe == (Passe{})
		var key string
		if kept {
			depends, err := risquesKey(ctx, tx, s.OrganismeID, d.Au)
			if err != nil {
				return err
			}
			// Integrated ones depend on the modèles too, which are few.
			modeles, err := tx.Modeles(ctx, s.OrganismeID)
			if err != nil {
				return err
			}
			name, err := json.Marshal([]any{s.OrganismeID, d.Par, d.Integres, modeles, depends})
			if err != nil {
				return fmt.Errorf("name a funding: %w", err)
			}
			key = string(name)
			if v, kept = h.financements.get(key, ""); kept {
				v.Etat = v.Lecture()
				return nil
			}
		}
		if v, err = regarder(ctx, tx, s.OrganismeID, d); err != nil || key == "" {
			return err
		}
		v.Etat = v.Lecture()
		h.financements.put(key, "", v, financementsMost)
		v.Etat = v.Lecture()
		return nil
	})
	return v, err
}

func regarder(ctx context.Context, tx *store.Tx, organisme int64, d DemandeFinancement) (v FinancementVu, err error) {
	comparison, err := beginRapprochement(ctx, tx, organisme, d.Au)
	if err != nil {
		return v, err
	}
	first := d.Au.FirstOfMonth().AddMonths(-moisAvant)
	for i := range moisVus {
		v.Mois = append(v.Mois, MoisFinance{Debut: first.AddMonths(i)})
	}
	v.Avant = d.Avant
	v.Financement, err = drawUp(ctx, tx, organisme, d, func(k *arrete.Contrat, plan *financement.Plan) {
		comparison.add(k, plan)
		if plan != nil {
			v.months(plan)
		}
	})
	v.Bilan = comparison.Bilan()
	return v, err
}

// months adds up the instalments of a contract.
func (v *FinancementVu) months(plan *financement.Plan) {
	seen := -1
	for i := range plan.Echeances {
		e := &plan.Echeances[i]
		at := v.Mois[0].Debut.MoisJusqua(e.Date)
		if at < 0 || at >= len(v.Mois) || e.Montant == 0 {
			continue
		}
		v.Mois[at].Montant += e.Montant
		if seen != at {
			v.Mois[at].Contrats++
			seen = at
		}
	}
}
