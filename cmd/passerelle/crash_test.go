package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/ncruces/go-sqlite3/driver"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

const (
	crashContrats = 5000
	crashKills    = 50
)

// A server is killed at moments spread over a push of 5,000 contracts: after a
// restart the push is there wholly or not at all, and the same push succeeds. Two
// sets of contracts take turns.
func TestAPushIsThereWhollyOrNotAtAllAfterACrash(t *testing.T) {
	t.Parallel()
	binary := build(t)
	for name, location := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return storetest.At(t, filepath.Join(t.TempDir(), "crash.db")) },
		"postgres": func(t *testing.T) string { return pgtest.Durable(t).DSN() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &crash{T: t, binary: binary, location: location(t)}
			c.prepare()
			kills := crashKills
			if testing.Short() {
				kills = 6
			}
			started := time.Now()
			s := c.serve()
			for i := range kills {
				// Up to a little later than the commit.
				s = c.kill(s, i, float64(i)*1.15/float64(kills-1))
			}
			s.end(syscall.SIGTERM)
			c.checkFile()
			t.Logf("%d kills in %v of a push of %d contracts that takes %v: %d before the commit, %d after it and before the answer, %d after the answer",
				kills, time.Since(started).Round(time.Second), crashContrats, c.usual.Round(time.Millisecond), c.before, c.unanswered, c.answered)
			if c.before == 0 || c.before == kills {
				t.Errorf("the kills are not spread over the push: %d of %d before the commit", c.before, kills)
			}
		})
	}
}

// binary is the command, without cgo as it is released, built once for all tests of the package.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(builds, "passerelle")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// builds is the folder of what the tests build.
var builds string

func TestMain(m *testing.M) {
	var err error
	if builds, err = os.MkdirTemp("", "passerelle"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	_ = os.RemoveAll(builds) // a file of the temporary folder
	os.Exit(status)
}

func build(t *testing.T) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

type crash struct {
	*testing.T
	binary   string
	location string   // of the database
	options  []string // of the server
	token    string
	bodies   [2][]byte            // the two sets of contracts
	sums     [2][sha256.Size]byte // what they read like
	now      int                  // which of them is there
	usual    time.Duration        // how long a push takes

	before, unanswered, answered int
}

// prepare fills the database, and learns what a push that nobody disturbs does.
func (c *crash) prepare() {
	db, err := open.Database(c.Context(), c.location)
	if err != nil {
		c.Fatal(err)
	}
	h := hub.New(db, hub.Options{})
	o, err := h.Organismes.CreateOrganisme(c.Context(), "Crash", false)
	if err != nil {
		c.Fatal(err)
	}
	c.token = o.Token
	for _, m := range demo.Modeles() {
		criteres := passerelle.Criteres{}
		for champ, values := range m.Criteres {
			criteres[champ] = values
		}
		if _, err := h.Integration.CreateModele(c.Context(), o.ID, domaine.Modele{Nom: m.Nom, Criteres: criteres, Actif: true}); err != nil {
			c.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		c.Fatal(err)
	}
	first := slices.Collect(demo.Generate(demo.Params{Contrats: crashContrats, Seed: 1}))
	// The second set renames a site, changes half of the contracts, archives a
	// tenth and adds as many.
	second := slices.Clone(first)
	site := second[0].CodeSite
	for i := range second {
		if second[i].CodeSite == site {
			second[i].NomSite += " Nord"
		}
		if i%2 == 0 {
			second[i].MissionTitle = fmt.Sprint("Nouvelle mission ", i)
		}
		if i%10 == 1 {
			second[i].CodeContrat = fmt.Sprint("NEW-", i)
		}
	}
	c.bodies = [2][]byte{c.marshal(first), c.marshal(second)}
	server := c.serve()
	for i := range 3 {
		c.now = i % 2
		started := time.Now()
		if err := server.push(c.Context(), c.now); err != nil {
			c.Fatal(err)
		}
		c.usual = time.Since(started)
		c.sums[c.now] = server.contrats()
	}
	server.end(syscall.SIGTERM)
	if c.sums[0] == c.sums[1] {
		c.Fatal("the two sets are one")
	}
}

func (c *crash) marshal(contrats []passerelle.Contrat) []byte {
	body, err := json.Marshal(contrats)
	if err != nil {
		c.Fatal(err)
	}
	return body
}

// kill kills a server when so much of the time that a push usually takes has passed,
// looks at what is left, and returns the server that follows. Beyond 1 that time begins
// with the commit, whenever it comes: a machine may be busier than it was.
func (c *crash) kill(s *served, i int, share float64) *served {
	next, last := 1-c.now, s.lastSynchronisation()
	ended := make(chan struct{})
	var err error
	go func() {
		defer close(ended)
		err = s.push(c.Context(), next)
	}()
	committed := share > 1
	if committed {
		share--
		s.awaitCommit(last, ended)
	}
	after := time.Duration(share * float64(c.usual))
	time.Sleep(after)
	s.end(syscall.SIGKILL)
	<-ended

	s = c.serve()
	left := s.contrats()
	switch {
	case left == c.sums[c.now] && committed:
		c.Fatalf("kill %d, %v after the commit: the push was there and is not any more", i, after)
	case left == c.sums[c.now] && err == nil:
		c.Fatalf("kill %d, after %v: the push was answered and is not there", i, after)
	case left == c.sums[c.now]:
		c.before++
	case left == c.sums[next] && err == nil:
		c.answered++
	case left == c.sums[next]:
		c.unanswered++
	default:
		c.Fatalf("kill %d, after %v: the push is there in part", i, after)
	}
	again, started := left == c.sums[c.now], time.Now()
	if err := s.push(c.Context(), next); err != nil {
		c.Fatalf("kill %d, after %v: the next push: %v", i, after, err)
	}
	if again { // the machine may be busier than it was
		c.usual = max(c.usual*3/4, min(time.Since(started), c.usual*4/3))
	}
	if s.contrats() != c.sums[next] {
		c.Fatalf("kill %d, after %v: the next push left something else", i, after)
	}
	c.now = next
	s.wantConsistent()
	return s
}

// checkFile looks at the pages of an SQLite file.
func (c *crash) checkFile() {
	if open.IsPostgres(c.location) {
		return
	}
	db, err := sql.Open("sqlite3", "file:"+c.location)
	if err != nil {
		c.Fatal(err)
	}
	defer db.Close()
	var integrity string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&integrity); err != nil || integrity != "ok" {
		c.Fatalf("integrity check: %q, %v", integrity, err)
	}
}

// served is a running server.
type served struct {
	*crash
	cmd *exec.Cmd
	url string
}

var servingAt = regexp.MustCompile(`address=(http://\S+)`)

func (c *crash) serve() *served {
	cmd := exec.Command(c.binary, append([]string{"serve", "--addr", "127.0.0.1:0", "--db", c.location}, c.options...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		c.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _ = cmd.Process.Kill() })
	s := &served{crash: c, cmd: cmd}
	lines := bufio.NewScanner(stderr)
	var seen strings.Builder
	for lines.Scan() {
		fmt.Fprintln(&seen, lines.Text())
		if found := servingAt.FindStringSubmatch(lines.Text()); found != nil {
			s.url = found[1]
			go func() { _, _ = io.Copy(io.Discard, stderr) }()
			return s
		}
	}
	c.Fatalf("the server did not start:\n%s", &seen)
	return nil
}

func (s *served) end(signal os.Signal) {
	_ = s.cmd.Process.Signal(signal)
	_ = s.cmd.Wait()
}

func (s *served) call(ctx context.Context, method, path string, body []byte) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	request.Header.Set("Content-Type", "application/json")
	request.Close = true
	return http.DefaultClient.Do(request)
}

