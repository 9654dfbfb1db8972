package main

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

func TestAWordThatIsNearlyACommandOrAFlagIsUnderstood(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"organism list":                     `unknown command "organism" for "passerelle": did you mean organisme?`,
		"organisme lits":                    `did you mean list?`,
		"organisme ls":                      `unknown command "ls" for "passerelle organisme": did you mean list?`,
		"serve --adr 127.0.0.1:0":           "unknown flag: --adr: did you mean --addr?",
		"push x.csv --tokn x":               "did you mean --token?",
		"serve --frobnicate":                "unknown flag: --frobnicate\n",
		"frobnicate":                        "unknown command \"frobnicate\" for \"passerelle\"\n",
		"token list":                        "did you mean jeton?",
		"account list":                      "did you mean compte?",
		"organisme create --name CFA":       "did you mean --nom?",
		"jeton create --organism 1":         "did you mean --organisme?",
		"serve -x":                          "unknown shorthand flag",
		"exercice verify --empreint 1":      "did you mean --empreinte?",
		"organisme set 1 --garde-archivag":  "did you mean --garde-archivage or --garde-archivage-minimum?",
		"organisme set 1 --partemployeur x": "did you mean --part-employeur?",
	} {
		r := command(t, strings.Fields(line)...)
		if r.status != exitUsage || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: status %d\n%swant %q", line, r.status, r.stderr, want)
		}
	}
}

// every visits a command and those below it that people see.
func every(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			every(c, visit)
		}
	}
}

func TestEveryCommandHasItsManualPageAndTheSameOneTwice(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1790000000")
	first, second := filepath.Join(t.TempDir(), "new"), t.TempDir()
	must(t, "man", first)
	must(t, "man", second)
	every(newRoot(), func(c *cobra.Command) {
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		page, err := os.ReadFile(filepath.Join(first, name))
		if err != nil {
			t.Errorf("%s: %v", c.CommandPath(), err)
			return
		}
		again, err := os.ReadFile(filepath.Join(second, name))
		if err != nil || !bytes.Equal(page, again) {
			t.Errorf("%s differs from one run to the other: %v", name, err)
		}
		if !bytes.Contains(page, []byte(".SH NAME")) || bytes.Contains(page, []byte("KiB")) {
			t.Errorf("%s:\n%s", name, page)
		}
	})
}

func TestCompletionsAreWrittenForEveryShell(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if script := must(t, "completion", shell); !strings.Contains(script, "passerelle") || len(script) < 1000 {
			t.Errorf("%s: %s", shell, script)
		}
	}
	if words := must(t, "__complete", "organisme", "cr"); !strings.HasPrefix(words, "create\t") {
		t.Errorf("completed by %s", words)
	}
}

func TestAContainerAsksWhetherItsServerIsReady(t *testing.T) {
	t.Parallel()
	status, body := http.StatusOK, "ready\n"
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("a page")) }))
	t.Cleanup(elsewhere.Close)
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/sous/readyz" && r.URL.Path != "/readyz" {
			t.Errorf("asked for %s", r.URL)
		}
		if status == http.StatusFound {
			http.Redirect(w, r, elsewhere.URL, status)
			return
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(hub.Close)
	address := strings.TrimPrefix(hub.URL, "http://")
	_, port, _ := net.SplitHostPort(address)
	for _, args := range [][]string{{"--url", hub.URL}, {"--url", hub.URL + "/sous/"}, {"--addr", address}, {"--addr", ":" + port}, {"--addr", "0.0.0.0:" + port}, {"--addr", "[::]:" + port}} {
		if said := must(t, append([]string{"healthcheck"}, args...)...); said != "ready\n" {
			t.Errorf("%v: %q", args, said)
		}
	}
	for _, wrong := range []struct {
		status int
		body   string
	}{{503, "stopping\n"}, {503, "database: away\nand more\n"}, {404, ""}, {302, ""}} {
		status, body = wrong.status, wrong.body
		if r := command(t, "healthcheck", "--url", hub.URL); r.status != exitFailed || strings.Count(r.stderr, "\n") != 1 || r.stdout != "" {
			t.Errorf("%v: %+v", wrong, r)
		}
	}
	// A server that takes a call and answers nothing.
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() })
	began := time.Now()
	if r := command(t, "healthcheck", "--addr", silent.Addr().String(), "--timeout", "50ms"); r.status != exitFailed || time.Since(began) > 5*time.Second {
		t.Errorf("after %s: %+v", time.Since(began), r)
	}
	for _, args := range [][]string{{"--url", "http://[::1"}, {"--addr", "8080"}, {"--timeout", "0s"}} {
		if r := command(t, append([]string{"healthcheck"}, args...)...); r.status != exitUsage {
			t.Errorf("%v: %+v", args, r)
		}
	}
}

func TestEveryCommandHasAnExampleThatItTakes(t *testing.T) {
	t.Parallel()
	every(newRoot(), func(c *cobra.Command) {
		lines := strings.Split(c.Example, "\n")
		for _, line := range lines {
			if found := exampleLine.FindStringSubmatch(line); found != nil {
				if err := parsed(found[1]); err != nil {
					t.Errorf("%s: %v", line, err)
				}
			}
		}
		if c.HasSubCommands() && c.Example != "" {
			return // those of what it holds
		}
		if !strings.Contains(c.Example, c.CommandPath()+" ") && !strings.HasSuffix(c.Example, c.CommandPath()) && !strings.Contains(c.Example, c.CommandPath()+"\n") {
			t.Errorf("%s has no example of itself: %q", c.CommandPath(), c.Example)
		}
	})
}

var exampleLine = regexp.MustCompile(`^ .*?\spasserelle (.*)$`)

// parsed reads a command line as far as its flags and the number of its arguments,
// and runs nothing.
func parsed(line string) error {
	line, _, _ = strings.Cut(line, " | ")
	line, _, _ = strings.Cut(line, " > ")
	line, _, _ = strings.Cut(line, " < ")
	var words []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			words = append(words, part) // quoted
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	cmd, rest, err := newRoot().Find(words)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}
