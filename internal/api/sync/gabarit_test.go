package sync_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// gabarit reads the template that the field uses, which has no groupe codes (they
// are made from the names) and names dateDebut and dateFin twice: the second pair
// is the one that counts, the first is written the American way.
func gabarit(t *testing.T) []map[string]string {
	t.Helper()
	file, err := os.Open("testdata/gabarit-api-sync.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := csv.NewReader(file)
	rows.Comma = ';'
	table, err := rows.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var contrats []map[string]string
	for _, row := range table[1:] {
		contrat := map[string]string{}
		for i, name := range table[0] {
			contrat[name] = row[i] // of two columns of one name the later wins
		}
		contrat["codeGroupe"] = "G-" + contrat["nomGroupe"]
		contrats = append(contrats, contrat)
	}
	return contrats
}

func TestTheTemplateOfTheFieldIsTakenIntegratedAndReadBackAsSent(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		sent := gabarit(t)
		if len(sent) != 10 || sent[0]["dateDebut"] != "12/12/2021" || sent[0]["dateFin"] != "12/12/2022" {
			t.Fatalf("the template was not read: %v", sent)
		}
		o := s.Production(t, "CFA Horizon")
		o.Post(t, v1, apitest.Body(sent...)).WantJSON(t, 200, summary(10, 10, 0, 0, 0, 0, 1))
		o.Get(t, v1).WantJSON(t, 200, `{"total":0,"contrats":[]}`)

		groups := apitest.Decode[struct {
			Total   int
			Groupes []struct {
				Contrats int
				Modele   json.RawMessage
			}
		}](t, o.Get(t, "/api/admin/v1/non-integres").Want(t, 200))
		if groups.Total != 10 || len(groups.Groupes) != 10 {
			t.Fatalf("%d contracts in %d groups are not integrated", groups.Total, len(groups.Groupes))
		}
		for _, g := range groups.Groupes {
			o.Post(t, modeles, []byte(g.Modele)).Want(t, 201)
		}
		o.Get(t, "/api/admin/v1/non-integres").WantJSON(t, 200, `{"total":0,"groupes":[]}`)

		read := apitest.Decode[struct {
			Total    int
			Contrats []map[string]string
		}](t, o.Get(t, v1).Want(t, 200))
		byCode := map[string]map[string]string{}
		for _, c := range read.Contrats {
			byCode[c["codeContrat"]] = c
		}
		if read.Total != 10 || len(byCode) != 10 {
			t.Fatalf("%d contracts are integrated", read.Total)
		}
		for _, c := range sent {
			if d := cmp.Diff(c, byCode[c["codeContrat"]]); d != "" {
				t.Errorf("contract %s is not read back as sent (- sent, + read):\n%s", c["codeContrat"], d)
			}
		}
		o.Post(t, v1, apitest.Body(read.Contrats...)).WantJSON(t, 200, summary(10, 0, 0, 10, 0, 10, 2))
	})
}
