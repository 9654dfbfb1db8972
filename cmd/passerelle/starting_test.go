package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"path/filepath"
	"strings"
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

func TestACommandOnWhatIsThereMakesNoDatabase(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"organisme list", "organisme set 1", "partenaire list", "jeton list", "jeton create --organisme 1", "jeton revoke 1", "societe list",
		"societe create --organisme 1 --nom Sud", "exercice list --societe 1", "exercice create --societe 1 --debut 2026-01-01 --fin 2026-12-31",
		"exercice verify", "exercice export --societe 1", "tarif list --organisme 1", "npec list", "npec show 38362", "webhook list --organisme 1",
		"compte list", "compte create --organisme 1 --email a@cfa.example --nom A --prenom B", "compte disable 1", "personne actes --organisme 1", "verify",
		"backup " + filepath.Join(t.TempDir(), "copy.db"),
	} {
		path := filepath.Join(t.TempDir(), "hub.db")
		var out bytes.Buffer
		status := run(t.Context(), append(strings.Fields(line), "--db", path), strings.NewReader(""), &out, &out)
		if status != exitFailed || !strings.Contains(out.String(), "there is no database at "+path) {
			t.Errorf("%s: status %d: %s", line, status, &out)
		}
		if left, _ := filepath.Glob(path + "*"); len(left) > 0 {
			t.Errorf("%s made %v", line, left)
		}
	}
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
	out, ended := &output{}, make(chan int, 1)
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
