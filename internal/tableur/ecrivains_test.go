package tableur

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestWhatEveryWriterWroteIsReadAsItsAuthorSawItOrNamed reads the same table as a
// dozen libraries and programs wrote it (testdata/ecrivains/faire.sh): each value is
// what a person sees in Excel, or an error or a remark names its cell or column.
func TestWhatEveryWriterWroteIsReadAsItsAuthorSawItOrNamed(t *testing.T) {
	t.Parallel()
	type valeur map[string]any
	var cases []struct {
		Cas                        string
		Code, Poste, Debut, Groupe valeur
		Vu                         string
		Ou                         []string // what Excel shows where a writer leaves something out
	}
	document, err := os.ReadFile("testdata/ecrivains/cas.json")
	must(t, err)
	must(t, json.Unmarshal(document, &cases))
	paths, err := filepath.Glob("testdata/ecrivains/*.xlsx")
	must(t, err)
	if len(paths) < 14 {
		t.Fatalf("%d workbooks", len(paths))
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(path)
			must(t, err)
			table := open(t, content, Options{})
			m := classeur
			m.Champs = map[string]Source{"missionDetails": {Colonne: "Cas"}, "codeContrat": {Colonne: "Code"}, "missionTitle": {Colonne: "Poste"},
				"dateDebut": {Colonne: "Début"}, "nomGroupe": {Colonne: "Groupe"}}
			binding := lire(t, table, m)
			read, named := 0, map[string]string{}
			for ligne, err := range binding.Lignes(table) {
				must(t, err)
				c := &ligne.Contrat
				if read == len(cases) || c.MissionDetails != cases[read].Cas {
					t.Fatalf("row %d is %q", ligne.Row, c.MissionDetails)
				}
				want := cases[read]
				got, field := c.NomGroupe, "nomGroupe"
				switch {
				case want.Code != nil:
					got, field = c.CodeContrat, "codeContrat"
				case want.Poste != nil:
					got, field = c.MissionTitle, "missionTitle"
				case want.Debut != nil:
					got, field = c.DateDebut, "dateDebut"
				}
				for _, f := range ligne.Faults {
					if f.Field == field {
						named[want.Cas] = f.Message
					}
				}
				for _, r := range binding.Remarques() {
					if r.Field == field && (r.Cell == "" || r.Row == ligne.Row) {
						named[want.Cas] = r.Message
					}
				}
				if got != want.Vu && !slices.Contains(want.Ou, got) && named[want.Cas] == "" {
					t.Errorf("%s: %q, its author saw %q", want.Cas, got, want.Vu)
				}
				named[want.Cas] = ""
				read++
			}
			if read != len(cases) {
				t.Errorf("%d rows of %d", read, len(cases))
			}
		})
	}
}
