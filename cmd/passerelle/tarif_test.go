package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPricesAreManagedFromTheCommandLine(t *testing.T) {
	directory := newSocieteForTest(t)
	file := filepath.Join(directory, "tarifs.csv")
	save := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save("par;code;montant annuel;debut;fin\nformation;MCO;7 300,00;01/09/2023;31/08/2025\nrncp;38362;8000;;\n")
	if r := command(t, "tarif", "list", "--organisme", "1"); r.status != exitFailed || r.stderr == "" {
		t.Errorf("no price list yet: %+v", r)
	}
	if got := must(t, "tarif", "import", file, "--organisme", "1", "--simulation"); !strings.Contains(got, "nothing was recorded") {
		t.Error(got)
	}
	if got := must(t, "tarif", "import", file, "--organisme", "1"); got != "price list 1: 2 prices\n" {
		t.Error(got)
	}
	save("par;code;montant annuel;debut;fin\nformation;MCO;cher;;\nrncp;;1;;\n")
	if r := command(t, "tarif", "import", file, "--organisme", "1"); r.status != exitFailed || !strings.Contains(r.stderr, "ligne 2, colonne 3 :") || !strings.Contains(r.stderr, "ligne 3, colonne 2 :") {
		t.Errorf("every fault is told with its place: %+v", r)
	}
	list := must(t, "tarif", "list", "--organisme", "1")
	if !strings.Contains(list, "7300.00") || !strings.Contains(list, "01/09/2023") || !strings.Contains(list, "38362") {
		t.Error(list)
	}
	rows := decode[[]map[string]any](t, must(t, "tarif", "list", "--organisme", "1", "--liste", "1", "--json"))
	if len(rows) != 2 || rows[0]["montant"] != 7300.0 {
		t.Errorf("%v", rows)
	}
	must(t, "exercice", "create", "--societe", "1", "--debut", "2023-01-01", "--fin", "2023-12-31")
	must(t, "exercice", "close", "1", "--societe", "1", "--prenom", "Ana", "--nom", "Roche")
	verified := decode[[]verified](t, must(t, "exercice", "verify", "--json"))
	if p := verified[0].Ventilations; len(p) != 1 || p[0].Tarifs != "1" || !p[0].Identique {
		t.Errorf("verified: %+v", verified)
	}
	for name, args := range map[string][]string{
		"no organisme":         {"tarif", "list"},
		"no organisme, import": {"tarif", "import", file},
		"no file":              {"tarif", "import", "--organisme", "1"},
	} {
		if r := command(t, args...); r.status != exitUsage {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
