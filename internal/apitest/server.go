// Package apitest runs the whole server on a real database for tests that speak
// HTTP to it, and holds every request and answer against the OpenAPI document.
package apitest

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/server"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
	"github.com/passerelle-hub/passerelle/internal/traces"
)

// Databases are the databases that every behaviour is tested on.
var Databases = []string{"sqlite", "postgres"}

// Server is a running server on a fresh database of its own.
type Server struct {
	Hub      *hub.Hub
	Database string // "sqlite" or "postgres"
	Location string // of the database, for a second hub beside this one
	URL      string // such as http://127.0.0.1:40123
	Clock    *Clock
	Log      *Log

	faulty bool // errors of the server's own are what the test looks at
}

// Option changes what the server is started with.
type Option func(*settings)

type settings struct {
	server   server.Options
	hub      hub.Options
	location string
	faulty   bool
}

// MaxBody sets the largest body that the server accepts, in bytes.
func MaxBody(bytes int64) Option { return func(s *settings) { s.server.MaxBody = bytes } }

// MaxContrats sets how many contracts a push may hold.
func MaxContrats(n int) Option { return func(s *settings) { s.hub.MaxContrats = n } }

// Memory sets how much memory pushes and imports share, and how long one waits for
// it.
func Memory(bytes int64, patience time.Duration) Option {
	return func(s *settings) { s.hub.Memory, s.hub.Patience = bytes, patience }
}

// InsideWebhooks lets webhooks lead to the machine of the tests, without TLS.
func InsideWebhooks() Option {
	return func(s *settings) { s.hub.Webhooks = hub.PolitiqueWebhooks{HTTP: true, Prive: true} }
}

// RateLimit sets how many accounting calls a token may make in 10 seconds.
func RateLimit(calls int) Option { return func(s *settings) { s.server.RateLimit = calls } }

// Address says where clients find the server.
func Address(a web.Address) Option { return func(s *settings) { s.server.Address = a } }

// Traces has the server tell of its requests as spans.
func Traces(p *traces.Provider) Option { return func(s *settings) { s.server.Traces = p } }

// Pace sets how slow clients may be.
func Pace(p web.Pace) Option { return func(s *settings) { s.server.Pace = p } }

// At puts the database at a location of the test's own.
func At(location string) Option { return func(s *settings) { s.location = location } }

// Faulty says that the test makes the machine fail: errors of the server's own are
// what it looks at.
func Faulty() Option { return func(s *settings) { s.faulty = true } }

// ForEachDatabase runs a test once on SQLite and once on PostgreSQL, side by
// side, each with a server of its own.
func ForEachDatabase(t *testing.T, test func(t *testing.T, s *Server), options ...Option) {
	t.Helper()
	t.Parallel()
	for _, database := range Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			test(t, New(t, database, options...))
		})
	}
}

// InProduction is ForEachDatabase for a test about one organisme, whose contracts cannot be
// forgotten.
func InProduction(t *testing.T, test func(t *testing.T, s *Server, o *Organisme), options ...Option) {
	t.Helper()
	ForEachDatabase(t, func(t *testing.T, s *Server) { test(t, s, s.Production(t, "CFA Horizon")) }, options...)
}

// New starts a server on a new database of a kind; it stops when the test ends.
// A test in which the server met an error of its own (a 500) fails.
func New(t testing.TB, database string, options ...Option) *Server {
	t.Helper()
	var chosen settings
	for _, option := range options {
		option(&chosen)
	}
	s := &Server{Database: database, Location: chosen.location, Clock: NewClock(), Log: &Log{}, faulty: chosen.faulty}
	if s.Location == "" {
		s.Location = storetest.Of(database).Migrated(t)
	}
	log := slog.New(slog.NewTextHandler(s.Log, nil))
	db, err := open.Database(t.Context(), s.Location)
	if err != nil {
		t.Fatalf("open the database: %v", err)
	}
	chosen.hub.Now, chosen.hub.Log = s.Clock.Now, log
	s.Hub = hub.New(db, chosen.hub)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	s.URL = "http://" + listener.Addr().String()
	chosen.server.Hub, chosen.server.Log = s.Hub, log
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(ctx, listener, chosen.server) }()
	t.Cleanup(func() {
		stop()
		if err := <-stopped; err != nil {
			t.Errorf("stop the server: %v", err)
		}
		s.Hub.Close()
		if err := db.Close(); err != nil && !chosen.faulty {
			t.Errorf("close the database: %v", err)
		}
		if chosen.faulty {
			return
		}
		for line := range strings.Lines(s.Log.String()) {
			if strings.Contains(line, "level=ERROR") {
				t.Errorf("the server met an error of its own: %s", line)
			}
		}
	})
	return s
}

// Clock is the hub's clock in a test: it stands still until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at 8 o'clock UTC on 1 September 2026.
func NewClock() *Clock { return ClockAt(time.Date(2026, time.September, 1, 8, 0, 0, 0, time.UTC)) }

// ClockAt returns a clock that stands at a moment.
func ClockAt(now time.Time) *Clock { return &Clock{now: now} }

// Now returns the time that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set has the clock stand at another moment.
func (c *Clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// Advance moves the clock on, or back where d is negative.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Log keeps what a server logs.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write adds to the log.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String returns what was logged so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Organisme is a tenant with a client that has every right on it.
type Organisme struct {
	*Client
	ID, SocieteID int64
	Nom           string
}

// Production creates an organisme whose contracts cannot be forgotten.
func (s *Server) Production(t testing.TB, nom string) *Organisme { return s.organisme(t, nom, false) }

// Sandbox creates an organisme that is a bac à sable.
func (s *Server) Sandbox(t testing.TB, nom string) *Organisme { return s.organisme(t, nom, true) }

func (s *Server) organisme(t testing.TB, nom string, sandbox bool) *Organisme {
	t.Helper()
	o, err := s.Hub.Organismes.CreateOrganisme(t.Context(), nom, sandbox)
	if err != nil {
		t.Fatalf("create an organisme: %v", err)
	}
	return &Organisme{Client: s.Client(o.Token), ID: o.ID, SocieteID: o.SocieteID, Nom: nom}
}

// Jeton creates a token and returns a client that uses it, and its id.
func (s *Server) Jeton(t testing.TB, jeton domaine.Jeton) (*Client, int64) {
	t.Helper()
	id, token, err := s.Hub.Jetons.CreateJeton(t.Context(), jeton)
	if err != nil {
		t.Fatalf("create a token: %v", err)
	}
	return s.Client(token), id
}
