package hub

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// HeldFor is how long a held push waits for a person (design 4).
const HeldFor = 7 * 24 * time.Hour

// heldPart is the size of a stored part of a held push, in compressed bytes.
const heldPart = 1 << 20

// hold keeps the push for a person instead of applying it.
func (p *pushing) hold(actifs int, motifs []domaine.MotifGarde) (*HeldPush, error) {
	if err := p.replaceHeld(); err != nil {
		return nil, err
	}
	id, err := p.tx.NextSynchronisation(p.ctx, p.organisme.ID)
	if err != nil {
		return nil, err
	}
	s := p.journalLine(id, domaine.EtatRetenue)
	s.Total = actifs + len(p.plan.Ajoutes) - len(p.plan.Archives)
	if _, s.Integres, err = p.tx.Counts(p.ctx, p.organisme.ID); err != nil {
		return nil, err
	}
	s.Duree = p.hub.now().Sub(p.started)
	if err := p.tx.InsertSynchronisation(p.ctx, p.organisme.ID, s); err != nil {
		return nil, err
	}
	parts := &partWriter{store: func(part int, contents []byte) error {
		return p.tx.HoldPart(p.ctx, p.organisme.ID, id, part, contents)
	}}
	if err := writePush(parts, p.push); err != nil {
		return nil, err
	}
	return &HeldPush{
		Synchronisation: id, Actifs: actifs, Archives: len(p.plan.Archives), Seuil: p.organisme.Reglages.Garde.Archivage, Motifs: motifs,
	}, p.note(id, store.NoteGarde, motifs)
}

// partWriter cuts what is written into parts and stores them.
type partWriter struct {
	store  func(part int, contents []byte) error
	buffer bytes.Buffer
	parts  int
}

// Write keeps b and stores every part that is full.
func (w *partWriter) Write(b []byte) (int, error) {
	w.buffer.Write(b)
	for w.buffer.Len() >= heldPart {
		if err := w.flush(); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

func (w *partWriter) flush() error {
	err := w.store(w.parts, w.buffer.Next(heldPart))
	w.parts++
	return err
}

// writePush writes a push as the body that brought it, compressed.
func writePush(w *partWriter, push *synchro.Push) error {
	zip := gzip.NewWriter(w)
	var buf []byte
	list := func(ops ...synchro.Op) error {
		separator := ""
		for i := range push.Entrees {
			if !slices.Contains(ops, push.Entrees[i].Op) {
				continue
			}
			sent, err := push.Sent(i, buf)
			if err != nil {
				return err
			}
			if cap(sent) > cap(buf) {
				buf = sent
			}
			if _, err := io.WriteString(zip, separator); err != nil {
				return err
			}
			separator = ","
			if _, err := zip.Write(sent); err != nil {
				return err
			}
		}
		return nil
	}
	write := func(text string) error {
		_, err := io.WriteString(zip, text)
		return err
	}
	var steps []func() error
	if push.Delta {
		steps = []func() error{
			func() error { return write(`{"changes":{"added":[`) },
			func() error { return list(synchro.Added, synchro.Merged) },
			func() error { return write(`],"updated":[`) },
			func() error { return list(synchro.Updated) },
			func() error { return write(`],"removed":`) },
			func() error {
				codes, err := json.Marshal(append([]string{}, push.Removed...))
				if err != nil {
					return err
				}
				return write(string(codes))
			},
			func() error { return write(`}}`) },
		}
	} else {
		steps = []func() error{
			func() error { return write(`{"contrats":[`) },
			func() error { return list(synchro.Full) },
			func() error { return write(`]}`) },
		}
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	if err := zip.Close(); err != nil {
		return err
	}
	return w.flush()
}

// replaceHeld drops the held push that a later one replaces.
func (p *pushing) replaceHeld() error {
	held, err := p.tx.Retenues(p.ctx, p.organisme.ID)
	if err != nil {
		return err
	}
	for _, id := range held {
		etat := domaine.EtatRemplacee
		if id == p.options.lien {
			etat = domaine.EtatConfirmee
			if err := p.hub.noteBy(p.ctx, p.tx, p.organisme.ID, p.who, domaine.GesteEnvoiConfirme, id, ""); err != nil {
				return err
			}
		}
		if err := dropHeld(p.ctx, p.tx, p.organisme.ID, id, etat); err != nil {
			return err
		}
	}
	return nil
}

func dropHeld(ctx context.Context, tx *store.Tx, organisme, id int64, etat domaine.EtatSynchronisation) error {
	if err := tx.SetEtat(ctx, organisme, id, etat); err != nil {
		return err
	}
	return tx.DropHeld(ctx, organisme, id)
}

// giveUpHeld drops a held push that nothing takes the place of.
func (h *core) giveUpHeld(ctx context.Context, tx *store.Tx, organisme, id int64, etat domaine.EtatSynchronisation) error {
	if err := dropHeld(ctx, tx, organisme, id, etat); err != nil {
		return err
	}
	return h.tell(ctx, tx, organisme, func() ([]evenement, error) {
		return []evenement{{domaine.SynchronisationAbandonnee, dataAbandonnee{fmt.Sprint(id), etat}}}, nil
	})
}

// heldPush reads a held push back.
func (h *core) heldPush(ctx context.Context, organisme, id int64) (*synchro.Push, domaine.Synchronisation, error) {
	var body bytes.Buffer
	var s domaine.Synchronisation
	err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
		if s, err = tx.Synchronisation(ctx, organisme, id); err != nil {
			return orNotFound(err, "Il n’y a pas de synchronisation %d.", id)
		}
		if h.expire(&s); s.Etat != domaine.EtatRetenue {
			return refus.New(refus.CodeNotHeld, "La synchronisation %d n’attend pas de confirmation : elle est %s.", id, frenchEtat(s.Etat))
		}
		return tx.EachHeldPart(ctx, organisme, id, func(part []byte) error {
			body.Write(part)
			return nil
		})
	})
	if err != nil {
		return nil, s, err
	}
	// Outside of the transaction: there may be a wait for memory.
	room := h.Room(ctx)
	push, err := readHeld(&body, &s, room)
	if err != nil {
		room.Close()
	}
	var malformed *reception.Malformed
	if errors.As(err, &malformed) || broken(err) {
		// What was held had been read once.
		err = h.db.Damaged(fmt.Errorf("read held push %d: %w", id, err))
	}
	return push, s, err
}

func readHeld(body *bytes.Buffer, s *domaine.Synchronisation, room synchro.Room) (*synchro.Push, error) {
	if err := room.Grow(2 * int64(body.Len())); err != nil {
		return nil, err
	}
	unzipped, err := gzip.NewReader(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", gzip.ErrHeader, err)
	}
	if s.Origine == domaine.OrigineChanges {
		return reception.ReadChanges(unzipped, room)
	}
	return reception.ReadFull(unzipped, s.Origine == domaine.OrigineV2, room)
}

// broken reports whether a compressed text is not what was written.
func broken(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &corrupt)
}

