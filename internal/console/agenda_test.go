package console_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func TestASessionShowsItsCalendarAndAContractItsAbsences(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		c := s.filled(t, 40)[0]
		v := s.as(t, domaine.RoleIntegration)
		v.get("/sessions/1").hasNot(t, "Calendrier du groupe")
		v.get("/contrats/"+c.CodeContrat).hasNot(t, "Absences et retards")
		who := hub.Acteur{Organisme: s.organisme, Nom: "test"}
		session, err := s.hub.Integration.Session(t.Context(), s.organisme, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.hub.Integration.SetCalendrier(t.Context(), who, session.CodeGroupe, "https://127.0.0.1:1/agenda.ics?cle=secret"); err != nil {
			t.Fatal(err)
		}
		page := v.get("/sessions/1")
		page.has(t, http.StatusOK, "Calendrier du groupe", "ne répond pas")
		page.hasNot(t, "secret")
		v.get("/sessions/1/calendrier.ics").has(t, http.StatusNotFound, "pas encore pu être lu")
		late := domaine.Absence{Debut: time.Date(2026, 9, 8, 9, 0, 0, 0, hub.Paris), Fin: time.Date(2026, 9, 8, 9, 10, 0, 0, hub.Paris), Nature: domaine.NatureRetard, Motif: "rendez-vous"}
		if _, err := s.hub.Contrats.SetAbsences(t.Context(), who, c.CodeApprenant, "", []domaine.Absence{late}); err != nil {
			t.Fatal(err)
		}
		page = v.get("/contrats/" + c.CodeContrat)
		page.has(t, http.StatusOK, "Absences et retards", "retard du 08/09/2026 09:00 au 08/09/2026 09:10, non justifié")
		page.hasNot(t, "rendez-vous")
	})
}
