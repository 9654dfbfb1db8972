package hub

import (
	"context"
	"slices"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Regle is one rule with how many anomalies break it now.
type Regle struct {
	Nature passerelle.NatureAnomalie
	Code   string // a passerelle.Code, or a Motif for NatureNonIntegre
	Nombre int
	Depuis time.Time // since when the oldest is there
}

// Tableau is where an organisme stands, for its first page.
type Tableau struct {
	Organisme          passerelle.Organisme
	Silence            Silence
	Transmis, Integres int
	Journal            []passerelle.Synchronisation // the latest, latest first
	Retenues           []passerelle.Synchronisation // held pushes that wait for a person
	Regles             []Regle
	Jetons             int                  // tokens that may push today
	Webhooks           []passerelle.Webhook // that fail since long, or were turned off by the hub
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
		if t.Journal, _, err = tx.Synchronisations(ctx, organisme, Page{Limit: journalLines}); err != nil {
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
			if j.RevoqueLe == nil && (j.ExpireLe == nil || t.Maintenant.Before(*j.ExpireLe)) && j.Droits.Has(passerelle.DroitContrats) {
				t.Jetons++
			}
		}
		return err
	})
	return t, err
}

// held returns the held pushes that can still be confirmed.
func (h *core) held(ctx context.Context, tx *store.Tx, organisme int64) ([]passerelle.Synchronisation, error) {
	ids, err := tx.Retenues(ctx, organisme)
	if err != nil {
		return nil, err
	}
	var found []passerelle.Synchronisation
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
	rank := map[passerelle.NatureAnomalie]int{passerelle.NatureRefus: 0, passerelle.NatureNonIntegre: 1, passerelle.NatureAvertissement: 2}
	slices.SortFunc(found, func(a, b Regle) int {
		if d := rank[a.Nature] - rank[b.Nature]; d != 0 {
			return d
		}
		return b.Nombre - a.Nombre
	})
	return found, err
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
func (h *Journal) AnomaliesOfRegle(ctx context.Context, organisme int64, nature passerelle.NatureAnomalie, code string, page Page) (found []passerelle.Anomalie, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		found, err = tx.AnomaliesOfRegle(ctx, organisme, nature, code, page)
		return err
	})
	return found, err
}

// ChangedKind says which changes of a synchronisation are wanted.
type ChangedKind = store.ChangedKind

// The kinds of changes.
const (
	ChangedAll      = store.ChangedAll
	ChangedAdded    = store.ChangedAdded
	ChangedUpdated  = store.ChangedUpdated
	ChangedArchived = store.ChangedArchived
)

// Changes is one synchronisation with a page of the contracts that it changed
// in one way.
type Changes struct {
	passerelle.Synchronisation
	Changements []passerelle.Changement
	Total       int  // of this kind, on all pages
	Annulable   bool // it is the latest applied one, so Undo may undo it
	Expiree     bool // held for longer than it can be confirmed
}

// Changes returns one line of the journal with a page of the contracts that it
// changed in one way, ordered by code. For a held push it says what confirming
// it would change now.
func (h *Journal) Changes(ctx context.Context, organisme, id int64, kind ChangedKind, page Page) (*Changes, error) {
	c := &Changes{}
	err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
		if c.Synchronisation, err = tx.Synchronisation(ctx, organisme, id); err != nil {
			return orNotFound(err, "Il n’y a pas de synchronisation %d.", id)
		}
		if c.Etat == passerelle.EtatRetenue {
			return nil
		}
		latest, err := tx.LatestSynchronisation(ctx, organisme)
		if err != nil {
			return err
		}
		c.Annulable = c.Etat == passerelle.EtatAppliquee && latest == id && c.Origine != passerelle.OrigineRemiseAZero
		if c.Etat != passerelle.EtatAppliquee || c.Origine == passerelle.OrigineRemiseAZero {
			return nil // it changed no contract that is still there
		}
		listed, alone := kind, false
		for _, only := range []ChangedKind{ChangedAdded, ChangedArchived} {
			if n := changed(c.Bilan, only); n > 0 && n == changed(c.Bilan, ChangedAll) && (kind == ChangedAll || kind == only) {
				listed, alone = only, true
			}
		}
		codes, err := tx.ChangedCodesOf(ctx, organisme, id, listed, alone, page)
		if err != nil {
			return err
		}
		c.Total = changed(c.Bilan, kind)
		c.Changements, err = changesOf(ctx, tx, organisme, id, codes)
		return err
	})
	if err != nil || c.Etat != passerelle.EtatRetenue {
		return c, err
	}
	if h.now().Sub(c.Debut) > HeldFor {
		c.Expiree = true
		return c, nil
	}
	detail := &Detail{Synchronisation: c.Synchronisation}
	if err := h.heldDetail(ctx, organisme, detail, Page{}); err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(detail.Changements, func(c passerelle.Changement) bool { return kind != ChangedAll && KindOf(&c) != kind })
	c.Total = len(all)
	c.Changements = all[min(page.Offset, len(all)):min(page.Offset+page.Limit, len(all))]
	return c, nil
}

