package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func TestStartsAndEndsOfSixtyDaysAreACalendarThatAProgramFollows(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		today := s.now.today()
		begins, ends, later := apitest.Contrat("K1"), apitest.Contrat("K2"), apitest.Contrat("K3")
		begins.DateDebut, begins.DateFin = (today + 10).FR(), (today + 400).FR()
		ends.DateDebut, ends.DateFin = (today - 400).FR(), (today + 20).FR()
		later.DateDebut, later.DateFin = (today - 300).FR(), (today + 61).FR()
		s.mustPush(t, []passerelle.Contrat{begins, ends, later})
		v := s.as(t, domaine.RoleIntegration)
		p := v.get("/calendrier")
		p.has(t, http.StatusOK, "1 contrat commence et 1 finit dans les 60 jours", `href="/contrats/K1"`, `href="/contrats/K2"`, `href="#j-`+(today+10).String()+`"`)
		p.hasNot(t, `href="/contrats/K3"`)

		secretOf := func(p page) string {
			found := regexp.MustCompile(`/agenda/[0-9A-Za-z-]+\.ics`).FindString(p.body)
			if found == "" {
				t.Fatalf("no address is shown: %s", textOf(p.body))
			}
			return found
		}
		address := secretOf(v.post("/calendrier/suivre", nil))
		v.get("/calendrier").hasNot(t, address)
		program := s.visitor(t)
		feed := program.get(address)
		feed.has(t, http.StatusOK, "BEGIN:VCALENDAR\r\n", "Début du contrat K1", "DTSTART;VALUE=DATE:"+(today+20).Time().Format("20060102"), "Fin du contrat K2")
		feed.hasNot(t, begins.NomApprenant, begins.EmailApprenant, "K3")
		if kind := feed.header.Get("Content-Type"); kind != "text/calendar; charset=utf-8" {
			t.Error(kind)
		}
		for _, line := range strings.Split(feed.body, "\r\n") {
			if len(line) > 75 {
				t.Errorf("a line has %d bytes: %s", len(line), line)
			}
		}
		if strings.Contains(s.logs.String(), strings.TrimSuffix(address, ".ics")) {
			t.Error("the address is in the log")
		}
		program.get(address[:len(address)-6]+"AA.ics").has(t, http.StatusNotFound)
		v.post("/calendrier/1/retirer", nil).has(t, http.StatusOK, "Cette adresse ne répond plus")
		program.get(address).has(t, http.StatusNotFound)

		// An accountant follows the exercices, and nobody else's account ends it.
		accountant := s.as(t, domaine.RoleComptabilite)
		end := today + 15
		accountant.post("/exercices/nouveau", url.Values{"debut": {end.AddMonths(-12).FirstOfMonth().String()}, "fin": {end.LastOfMonth().String()}, "action": {"enregistrer"}})
		address = secretOf(accountant.post("/calendrier/suivre", nil))
		v.post("/calendrier/2/retirer", nil)
		feed = program.get(address)
		feed.hasNot(t, "Début du contrat")
		feed.has(t, http.StatusOK, "VCALENDAR")
		v.post("/calendrier/suivre", url.Values{"session": {"99"}}).has(t, http.StatusNotFound)
	})
}

func TestALinkSurvivesTheLoginAndLeadsNowhereElse(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.filled(t, 60)
		v := s.visitor(t)
		p := v.get("/contrats?etat=integre&tri=fin")
		if p.path != "/connexion" {
			t.Fatalf("a visitor is at %s", p.path)
		}
		vers := regexp.MustCompile(`name="vers" value="([^"]+)"`).FindStringSubmatch(p.body)
		if vers == nil {
			t.Fatalf("the login does not know what was asked for: %s", p.body)
		}
		login := func(vers string) page {
			return s.visitor(t).post("/connexion", url.Values{"email": {"lecture@cfa.example"}, "password": {secret}, "vers": {vers}})
		}
		p = login(strings.ReplaceAll(vers[1], "&amp;", "&"))
		if p.path != "/contrats" || p.query != "etat=integre&tri=fin" {
			t.Errorf("the login leads to %s?%s", p.path, p.query)
		}
		s.visitor(t).post("/connexion", url.Values{"email": {"lecture@cfa.example"}, "password": {"faux"}, "vers": {"/anomalies"}}).
			has(t, http.StatusUnprocessableEntity, `name="vers" value="/anomalies"`)
		for _, elsewhere := range []string{"https://autre.example/", "//autre.example/", `/\autre.example`, "/deconnexion", "javascript:alert(1)", "/connexion?vers=/x", ""} {
			if p := login(elsewhere); p.path != "/" || p.status != http.StatusOK {
				t.Errorf("a login with %q leads to %s", elsewhere, p.path)
			}
		}
	})
}

func TestTheFirstPageSaysWhatHappenedSinceTheLastVisit(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 60)
		s.as(t, domaine.RoleLecture).get("/").hasNot(t, "Depuis votre dernière visite")
		s.now.Move(time.Minute)
		contrats[7].NomEntreprise = "Garage du Nord"
		s.mustPush(t, contrats)
		s.as(t, domaine.RoleLecture).get("/").has(t, http.StatusOK, "Depuis votre dernière visite", "1 synchronisation", "3 contrats ajoutés")
		s.as(t, domaine.RoleLecture).get("/").has(t, http.StatusOK, "rien n’est arrivé")
	})
}

// The days count what the list has no room for, and lead to it.
func TestACalendarOfManyContractsCountsThemAll(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	today := s.now.today()
	contrats := generated(230)
	for i := range contrats {
		contrats[i].DateDebut, contrats[i].DateFin = (today + 10).FR(), (today + 400).FR()
		if i >= 210 {
			contrats[i].DateDebut = (today + 30).FR()
		}
	}
	s.mustPush(t, contrats)
	v := s.as(t, domaine.RoleLecture)
	further := "/calendrier?du=" + (today + 30).String()
	p := v.get("/calendrier")
	p.has(t, http.StatusOK, "230 contrats commencent et 0 finit", "Et 30 de plus", `href="`+further, contrats[0].CodeContrat)
	p.hasNot(t, contrats[220].CodeContrat)
	p = v.get(further)
	p.has(t, http.StatusOK, "230 contrats commencent et 0 finit", contrats[220].CodeContrat, "la reprendre à aujourd’hui")
	p.hasNot(t, contrats[0].CodeContrat, "de plus")
}
