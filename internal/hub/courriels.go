package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Resume is what a person has to look at in an organisme, as counts and dates: it names
// nobody of the contracts.
type Resume struct {
	Organisme domaine.Organisme
	Retenues  []domaine.Synchronisation // held pushes that wait for a person
	Silence   Silence
	Refuses   int // contracts that the last pushes refused
	Hors      int // active contracts in no session
	ARisque   []rapprochement.Du
}

// Vide reports whether there is nothing to look at.
func (r *Resume) Vide() bool {
	return len(r.Retenues) == 0 && !r.Silence.Muet && r.Refuses == 0 && r.Hors == 0 && len(r.ARisque) == 0
}

// Empreinte names what there is to look at: it changes when that does, and is "" where
// there is nothing.
func (r *Resume) Empreinte() string {
	if r.Vide() {
		return ""
	}
	held := make([]int64, len(r.Retenues))
	for i := range r.Retenues {
		held[i] = r.Retenues[i].ID
	}
	risks := make([]string, len(r.ARisque))
	for i := range r.ARisque {
		risks[i] = r.ARisque[i].CodeContrat + " " + r.ARisque[i].AuPlusTard.String()
	}
	text, _ := json.Marshal([]any{held, r.Silence.Muet, r.Refuses, r.Hors, risks}) // numbers and texts
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Resume returns what a person has to look at in an organisme.
func (h *Journal) Resume(ctx context.Context, organisme int64) (*Resume, error) {
	board, err := h.Tableau(ctx, organisme)
	if err != nil {
		return nil, err
	}
	risks, err := (&Comptabilite{h.core}).Risques(ctx, organisme, JoursRisque)
	if err != nil {
		return nil, err
	}
	return &Resume{Organisme: board.Organisme, Retenues: board.Retenues, Silence: board.Silence, Refuses: board.Refuses,
		Hors: board.Transmis - board.Integres, ARisque: risks.ARisque}, nil
}

// SetCourrier has a person told of an organisme by e-mail, at a rhythm.
func (h *Comptes) SetCourrier(ctx context.Context, organisme, compte int64, rythme domaine.RythmeCourriel) error {
	if !rythme.Valid() {
		return refus.New(refus.CodeInvalidChoice, "Choisissez jamais, aussitôt, chaque jour ou chaque semaine.")
	}
	return h.db.Write(ctx, func(tx *store.Tx) error {
		return tx.PutCourrier(ctx, domaine.Courrier{Organisme: organisme, Compte: compte, Rythme: rythme, Prochain: rythme.Apres(h.now(), Paris)})
	})
}

// Courrier returns what a person asked to be told of an organisme.
func (h *Comptes) Courrier(ctx context.Context, organisme, compte int64) (domaine.Courrier, error) {
	return read(ctx, h.db, func(tx *store.Tx) (domaine.Courrier, error) { return tx.Courrier(ctx, organisme, compte) })
}

// Envoi is a mail to be sent, under a lease that no other process has.
type Envoi struct {
	domaine.Courrier
	A      domaine.Compte
	Resume *Resume
	bail   string
}

// entreAussitot is the least time between two mails of whoever is told at once.
const entreAussitot = 15 * time.Minute

// bailCourriel is how long a process may be at one mail.
const bailCourriel = 5 * time.Minute

// NextEnvois passes the mails that are due, one after the other, each under a lease: of
// several processes one sends it. send says whether it was taken.
func (h *Comptes) NextEnvois(ctx context.Context, send func(*Envoi) error) error {
	now := h.now()
	var due []domaine.Courrier
	err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.DueCourriers(ctx, now)
		return err
	})
	var resume *Resume
	for _, a := range due {
		if err == nil && (resume == nil || resume.Organisme.ID != a.Organisme) {
			resume, err = (&Journal{h.core}).Resume(ctx, a.Organisme)
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err = h.nextEnvoi(ctx, a, resume, send); err != nil {
			return err
		}
	}
	return err
}

