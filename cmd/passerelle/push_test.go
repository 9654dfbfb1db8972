package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The template that the field uses, and a mapping for it.
const (
	gabarit        = "../../internal/tableur/testdata/gabarit-api-sync.csv"
	gabaritMapping = "../../internal/tableur/testdata/gabarit-mapping.json"
	gabaritReport  = "../../internal/tableur/testdata/gabarit-erreurs.csv"
)

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// write writes a file into a new folder.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// table writes contracts as an export of wire names.
func table(t *testing.T, list []passerelle.Contrat) string {
	t.Helper()
	return write(t, "contrats.csv", string(apitest.CSV(list)))
}

// push runs `passerelle push` against a server.
func push(t *testing.T, o *apitest.Organisme, url string, args ...string) result {
	t.Helper()
	return command(t, append([]string{"push", "--url", url, "--token", o.Token}, args...)...)
}

func transmis(t *testing.T, o *apitest.Organisme) []passerelle.Contrat {
	t.Helper()
	return apitest.Decode[struct{ Contrats []passerelle.Contrat }](t, o.Get(t, "/api/sync/v1/contrats-get-all").Want(t, 200)).Contrats
}

func TestTheTemplateOfTheFieldIsPushed(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	r := push(t, o, s.URL, gabarit, "--mapping", gabaritMapping, "--dry-run")
	if r.status != exitDone {
		t.Fatalf("dry run: %d %s", r.status, r.stderr)
	}
	golden(t, "gabarit-apercu.json", indented(t, r.stdout))
	if n := len(transmis(t, o)); n != 0 {
		t.Fatalf("a dry run recorded %d contracts", n)
	}
	r = push(t, o, s.URL, gabarit, "--mapping", gabaritMapping, "--yes")
	v := decode[verdict](t, r.stdout)
	if r.status != exitDone || v.Outcome != outcomePushed || v.Result.Added != 10 || r.stderr != "" {
		t.Fatalf("status %d, %s, stderr %q", r.status, r.stdout, r.stderr)
	}
	if list := transmis(t, o); len(list) != 10 || list[0].DateDebut != "12/12/2021" {
		t.Errorf("transmitted: %+v", list)
	}
	v = decode[verdict](t, push(t, o, s.URL, gabarit, "--mapping", gabaritMapping, "--yes").stdout)
	if v.Result.Same != 10 || v.Result.Added != 0 {
		t.Errorf("the second push: %+v", v.Result)
	}
}

func indented(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(text), "", "  "); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestErrorsOfATableAreShownByRowAndColumn(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	t.Run("values that cannot be sent, with the sheet that says so", func(t *testing.T) {
		document, err := os.ReadFile(gabaritMapping)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(document, &m); err != nil {
			t.Fatal(err)
		}
		m["champs"].(map[string]any)["dateDebut"] = map[string]any{"colonne": "dateDebut", "occurrence": 1}
		changed, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		report := filepath.Join(t.TempDir(), "erreurs.csv")
		r := push(t, o, s.URL, gabarit, "--mapping", write(t, "m.json", string(changed)), "--yes", "--report", report)
		if r.status != exitFailed {
			t.Fatalf("status %d", r.status)
		}
		golden(t, "gabarit-refus.txt", r.stderr)
		if v := decode[verdict](t, r.stdout); v.Outcome != outcomeRefused || v.Errors[0].Cell != "K2" {
			t.Errorf("%s", r.stdout)
		}
		got, err := os.ReadFile(report)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(gabaritReport)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("the sheet (-want +got):\n%s", diff)
		}
	})
	t.Run("rules that the hub finds broken", func(t *testing.T) {
		list := apitest.Numbered(3)
		list[1].EmailApprenant = "nobody"
		list[2].EmailPersonnel = "autre@cfa.example"
		r := push(t, o, s.URL, table(t, list), "--yes")
		v := decode[verdict](t, r.stdout)
		if r.status != exitFailed || v.ErrorsTotal != 2 {
			t.Fatalf("status %d: %s", r.status, r.stdout)
		}
		if e := v.Errors[0]; e.Cell != "O3" || e.Row != 3 || e.Code != "email-format" || e.CodeContrat != "K0002" {
			t.Errorf("%+v", e)
		}
		if e := v.Errors[1]; e.Row != 4 || e.Code != "person-mismatch" || e.ConflictsWith != "K0001" {
			t.Errorf("%+v", e)
		}
	})
	t.Run("a JSON file, by position", func(t *testing.T) {
		list := apitest.Numbered(2)
		list[1].EmailApprenant = "nobody"
		text, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		v := decode[verdict](t, push(t, o, s.URL, write(t, "c.json", string(text)), "--yes").stdout)
		if v.Outcome != outcomeRefused || *v.Errors[0].Index != 1 {
			t.Errorf("%+v", v)
		}
	})
	t.Run("a file of another kind says what it is", func(t *testing.T) {
		r := push(t, o, s.URL, write(t, "c.csv", "%PDF-1.7 …"), "--yes")
		if r.status != exitFailed || !strings.Contains(r.stderr, "document PDF") {
			t.Errorf("%d %s", r.status, r.stderr)
		}
	})
	t.Run("malformed JSON says where", func(t *testing.T) {
		r := push(t, o, s.URL, write(t, "c.json", `{"contrats":[{]}`), "--yes")
		if r.status != exitFailed || !strings.Contains(r.stderr, "ligne 1") {
			t.Errorf("%d %s", r.status, r.stderr)
		}
	})
	if n := len(transmis(t, o)); n != 0 {
		t.Errorf("%d contracts were recorded", n)
	}
}

