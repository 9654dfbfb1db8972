package sync_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func TestTheJournalSaysWhoWhenAndWhat(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		person, _ := s.Jeton(t, domaine.Jeton{OrganismeID: o.ID, Droits: domaine.TousDroits, Prenom: "Zoé", Nom: "Blanc"})
		o.Get(t, journal).WantJSON(t, 200, `{"total":0,"synchronisations":[]}`)
		k1, k2 := apitest.Contrat("K1"), apitest.Contrat("K2")
		o.Post(t, v1, apitest.Body(k1)).Want(t, 200)
		s.Clock.Advance(90 * time.Minute)
		person.Post(t, v2, apitest.Body[any](k2, 5), apitest.Wrong()).Want(t, 200)
		first := `"id":"1","origine":"v1","etat":"appliquee","lien":null,"date":"2026-09-01T08:00:00Z","dureeMs":0,"par":{"jeton":"1","nom":"jeton 1"},
			"total":1,"added":1,"revived":0,"updated":0,"same":0,"removed":0,"invalid":0,"refuses":0,"integres":0`
		second := `"id":"2","origine":"v2","etat":"appliquee","lien":null,"date":"2026-09-01T09:30:00Z","dureeMs":0,"par":{"jeton":"2","nom":"Zoé Blanc"},
			"total":1,"added":1,"revived":0,"updated":0,"same":0,"removed":1,"invalid":1,"refuses":1,"integres":0`
		o.Get(t, journal).WantJSON(t, 200, `{"total":2,"synchronisations":[{`+second+`},{`+first+`}]}`)
		o.Get(t, journal+"?limit=1&page=2").WantJSON(t, 200, `{"total":2,"synchronisations":[{`+first+`}]}`)
		o.Get(t, journal+"/2").WantJSON(t, 200, `{`+second+`,"changesTotal":2,"changes":[`+change(t, "removed", &k1, nil)+`,`+change(t, "added", nil, &k2)+`]}`)
		o.Get(t, journal+"/2?limit=1&page=2").WantJSON(t, 200, `{`+second+`,"changesTotal":2,"changes":[`+change(t, "added", nil, &k2)+`]}`)
		o.Get(t, journal+"/3").WantRefusal(t, 404, "not found", "3")
	})
}

func TestASynchronisationCanBeUndoneAndSoCanTheUndoing(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Post(t, modeles, apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
		k1, k2, k3 := apitest.Contrat("K1"), apitest.Contrat("K2"), apitest.Contrat("K3")
		o.Post(t, v1, apitest.Body(k1, k2)).Want(t, 200)
		changed := k1
		changed.NomSite, changed.CodeSite = "Vienne", "VIE"
		o.Post(t, v1, apitest.Body(changed, k3)).WantJSON(t, 200, strings.Replace(summary(2, 1, 1, 0, 1, 2, 2), `"warnings":[]`,
			`"warnings":[{"index":1,"codeContrat":"K3","field":"codeGroupe","code":"group-mismatch","conflictsWith":"K1",
			"message":"Le groupe « G1 » apparaît avec plusieurs sites, formations, périodes ou années : chacun forme une session distincte."}]`, 1))
		headcounts := o.Get(t, sessions).Body

		wantUnchanged(t, o, func() {
			o.Post(t, journal+"/7/annuler", nil).WantRefusal(t, 404, "not found", "7")
		})
		o.Post(t, journal+"/2/annuler", nil).WantJSON(t, 200, `{"success":true,"total":2,"added":1,"updated":1,"same":0,"removed":1,"integres":2,"synchronisation":"3"}`)
		wantContrats(t, o, k1, k2)
		o.Get(t, v1).WantJSON(t, 200, `{"total":2,"contrats":`+text(t, []passerelle.Contrat{k1, k2})+`}`)
		o.Get(t, journal+"/3").WantJSON(t, 200, `{"id":"3","origine":"annulation","etat":"appliquee","lien":"2","date":"2026-09-01T08:00:00Z","dureeMs":0,
			"par":{"jeton":"1","nom":"jeton 1"},"total":2,"added":1,"revived":1,"updated":1,"same":0,"removed":1,"invalid":0,"refuses":0,"integres":2,"changesTotal":3,
			"changes":[`+change(t, "updated", &changed, &k1)+`,`+change(t, "revived", nil, &k2)+`,`+change(t, "removed", &k3, nil)+`]}`)

		o.Post(t, journal+"/3/annuler", nil).Want(t, 200)
		wantContrats(t, o, changed, k3)
		if d := cmp.Diff(string(headcounts), string(o.Get(t, sessions).Body)); d != "" {
			t.Errorf("the sessions are not as before the undoing (- then, + now):\n%s", d)
		}
		// The rules still know who is there: what was undone does not stand in the way.
		o.Post(t, v1, apitest.Body(k1, k2)).Want(t, 200)
	})
}