// expire gives a push that was held too long the state that housekeeping will
// give it within the hour, so that the promise of seven days is exact.
func (h *core) expire(s *domaine.Synchronisation) {
	if s.Etat == domaine.EtatRetenue && h.now().Sub(s.Debut) > HeldFor {
		s.Etat = domaine.EtatExpiree
	}
}

func frenchEtat(etat domaine.EtatSynchronisation) string {
	switch etat {
	case domaine.EtatAppliquee:
		return "appliquée"
	case domaine.EtatConfirmee:
		return "déjà confirmée"
	case domaine.EtatAbandonnee:
		return "abandonnée"
	case domaine.EtatRemplacee:
		return "remplacée par un envoi plus récent"
	case domaine.EtatRefusee:
		return "refusée en entier"
	}
	return "gardée depuis plus de sept jours et expirée"
}

// Confirm applies a held push to the contracts as they are now. The caller
// closes the push of the result, and gets its origin to answer in its form.
func (h *Contrats) Confirm(ctx context.Context, who Acteur, id int64) (*PushResult, domaine.Origine, error) {
	push, held, err := h.heldPush(ctx, who.Organisme, id)
	if err != nil {
		return nil, "", err
	}
	result, err := h.Push(ctx, who, push, PushOptions{Origine: held.Origine, Empty: true, Confirm: true, Partiel: true, lien: id})
	if err != nil {
		return nil, "", errors.Join(err, push.Close())
	}
	return result, held.Origine, nil
}

// Drop abandons a held push: nothing of it is recorded.
func (h *Contrats) Drop(ctx context.Context, who Acteur, id int64) error {
	return h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		s, err := tx.Synchronisation(ctx, who.Organisme, id)
		if err != nil {
			return orNotFound(err, "Il n’y a pas de synchronisation %d.", id)
		}
		if h.expire(&s); s.Etat != domaine.EtatRetenue {
			return refus.New(refus.CodeNotHeld, "La synchronisation %d n’attend pas de confirmation : elle est %s.", id, frenchEtat(s.Etat))
		}
		if err := h.noteBy(ctx, tx, who.Organisme, who, domaine.GesteEnvoiAbandonne, id, ""); err != nil {
			return err
		}
		return h.giveUpHeld(ctx, tx, who.Organisme, id, domaine.EtatAbandonnee)
	})
}

// ExpireHeld drops the contents of pushes that nobody confirmed in time, in
// every organisme, and returns how many.
func (h *Contrats) ExpireHeld(ctx context.Context) (int, error) {
	return h.expireEach(ctx, func(tx *store.Tx) ([]store.Reference, error) {
		return tx.RetenuesBefore(ctx, h.now().Add(-HeldFor))
	}, func(tx *store.Tx, held store.Reference) error {
		s, err := tx.Synchronisation(ctx, held.Organisme, held.ID)
		if err != nil || s.Etat != domaine.EtatRetenue {
			return err
		}
		return h.giveUpHeld(ctx, tx, held.Organisme, held.ID, domaine.EtatExpiree)
	})
}

// expireEach gives up what is too old, each in its organisme, and returns how many there
// were.
func (h *core) expireEach(ctx context.Context, old func(tx *store.Tx) ([]store.Reference, error), giveUp func(tx *store.Tx, r store.Reference) error) (int, error) {
	found, err := read(ctx, h.db, old)
	for _, r := range found {
		if err != nil {
			break
		}
		err = h.db.WriteOrganisme(ctx, r.Organisme, func(tx *store.Tx) error { return giveUp(tx, r) })
	}
	return len(found), err
}
