package rapprochement

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/tableur"
)

func table(t *testing.T, text string) *tableur.Table {
	t.Helper()
	table, err := tableur.Open("opco.csv", strings.NewReader(text), int64(len(text)), tableur.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = table.Close() })
	return table
}

func TestATableOfAnOPCOIsRead(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		m          Matrice
	}{
		{"by its fields", "codeContrat;date;montant\nK1;01/09/2025;3200,00\nK1;01/03/2026;12,50\n", nil},
		{"by usual titles", "Opérateur;N° contrat;Date d’échéance;Montant TTC\nATLAS;K1;2025-09-01;3 200,00 €\nATLAS;K1;2026-03-01;12.50\n", nil},
		{"by a mapping", "Réf;Quand;Combien\nK1;01/09/2025;3200\nK1;01/03/2026;12,50\n", Matrice{"codeContrat": "réf", "date": "QUAND", "montant": "Combien"}},
	} {
		list, wrong, err := ReadTable(table(t, tc.text), tc.m)
		if err != nil || len(wrong) > 0 {
			t.Errorf("%s: %v %v", tc.name, wrong, err)
		}
		if diff := cmp.Diff([]Annonce{{CodeContrat: "K1", Date: day("2025-09-01"), Montant: 320_000}, {CodeContrat: "K1", Date: day("2026-03-01"), Montant: 1250}}, list); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
	list, wrong, err := ReadTable(table(t, "Numéro de dossier;Date;Montant\n075-1;01/09/2025;3200\n"), nil)
	if err != nil || len(wrong) > 0 || list[0].Dossier != "075-1" || list[0].CodeContrat != "" {
		t.Errorf("by dossier: %v %v %v", list, wrong, err)
	}
}

func TestWhatIsWrongWithATableIsToldWithItsCell(t *testing.T) {
	t.Parallel()
	_, wrong, err := ReadTable(table(t, "codeContrat;date;montant\nK1;31/02/2026;100\n;01/03/2026;cher\nK2;01/03/2026;1,234\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range wrong {
		got = append(got, fmt.Sprint(e.Cellule, " ", e.Champ, " ", e.Ligne))
	}
	if diff := cmp.Diff([]string{"B2 date 2", "A3 codeContrat 3", "C3 montant 3", "C4 montant 4"}, got); diff != "" {
		t.Error(diff, wrong)
	}
	for text, fields := range map[string]string{"Nom;Prénom\nMartin;Léa\n": "[date montant codeContrat]", "codeContrat;date;montant\n": "[]"} {
		_, wrong, err := ReadTable(table(t, text), nil)
		champs := []string{}
		for _, e := range wrong {
			if e.Champ != "" {
				champs = append(champs, e.Champ)
			}
		}
		if err != nil || len(wrong) == 0 || fmt.Sprint(champs) != fields {
			t.Errorf("%s: %v %v", text, wrong, err)
		}
	}
	_, wrong, err = ReadTable(table(t, "codeContrat;date;montant\nK1;01/02/2026;100\n"), Matrice{"montant": "Total", "prix": "montant"})
	if err != nil || len(wrong) != 2 {
		t.Errorf("a mapping that does not fit: %v %v", wrong, err)
	}
}

func TestLinesOfABodyAreRead(t *testing.T) {
	t.Parallel()
	list, wrong := Read([]Brute{{CodeContrat: " K1 ", Date: "01/09/2025", Montant: "3200.00"}})
	if len(wrong) > 0 || list[0] != (Annonce{CodeContrat: "K1", Date: day("2025-09-01"), Montant: 320_000}) {
		t.Error(list, wrong)
	}
	if _, wrong = Read(nil); len(wrong) != 1 {
		t.Error("an empty deposit is taken")
	}
	if _, wrong = Read([]Brute{{}, {CodeContrat: "K1", Date: "x", Montant: "10000000000"}}); len(wrong) != 5 || wrong[3].Index != 1 {
		t.Errorf("%+v", wrong)
	}
}
