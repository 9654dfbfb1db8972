package admin

import (
	"net/http"
	"strconv"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"

	"github.com/passerelle-hub/passerelle/internal/api/web"
)

// sessionCalendrier gives the calendar of the groupe of a session on, as iCalendar.
func (s *server) sessionCalendrier(w http.ResponseWriter, r *web.Request, id int64) error {
	c, err := s.hub.Integration.CalendrierFrais(r.Context(), r.Jeton.OrganismeID, id)
	if err != nil {
		return err
	}
	return WriteCalendrier(w, c, id)
}

// WriteCalendrier answers with a calendar as a file.
func WriteCalendrier(w http.ResponseWriter, c *domaine.Calendrier, session int64) error {
	header := w.Header()
	header.Set("Content-Type", "text/calendar; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="session-`+strconv.FormatInt(session, 10)+`.ics"`)
	header.Set("Content-Length", strconv.Itoa(len(c.Contenu)))
	if c.LuLe != nil {
		header.Set("Last-Modified", c.LuLe.UTC().Format(http.TimeFormat))
	}
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(c.Contenu) // the client may have left
	return nil
}

type absencesAnswer struct {
	CodeApprenant string          `json:"codeApprenant"`
	Absences      []absenceAnswer `json:"absences"`
}

// absenceAnswer is an absence as the software of schools sends it.
type absenceAnswer struct {
	DateDebut   string                `json:"dateDebut"` // DD/MM/YYYY-HH:mm, in France
	DateFin     string                `json:"dateFin"`
	Type        domaine.NatureAbsence `json:"type"`
	IsJusitifie bool                  `json:"isJusitifie"` // as they spell it
	Motif       *string               `json:"motif"`
	RecueLe     time.Time             `json:"recueLe"`
}

// absences answers with the absences of the apprentice of a contract.
func (s *server) absences(w http.ResponseWriter, r *web.Request) error {
	apprenant, list, err := s.hub.Contrats.Absences(r.Context(), r.Jeton.OrganismeID, r.PathValue("code"))
	if err != nil {
		return err
	}
	answer := absencesAnswer{apprenant, make([]absenceAnswer, len(list))}
	for i, a := range list {
		answer.Absences[i] = absenceAnswer{a.Debut.Format(domaine.FormeMoment), a.Fin.Format(domaine.FormeMoment), a.Nature, a.Justifiee, web.OrNull(a.Motif), a.RecueLe}
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}
