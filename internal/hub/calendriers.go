package hub

import (
	"context"
	"errors"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/agenda"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// freshCalendar is how long what was read of a calendar is given on before it is read
// again.
const freshCalendar = time.Hour

// SetCalendrier keeps where the calendar of a groupe is, and reads it. Where that
// fails, the address is kept all the same, with what was read before under it, and
// the answer says why: it is tried again.
func (h *Integration) SetCalendrier(ctx context.Context, who Acteur, groupe, address string) (c domaine.Calendrier, err error) {
	url, err := h.agendas.Adresse(address)
	if err != nil {
		return c, refus.New(refus.CodeInvalidCalendrier, "%s", err).With([]passerelle.Violation{{Field: "calendarUrl", Code: passerelle.CodeValue, Message: err.Error()}})
	}
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		known, err := tx.GroupeKnown(ctx, who.Organisme, groupe)
		if err != nil {
			return err
		}
		if !known {
			return refus.New(refus.CodeUnknownGroupe, "Aucun contrat actif n’a ce groupe : envoyez d’abord les contrats, ou corrigez groupId.")
		}
		c, err = tx.Calendrier(ctx, who.Organisme, groupe)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return c, err
	}
	if c.Adresse != url {
		c = domaine.Calendrier{Adresse: url}
	}
	c.CodeGroupe, c.RecuLe = groupe, h.now()
	return h.readCalendrier(ctx, who.Organisme, c)
}

// readCalendrier reads a calendar where it is, outside any transaction, and stores it.
func (h *core) readCalendrier(ctx context.Context, organisme int64, c domaine.Calendrier) (domaine.Calendrier, error) {
	read, failed := h.agendas.Fetch(ctx, c.Adresse, Paris)
	if ctx.Err() != nil {
		return c, ctx.Err()
	}
	now := h.now()
	c.EssaiLe, c.Erreur = &now, ""
	if failed != nil {
		c.Erreur = failed.Error()
	} else {
		c.LuLe, c.Contenu, c.Evenements = &now, read.Texte, len(read.Evenements)
	}
	err := h.db.WriteOrganisme(ctx, organisme, func(tx *store.Tx) error { return tx.SaveCalendrier(ctx, organisme, c) })
	return c, orNotFound(err, "Il n’y a pas d’organisme %d.", organisme)
}

// Calendrier returns the calendar of the groupe of a session as it was last read, or
// nil where there is none.
func (h *Integration) Calendrier(ctx context.Context, organisme, session int64) (*domaine.Calendrier, error) {
	var c domaine.Calendrier
	err := h.db.Read(ctx, func(tx *store.Tx) error {
		s, err := tx.Session(ctx, organisme, session)
		if err != nil {
			return orNotFound(err, "Il n’y a pas de session %d.", session)
		}
		c, err = tx.Calendrier(ctx, organisme, s.CodeGroupe)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &c, err
}

// CalendrierFrais returns the calendar of the groupe of a session, read again where it
// is old. Where that fails, what was read before is given on.
func (h *Integration) CalendrierFrais(ctx context.Context, organisme, session int64) (*domaine.Calendrier, error) {
	c, err := h.Calendrier(ctx, organisme, session)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, refus.New(refus.CodeNoCalendrier, "Le groupe de cette session n’a pas de calendrier : envoyez son adresse.")
	}
	if c.EssaiLe == nil || h.now().Sub(*c.EssaiLe) >= freshCalendar {
		if *c, err = h.readCalendrier(ctx, organisme, *c); err != nil {
			return nil, err
		}
	}
	if c.Contenu == nil {
		return nil, refus.New(refus.CodeNoCalendrier, "Le calendrier de ce groupe n’a pas encore pu être lu. %s", c.Erreur)
	}
	return c, nil
}

// Prochains returns the first events of a calendar that are not over.
func (h *Integration) Prochains(c *domaine.Calendrier, most int) []agenda.Evenement {
	read, err := agenda.Parse(c.Contenu, Paris)
	if err != nil {
		return nil // nothing was read yet
	}
	var next []agenda.Evenement
	now := h.now()
	for _, e := range read.Evenements {
		end := e.Fin
		if end.IsZero() {
			end = e.Debut
			if e.Jour {
				end = e.Debut.AddDate(0, 0, 1)
			}
		}
		if end.After(now) && len(next) < most {
			e.Debut, e.Fin = e.Debut.In(Paris), e.Fin.In(Paris)
			next = append(next, e)
		}
	}
	return next
}
