package server_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// cas is a case of testdata/terrain: requests in their order, each a method with
// its path, and a body.
type cas struct {
	t        *testing.T
	client   *apitest.Organisme
	steps    []map[string]json.RawMessage
	next     int
	exercice string // the one that was created last: "exercice=ID" of a path means it
}

// terrain runs a test of a case on each database, on a fresh sandbox.
func terrain(t *testing.T, name string, test func(t *testing.T, s *apitest.Server, c *cas)) {
	t.Helper()
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		text, err := os.ReadFile(filepath.Join("testdata", "terrain", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		c := &cas{t: t, client: s.Sandbox(t, "CFA Horizon")}
		var file struct{ Steps []map[string]json.RawMessage }
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		c.steps = file.Steps
		test(t, s, c)
		if c.next != len(c.steps) {
			t.Errorf("%d of %d steps were run", c.next, len(c.steps))
		}
	})
}

// step sends the next request and returns its answer, which has a status.
func (c *cas) step(status int) *apitest.Answer {
	c.t.Helper()
	if c.next == len(c.steps) {
		c.t.Fatal("there is no further step")
	}
	step := c.steps[c.next]
	c.next++
	for method, path := range step {
		if method == "body" {
			continue
		}
		var target string
		if err := json.Unmarshal(path, &target); err != nil {
			c.t.Fatal(err)
		}
		target = strings.ReplaceAll(target, "exercice=ID", "exercice="+c.exercice)
		var body any
		if sent, ok := step["body"]; ok {
			body = []byte(sent)
		}
		answer := c.client.Do(c.t, method, target, body).Want(c.t, status)
		if method == "POST" && target == "/api/v1/society/exercice" {
			created := apitest.Decode[[]struct {
				ID json.Number `json:"exercice_id"`
			}](c.t, answer)
			c.exercice = created[0].ID.String()
		}
		return answer
	}
	c.t.Fatal("a step has no method")
	return nil
}

// alerte is a warning of an answer.
type alerte struct{ CodeContrat, Field, Code, Message, ConflictsWith string }

// alertes returns the warnings of an answer.
func alertes(t *testing.T, a *apitest.Answer) []alerte {
	t.Helper()
	return apitest.Decode[struct{ Warnings []alerte }](t, a).Warnings
}

func TestACertificationIsTheSameHoweverItIsWritten(t *testing.T) {
	terrain(t, "rncp-formes", func(t *testing.T, s *apitest.Server, c *cas) {
		c.step(200)
		c.client.Post(t, "/api/admin/v1/modeles", apitest.ModeleFor("BTS MCO", "rncp", "38362")).Want(t, 201)
		got := apitest.Decode[struct {
			Total    int
			Contrats []struct{ CodeContrat, RNCP string }
		}](t, c.client.Get(t, "/api/sync/v1/contrats").Want(t, 200))
		want := []struct{ CodeContrat, RNCP string }{{"K0", "38362"}, {"K1", "RNCP38362"}, {"K2", "RNCP 38362"}, {"K3", "rncp38362"}}
		if diff := cmp.Diff(want, got.Contrats); diff != "" {
			t.Errorf("all are integrated, and kept as they were sent (-want +got):\n%s", diff)
		}
		exercice := apitest.Decode[[]struct {
			ID json.Number `json:"exercice_id"`
		}](t, c.client.Post(t, "/api/v1/society/exercice", `{"exercice":[{"start_date":"2026-09-01","end_date":"2027-08-31"}]}`).Want(t, 200))[0].ID.String()
		type ligne struct {
			Cles     map[string]struct{ Code, Nom string }
			Contrats int
		}
		table := apitest.Decode[struct{ Lignes []ligne }](t, c.client.Get(t, "/api/v1/mad/ventilation?version=1.0.0&par=rncp&exercice="+exercice).Want(t, 200))
		lignes := []ligne{{map[string]struct{ Code, Nom string }{"rncp": {"RNCP38362", "RNCP38362"}}, 4}}
		if diff := cmp.Diff(lignes, table.Lignes); diff != "" {
			t.Errorf("one line (-want +got):\n%s", diff)
		}
		c.client.Put(t, "/api/v1/mad/tarifs?version=1.0.0", `{"entrees":[{"par":"rncp","code":"rncp 38362","montant":"8000"}]}`).Want(t, 200)
		priced := apitest.Decode[struct {
			Total     struct{ Montant json.Number }
			SansTarif struct{ Contrats int }
		}](t, c.client.Get(t, "/api/v1/mad/ventilation?version=1.0.0&montants=oui&par=rncp&exercice="+exercice).Want(t, 200))
		if priced.SansTarif.Contrats != 0 {
			t.Errorf("%d contracts have no price", priced.SansTarif.Contrats)
		}
		places, total, err := s.Hub.Contrats.SearchContrats(t.Context(), c.client.ID, "RNCP38362.0", hub.Choix{}, hub.Page{Limit: 10})
		if err != nil || total != 4 || len(places) != 4 {
			t.Errorf("the search finds %d of 4: %v", total, err)
		}
	})
}

func TestTwoContractsOfOneApprenticeThatOverlapAreSaid(t *testing.T) {
	terrain(t, "ventilation-avenant", func(t *testing.T, s *apitest.Server, c *cas) {
		want := []alerte{{"K0b", "dateDebut", "overlap",
			"Les contrats « K0 » et « K0b » sont du même apprenant (« A0 ») et se recouvrent du 01/12/2026 au 31/08/2027 (274 jours) : si le premier a été rompu, donnez sa dateRupture.", "K0"}}
		if diff := cmp.Diff(want, alertes(t, c.step(200))); diff != "" {
			t.Errorf("warnings (-want +got):\n%s", diff)
		}
		c.step(200)
		table := apitest.Decode[struct {
			Total struct{ Apprenants, Jours int }
		}](t, c.step(200))
		if table.Total.Apprenants != 1 || table.Total.Jours != 639 {
			t.Errorf("the days stay what the contracts say: %+v", table.Total)
		}
		anomalies := apitest.Decode[struct{ Anomalies []struct{ Code string } }](t, c.client.Get(t, "/api/sync/v1/anomalies").Want(t, 200))
		found := 0
		for _, a := range anomalies.Anomalies {
			if a.Code == "overlap" {
				found++
			}
		}
		if found != 1 {
			t.Errorf("the anomalies say it %d times: %+v", found, anomalies)
		}
	})
}

func TestACodeThatNamesAnotherPersonIsSaid(t *testing.T) {
	terrain(t, "code-apprenant-reutilise", func(t *testing.T, s *apitest.Server, c *cas) {
		if got := alertes(t, c.step(200)); len(got) > 0 {
			t.Errorf("warnings at first: %v", got)
		}
		want := []alerte{{"K900", "codeApprenant", "reused-code",
			"Le code utilisateur « A0 » désignait une autre personne : son nom et son adresse e-mail sont nouveaux. Donnez à chaque personne un code à elle, sinon l’export ou l’effacement de l’une prend aussi l’autre.", ""}}
		if diff := cmp.Diff(want, alertes(t, c.step(200))); diff != "" {
			t.Errorf("warnings (-want +got):\n%s", diff)
		}
	})
}
