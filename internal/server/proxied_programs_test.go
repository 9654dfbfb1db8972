package server_test

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// guideProgram is a program of the integrator's guide, with what a test changes of it.
type guideProgram struct {
	name, language string
	command        []string
	impatient      []string // has it give up within a second
	quick          []string // has it try again within a second
}

var guidePrograms = []guideProgram{
	{"curl", "sh", []string{"sh"}, []string{"--retry 12 --retry-delay 5", "--retry 1 --retry-delay 1"}, []string{"--retry-delay 5", "--retry-delay 1"}},
	{"Python", "python", []string{"python3"}, []string{"(1, 2, 4, 8, 15, 30, None)", "(0.3, None)"}, nil},
	{"PHP", "php", []string{"php"}, []string{"[1, 2, 4, 8, 15, 30, 0]", "[0]"}, nil},
}

// plain has a proxy listen without TLS: what is asked here is what it answers.
func plain(text string) string {
	text = strings.NewReplacer("https://"+proxyHost, "http://127.0.0.1", " ssl;", ";").Replace(text)
	return regexp.MustCompile(`(?m)^\s*(ssl_certificate(_key)?|tls) .*\n`).ReplaceAllString(text, "")
}

// run runs the program in a folder with contracts and returns what it says.
func (p guideProgram) run(t *testing.T, address, token string, contrats []passerelle.Contrat, edits ...string) (string, error) {
	t.Helper()
	guide, err := os.ReadFile("../../docs/integrator.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)\n```" + p.language + "\n(.*?\n)```").FindStringSubmatch(string(guide))
	if found == nil {
		t.Fatalf("the guide has no program for %s", p.name)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "program"), change(t, found[1], edits...))
	text, err := json.Marshal(map[string]any{"contrats": contrats})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "contrats.json"), string(text))
	cmd := exec.CommandContext(t.Context(), program(t, p.command[0]), "program")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PASSERELLE_URL="+address, "PASSERELLE_TOKEN="+token)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// A program that runs at night must say itself what stood between it and the hub, and go on
// once that has passed.
func TestTheProgramsOfTheGuideSayWhatAProxyAnswers(t *testing.T) {
	t.Parallel()
	// Nothing compresses this: it goes over the proxy's limit of 1 MB, and over what a connection keeps under way.
	large := apitest.Numbered(900)
	for i := range large {
		details := make([]byte, 9000)
		_, _ = rand.Read(details)
		large[i].MissionDetails = hex.EncodeToString(details)
	}
	for _, proxy := range []proxy{nginx(false), caddy(false)} {
		t.Run(proxy.name, func(t *testing.T) {
			t.Parallel()
			s := apitest.New(t, "sqlite")
			to, err := url.Parse(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			// Where the proxy looks for the hub, which may be away.
			inside, outside := freePort(t), freePort(t)
			proxy.run(t, outside, "http://127.0.0.1:"+inside, plain)
			address := "http://127.0.0.1:" + outside
			up := func() *http.Server {
				listener, err := net.Listen("tcp", "127.0.0.1:"+inside)
				if err != nil {
					t.Error(err)
					return nil
				}
				hub := &http.Server{Handler: httputil.NewSingleHostReverseProxy(to)}
				go func() { _ = hub.Serve(listener) }()
				return hub
			}
			for _, p := range guidePrograms {
				token := s.Sandbox(t, "CFA "+p.name).Token
				if out, err := p.run(t, address, token, apitest.Numbered(3), p.impatient...); err == nil || !strings.Contains(out, "does not reach Passerelle") || !strings.Contains(out, "502") {
					t.Errorf("%s says of a hub that is away (%v):\n%s", p.name, err, out)
				}
				back := make(chan *http.Server, 1)
				time.AfterFunc(600*time.Millisecond, func() { back <- up() })
				if out, err := p.run(t, address, token, apitest.Numbered(3), p.quick...); err != nil || !strings.Contains(out, "CFA "+p.name) {
					t.Errorf("%s does not wait for a hub that comes back (%v):\n%s", p.name, err, out)
				}
				hub := <-back
				began := time.Now()
				out, err := p.run(t, address, token, large)
				if err == nil || !strings.Contains(out, "413") || !strings.Contains(out, "raise its limit") {
					t.Errorf("%s says of a body over the proxy’s limit (%v):\n%.2000s", p.name, err, out)
				}
				if took := time.Since(began); took > 20*time.Second {
					t.Errorf("%s goes on for %v with what is refused for good", p.name, took)
				}
				_ = hub.Close()
			}
		})
	}
}
