package ventilation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const titres = "par;code;montant annuel;debut;fin\n"

func TestAPriceListIsReadFromCSV(t *testing.T) {
	t.Parallel()
	want := liste(t, "formation F1 7523,17 2024-09-01 2025-08-31", "rncp 38362 8000 0001-01-01 9999-12-31")
	for name, text := range map[string]string{
		"as people write it":            titres + "formation;F1;7 523,17 €;01/09/2024;31/08/2025\n\nrncp;38362;8000;;\n",
		"with a byte order mark":        "\ufeff" + titres + "formation;F1;7523.17;2024-09-01;2025-08-31\r\nrncp;38362;8000,00;;\r\n;;;;\r\n",
		"with columns in another order": "Montant annuel;Début;Fin;Par;Code\n7523,17;01/09/2024;31/08/2025;Formation;F1\n8000,0;;;RNCP;38362",
		"in Windows-1252":               "par;code;montant annuel;d\xe9but;fin\nformation;F1;7\xa0523,17\xa0\x80;01/09/2024;31/08/2025\nrncp;38362;8000;;\n",
		"with rows cut short":           titres + "formation;F1;7523,17;01/09/2024;31/08/2025;;\nrncp;38362;8000\n",
	} {
		list, errs, err := ReadCSV(strings.NewReader(text))
		if err != nil || len(errs) > 0 {
			t.Errorf("%s: %v %v", name, errs, err)
			continue
		}
		got, _ := NewTarifs(list)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Tarifs{})); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestEverythingWrongWithAPriceListIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want []string // line:column
	}{
		"every cell of a row":                  {titres + "site;;sept mille;31/02/2024;hier", []string{"2:1", "2:2", "2:3", "2:4", "2:5"}},
		"two rows, one error each":             {titres + "formation;F1;-1;;\n\nrncp;1;10000000,01;;", []string{"2:3", "4:3"}},
		"prices that overlap":                  {titres + "formation;F1;1;;31/12/2024\nformation;F1;1;31/12/2024;", []string{"3:0"}},
		"an overlap beside a wrong row":        {titres + "rncp;;1;;\nformation;F1;1;;\nformation;F1;2;;", []string{"2:2", "4:0"}},
		"a validity that is reversed":          {titres + "formation;F1;1;02/01/2024;01/01/2024", []string{"2:0"}},
		"columns in another order":             {"fin;debut;montant annuel;code;par\n;;x;F1;formation", []string{"2:3"}},
		"a semicolon in a code":                {titres + "formation;F;1;7500;;", []string{"2:4"}},
		"a value beyond the last column":       {titres + "formation;F1;7500;;;x", []string{"2:6"}},
		"a column that is missing":             {"par;code;montant annuel;debut\n", []string{"1:0"}},
		"a column that is there twice":         {"par;code;montant annuel;debut;fin;fin\n", []string{"1:6"}},
		"a column that is not known":           {"par;code;montant annuel;debut;fin;tva\n", []string{"1:6"}},
		"commas between columns":               {"par,code,montant annuel,debut,fin\n", []string{"1:1", "1:0", "1:0", "1:0", "1:0", "1:0"}},
		"a quote that is not closed":           {titres + "formation;\"F1;7500;;\n", []string{"2:0"}},
		"no price":                             {titres, []string{"0:0"}},
		"an empty file":                        {"", []string{"0:0"}},
		"more prices than a list may hold":     {titres + strings.Repeat("formation;F1;1;;\n", TarifsMax+1), []string{"10002:0"}},
		"an amount with three decimals":        {titres + "formation;F1;7500,001;;", []string{"2:3"}},
		"a thousand times the same code":       {titres + strings.Repeat("formation;F1;1;;\n", 3), []string{"3:0", "4:0"}},
		"a line that spans lines counts as is": {titres + "formation;\"F\n1\";1;;\nrncp;;1;;\n", []string{"4:2"}},
	} {
		_, errs, err := ReadCSV(strings.NewReader(tc.text))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range errs {
			got = append(got, fmt.Sprintf("%d:%d", e.Ligne, e.Colonne))
			if e.Message == "" {
				t.Errorf("%s: an error says nothing", name)
			}
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %v\n%s", name, errs, diff)
		}
	}
}

func TestAListIsReadBackAsItIsWritten(t *testing.T) {
	t.Parallel()
	for _, want := range tarifs(t, "formation F1 7523,17 2024-09-01 2025-08-31", "rncp 38362 0,05 0001-01-01 9999-12-31") {
		list, errs := Read([]EntreeTarif{want.Entree()})
		if len(errs) > 0 || list[0] != want {
			t.Errorf("%+v: %+v %v", want, list, errs)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add(titres + "formation;F1;7 523,17 €;01/09/2024;31/08/2025\n")
	f.Add("\ufeff" + titres + "rncp;'=1+1;8000;;\n")
	f.Add("par;code;montant annuel;d\xe9but;fin\nformation;\"F1;1;;\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, errs, err := ReadCSV(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if len(errs) > 0 {
			return
		}
		entries := make([]EntreeTarif, len(list))
		for i, p := range list {
			entries[i] = p.Entree()
		}
		if again, errs := Read(entries); len(errs) > 0 || cmp.Diff(list, again) != "" {
			t.Fatalf("%q: %v, read back %v %v", text, list, again, errs)
		}
	})
}
