package hub

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the zone of exercices, wherever the binary runs
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Paris is where exercices live: the day of a closing, and the end of a day that
// ?on= names, are days there.
var Paris = mustLocation("Europe/Paris")

func mustLocation(name string) *time.Location {
	location, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zones are in the binary
	}
	return location
}

// Now returns the time on the hub's clock.
func (h *Hub) Now() time.Time { return h.now() }

// FinDuJour is when a day is over in Paris.
func FinDuJour(day passerelle.Date) time.Time {
	next := (day + 1).Time()
	return time.Date(next.Year(), next.Month(), next.Day(), 0, 0, 0, 0, Paris).UTC()
}

// today is the current day in France.
func (h *core) today() passerelle.Date { return passerelle.DateOf(h.now().In(Paris)) }

// Societes returns the sociétés that access reaches, or the one that it names.
func (h *Comptabilite) Societes(ctx context.Context, a Acces) (found []domaine.Societe, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		if err := a.check(); err != nil {
			return err
		}
		if a.societe != "" {
			s, err := societe(ctx, tx, a)
			found = []domaine.Societe{s}
			return err
		}
		found, err = tx.Societes(ctx, a.organisme)
		return err
	})
	return found, err
}

// Societe returns the société that access is about, or a Refusal.
func (h *Comptabilite) Societe(ctx context.Context, a Acces) (s domaine.Societe, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		s, err = societe(ctx, tx, a)
		return err
	})
	return s, err
}

func societe(ctx context.Context, tx *store.Tx, a Acces) (domaine.Societe, error) {
	if err := a.check(); err != nil {
		return domaine.Societe{}, err
	}
	if a.societe == "" {
		if a.portee == leHub {
			return domaine.Societe{}, refus.New(refus.CodeMissingSociete, "Ce jeton atteint plusieurs sociétés : nommez la vôtre.")
		}
		found, err := tx.Societes(ctx, a.organisme)
		if err != nil || len(found) == 1 {
			return append(found, domaine.Societe{})[0], err
		}
		return domaine.Societe{}, refus.New(refus.CodeMissingSociete, "Cet organisme a plusieurs sociétés : nommez la vôtre.")
	}
	unknown := refus.New(refus.CodeUnknownSociete, "Cette société n’existe pas, ou ce jeton ne l’atteint pas : reprenez son identifiant dans la liste des sociétés.")
	id, err := strconv.ParseInt(a.societe, 10, 64)
	if err != nil {
		return domaine.Societe{}, unknown
	}
	s, err := tx.Societe(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !a.reaches(s.OrganismeID) {
		return domaine.Societe{}, unknown
	}
	return s, err
}

// CreateSociete creates an accounting folder of an organisme and returns it with
// its id.
func (h *Comptabilite) CreateSociete(ctx context.Context, s domaine.Societe) (domaine.Societe, error) {
	if err := checkSociete(&s); err != nil {
		return s, err
	}
	err := h.db.WriteOrganisme(ctx, s.OrganismeID, func(tx *store.Tx) (err error) {
		s.ID, err = tx.CreateSociete(ctx, s, h.now())
		return err
	})
	return s, orNotFound(err, "Il n’y a pas d’organisme %d.", s.OrganismeID)
}

// SetSociete changes what a société says of itself.
func (h *Comptabilite) SetSociete(ctx context.Context, id int64, change func(*domaine.Societe)) (s domaine.Societe, err error) {
	err = h.db.Write(ctx, func(tx *store.Tx) error {
		if s, err = tx.Societe(ctx, id); err != nil {
			return orNotFound(err, "Il n’y a pas de société %d.", id)
		}
		organisme := s.OrganismeID
		change(&s)
		s.ID, s.OrganismeID = id, organisme
		if err := checkSociete(&s); err != nil {
			return err
		}
		return tx.UpdateSociete(ctx, s)
	})
	return s, err
}

// checkSociete trims what a société says of itself and refuses what cannot be.
func checkSociete(s *domaine.Societe) error {
	s.Nom, s.SIRET, s.Reference = strings.TrimSpace(s.Nom), strings.ReplaceAll(s.SIRET, " ", ""), strings.TrimSpace(s.Reference)
	switch {
	case s.Nom == "":
		return refus.New(refus.CodeInvalidSociete, "Le nom de la société est obligatoire.")
	case !oneLine(s.Nom, maxDenomination):
		return refus.New(refus.CodeInvalidSociete, "Le nom de la société a au plus %d caractères, sur une ligne.", maxDenomination)
	case s.SIRET != "" && (len(s.SIRET) != 14 || strings.Trim(s.SIRET, "0123456789") != ""):
		return refus.New(refus.CodeInvalidSociete, "Un SIRET a 14 chiffres.")
	case utf8.RuneCountInString(s.Reference) > 100:
		return refus.New(refus.CodeInvalidSociete, "La référence d’une société a au plus 100 caractères.")
	}
	return nil
}

// RateWindow is the time over which the calls of a token are counted.
const RateWindow = 10 * time.Second

// CountCall counts one call of a token in its current window, and returns how
// many there are and when the window ends. Processes on one PostgreSQL database
// count together; an SQLite file is served by one process, which counts in its
// memory.
func (h *Jetons) CountCall(ctx context.Context, jeton int64) (calls int, end time.Time, err error) {
	return h.db.CountCall(ctx, jeton, h.now(), RateWindow)
}
