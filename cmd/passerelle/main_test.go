package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// result is what a command line printed and how it ended.
type result struct {
	status         int
	stdout, stderr string
}

// command runs a command line as a shell would.
func command(t *testing.T, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
	return result{status, stdout.String(), stderr.String()}
}

// must runs a command line that has to succeed and returns what it printed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	r := command(t, args...)
	if r.status != exitDone {
		t.Fatalf("passerelle %s: status %d\n%s", strings.Join(args, " "), r.status, r.stderr)
	}
	return r.stdout
}

// sandbox is a server of the test's own with a bac à sable.
func sandbox(t *testing.T) (*apitest.Server, *apitest.Organisme) {
	t.Helper()
	s := apitest.New(t, "sqlite")
	return s, s.Sandbox(t, "CFA Test")
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	decoder := json.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%q is not JSON: %v", text, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		t.Fatalf("%q holds more than one JSON value", text)
	}
	return value
}

func TestExitStatuses(t *testing.T) {
	t.Setenv("PASSERELLE_DB", filepath.Join(t.TempDir(), "hub.db"))
	must(t, "jeton", "create", "--cabinet") // makes the database
	for _, test := range []struct {
		name string
		args []string
		want int
	}{
		{"no command prints help", nil, exitDone},
		{"help is asked for", []string{"organisme", "--help"}, exitDone},
		{"the version is asked for", []string{"version"}, exitDone},
		{"an unknown command is wrong usage", []string{"frobnicate"}, exitUsage},
		{"an unknown flag is wrong usage", []string{"serve", "--frobnicate"}, exitUsage},
		{"a group without command is wrong usage", []string{"jeton"}, exitUsage},
		{"an unknown command of a group is wrong usage", []string{"jeton", "frobnicate"}, exitUsage},
		{"a missing required flag is wrong usage", []string{"organisme", "create"}, exitUsage},
		{"an argument too many is wrong usage", []string{"organisme", "list", "x"}, exitUsage},
		{"a missing argument is wrong usage", []string{"jeton", "revoke"}, exitUsage},
		{"an id that is no number is wrong usage", []string{"jeton", "revoke", "x"}, exitUsage},
		{"both owners of a token are wrong usage", []string{"jeton", "create", "--organisme", "1", "--cabinet"}, exitUsage},
		{"no owner of a token is wrong usage", []string{"jeton", "create"}, exitUsage},
		{"an unknown right is wrong usage", []string{"jeton", "create", "--cabinet", "--droits", "lire"}, exitUsage},
		{"a bad day is wrong usage", []string{"jeton", "create", "--cabinet", "--expire", "31/12/2027"}, exitUsage},
		{"no rights, given as such, are not every right", []string{"jeton", "create", "--cabinet", "--droits", ""}, exitUsage},
		{"a partenaire of no name is not none", []string{"jeton", "create", "--cabinet", "--partenaire", " "}, exitUsage},
		{"an end of no day is not none", []string{"jeton", "create", "--cabinet", "--expire", ""}, exitUsage},
		{"a bad size is wrong usage", []string{"serve", "--max-body", "much"}, exitUsage},
		{"a negative rate is wrong usage", []string{"serve", "--rate-limit", "-1"}, exitUsage},
		{"a client of no identity provider is wrong usage", []string{"serve", "--oidc-only"}, exitUsage},
		{"an identity provider that does not know the hub's address is wrong usage", []string{"serve", "--oidc-issuer", "https://id.example", "--oidc-client-id", "p"}, exitUsage},
		{"a role that does not exist is wrong usage", []string{"serve", "--oidc-issuer", "https://id.example", "--oidc-roles", "a=chef"}, exitUsage},
		{"a replica of an SQLite file is wrong usage", []string{"serve", "--db-read", "postgres://127.0.0.1:1/none"}, exitUsage},
		{"no contracts is wrong usage", []string{"demo", "--contrats", "0"}, exitUsage},
		{"an unknown organisme fails", []string{"jeton", "create", "--organisme", "99"}, exitFailed},
		{"an unknown token fails", []string{"jeton", "revoke", "99"}, exitFailed},
		{"tokens of an unknown organisme are no empty list", []string{"jeton", "list", "--organisme", "99"}, exitFailed},
		{"accounts of an unknown organisme are no empty list", []string{"compte", "list", "--organisme", "99"}, exitFailed},
		{"sums as of no synchronisation are wrong usage", []string{"verify", "--jusqua", "-1"}, exitUsage},
		{"an address that cannot be listened on fails", []string{"serve", "--addr", "127.0.0.1:99999"}, exitFailed},
		{"a backup of nothing fails", []string{"backup", "--db", "/nowhere/hub.db", "copy.db"}, exitFailed},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := command(t, test.args...)
			if r.status != test.want {
				t.Errorf("status %d, want %d; stderr: %s", r.status, test.want, r.stderr)
			}
			if r.status != exitDone && (r.stdout != "" || r.stderr == "") {
				t.Errorf("a failure goes to stderr alone: stdout %q, stderr %q", r.stdout, r.stderr)
			}
		})
	}
}

