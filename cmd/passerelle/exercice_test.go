package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
	"github.com/passerelle-hub/passerelle/tra"
)

// newSocieteForTest makes a database with one société, id 1, and returns the
// directory that it is in.
func newSocieteForTest(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	t.Setenv("PASSERELLE_DB", storetest.At(t, filepath.Join(directory, "hub.db")))
	must(t, "organisme", "create", "--nom", "CFA Test")
	return directory
}

func names(list []comptable.MAD) string {
	var words []string
	for _, e := range list {
		words = append(words, e.Name+" "+e.State)
	}
	return strings.Join(words, ", ")
}

func TestExercicesAreManagedFromTheCommandLine(t *testing.T) {
	newSocieteForTest(t)
	must(t, "exercice", "create", "--societe", "1", "--debut", "2023-01-01", "--fin", "2023-12-31")
	if got := must(t, "exercice", "create", "--societe", "1", "--debut", "2024-01-01", "--fin", "2024-12-31", "--simulation"); !strings.Contains(got, "N+1") {
		t.Errorf("a simulation shows what would be: %s", got)
	}
	list := decode[[]comptable.MAD](t, must(t, "exercice", "create", "--societe", "1", "--debut", "2024-01-01", "--fin", "2024-12-31", "--json"))
	if got := names(list); got != "N+1 open, N open" {
		t.Errorf("created: %s", got)
	}
	r := command(t, "exercice", "create", "--societe", "1", "--debut", "2024-06-01", "--fin", "2026-12-31")
	if r.status != exitFailed || !strings.Contains(r.stderr, "EXERCICE13") || !strings.Contains(r.stderr, "EXERCICE3") {
		t.Errorf("every reason to refuse is told: %d %s", r.status, r.stderr)
	}
	list = decode[[]comptable.MAD](t, must(t, "exercice", "close", list[1].ProducerID, "--societe", "1", "--prenom", "Ana", "--nom", "Roche", "--lettrage", "multi", "--json"))
	if got := names(list); got != "N open, N-1 closed" || list[1].Period.Closed.By.LastName != "Roche" || list[0].AdditionalProducerProperties.Lettering != "MULTI" {
		t.Errorf("closed: %s %+v", got, list)
	}
	table := must(t, "exercice", "list", "--societe", "1")
	if !strings.Contains(table, "Ana Roche") || strings.Index(table, "2024-01-01") > strings.Index(table, "2023-01-01") {
		t.Errorf("the list is the most recent first:\n%s", table)
	}
	if got := decode[[]comptable.MAD](t, must(t, "exercice", "list", "--societe", "1", "--on", "2020-01-01", "--json")); len(got) != 0 {
		t.Errorf("nothing was there yet: %+v", got)
	}
	rows := decode[[]verified](t, must(t, "exercice", "verify", "--json"))
	if len(rows) != 1 || !rows[0].Valide || rows[0].Clotures != 1 || len(rows[0].Empreinte) != 64 {
		t.Errorf("verified: %+v", rows)
	}
}

func TestWrongUsageOfExerciceCommands(t *testing.T) {
	newSocieteForTest(t)
	for name, args := range map[string][]string{
		"no société":                    {"exercice", "list"},
		"a day that is none":            {"exercice", "create", "--societe", "1", "--debut", "01/01/2024", "--fin", "2024-12-31"},
		"a closing by nobody":           {"exercice", "close", "1", "--societe", "1"},
		"an unknown lettering":          {"exercice", "close", "1", "--societe", "1", "--prenom", "A", "--nom", "B", "--lettrage", "both"},
		"an unknown code":               {"exercice", "export", "--societe", "1", "--code", "siren"},
		"a société without organisme":   {"societe", "create", "--nom", "X"},
		"no file to check":              {"tra", "check"},
		"a limit that lists nothing":    {"tra", "check", "x.tra", "--limit", "0"},
		"a registration that is no day": {"societe", "create", "--organisme", "1", "--nom", "X", "--immatriculation", "hier"},
	} {
		if r := command(t, args...); r.status != exitUsage || r.stdout != "" {
			t.Errorf("%s: status %d, stdout %q, stderr %s", name, r.status, r.stdout, r.stderr)
		}
	}
	for name, args := range map[string][]string{
		"an unknown société":          {"exercice", "list", "--societe", "9"},
		"no exercice to export":       {"exercice", "export", "--societe", "1"},
		"an unknown organisme":        {"societe", "create", "--organisme", "9", "--nom", "X"},
		"a SIRET that is too short":   {"societe", "create", "--organisme", "1", "--nom", "X", "--siret", "123"},
		"a société that is not there": {"societe", "set", "99", "--nom", "X"},
		"a société without a name":    {"societe", "set", "1", "--nom", " "},
		"a name of two lines":         {"societe", "set", "1", "--nom", "CFA\nSud"},
		"a name without an end":       {"societe", "create", "--organisme", "1", "--nom", strings.Repeat("é", 201)},
		"an organisme of two lines":   {"organisme", "create", "--nom", "CFA\nSud"},
		"a file that is not there":    {"tra", "check", "nowhere.tra"},
	} {
		if r := command(t, args...); r.status != exitFailed || r.stdout != "" || r.stderr == "" {
			t.Errorf("%s: status %d, stdout %q, stderr %s", name, r.status, r.stdout, r.stderr)
		}
	}
}

