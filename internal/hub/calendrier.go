package hub

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// JoursCalendrier is how far ahead the calendar of contracts looks.
const JoursCalendrier = 60

// joursPasses is how long a calendar that is followed still says what was.
const joursPasses = 30

// EcheanceContrat is a day on which an active contract begins, or its last one.
type EcheanceContrat struct {
	Le  passerelle.Date
	Fin bool
	Place
}

// JourEcheances is how many active contracts begin on a day, and how many run until it.
type JourEcheances struct{ Debuts, Fins int }

// Echeances returns the first and last days of active contracts in a period, those of one session
// where it is not 0: how many on each day, and most of those that are not before from, in their order.
func (h *Contrats) Echeances(ctx context.Context, organisme, session int64, p passerelle.Periode, from passerelle.Date, most int) (found []EcheanceContrat, byDay map[passerelle.Date]JourEcheances, err error) {
	index, err := h.searchIndex(ctx, organisme)
	if err != nil {
		return nil, nil, err
	}
	byDay = map[passerelle.Date]JourEcheances{}
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		var profils map[int64]int
		if session != 0 {
			if profils, err = tx.ProfilsOf(ctx, organisme, store.Choix{Session: session}); err != nil {
				return err
			}
		}
		type day struct {
			le    passerelle.Date
			fin   bool
			place int
		}
		var days []day
		for i := range index.Len() {
			if profils != nil && profils[index.Profil(i)] == 0 {
				continue
			}
			d := index.Dates(i)
			if d.Debut != 0 && p.Contient(d.Debut) {
				days = append(days, day{d.Debut, false, i})
			}
			if d.Fin != 0 && p.Contient(d.Fin) {
				days = append(days, day{d.Fin, true, i})
			}
		}
		for _, d := range days {
			own := byDay[d.le]
			if d.fin {
				own.Fins++
			} else {
				own.Debuts++
			}
			byDay[d.le] = own
		}
		days = slices.DeleteFunc(days, func(d day) bool { return d.le < from })
		slices.SortStableFunc(days, func(a, b day) int { return cmp.Compare(a.le, b.le) })
		days = days[:min(len(days), most)]
		codes := make([]string, len(days))
		for i, d := range days {
			codes[i] = index.Code(d.place)
		}
		slices.Sort(codes)
		read, err := places(ctx, tx, organisme, slices.Compact(codes))
		if err != nil {
			return err
		}
		byCode := placesByCode(read)
		for _, d := range days {
			if place := byCode[index.Code(d.place)]; place != nil {
				found = append(found, EcheanceContrat{d.le, d.fin, *place})
			}
		}
		return nil
	})
	return found, byDay, err
}

// Suivre makes a calendar that a program may follow, of one session or, for 0, of what
// the role of the account is about. It returns what its address holds, which is kept as a
// hash alone.
func (h *Comptes) Suivre(ctx context.Context, c domaine.Compte, session int64) (cle string, err error) {
	cle = strconv.FormatInt(c.OrganismeID, 36) + "-" + rand.Text() + rand.Text() // 260 bits
	return cle, h.db.WriteOrganisme(ctx, c.OrganismeID, func(tx *store.Tx) error {
		if session != 0 {
			if _, err := tx.Session(ctx, c.OrganismeID, session); err != nil {
				return orNotFound(err, "Il n’y a pas de session %d.", session)
			}
		}
		known, err := tx.Abonnements(ctx, c.OrganismeID, c.ID)
		if err != nil {
			return err
		}
		if len(known) >= maxFiltres {
			return refus.New(refus.CodeInvalidChoice, "Vous suivez déjà 50 calendriers : retirez-en un d’abord.")
		}
		return tx.InsertAbonnement(ctx, domaine.Abonnement{Organisme: c.OrganismeID, Compte: c.ID, Session: session, CreeLe: h.now()}, hashSecret(cle))
	})
}

// Abonnements returns the calendars that an account follows.
func (h *Comptes) Abonnements(ctx context.Context, c domaine.Compte) ([]domaine.Abonnement, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Abonnement, error) { return tx.Abonnements(ctx, c.OrganismeID, c.ID) })
}

// NePlusSuivre ends one of them: its address answers no more.
func (h *Comptes) NePlusSuivre(ctx context.Context, c domaine.Compte, id int64) error {
	return h.db.WriteOrganisme(ctx, c.OrganismeID, func(tx *store.Tx) error { return tx.DeleteAbonnement(ctx, c.OrganismeID, c.ID, id) })
}

// Suivi is what a calendar that is followed says now.
type Suivi struct {
	Compte    domaine.Compte
	Session   domaine.Session // of one session, else zero
	Contrats  []EcheanceContrat
	Exercices []domaine.Exercice
	Risques   Risques
}

// Suivi returns what the calendar of an address says. Of an account that serves no
// more it says nothing.
func (h *Contrats) Suivi(ctx context.Context, cle string) (*Suivi, error) {
	named, _, _ := strings.Cut(cle, "-")
	organisme, _ := strconv.ParseInt(named, 36, 64) // else there is none
	s := &Suivi{}
	var a domaine.Abonnement
	err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
		if a, err = tx.AbonnementByEmpreinte(ctx, organisme, hashSecret(cle)); err != nil {
			return err
		}
		if s.Compte, _, err = tx.Compte(ctx, a.Compte); err != nil || a.Session == 0 {
			return err
		}
		s.Session, err = tx.Session(ctx, a.Organisme, a.Session)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && (s.Compte.DesactiveLe != nil || s.Compte.OrganismeID != a.Organisme) {
		return nil, refus.New(refus.CodeNotFound, "Ce calendrier n’est plus suivi : demandez-en un autre dans la console.")
	}
	if err != nil {
		return nil, err
	}
	today := h.today()
	span := passerelle.Periode{Debut: today - joursPasses, Fin: today + JoursCalendrier}
	role := s.Compte.Role
	if a.Session != 0 || role != domaine.RoleComptabilite {
		if s.Contrats, _, err = h.Echeances(ctx, a.Organisme, a.Session, span, span.Debut, trouverMost); err != nil {
			return nil, err
		}
	}
	if a.Session == 0 && role.Compte() {
		acces := AccesDeCompte(s.Compte, "")
		comptabilite := Comptabilite{h.core}
		societes, err := comptabilite.Societes(ctx, acces)
		for _, societe := range societes {
			if err != nil {
				break
			}
			var list []domaine.Exercice
			list, err = comptabilite.Exercices(ctx, acces.Vers(strconv.FormatInt(societe.ID, 10)), nil)
			for _, e := range list {
				if !e.Clos() && span.Contient(e.Periode.Fin) {
					s.Exercices = append(s.Exercices, e)
				}
			}
		}
		if err == nil {
			s.Risques, err = comptabilite.Risques(ctx, a.Organisme, JoursCalendrier)
		}
		if err != nil {
			return nil, err
		}
	}
	h.pending.Go(func() {
		ctx, cancel := context.WithTimeout(h.stop, connectedLimit)
		defer cancel()
		if err := h.db.Write(ctx, func(tx *store.Tx) error { return tx.AbonnementServed(ctx, a, h.now()) }); err != nil {
			h.log.Debug("a calendar that was read is not noted", "abonnement", a.ID, "error", err)
		}
	})
	return s, nil
}