func TestJSONIsAloneOnStdout(t *testing.T) {
	t.Setenv("PASSERELLE_DB", storetest.At(t, filepath.Join(t.TempDir(), "hub.db")))
	organisme := decode[map[string]any](t, must(t, "organisme", "create", "--nom", "CFA Test", "--sandbox", "--json"))
	token, _ := organisme["token"].(string)
	if len(token) < 43 {
		t.Errorf("token %q has less than 256 bits", token)
	}
	delete(organisme, "token")
	if diff := cmp.Diff(map[string]any{"id": "1", "nom": "CFA Test", "sandbox": true, "societeId": "1"}, organisme); diff != "" {
		t.Error(diff)
	}
	partenaire := decode[map[string]string](t, must(t, "partenaire", "create", "--nom", "Logiciel", "--json"))
	if partenaire["id"] != "1" || partenaire["nom"] != "Logiciel" || len(partenaire["secret"]) < 43 {
		t.Errorf("partenaire: %v", partenaire)
	}
	jeton := decode[map[string]string](t, must(t, "jeton", "create", "--organisme", "1", "--partenaire", "1", "--droits", "contrats,exercices", "--expire", "2027-12-31", "--prenom", "Ada", "--nom", "Martin", "--json"))
	if jeton["id"] != "2" || len(jeton["token"]) < 43 {
		t.Errorf("jeton: %v", jeton)
	}
	must(t, "jeton", "revoke", "2")
	if over := command(t, "jeton", "create", "--organisme", "1", "--expire", "2024-12-31", "--json"); over.status != exitDone || !strings.Contains(over.stderr, "2024-12-31 is over") {
		t.Errorf("a token whose day is over: status %d, %s", over.status, over.stderr)
	}
	list := must(t, "jeton", "list", "--organisme", "1")
	if !strings.Contains(list, "contrats,exercices") || !strings.Contains(list, "Ada Martin") || strings.Contains(list, jeton["token"]) {
		t.Errorf("the list tells rights and person, and no token:\n%s", list)
	}
	if list := must(t, "organisme", "list"); !strings.Contains(list, "CFA Test") {
		t.Errorf("organisme list:\n%s", list)
	}
}

func TestSettingsAreShownChangedAndRefused(t *testing.T) {
	t.Setenv("PASSERELLE_DB", storetest.At(t, filepath.Join(t.TempDir(), "hub.db")))
	must(t, "organisme", "create", "--nom", "CFA Test")
	usual := must(t, "organisme", "set", "1")
	for i := range domaine.TousReglages {
		s := &domaine.TousReglages[i]
		defaut := domaine.ReglagesDefaut()
		if line := "--" + reglageFlag(s.Cle) + " " + s.Of(&defaut) + "\n"; !strings.Contains(usual, line) {
			t.Errorf("%q is not shown:\n%s", line, usual)
		}
		if reglageUsage[s.Cle] == "" {
			t.Errorf("the help says nothing of %s", s.Cle)
		}
	}
	must(t, "organisme", "set", "1", "--emails-partages", "maitres", "--garde-archivage-minimum", "35", "--base-jours", "365", "--comptes-pca", "487100", "--part-employeur", "non", "--seuil", "40", "--rythme", "36h")
	shown := must(t, "organisme", "set", "1")
	for _, line := range []string{"--emails-partages maitres", "--garde-archivage-minimum 35", "--base-jours 365", "--comptes-pca 487100", "--part-employeur non", "--garde-archivage 40", "--comptes-fae 418100", "--rythme 36h0m0s"} {
		if !strings.Contains(shown, line+"\n") {
			t.Errorf("%q is not shown:\n%s", line, shown)
		}
	}
	// All of it, or nothing, and what is wrong with each.
	r := command(t, "organisme", "set", "1", "--emails-partages", "personne", "--base-jours", "360", "--part-employeur", "oui", "--rythme", "12h")
	if r.status != exitUsage || !strings.Contains(r.stderr, "--emails-partages:") || !strings.Contains(r.stderr, "--base-jours:") {
		t.Errorf("status %d: %s", r.status, r.stderr)
	}
	if after := must(t, "organisme", "set", "1"); after != shown {
		t.Errorf("a refused change changed something:\n%s", after)
	}
	if r := command(t, "organisme", "set", "7"); r.status != exitFailed {
		t.Errorf("an unknown organisme: %+v", r)
	}
}

