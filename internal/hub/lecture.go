package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// EachContrat passes first how many contracts there are in all, then the
// documents of a page of them, ordered by code. A document is valid during the
// call only.
func (h *Contrats) EachContrat(ctx context.Context, organisme int64, filtre Filtre, page Page, total func(int) error, yield func(doc []byte) error) error {
	var doc []byte
	return h.AppendContrats(ctx, organisme, filtre, page, total, func(appendTo func(dst []byte) ([]byte, error)) (err error) {
		if doc, err = appendTo(doc[:0]); err != nil {
			return err
		}
		return yield(doc)
	})
}

// AppendContrats is EachContrat for whoever writes the documents somewhere: it passes for
// each a function that appends it, which is to be called once, during the call.
func (h *Contrats) AppendContrats(ctx context.Context, organisme int64, filtre Filtre, page Page, total func(int) error, yield func(appendTo func(dst []byte) ([]byte, error)) error) error {
	return h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		n, err := countContrats(ctx, tx, organisme, filtre)
		if err != nil {
			return err
		}
		if err := total(n); err != nil {
			return err
		}
		passed := 0
		err = tx.AppendDocuments(ctx, organisme, store.Filtre(filtre), store.Page(page), func(appendTo func(dst []byte) ([]byte, error)) error {
			passed++
			return yield(appendTo)
		})
		if expected := store.Page(page).Of(n); err == nil && passed != expected {
			// Both are of one snapshot: rows or a part of the index are gone.
			err = h.db.Damaged(fmt.Errorf("%d contracts found where %d are counted", passed, expected))
		}
		return err
	})
}

func countContrats(ctx context.Context, tx *store.Tx, organisme int64, filtre Filtre) (int, error) {
	if filtre.Session != 0 {
		sessions, err := tx.Sessions(ctx, organisme)
		if err != nil {
			return 0, err
		}
		for _, s := range sessions {
			if s.ID == filtre.Session {
				return s.Effectif, nil
			}
		}
		return 0, refus.New(refus.CodeNotFound, "Il n’y a pas de session %d.", filtre.Session)
	}
	transmis, integres, err := tx.Counts(ctx, organisme)
	if filtre.Integres {
		return integres, err
	}
	return transmis, err
}

// EachContratAsOf passes the documents of the contracts as they were once a
// synchronisation had been applied, in no order.
func (h *Contrats) EachContratAsOf(ctx context.Context, organisme, synchronisation int64, yield func(doc []byte) error) error {
	return h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		if _, err := tx.Synchronisation(ctx, organisme, synchronisation); err != nil {
			return orNotFound(err, "Il n’y a pas de synchronisation %d.", synchronisation)
		}
		return tx.EachDocumentAsOf(ctx, organisme, synchronisation, yield)
	})
}

// Synchronisations returns a page of the journal, latest first, and how many
// lines it has.
func (h *Journal) Synchronisations(ctx context.Context, organisme int64, page Page) (found []domaine.Synchronisation, total int, err error) {
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		found, total, err = tx.Synchronisations(ctx, organisme, store.Page(page))
		for i := range found {
			h.expire(&found[i])
		}
		return err
	})
	return found, total, err
}

// Detail is one synchronisation with a page of what it changed.
type Detail struct {
	domaine.Synchronisation
	Changements []domaine.Changement
	Total       int // changed contracts, on all pages

	Motifs  []domaine.MotifGarde   // why the guard held it, or would have
	Details []passerelle.Violation // of a push that was refused whole, the first of them
}

// notes reads what was noted about a synchronisation.
func (d *Detail) notes(ctx context.Context, tx *store.Tx, organisme int64) error {
	for nature, into := range map[store.NatureNote]any{store.NoteGarde: &d.Motifs, store.NoteConfirme: &d.Motifs, store.NoteRefus: &d.Details} {
		text, err := tx.Note(ctx, organisme, d.ID, nature)
		if err != nil {
			return err
		}
		if text == nil {
			continue
		}
		if err := json.Unmarshal(text, into); err != nil {
			return fmt.Errorf("read a note about a push: %w", err)
		}
	}
	return nil
}

// Synchronisation returns one line of the journal with a page of the contracts
// that it changed, ordered by code. For a held push it says what confirming it
// would change now.
func (h *Journal) Synchronisation(ctx context.Context, organisme, id int64, page Page) (*Detail, error) {
	d := &Detail{}
	err := h.db.ReadLarge(ctx, func(tx *store.Tx) (err error) {
		if d.Synchronisation, err = tx.Synchronisation(ctx, organisme, id); err != nil {
			return orNotFound(err, "Il n’y a pas de synchronisation %d.", id)
		}
		if err := d.notes(ctx, tx, organisme); err != nil {
			return err
		}
		if h.expire(&d.Synchronisation); d.Etat == domaine.EtatRetenue {
			return nil
		}
		d.Changements, d.Total, err = changements(ctx, tx, organisme, id, page)
		return err
	})
	if err == nil && d.Etat == domaine.EtatRetenue {
		err = h.heldDetail(ctx, organisme, d, page)
		var refusal *Refusal
		if errors.As(err, &refusal) && refusal.Kind() == refus.Conflict {
			// Someone decided in between. A push is held only once, so this ends.
			return h.Synchronisation(ctx, organisme, id, page)
		}
	}
	return d, err
}

func changements(ctx context.Context, tx *store.Tx, organisme, id int64, page Page) ([]domaine.Changement, int, error) {
	codes, total, err := tx.ChangedCodes(ctx, organisme, id, store.Page(page))
	if err != nil {
		return nil, 0, err
	}
	found, err := changesOf(ctx, tx, organisme, id, codes)
	return found, total, err
}

