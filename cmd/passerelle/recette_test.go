package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// TestAMissingMaitreHasARecipe follows docs/fichiers.md for contracts whose maître
// d'apprentissage is still to be named: the mapping that was used, with one person
// to stand in.
func TestAMissingMaitreHasARecipe(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	o := s.Sandbox(t, "CFA Horizon")
	file, mapping := champ+"75-sans-maitre.csv", filepath.Join(t.TempDir(), "matrice.json")
	if r := push(t, o, s.URL, file, "--dry-run", "--save-mapping", mapping); r.status != exitFailed {
		t.Fatalf("without the recipe: status %d", r.status)
	}
	document, err := os.ReadFile(mapping)
	if err != nil {
		t.Fatal(err)
	}
	m, err := tableur.ParseMapping(document)
	if err != nil {
		t.Fatal(err)
	}
	for field, value := range map[string]string{"codeMaitreApprentissage": "A-DESIGNER", "nomMaitreApprentissage": "À désigner",
		"prenomMaitreApprentissage": "Maître", "emailMaitreApprentissage": "maitre.a-designer@cfa.example"} {
		source := m.Champs[field]
		source.Defaut = value
		m.Champs[field] = source
	}
	if document, err = json.Marshal(m); err != nil {
		t.Fatal(err)
	}
	v := decode[verdict](t, push(t, o, s.URL, file, "--yes", "--mapping", write(t, "matrice.json", string(document))).stdout)
	if v.Outcome != outcomePushed || v.Result.Added != 6 {
		t.Fatalf("with the recipe: %+v", v)
	}
	standing := 0
	for _, c := range transmis(t, o) {
		if c.CodeMaitreApprentissage == "A-DESIGNER" && c.NomMaitreApprentissage == "À désigner" {
			standing++
		}
	}
	if standing == 0 || standing == 6 {
		t.Errorf("%d contracts have the person that stands in", standing)
	}
}