// push sends a set; nil means that it was answered with success.
func (s *served) push(ctx context.Context, set int) error {
	response, err := s.call(ctx, http.MethodPost, "/api/sync/v1/contrats", s.bodies[set])
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %.300s", response.StatusCode, answer)
	}
	return err
}

// lastSynchronisation returns the id of the synchronisation that anybody sees as the
// last one.
func (s *served) lastSynchronisation() string {
	var journal struct {
		Synchronisations []struct{ ID string }
	}
	s.get("/api/sync/v1/synchronisations?limit=1", &journal)
	if len(journal.Synchronisations) == 0 {
		s.Fatal("there is no synchronisation")
	}
	return journal.Synchronisations[0].ID
}

// awaitCommit waits until anybody sees the synchronisation that follows one.
func (s *served) awaitCommit(last string, ended <-chan struct{}) {
	for s.lastSynchronisation() == last {
		select {
		case <-ended:
			if s.lastSynchronisation() == last {
				s.Fatal("the push ended and is not there")
			}
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func (s *served) contrats() (sum [sha256.Size]byte) {
	response, err := s.call(s.Context(), http.MethodGet, "/api/sync/v1/contrats-get-all", nil)
	if err != nil {
		s.Fatal(err)
	}
	defer response.Body.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, response.Body); err != nil || response.StatusCode != http.StatusOK {
		s.Fatalf("status %d, %v", response.StatusCode, err)
	}
	return [sha256.Size]byte(hash.Sum(nil))
}

// wantConsistent holds the sessions against the integrated contracts.
func (s *served) wantConsistent() {
	var integrated struct {
		Total    int
		Contrats listed
	}
	s.get("/api/sync/v1/contrats", &integrated)
	var sessions struct {
		Sessions []struct{ Effectif int }
	}
	s.get("/api/admin/v1/sessions", &sessions)
	seats := 0
	for _, session := range sessions.Sessions {
		seats += session.Effectif
	}
	if seats != integrated.Total || int(integrated.Contrats) != integrated.Total || seats == 0 {
		s.Fatalf("%d contracts in sessions, %d integrated, %d listed", seats, integrated.Total, integrated.Contrats)
	}
}

// listed counts contracts without reading them one by one.
type listed int

func (l *listed) UnmarshalJSON(list []byte) error {
	*l = listed(bytes.Count(list, []byte(`"codeContrat":`)))
	return nil
}

func (s *served) get(path string, answer any) {
	response, err := s.call(s.Context(), http.MethodGet, path, nil)
	if err != nil {
		s.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		s.Fatal(err)
	}
}