type anomalieList struct {
	Total     int
	Anomalies []struct {
		CodeContrat, Nature, Field, Code, Message, ConflictsWith, Since string
		Index                                                           *int
	}
}

func anomalies(t *testing.T, o *apitest.Organisme, query string) []string {
	t.Helper()
	list := apitest.Decode[anomalieList](t, o.Get(t, anomaly+query).Want(t, 200))
	var rows []string
	for _, a := range list.Anomalies {
		if a.Message == "" {
			t.Errorf("an anomaly without a message: %+v", a)
		}
		rows = append(rows, strings.Join([]string{a.CodeContrat, a.Nature, a.Field, a.Code, a.ConflictsWith, strings.TrimPrefix(a.Since, "2026-09-01T")}, " "))
	}
	return rows
}

func TestAnomaliesSayWhatToCorrectAndSinceWhen(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		want := func(query string, rows ...string) {
			t.Helper()
			if d := cmp.Diff(rows, anomalies(t, o, query)); d != "" {
				t.Errorf("anomalies (- wanted, + got):\n%s", d)
			}
		}
		want("")
		k1, k2, k3 := apitest.Contrat("K1"), apitest.Contrat("K2"), apitest.Contrat("K3")
		bad := k2
		bad.EmailApprenant = k1.EmailApprenant
		o.Post(t, v1, apitest.Body(k1, bad)).Want(t, 422) // refused: nothing is recorded but what to correct
		want("", "K2 refus emailApprenant email-shared K1 08:00:00Z")

		s.Clock.Advance(time.Hour)
		k3.NomPersonnel = "Durant"
		o.Post(t, v2, apitest.Body[any](k1, bad, k3, 12), apitest.Wrong()).Want(t, 200)
		want("", " refus  type  09:00:00Z", "K1 non-integre  aucun-modele  09:00:00Z", "K2 refus emailApprenant email-shared K1 08:00:00Z",
			"K3 avertissement nomPersonnel name-spelling K1 09:00:00Z", "K3 non-integre  aucun-modele  09:00:00Z")
		want("?limit=2&page=2", "K2 refus emailApprenant email-shared K1 08:00:00Z", "K3 avertissement nomPersonnel name-spelling K1 09:00:00Z")

		// A delta speaks of the contracts that it names only.
		s.Clock.Advance(time.Hour)
		o.Post(t, changes, map[string]any{"changes": map[string]any{"added": []any{k2}}}).Want(t, 200)
		spelling := "K2 avertissement nomPersonnel name-spelling K1 10:00:00Z" // K3 had the last word
		want("", "K1 non-integre  aucun-modele  09:00:00Z", spelling, "K2 non-integre  aucun-modele  10:00:00Z",
			"K3 avertissement nomPersonnel name-spelling K1 09:00:00Z", "K3 non-integre  aucun-modele  09:00:00Z")

		// Why it is not integrated changes; then it is.
		s.Clock.Advance(time.Hour)
		o.Post(t, modeles, apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
		o.Post(t, modeles, apitest.ModeleFor("Lyon", "codeSite", "LYO")).Want(t, 201)
		want("", "K1 non-integre  modeles-ambigus  11:00:00Z", spelling, "K2 non-integre  modeles-ambigus  11:00:00Z",
			"K3 avertissement nomPersonnel name-spelling K1 09:00:00Z", "K3 non-integre  modeles-ambigus  11:00:00Z")
		found := apitest.Decode[anomalieList](t, o.Get(t, anomaly+"?limit=1")).Anomalies[0].Message
		if found != "Plusieurs modèles correspondent aussi bien : « MCO » (1), « Lyon » (2). Précisez l’un d’eux par un critère de plus." {
			t.Error(found)
		}
		o.Delete(t, modeles+"/2").Want(t, 204)
		want("", spelling, "K3 avertissement nomPersonnel name-spelling K1 09:00:00Z")
		o.Post(t, v1, apitest.Body(k1, k2)).Want(t, 200)
		want("")
	})
}