func TestAMappingThatDoesNotFitIsRefusedAndCanBeKept(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	file := write(t, "export.csv", "Code contrat;Nom alternant;Mail alternant\nK1;Martin;lea@etu.example\n")
	saved := filepath.Join(t.TempDir(), "m.json")
	r := push(t, o, s.URL, file, "--yes", "--save-mapping", saved)
	if r.status != exitFailed || !strings.Contains(r.stderr, "prenomApprenant") {
		t.Errorf("%d %s", r.status, r.stderr)
	}
	if v := decode[verdict](t, r.stdout); v.Outcome != outcomeRefused || len(v.Mapping) < 10 {
		t.Errorf("%s", r.stdout)
	}
	text, err := os.ReadFile(saved)
	if err != nil || !strings.Contains(string(text), `"emailApprenant": "Mail alternant"`) {
		t.Errorf("%s %v", text, err)
	}
	if r := push(t, o, s.URL, file, "--yes", "--save-mapping", saved); r.status != exitFailed || !strings.Contains(r.stderr, "exists") {
		t.Errorf("a mapping was overwritten: %d %s", r.status, r.stderr)
	}
}

func TestAPushThatWouldArchiveTooMuchIsHeld(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	if r := push(t, o, s.URL, table(t, apitest.Numbered(60)), "--yes"); r.status != exitDone {
		t.Fatal(r.stderr)
	}
	r := push(t, o, s.URL, table(t, apitest.Numbered(5)), "--yes")
	v := decode[verdict](t, r.stdout)
	if r.status != exitFailed || v.Outcome != outcomeHeld || v.Diff.Removed != 55 || !strings.Contains(r.stderr, "/synchronisations/"+v.Synchronisation+"/confirmer") {
		t.Errorf("%d %s %s", r.status, r.stdout, r.stderr)
	}
}

func TestWithoutATerminalNobodyIsAsked(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	r := push(t, o, s.URL, table(t, apitest.Numbered(2)))
	if r.status != exitFailed || !strings.Contains(r.stderr, "--yes") || r.stdout != "" || len(transmis(t, o)) != 0 {
		t.Errorf("%d %q %q", r.status, r.stdout, r.stderr)
	}
}

func TestPushExitStatuses(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	file := table(t, apitest.Numbered(1))
	for _, test := range []struct {
		name string
		args []string
		want int
	}{
		{"no file is wrong usage", []string{"push", "--url", s.URL, "--token", "t"}, exitUsage},
		{"no hub is wrong usage", []string{"push", file, "--token", "t"}, exitUsage},
		{"no token is wrong usage", []string{"push", file, "--url", s.URL}, exitUsage},
		{"an address that is none is wrong usage", []string{"push", file, "--url", "hub", "--token", "t"}, exitUsage},
		{"a report of another kind is wrong usage", []string{"push", file, "--url", s.URL, "--token", "t", "--report", "r.pdf"}, exitUsage},
		{"a file that is not there fails", []string{"push", "/nowhere.csv", "--url", s.URL, "--token", "t", "--yes"}, exitFailed},
		{"a folder fails", []string{"push", t.TempDir(), "--url", s.URL, "--token", "t", "--yes"}, exitFailed},
		{"a wrong token fails", []string{"push", file, "--url", s.URL, "--token", "t", "--yes"}, exitFailed},
		{"a mapping that is none fails", []string{"push", file, "--url", s.URL, "--token", "t", "--yes", "--mapping", file}, exitFailed},
	} {
		if r := command(t, test.args...); r.status != test.want || r.stdout != "" || r.stderr == "" {
			t.Errorf("%s: status %d, stdout %q, stderr %q", test.name, r.status, r.stdout, r.stderr)
		}
	}
}

// terminal runs a command line at a terminal, types an answer, and returns what
// was shown.
func terminal(t *testing.T, answer string, args ...string) (status int, shown string) {
	t.Helper()
	person, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintln(person, answer); err != nil {
		t.Fatal(err)
	}
	var out output
	read := make(chan struct{})
	go func() {
		defer close(read)
		buffer := make([]byte, 4096)
		for {
			n, err := person.Read(buffer)
			_, _ = out.Write(buffer[:n])
			if err != nil {
				return
			}
		}
	}()
	status = run(t.Context(), args, tty, tty, tty)
	if err := tty.Close(); err != nil {
		t.Error(err)
	}
	<-read
	if err := person.Close(); err != nil {
		t.Error(err)
	}
	return status, strings.ReplaceAll(out.String(), "\r", "")
}

func TestAtATerminalThePersonSeesTheDiffAndIsAsked(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	before := apitest.Numbered(3)
	o.Post(t, "/api/sync/v1/contrats", apitest.Body(before...)).Want(t, 200)
	after := slices.Clone(before[1:])
	after[0].NomEntreprise = "Boulangerie Roux"
	after = append(after, apitest.Contrat("K0009"))
	file := table(t, after)
	status, shown := terminal(t, "n", "push", file, "--url", s.URL, "--token", o.Token)
	if status != exitFailed || len(transmis(t, o)) != 3 || transmis(t, o)[0].CodeContrat != "K0001" {
		t.Fatalf("a refusal: status %d\n%s", status, shown)
	}
	status, shown = terminal(t, "oui", "push", file, "--url", s.URL, "--token", o.Token)
	if status != exitDone {
		t.Fatalf("status %d\n%s", status, shown)
	}
	for _, want := range []string{"added", "K0009", "nomEntreprise: “Boulangerie Petit” -> “Boulangerie Roux”", "removed", "K0001",
		"1 added, 1 updated, 1 removed (archived), 1 the same.", "Send? (y/N)", "Sent as synchronisation 2", "--save-mapping"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the person does not see %q:\n%s", want, shown)
		}
	}
	if list := transmis(t, o); len(list) != 3 || list[2].CodeContrat != "K0009" {
		t.Errorf("%+v", list)
	}
}
