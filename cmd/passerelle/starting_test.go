package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

func TestAPortThatIsTakenLeavesNoDatabase(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	path := filepath.Join(t.TempDir(), "hub.db")
	var out bytes.Buffer
	if status := run(t.Context(), []string{"serve", "--addr", listener.Addr().String(), "--db", path}, nil, &out, &out); status != exitFailed {
		t.Errorf("status %d: %s", status, &out)
	}
	if left, _ := filepath.Glob(path + "*"); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
}

func TestACommandThatOnlyLooksMakesNoDatabase(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"organisme", "list"}, {"partenaire", "list"}, {"jeton", "list"}, {"jeton", "revoke", "1"}, {"societe", "list"},
		{"exercice", "list"}, {"exercice", "verify"}, {"tarif", "list"}, {"webhook", "list"}, {"verify"}, {"backup", filepath.Join(t.TempDir(), "copy.db")}} {
		path := filepath.Join(t.TempDir(), "hub.db")
		var out bytes.Buffer
		if status := run(t.Context(), append(args, "--db", path), nil, &out, &out); status == exitDone {
			t.Errorf("%v: status %d: %s", args, status, &out)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%v made a database", args)
		}
	}
}

// lockedBuffer is what a command that runs beside the test writes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps p.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns what was written.
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// A server starts while its database is away, as during a change of servers.
func TestAServerThatStartsWithoutItsDatabaseWaitsForIt(t *testing.T) {
	t.Parallel()
	database := pgtest.Durable(t)
	database.Stop()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	ctx, stop := context.WithCancel(t.Context())
	out, ended := &lockedBuffer{}, make(chan int, 1)
	go func() { ended <- run(ctx, []string{"serve", "--addr", address, "--db", database.DSN()}, nil, out, out) }()
	status := func(path string) (code int, body string) {
		response, err := http.Get("http://" + address + path)
		if err != nil {
			return 0, err.Error()
		}
		defer response.Body.Close()
		var text bytes.Buffer
		_, _ = text.ReadFrom(response.Body)
		if response.StatusCode == http.StatusServiceUnavailable && response.Header.Get("Retry-After") == "" {
			t.Errorf("%s: 503 without Retry-After", path)
		}
		return response.StatusCode, text.String()
	}
	wait := func(path string, want int) string {
		t.Helper()
		for deadline := time.Now().Add(40 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			code, body := status(path)
			if code == want {
				return body
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: %d %s, want %d\n%s", path, code, body, want, out)
			}
		}
	}
	if body := wait("/readyz", 503); !strings.HasPrefix(body, "database") {
		t.Errorf("/readyz says %q", body)
	}
	wait("/api/sync/v1/test", 503)
	wait("/vivant", 200)
	database.Start()
	wait("/readyz", 200)
	wait("/api/sync/v1/test", 401)
	stop()
	if code := <-ended; code != exitDone {
		t.Errorf("status %d\n%s", code, out)
	}
	if n := strings.Count(out.String(), "level=ERROR"); n != 1 {
		t.Errorf("%d lines about one outage, want 1:\n%s", n, out)
	}
}