func TestAnomaliesAreAFileForASpreadsheet(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		odd := apitest.Contrat(`=cmd|"; A`)
		odd.EmailApprenant = "a@etu.example"
		o.Post(t, v1, apitest.Body(odd, apitest.Contrat("K1"))).Want(t, 200)
		answer := o.Get(t, anomaly+"?format=csv").Want(t, 200)
		if got := answer.Header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
			t.Errorf("content type %q", got)
		}
		if got := answer.Header.Get("Content-Disposition"); got != `attachment; filename="anomalies.csv"` {
			t.Errorf("disposition %q", got)
		}
		body, ok := strings.CutPrefix(string(answer.Body), "\ufeff")
		if !ok {
			t.Error("a spreadsheet needs the byte order mark")
		}
		rows := csv.NewReader(strings.NewReader(body))
		rows.Comma = ';'
		got, err := rows.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		want := [][]string{
			{"codeContrat", "nature", "position", "champ", "code", "message", "contratOppose", "depuis"},
			{`'=cmd|"; A`, "non-integre", "", "", "aucun-modele", "Aucun modèle ne correspond : l’équipe d’intégration doit en créer un.", "", "01/09/2026 10:00"},
			{"K1", "non-integre", "", "", "aucun-modele", "Aucun modèle ne correspond : l’équipe d’intégration doit en créer un.", "", "01/09/2026 10:00"},
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("file (- wanted, + got):\n%s", d)
		}
	})
}

func TestAContractIsAnAnomalySinceItCameNotSinceItsNeighboursDid(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		k1, k2 := apitest.Contrat("K1"), apitest.Contrat("K2")
		want := func(rows ...string) {
			t.Helper()
			if d := cmp.Diff(rows, anomalies(t, o, "")); d != "" {
				t.Errorf("anomalies (- wanted, + got):\n%s", d)
			}
		}
		o.Post(t, v1, apitest.Body(k1)).Want(t, 200)
		s.Clock.Advance(time.Hour)
		o.Post(t, v1, apitest.Body(k1, k2)).Want(t, 200)
		want("K1 non-integre  aucun-modele  08:00:00Z", "K2 non-integre  aucun-modele  09:00:00Z")
		s.Clock.Advance(time.Hour)
		k1.MissionTitle = "Vente" // it says something else, and is in no session as before
		o.Post(t, v1, apitest.Body(k1)).Want(t, 200)
		want("K1 non-integre  aucun-modele  08:00:00Z")
		s.Clock.Advance(time.Hour)
		o.Post(t, v1, apitest.Body(k1, k2)).Want(t, 200) // it was away in between
		want("K1 non-integre  aucun-modele  08:00:00Z", "K2 non-integre  aucun-modele  11:00:00Z")
	})
}

func TestOnlyASandboxForgetsItsContracts(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		real, sandbox := s.Production(t, "CFA Horizon"), s.Sandbox(t, "Bac à sable")
		for _, o := range []*apitest.Organisme{real, sandbox} {
			o.Post(t, modeles, apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
			o.Post(t, v1, apitest.Body(apitest.Numbered(30)...)).Want(t, 200)
			o.Post(t, v1, apitest.Body(apitest.Numbered(1)...)).Want(t, 409)
		}
		wantUnchanged(t, real, func() {
			real.Delete(t, v1).WantRefusal(t, 403, "not a sandbox", "CFA Horizon", "bac à sable")
		})
		wantUnchanged(t, real, func() {
			sandbox.Delete(t, v1).WantJSON(t, 200, `{"success":true,"removed":30}`)
		})
		wantContrats(t, sandbox)
		sandbox.Get(t, sessions+"?vides=oui").WantJSON(t, 200, `{"total":0,"sessions":[]}`)
		sandbox.Get(t, modeles+"/2").Want(t, 200)
		sandbox.Post(t, journal+"/2/confirmer", nil).WantRefusal(t, 409, "not held", "remplacée")
		sandbox.Post(t, journal+"/3/annuler", nil).WantRefusal(t, 409, "not undoable", "3")
		sandbox.Get(t, journal+"/1").Want(t, 200)
		sandbox.Delete(t, v1).WantJSON(t, 200, `{"success":true,"removed":0}`)
		sandbox.Post(t, v1, apitest.Body(apitest.Numbered(3)...)).WantJSON(t, 200, summary(3, 3, 0, 0, 0, 3, 5))
		sandbox.Post(t, journal+"/5/annuler", nil).Want(t, 200)
		wantContrats(t, sandbox)
	})
}
