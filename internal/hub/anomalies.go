package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// recordAnomalies replaces what the last pushes left to correct. A full push
// speaks of every contract, a delta only of those it names. An anomaly that was
// there before keeps its date.
func (p *pushing) recordAnomalies() error {
	before, err := p.tx.PushAnomalies(p.ctx, p.organisme.ID)
	if err != nil {
		return err
	}
	var after []domaine.Anomalie
	if p.push.Delta {
		named := map[string]bool{}
		for _, code := range p.push.Codes() {
			named[code] = true
		}
		for _, a := range before {
			if a.CodeContrat != "" && !named[a.CodeContrat] {
				after = append(after, a)
			}
		}
	}
	var came arrive // what is refused, as it came
	add := func(nature domaine.NatureAnomalie, v *passerelle.Violation) {
		if len(after) < MaxViolations {
			after = append(after, domaine.Anomalie{
				Nature: nature, Index: v.Index, CodeContrat: v.CodeContrat, Field: v.Field, Code: string(v.Code),
				Message: v.Message, ConflictsWith: v.ConflictsWith, Since: p.started,
				Apprenant: came.apprenant(), Site: came.text("nomSite"), Valeur: came.text(v.Field),
			})
		}
	}
	p.plan.EachRefused(func(at int, violations []passerelle.Violation) bool {
		came = arrive{}
		if len(after) < MaxViolations {
			came = p.came(at)
		}
		for i := range violations {
			add(domaine.NatureRefus, &violations[i])
		}
		return true
	})
	came = arrive{}
	for i := range p.plan.Warnings {
		add(domaine.NatureAvertissement, &p.plan.Warnings[i])
	}
	if keepDates(before, after) {
		return nil
	}
	return p.tx.ReplacePushAnomalies(p.ctx, p.organisme.ID, after)
}

// keepDates gives anomalies that were there before their first date, and
// reports whether nothing else differs.
func keepDates(before, after []domaine.Anomalie) (same bool) {
	type key struct {
		nature           domaine.NatureAnomalie
		contrat, field   string
		code, conflictsW string
	}
	keyOf := func(a *domaine.Anomalie) key {
		return key{a.Nature, a.CodeContrat, a.Field, a.Code, a.ConflictsWith}
	}
	known := map[key]*domaine.Anomalie{}
	for i := range before {
		known[keyOf(&before[i])] = &before[i]
	}
	same = len(before) == len(after)
	for i := range after {
		a := &after[i]
		old := known[keyOf(a)]
		if old == nil {
			same = false
			continue
		}
		a.Since = old.Since
		if i >= len(before) || before[i] != *a {
			same = false
		}
	}
	return same
}

// Anomalies returns a page of what the sender has to correct, ordered by
// contract, and how much there is.
func (h *Journal) Anomalies(ctx context.Context, organisme int64, page Page) (found []domaine.Anomalie, total int, err error) {
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		if found, total, err = tx.Anomalies(ctx, organisme, store.Page(page)); err != nil {
			return err
		}
		return explainMotifs(ctx, tx, organisme, found)
	})
	return found, total, err
}

// explainMotifs writes the sentences for the contracts that are in no session.
func explainMotifs(ctx context.Context, tx *store.Tx, organisme int64, anomalies []domaine.Anomalie) error {
	modeles, err := tx.Modeles(ctx, organisme)
	if err != nil {
		return err
	}
	for i := range anomalies {
		if anomalies[i].Nature != domaine.NatureNonIntegre {
			continue
		}
		var ambigus []int64
		if err := json.Unmarshal([]byte(anomalies[i].Message), &ambigus); err != nil {
			return fmt.Errorf("read the modèles of a profil: %w", err)
		}
		anomalies[i].Message = ExplainMotif(domaine.Motif(anomalies[i].Code), ambigus, modeles)
	}
	return nil
}

// ExplainMotif says in French why contracts are in no session.
func ExplainMotif(motif domaine.Motif, ambigus []int64, modeles []domaine.Modele) string {
	if motif != domaine.MotifModelesAmbigus {
		return "Aucun modèle ne correspond : l’équipe d’intégration doit en créer un."
	}
	var noms []string
	for _, m := range modeles {
		for _, id := range ambigus {
			if m.ID == id {
				noms = append(noms, fmt.Sprintf("« %s » (%d)", m.Nom, m.ID))
			}
		}
	}
	return "Plusieurs modèles correspondent aussi bien : " + strings.Join(noms, ", ") + ". Précisez l’un d’eux par un critère de plus."
}
