package apitest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

const (
	calendrierPath = "/api/sync/v1/calendar-group-ics"
	absencesPath   = "/api/sync/v1/absences-for-student"
)

type absences struct {
	CodeApprenant string
	Absences      []struct {
		DateDebut, DateFin, Type string
		IsJusitifie              bool
		Motif                    *string
	}
}

func absencesOf(t *testing.T, o *apitest.Organisme, contrat string) absences {
	t.Helper()
	return apitest.Decode[absences](t, o.Get(t, "/api/admin/v1/contrats/"+contrat+"/absences").Want(t, 200))
}

func TestTheAbsencesOfAnApprenticeAreTheLastListThatWasSent(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Contrats("K1", "K2")...)).Want(t, 200)
		first := `{"dateDebut":"08/09/2026-9:00","dateFin":"08/09/2026-17:00","type":"absence","isJusitifie":true,"motif":"convocation"}`
		other := `{"dateStart":"10/09/2026-08:30","dateEnd":"10/09/2026-08:45","type":"retard","isJustifie":false,"motif":""}`
		o.Post(t, absencesPath, `{"email":"A-K1@Etu.example","data":[`+first+`]}`).WantJSON(t, 200, `{"success":true,"codeApprenant":"A-K1","absences":1}`)
		o.Post(t, absencesPath, `{"studentId":"A-K1","data":[`+first+`,`+other+`]}`).WantJSON(t, 200, `{"success":true,"codeApprenant":"A-K1","absences":2}`)
		got := absencesOf(t, o, "K1")
		if len(got.Absences) != 2 || got.Absences[0].DateDebut != "08/09/2026-09:00" || !got.Absences[0].IsJusitifie || *got.Absences[0].Motif != "convocation" ||
			got.Absences[1].Type != "retard" || got.Absences[1].Motif != nil || got.Absences[1].DateFin != "10/09/2026-08:45" {
			t.Errorf("%+v", got)
		}
		if none := absencesOf(t, o, "K2"); none.CodeApprenant != "A-K2" || len(none.Absences) != 0 {
			t.Errorf("another's: %+v", none)
		}
		for body, status := range map[string]int{
			`{"email":"nobody@etu.example","data":[]}`: 404, `{"email":"paul.durand@cfa.example","data":[]}`: 404, // a tutor
			`{"email":"a-K1@etu.example"}`: 422, `{"data":[]}`: 422, `{"email":"a-K1@etu.example","data":[1]}`: 422, `[]`: 400, `{`: 400,
		} {
			o.Post(t, absencesPath, body, apitest.Wrong()).Want(t, status)
		}
		broken := `{"email":"a-K1@etu.example","data":[` + first + `,{"dateDebut":"31/02/2026-09:00","dateFin":"10/09/2026","type":"vacances","isJusitifie":"oui"},` +
			strings.Replace(first, "17:00", "08:00", 1) + `,{"motif":"` + strings.Repeat("x", 501) + `"}]}`
		refused := apitest.Decode[struct {
			Details []struct{ Field, Code string }
		}](t, o.Post(t, absencesPath, broken, apitest.Wrong()).Want(t, 422))
		var found []string
		for _, d := range refused.Details {
			found = append(found, d.Field+" "+d.Code)
		}
		if want := "[data.1.dateDebut date-format data.1.dateFin date-format data.1.type value data.1.isJusitifie type data.2.dateFin date-order " +
			"data.3.dateDebut required data.3.dateFin required data.3.type required data.3.isJusitifie required data.3.motif too-long]"; fmt.Sprint(found) != want {
			t.Errorf("%v", found)
		}
		if got := absencesOf(t, o, "K1"); len(got.Absences) != 2 {
			t.Errorf("a refused list changed something: %+v", got)
		}
		o.Post(t, absencesPath, `{"email":"a-K1@etu.example","data":[]}`).Want(t, 200)
		if got := absencesOf(t, o, "K1"); len(got.Absences) != 0 {
			t.Errorf("%+v", got)
		}
		if strings.Contains(s.Log.String(), "convocation") || strings.Contains(s.Log.String(), "etu.example") {
			t.Error("the log names somebody")
		}
	})
}

