package hub

import (
	"context"
	"slices"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Regle is one rule with how many anomalies break it now.
type Regle struct {
	Nature domaine.NatureAnomalie
	Code   string // a passerelle.Code, or a Motif for NatureNonIntegre
	Nombre int
	Depuis time.Time // since when the oldest is there
}

// Tableau is where an organisme stands, for its first page.
type Tableau struct {
	Organisme          domaine.Organisme
	Silence            Silence
	Transmis, Integres int
	Journal            []domaine.Synchronisation // the latest, latest first
	Retenues           []domaine.Synchronisation // held pushes that wait for a person
	Regles             []Regle
	Refuses            int               // contracts that the last pushes refused
	Jetons             int               // tokens that may push today
	Webhooks           []domaine.Webhook // that fail since long, or were turned off by the hub
	Maintenant         time.Time
}

// journalLines is how much of the journal the first page shows.
const journalLines = 90

// Tableau returns where an organisme stands.
func (h *Journal) Tableau(ctx context.Context, organisme int64) (*Tableau, error) {
	t := &Tableau{Maintenant: h.now()}
	err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
		if t.Organisme, err = tx.Organisme(ctx, organisme); err != nil {
			return orNotFound(err, "Il n’y a pas d’organisme %d.", organisme)
		}
		if t.Transmis, t.Integres, err = tx.Counts(ctx, organisme); err != nil {
			return err
		}
		if t.Journal, _, err = tx.Synchronisations(ctx, organisme, store.Page{Limit: journalLines}); err != nil {
			return err
		}
		dates, err := tx.PushDates(ctx, organisme, rhythmPushes)
		if err != nil {
			return err
		}
		t.Silence = silenceOf(t.Organisme.Rythme, dates, t.Maintenant)
		if t.Retenues, err = h.held(ctx, tx, organisme); err != nil {
			return err
		}
		if t.Regles, err = reglesOf(ctx, tx, organisme); err != nil {
			return err
		}
		if t.Refuses, err = tx.ContratsRefuses(ctx, organisme); err != nil {
			return err
		}
		webhooks, err := tx.Webhooks(ctx, organisme)
		if err != nil {
			return err
		}
		for _, w := range webhooks {
			if w.EnEchec(t.Maintenant) {
				t.Webhooks = append(t.Webhooks, w)
			}
		}
		jetons, err := tx.Jetons(ctx, organisme)
		for _, j := range jetons {
			if j.RevoqueLe == nil && (j.ExpireLe == nil || t.Maintenant.Before(*j.ExpireLe)) && j.Droits.Has(domaine.DroitContrats) {
				t.Jetons++
			}
		}
		return err
	})
	return t, err
}

// held returns the held pushes that can still be confirmed.
func (h *core) held(ctx context.Context, tx *store.Tx, organisme int64) ([]domaine.Synchronisation, error) {
	ids, err := tx.Retenues(ctx, organisme)
	if err != nil {
		return nil, err
	}
	var found []domaine.Synchronisation
	for _, id := range ids {
		s, err := tx.Synchronisation(ctx, organisme, id)
		if err != nil {
			return nil, err
		}
		if h.now().Sub(s.Debut) <= HeldFor {
			found = append(found, s)
		}
	}
	return found, nil
}

func reglesOf(ctx context.Context, tx *store.Tx, organisme int64) ([]Regle, error) {
	stored, err := tx.AnomalieRegles(ctx, organisme)
	found := make([]Regle, len(stored))
	for i, r := range stored {
		found[i] = Regle{r.Nature, r.Code, r.Nombre, time.UnixMilli(r.Depuis).UTC()}
	}
	rank := map[domaine.NatureAnomalie]int{domaine.NatureRefus: 0, domaine.NatureNonIntegre: 1, domaine.NatureAvertissement: 2}
	slices.SortFunc(found, func(a, b Regle) int {
		if d := rank[a.Nature] - rank[b.Nature]; d != 0 {
			return d
		}
		return b.Nombre - a.Nombre
	})
	return found, err
}

// ContratsRefuses counts the contracts that the last pushes refused, each once.
func (h *Journal) ContratsRefuses(ctx context.Context, organisme int64) (int, error) {
	return read(ctx, h.db, func(tx *store.Tx) (int, error) { return tx.ContratsRefuses(ctx, organisme) })
}

// Regles counts what the sender has to correct, by rule: refusals first, then
// what is in no session, then warnings.
func (h *Journal) Regles(ctx context.Context, organisme int64) (found []Regle, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		found, err = reglesOf(ctx, tx, organisme)
		return err
	})
	return found, err
}

// AnomaliesOfRegle returns a page of the anomalies that the last pushes left
// under one rule, and how many there are. For what is in no session use
// SearchContrats.
func (h *Journal) AnomaliesOfRegle(ctx context.Context, organisme int64, nature domaine.NatureAnomalie, code string, page Page) ([]domaine.Anomalie, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Anomalie, error) {
		return tx.AnomaliesOfRegle(ctx, organisme, nature, code, store.Page(page))
	})
}
