// Package pgtest gives tests a real PostgreSQL: a throw-away cluster for the
// whole run and a fresh, empty database for whoever asks.
//
// The binaries of PostgreSQL 15 or later must be installed (Debian's package
// postgresql); nothing else has to run or be configured. Where they are not
// installed a test is skipped, but fails where the variable CI is set.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// EnvURL names the variable that holds the postgres:// URL of a server that is
// already running, whose role may create databases. Where it is set no
// cluster is started.
const EnvURL = "PASSERELLE_TEST_POSTGRES"

// DSN returns the postgres:// URL of a new, empty database, which is dropped
// when the test and its subtests end. It lives in the server of EnvURL, or else
// in a cluster that the first call of the process starts and that goes with the
// process. That cluster does not sync to disk: use Durable for crash tests and
// benchmarks.
func DSN(t testing.TB) string {
	t.Helper()
	return newDatabase(t, serverOf(t), "")
}

// serverOf returns the URL of the server of this process.
func serverOf(t testing.TB) string {
	t.Helper()
	if server := os.Getenv(EnvURL); server != "" {
		return server
	}
	needBinaries(t)
	cluster, err := shared()
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	return cluster.URL()
}

func newDatabase(t testing.TB, server, options string) string {
	t.Helper()
	dsn, err := createDatabase(server, options)
	if err != nil {
		t.Fatalf("create a test database: %v", err)
	}
	t.Cleanup(func() {
		if err := dropDatabase(server, dsn); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return dsn
}

// shared is the cluster of this process.
var shared = sync.OnceValues(func() (*Cluster, error) {
	cluster, err := Start(Fast)
	if err == nil {
		started = cluster
	}
	return cluster, err
})

var started *Cluster

// Main runs the tests of a package and waits until the cluster that they
// started, if any, is gone. It is what TestMain calls; it does not return.
// Without it the cluster goes too, a moment after the process. Whatever else the
// tests of the package share ends with after.
func Main(m *testing.M, after ...func()) {
	code := m.Run()
	for _, end := range after {
		end()
	}
	dropTemplates()
	if started != nil {
		if err := started.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// Server is a cluster of one test, which the test may stop, kill and start
// again.
type Server struct {
	t       testing.TB
	cluster *Cluster
	dsn     string
}

// Durable starts a cluster for t alone, which syncs to disk as a production
// server does, with one empty database. It is stopped and removed when the test
// ends.
func Durable(t testing.TB) *Server {
	t.Helper()
	needBinaries(t)
	cluster, err := Start(Synced)
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Errorf("stop PostgreSQL: %v", err)
		}
	})
	dsn, err := createDatabase(cluster.URL(), "")
	if err != nil {
		t.Fatalf("create a test database: %v", err)
	}
	return &Server{t: t, cluster: cluster, dsn: dsn}
}

// DSN returns the postgres:// URL of the server's database. It stays the same
// from one start to the next.
func (s *Server) DSN() string { return s.dsn }

// Replica starts a streaming replica of the server, which is stopped and removed
// when the test ends. Its DSN names the same database.
func (s *Server) Replica() *Server {
	s.t.Helper()
	cluster, err := s.cluster.Replica()
	if err != nil {
		s.t.Fatalf("start a replica of PostgreSQL: %v", err)
	}
	s.t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			s.t.Errorf("stop the replica of PostgreSQL: %v", err)
		}
	})
	return &Server{t: s.t, cluster: cluster, dsn: strings.ReplaceAll(s.dsn, s.cluster.dir, cluster.dir)}
}

// Stop ends every connection and shuts down in good order.
func (s *Server) Stop() { s.must("fast", s.cluster.stop) }

// Kill ends every server process at once, without a checkpoint, as a crash
// does: the next Start recovers from the write-ahead log.
func (s *Server) Kill() { s.must("immediate", s.cluster.stop) }

// Start starts the server again and returns once it accepts connections.
func (s *Server) Start() {
	s.must("", func(string) error { return s.cluster.start() })
}

// Tablespace makes a second, empty database whose tables lie in a directory of the
// test's own, such as a small file system, and returns its URL.
func (s *Server) Tablespace(dir string) string {
	s.t.Helper()
	if err := s.cluster.own(dir); err != nil {
		s.t.Fatalf("give %s to PostgreSQL: %v", dir, err)
	}
	name := "space_" + strings.ToLower(rand.Text())
	if err := execute(s.cluster.URL(), "CREATE TABLESPACE "+name+" LOCATION '"+dir+"'"); err != nil {
		s.t.Fatalf("create a tablespace: %v", err)
	}
	dsn, err := createDatabase(s.cluster.URL(), " TABLESPACE "+name)
	if err != nil {
		s.t.Fatalf("create a test database: %v", err)
	}
	return dsn
}

// Database makes another empty database and returns its URL.
func (s *Server) Database() string {
	s.t.Helper()
	dsn, err := createDatabase(s.cluster.URL(), "")
	if err != nil {
		s.t.Fatalf("create a test database: %v", err)
	}
	return dsn
}

// Dir returns the directory of the server, where its programs may write.
func (s *Server) Dir() string { return s.cluster.dir }

// Run runs a program of PostgreSQL, such as pg_dump, as the server's user.
func (s *Server) Run(program string, args ...string) {
	s.t.Helper()
	if err := s.cluster.run(program, args...); err != nil {
		s.t.Fatalf("PostgreSQL: %v", err)
	}
}

func (s *Server) must(mode string, do func(mode string) error) {
	s.t.Helper()
	if err := do(mode); err != nil {
		s.t.Fatalf("PostgreSQL: %v", err)
	}
}

// Installed returns an error that says what is missing where PostgreSQL's
// programs are not installed.
func Installed() error {
	_, err := binary("initdb")
	return err
}

func needBinaries(t testing.TB) {
	t.Helper()
	if err := Installed(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("this test needs PostgreSQL, and CI is set: %v", err)
		}
		t.Skipf("this test needs PostgreSQL: %v", err)
	}
}

// createDatabase makes a database in the server and returns its URL.
func createDatabase(server, options string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("the server's URL cannot be read")
	}
	u.Path = "/passerelle_test_" + strings.ToLower(rand.Text())
	return u.String(), execute(server, "CREATE DATABASE "+quoted(u)+options)
}

func dropDatabase(server, dsn string) error {
	u, err := url.Parse(dsn)
	if err != nil {
		return err
	}
	return execute(server, "DROP DATABASE IF EXISTS "+quoted(u)+" WITH (FORCE)")
}

func nameOf(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return ""
	}
	return quoted(u)
}

func quoted(u *url.URL) string {
	return pgx.Identifier{strings.TrimPrefix(u.Path, "/")}.Sanitize()
}

func execute(server, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