func TestFlagsWinOverTheEnvironment(t *testing.T) {
	directory := t.TempDir()
	t.Setenv("PASSERELLE_DB", filepath.Join(directory, "variable.db"))
	t.Setenv("PASSERELLE_NOM", "from the variable")
	if got := must(t, "organisme", "create"); !strings.Contains(got, "from the variable") {
		t.Errorf("the variable was not read: %s", got)
	}
	must(t, "organisme", "create", "--nom", "from the flag", "--db", filepath.Join(directory, "flag.db"))
	if got := must(t, "organisme", "list", "--db", filepath.Join(directory, "flag.db")); !strings.Contains(got, "from the flag") || strings.Contains(got, "variable") {
		t.Errorf("the flag did not win: %s", got)
	}
	t.Setenv("PASSERELLE_SANDBOX", "perhaps")
	if r := command(t, "organisme", "create", "--nom", "x"); r.status != exitUsage || !strings.Contains(r.stderr, "PASSERELLE_SANDBOX") {
		t.Errorf("a bad variable is named as wrong usage: %d %s", r.status, r.stderr)
	}
}

func TestBackupIsAWholeDatabaseAndNeverOverwrites(t *testing.T) {
	directory := t.TempDir()
	source, copied := storetest.At(t, filepath.Join(directory, "hub.db")), filepath.Join(directory, "copy.db")
	must(t, "organisme", "create", "--nom", "CFA Test", "--db", source)
	must(t, "backup", copied, "--db", source)
	if got := must(t, "organisme", "list", "--db", copied); !strings.Contains(got, "CFA Test") {
		t.Errorf("the copy does not hold the organisme: %s", got)
	}
	if r := command(t, "backup", copied, "--db", source); r.status != exitFailed || !strings.Contains(r.stderr, "exists already") {
		t.Errorf("the copy was overwritten: %d %s", r.status, r.stderr)
	}
}

// output is written by a command and read while it runs.
type output = apitest.Log

func TestDemoOncePrintsWhatHappenedAndEnds(t *testing.T) {
	t.Parallel()
	out := must(t, "demo", "--once", "--contrats", "500", "--addr", "127.0.0.1:0")
	for _, want := range []string{"500 contracts added", "500 the same", "HTTP 422", "email-shared", "modèles are configured", "contracts bring, at 2026-12-31", "curl -s -H"} {
		if !strings.Contains(out, want) {
			t.Errorf("the demo does not say %q:\n%s", want, out)
		}
	}
}

func TestTheCurlLinesOfTheDemoWork(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	var stdout, stderr output
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"demo", "--contrats", "300", "--addr", "127.0.0.1:0"}, strings.NewReader(""), &stdout, &stderr)
	}()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(stdout.String(), "Serving until"); {
		if time.Now().After(deadline) {
			t.Fatalf("the demo does not come to its end:\n%s%s", stdout.String(), stderr.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
	lines := regexp.MustCompile(`curl -s -H "Authorization: (Bearer \S+)" '(http://[^']+)'`).FindAllStringSubmatch(stdout.String(), -1)
	if len(lines) < 5 {
		t.Fatalf("only %d curl lines:\n%s", len(lines), stdout.String())
	}
	for _, line := range lines {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, line[2], nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", line[1])
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || len(body) < 20 {
			t.Errorf("%s: HTTP %d, %d bytes, %v", line[2], response.StatusCode, len(body), err)
		}
	}
	stop()
	if status := <-ended; status != exitDone {
		t.Errorf("the demo ended with %d: %s", status, stderr.String())
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"256MiB": 256 << 20, "1GiB": 1 << 30, "10MB": 10e6, "4096": 4096, "12 KiB": 12 << 10, "1B": 1} {
		var s size
		if err := s.Set(text); err != nil || int64(s) != want {
			t.Errorf("%s: %d, %v", text, int64(s), err)
		}
	}
	for _, text := range []string{"", "MiB", "-1MiB", "1.5MiB", "99999999999GiB"} {
		if err := new(size).Set(text); err == nil {
			t.Errorf("%q is accepted as a size", text)
		}
	}
}