// changesOf returns what a synchronisation did to the named contracts.
func changesOf(ctx context.Context, tx *store.Tx, organisme, id int64, codes []string) ([]domaine.Changement, error) {
	versions, first, err := tx.ChangedVersions(ctx, organisme, id, codes)
	if err != nil {
		return nil, err
	}
	found := make([]domaine.Changement, 0, len(codes))
	for _, v := range versions {
		contrat, err := document.Parse(v.Document)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 || found[len(found)-1].CodeContrat != v.Code {
			found = append(found, domaine.Changement{CodeContrat: v.Code})
		}
		c := &found[len(found)-1]
		if v.Jusqua == id {
			c.Avant = &contrat
		} else {
			c.Apres = &contrat
		}
	}
	for i := range found {
		found[i].Ranime = found[i].Avant == nil && first[found[i].CodeContrat] < id
	}
	return found, nil
}

// heldDetail works out what a held push would change if it were confirmed now.
func (h *core) heldDetail(ctx context.Context, organisme int64, d *Detail, page Page) error {
	push, _, err := h.heldPush(ctx, organisme, d.ID)
	if err != nil {
		return err
	}
	defer push.Close()
	return h.dryRun(ctx, organisme, push, d.Origine, nil, func(p *pushing) error {
		all, err := p.changements()
		if err != nil {
			return err
		}
		d.Total = len(all)
		from := min(page.Offset, len(all))
		to := len(all)
		if page.Limit > 0 {
			to = min(from+page.Limit, len(all))
		}
		d.Changements = all[from:to]
		return nil
	})
}

// Version is one version of a contract.
type Version struct {
	Contrat        passerelle.Contrat
	Depuis, Jusqua int64 // synchronisations; Jusqua is 0 while the version is active
}

// History returns every version of a contract, oldest first.
func (h *Contrats) History(ctx context.Context, organisme int64, code string) (found []Version, err error) {
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		found, err = history(ctx, tx, organisme, code)
		return err
	})
	return found, err
}

func history(ctx context.Context, tx *store.Tx, organisme int64, code string) ([]Version, error) {
	if !storable(code) {
		// PostgreSQL does not even look for it.
		return nil, refus.New(refus.CodeNotFound, "Il n’y a pas de contrat « %s ».", strings.ToValidUTF8(code, "\uFFFD"))
	}
	stored, err := tx.History(ctx, organisme, code)
	if err != nil {
		return nil, err
	}
	if len(stored) == 0 {
		return nil, refus.New(refus.CodeNotFound, "Il n’y a pas de contrat « %s ».", code)
	}
	found := make([]Version, len(stored))
	for i, v := range stored {
		contrat, err := document.Parse(v.Document)
		if err != nil {
			return nil, err
		}
		found[i] = Version{contrat, v.Depuis, v.Jusqua}
	}
	return found, nil
}

// Silence says how long ago an organisme last pushed, against its habit.
type Silence struct {
	Dernier time.Time     // the last push, zero where there was none
	Rythme  time.Duration // usual time between pushes, 0 where it is not known
	Muet    bool          // it usually pushes and has not for three times as long
}

const (
	rhythmPushes  = store.PushDatesKept // pushes that the rhythm is learnt from
	rhythmMinimum = 3                   // pushes from which there is a rhythm
	rhythmFloor   = time.Hour           // shorter rhythms are a person who tries things
)

// Silence tells whether an organisme that usually pushes has stopped (design 4).
func (h *Journal) Silence(ctx context.Context, organisme int64) (s Silence, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		o, err := tx.Organisme(ctx, organisme)
		if err != nil {
			return orNotFound(err, "Il n’y a pas d’organisme %d.", organisme)
		}
		dates, err := tx.PushDates(ctx, organisme, rhythmPushes)
		if err != nil {
			return err
		}
		s = silenceOf(o.Rythme, dates, h.now())
		return nil
	})
	return s, err
}

// silenceOf judges the dates of the last pushes, latest first. The learnt
// rhythm is the median of the times between them.
func silenceOf(set time.Duration, dates []time.Time, now time.Time) Silence {
	s := Silence{Rythme: set}
	// A push of the future was recorded before the clock was moved back: it must not
	// hide a silence until then.
	dates = slices.DeleteFunc(slices.Clone(dates), now.Before)
	if len(dates) > 0 {
		s.Dernier = dates[0]
	}
	if set == 0 && len(dates) >= rhythmMinimum {
		var gaps []time.Duration
		for i := 1; i < len(dates); i++ {
			gaps = append(gaps, dates[i-1].Sub(dates[i]).Abs())
		}
		slices.Sort(gaps)
		s.Rythme = max(gaps[len(gaps)/2], rhythmFloor)
	}
	s.Muet = s.Rythme > 0 && len(dates) > 0 && now.Sub(s.Dernier) > 3*s.Rythme
	return s
}

// State is where an organisme stands.
type State struct {
	Organisme          int64
	Nom                string
	Sandbox            bool
	Silence            Silence
	Transmis, Integres int // active contracts, and those of them in a session
}

// States returns where every organisme stands.
func (h *Journal) States(ctx context.Context) (found []State, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		etats, err := tx.Etats(ctx)
		now := h.now()
		for i := range etats {
			e := &etats[i]
			found = append(found, State{Organisme: e.ID, Nom: e.Nom, Sandbox: e.Sandbox, Silence: silenceOf(e.Rythme, e.Envois, now), Transmis: e.Transmis, Integres: e.Integres})
		}
		return err
	})
	return found, err
}