// changed is how many contracts a synchronisation changed in one way.
func changed(b passerelle.Bilan, kind ChangedKind) int {
	switch kind {
	case ChangedAdded:
		return b.Ajoutes
	case ChangedUpdated:
		return b.Modifies
	case ChangedArchived:
		return b.Archives
	}
	return b.Ajoutes + b.Modifies + b.Archives
}

// KindOf says in which way a contract changed.
func KindOf(c *passerelle.Changement) ChangedKind {
	switch {
	case c.Avant == nil:
		return ChangedAdded
	case c.Apres == nil:
		return ChangedArchived
	}
	return ChangedUpdated
}

// Fiche is one contract with everything that the hub knows of it.
type Fiche struct {
	Versions  []VersionDatee // oldest first, at least one
	Place     *Place         // where it is placed, nil while it is archived
	Modele    passerelle.Modele
	Motif     string // French: why it is in no session
	Session   passerelle.Session
	Anomalies []passerelle.Anomalie // of the last pushes
}

// VersionDatee is one version of a contract with what began and ended it.
type VersionDatee struct {
	Version
	Debut passerelle.Synchronisation
	Fin   *passerelle.Synchronisation // nil while it is active
}

// Fiche returns one contract with its history.
func (h *Contrats) Fiche(ctx context.Context, organisme int64, code string) (*Fiche, error) {
	f := &Fiche{}
	err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
		versions, err := history(ctx, tx, organisme, code)
		if err != nil {
			return err
		}
		if f.Anomalies, err = tx.AnomaliesOfContrat(ctx, organisme, code); err != nil {
			return err
		}
		for _, v := range versions {
			dated := VersionDatee{Version: v}
			if dated.Debut, err = tx.Synchronisation(ctx, organisme, v.Depuis); err != nil {
				return err
			}
			if v.Jusqua != 0 {
				fin, err := tx.Synchronisation(ctx, organisme, v.Jusqua)
				if err != nil {
					return err
				}
				dated.Fin = &fin
			}
			f.Versions = append(f.Versions, dated)
		}
		return f.place(ctx, tx, organisme, code)
	})
	return f, err
}

func (f *Fiche) place(ctx context.Context, tx *store.Tx, organisme int64, code string) error {
	found, err := places(ctx, tx, organisme, []string{code})
	if err != nil || len(found) == 0 {
		return err
	}
	f.Place = &found[0]
	modeles, err := tx.Modeles(ctx, organisme)
	if err != nil {
		return err
	}
	if f.Place.Session == 0 {
		f.Motif = ExplainMotif(f.Place.Motif, f.Place.Ambigus, modeles)
		return nil
	}
	c := &f.Place.Contrat
	f.Session = passerelle.Session{ID: f.Place.Session, CodeSite: c.CodeSite, NomSite: c.NomSite, CodePeriode: c.CodePeriode, NomPeriode: c.NomPeriode,
		CodeFormation: c.CodeFormation, NomFormation: c.NomFormation, CodeAnnee: c.CodeAnnee, NomAnnee: c.NomAnnee, CodeGroupe: c.CodeGroupe, NomGroupe: c.NomGroupe}
	for _, m := range modeles {
		if m.ID == f.Place.Modele {
			f.Modele = m
		}
	}
	return nil
}