func (h *Comptes) nextEnvoi(ctx context.Context, a domaine.Courrier, resume *Resume, send func(*Envoi) error) error {
	now, dit := h.now(), resume.Empreinte()
	if a.Rythme == domaine.CourrielAussitot && a.Dit == dit {
		return nil
	}
	e := &Envoi{Courrier: a, Resume: resume}
	serves, err := h.reader(ctx, e)
	if err != nil {
		return err
	}
	e.bail, _ = newSecret("")
	leased := false
	err = h.db.Write(ctx, func(tx *store.Tx) (err error) {
		leased, err = tx.LeaseCourrier(ctx, a, e.bail, now, now.Add(bailCourriel))
		return err
	})
	if err != nil || !leased {
		return err
	}
	var sent *time.Time
	if dit != "" && serves {
		if failed := send(e); failed != nil {
			return h.db.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
				return tx.CourrierFailed(ctx, a, e.bail, h.now().Add(retryCourriel(a.Echecs)))
			})
		}
		at := h.now()
		sent = &at
	}
	next := a.Rythme.Apres(h.now(), Paris)
	if a.Rythme == domaine.CourrielAussitot && sent != nil {
		next = h.now().Add(entreAussitot)
	}
	// What was sent is noted even where the process is asked to stop.
	kept := context.WithoutCancel(ctx)
	return h.db.Write(kept, func(tx *store.Tx) error {
		return tx.CourrierTold(kept, a, e.bail, dit, next, sent)
	})
}

// reader fills in to whom a mail goes, and reports whether they may still read it.
func (h *Comptes) reader(ctx context.Context, e *Envoi) (serves bool, err error) {
	c, err := h.Compte(ctx, e.Compte)
	if err == nil {
		c, err = h.Dans(ctx, c, e.Organisme)
	}
	var refusal *Refusal
	if errors.As(err, &refusal) && refusal.Kind() == refus.NotFound {
		return false, nil
	}
	e.A = c
	return err == nil && c.DesactiveLe == nil, err
}

// retryCourriel is how long a mail waits that was not taken so often before: from a
// minute to six hours.
func retryCourriel(echecs int) time.Duration {
	return min(time.Minute<<min(echecs, 12), 6*time.Hour)
}

// NewFlux gives a person a private address at which to follow an organisme, in the place
// of the one before, and returns its key, which is shown once.
func (h *Comptes) NewFlux(ctx context.Context, organisme, compte int64) (cle string, err error) {
	cle, empreinte := newSecret("psf_")
	return cle, h.db.Write(ctx, func(tx *store.Tx) error { return tx.PutFlux(ctx, organisme, compte, empreinte, h.now()) })
}

// DropFlux ends a person's private address at once.
func (h *Comptes) DropFlux(ctx context.Context, organisme, compte int64) error {
	return h.db.Write(ctx, func(tx *store.Tx) error { return tx.PutFlux(ctx, organisme, compte, nil, h.now()) })
}

// FluxSince returns since when a person has a private address, nil for none.
func (h *Comptes) FluxSince(ctx context.Context, organisme, compte int64) (*time.Time, error) {
	return read(ctx, h.db, func(tx *store.Tx) (*time.Time, error) { return tx.FluxSince(ctx, organisme, compte) })
}

// OfFlux returns the account whose private address has a key, in the organisme that it
// follows; a Refusal where nobody's has, or they may no longer read it.
func (h *Comptes) OfFlux(ctx context.Context, cle string) (c domaine.Compte, err error) {
	var organisme, compte int64
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		organisme, compte, err = tx.FluxByEmpreinte(ctx, hashSecret(cle))
		return orNotFound(err, "Cette adresse ne sert pas, ou ne sert plus : demandez-en une autre depuis « Mon compte ».")
	})
	if err != nil {
		return c, err
	}
	if c, err = h.Compte(ctx, compte); err != nil {
		return c, err
	}
	if c.DesactiveLe != nil {
		return c, refus.New(refus.CodeNotFound, "Cette adresse ne sert plus.")
	}
	return h.Dans(ctx, c, organisme)
}