func TestAbsencesArePersonalData(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		who := hub.Acteur{Organisme: o.ID, Nom: "testeuse"}
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Contrats("K1", "K2")...)).Want(t, 200)
		for _, code := range []string{"A-K1", "A-K2"} {
			o.Post(t, absencesPath, `{"studentId":"`+code+`","data":[{"dateDebut":"08/09/2026-9:00","dateFin":"08/09/2026-17:00","type":"absence","isJusitifie":true,"motif":"convocation"}]}`).Want(t, 200)
		}
		mentions, err := s.Hub.Personnes.ExportPersonne(t.Context(), who, "A-K1")
		if last := mentions[len(mentions)-1]; err != nil || last.Role != "absence" || last.Champs["motif"] != "convocation" || last.Champs["debut"] != "08/09/2026-09:00" {
			t.Errorf("%+v, %v", mentions, err)
		}
		if _, err := s.Hub.Personnes.ErasePersonne(t.Context(), who, "A-K1"); err != nil {
			t.Fatal(err)
		}
		if got := absencesOf(t, o, "K1"); len(got.Absences) != 0 {
			t.Errorf("an erasure leaves %+v", got)
		}
		if got := absencesOf(t, o, "K2"); len(got.Absences) != 1 {
			t.Errorf("an erasure takes another's: %+v", got)
		}
		// A purge takes those whom no contract names any more.
		o.Post(t, "/api/sync/v2/contrats/changes", `{"changes":{"removed":["K2"]}}`).Want(t, 200)
		s.Clock.Advance(24 * 400 * time.Hour)
		o.Post(t, "/api/sync/v2/contrats/changes", `{"changes":{"removed":[]}}`)
		if n, _, err := s.Hub.Personnes.Purge(t.Context(), who, 12); err != nil || n != 1 {
			t.Fatalf("%d, %v", n, err)
		}
		if mentions, err := s.Hub.Personnes.ExportPersonne(t.Context(), who, "A-K2"); err == nil {
			t.Errorf("after the purge: %+v", mentions)
		}
	})
}

const ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260901T080000Z\r\nDTSTART:20991008T070000Z\r\nSUMMARY:Gestion\r\nATTENDEE:mailto:lea@etu.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

func TestTheCalendarOfAGroupeIsKeptReadAndGivenBack(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		var down atomic.Bool
		school := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if down.Load() {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			_, _ = w.Write([]byte(ics))
		}))
		defer school.Close()
		o := s.Production(t, "CFA Horizon")
		o.Post(t, "/api/admin/v1/modeles", `{"nom":"MCO","criteres":{"codeFormation":"MCO"},"actif":true}`)
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Contrats("K1")...)).Want(t, 200)
		session := apitest.Decode[struct{ Sessions []struct{ ID string } }](t, o.Get(t, "/api/admin/v1/sessions").Want(t, 200)).Sessions[0].ID
		calendar := "/api/admin/v1/sessions/" + session + "/calendrier"
		o.Get(t, calendar).Want(t, 404)
		body := `{"groupId":"G1","calendarUrl":"` + school.URL + `/g1.ics?cle=secret"}`
		answer := apitest.Decode[struct {
			Evenements int
			Erreur     *string
		}](t, o.Post(t, calendrierPath, body).Want(t, 200))
		if answer.Evenements != 1 || answer.Erreur != nil {
			t.Errorf("%+v", answer)
		}
		given := o.Get(t, calendar).Want(t, 200)
		if text := string(given.Body); !strings.Contains(text, "SUMMARY:Gestion\r\n") || strings.Contains(text, "lea@") || given.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
			t.Errorf("%s %s", given.Header.Get("Content-Type"), text)
		}
		down.Store(true)
		s.Clock.Advance(2 * time.Hour)
		o.Get(t, calendar).Want(t, 200) // as it was read before
		failed := apitest.Decode[struct{ Erreur *string }](t, o.Post(t, calendrierPath, body).Want(t, 200))
		if failed.Erreur == nil || !strings.Contains(*failed.Erreur, "502") {
			t.Errorf("%+v", failed)
		}
		o.Get(t, calendar).Want(t, 200)
		for body, status := range map[string]int{
			`{"groupId":"G9","calendarUrl":"https://ecole.example/a.ics"}`: 404, `{"groupId":"G1","calendarUrl":"file:///etc/passwd"}`: 422,
			`{"groupId":"G1"}`: 422, `{"calendarUrl":"https://ecole.example/a.ics"}`: 422,
		} {
			o.Post(t, calendrierPath, body, apitest.Wrong()).Want(t, status)
		}
		if strings.Contains(s.Log.String(), "secret") {
			t.Error("the log holds an address")
		}
	}, apitest.InsideWebhooks())
}

func TestACalendarInsideIsNotRead(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Contrats("K1")...)).Want(t, 200)
		o.Post(t, calendrierPath, `{"groupId":"G1","calendarUrl":"http://ecole.example/a.ics"}`).Want(t, 422)
		failed := apitest.Decode[struct{ Erreur *string }](t, o.Post(t, calendrierPath, `{"groupId":"G1","calendarUrl":"https://127.0.0.1:1/a.ics"}`).Want(t, 200))
		if failed.Erreur == nil || !strings.Contains(*failed.Erreur, "réseau interne") {
			t.Errorf("%+v", failed)
		}
	})
}