func TestExercicesGoThroughAFileToAnotherSociete(t *testing.T) {
	directory := newSocieteForTest(t)
	file := filepath.Join(directory, "exercices.tra")
	must(t, "exercice", "create", "--societe", "1", "--debut", "2023-01-01", "--fin", "2023-12-31")
	must(t, "exercice", "create", "--societe", "1", "--debut", "2024-01-01", "--fin", "2024-12-31")
	must(t, "exercice", "close", "1", "--societe", "1", "--prenom", "Ana", "--nom", "Roche")
	must(t, "exercice", "export", "--societe", "1", "--out", file)
	if report := decode[tra.Report](t, must(t, "tra", "check", file, "--json")); report.Errors != 0 || report.Records["EXO"] != 2 {
		t.Errorf("the file is not valid: %+v", report)
	}
	other := decode[map[string]string](t, must(t, "societe", "create", "--organisme", "1", "--nom", "Filiale", "--siret", "12345678900012", "--immatriculation", "2019-07-01", "--json"))["id"]
	must(t, "societe", "set", other, "--reference", "DOSS-7")
	if list := must(t, "societe", "list"); !strings.Contains(list, "12345678900012") || !strings.Contains(list, "2019-07-01") || !strings.Contains(list, "DOSS-7") {
		t.Errorf("societe list:\n%s", list)
	}
	list := decode[[]comptable.MAD](t, must(t, "exercice", "import", file, "--societe", other, "--prenom", "Ana", "--nom", "Roche", "--json"))
	if got := names(list); got != "N open, N-1 closed" {
		t.Errorf("imported: %s", got)
	}
	must(t, "exercice", "import", file, "--societe", other, "--prenom", "Ana", "--nom", "Roche")
	if rows := decode[[]verified](t, must(t, "exercice", "verify", "--json")); len(rows) != 2 || !rows[1].Valide || rows[1].Clotures != 1 {
		t.Errorf("verified: %+v", rows)
	}
	ranks := must(t, "exercice", "export", "--societe", other, "--code", "rang")
	if !strings.Contains(ranks, "***EXO00101012023") {
		t.Errorf("ranks are not written:\n%s", ranks)
	}

	text := filepath.Join(directory, "exercices.json")
	must(t, "tra", "json", file, "--out", text)
	back := must(t, "tra", "write", text)
	original, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(original), back); diff != "" {
		t.Errorf("the file is not the same after JSON:\n%s", diff)
	}
	if r := command(t, "tra", "json", file, "--out", text); r.status != exitFailed {
		t.Errorf("a file is overwritten: %d", r.status)
	}
}

func TestTheCheckerTellsWhatIsWrongAndWhere(t *testing.T) {
	directory := newSocieteForTest(t)
	file := filepath.Join(directory, "faux.tra")
	good := must(t, "exercice", "create", "--societe", "1", "--debut", "2023-01-01", "--fin", "2023-12-31")
	if good == "" {
		t.Fatal("nothing was printed")
	}
	must(t, "exercice", "export", "--societe", "1", "--out", file)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "31122023OUV", "31132023XXX", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	r := command(t, "tra", "check", file)
	if r.status != exitFailed || !strings.Contains(r.stdout, "ligne 6, colonne 18, EXO.DATEFIN") || !strings.Contains(r.stdout, "ligne 6, colonne 26, EXO.ETATCPTA") {
		t.Errorf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	r = command(t, "tra", "check", file, "--json")
	report := decode[tra.Report](t, r.stdout)
	if r.status != exitFailed || report.Errors < 2 {
		t.Errorf("status %d, %+v", r.status, report)
	}
	if r := command(t, "exercice", "import", file, "--societe", "1", "--prenom", "A", "--nom", "B"); r.status != exitFailed || !strings.Contains(r.stderr, "ligne 6") {
		t.Errorf("an import of it: status %d, %s", r.status, r.stderr)
	}
	pdf := filepath.Join(directory, "facture.pdf")
	if err := os.WriteFile(pdf, []byte("%PDF-1.4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"tra", "check", pdf}, {"tra", "json", pdf}, {"exercice", "import", pdf, "--societe", "1", "--prenom", "A", "--nom", "B"}} {
		if r := command(t, args...); r.status != exitFailed || !strings.Contains(r.stdout+r.stderr, "PDF") {
			t.Errorf("%v: status %d, %s%s", args, r.status, r.stdout, r.stderr)
		}
	}
	if report := decode[tra.Report](t, command(t, "tra", "check", pdf, "--json").stdout); report.Findings[0].Rule != "pdf" {
		t.Errorf("a PDF as JSON: %+v", report)
	}
}
