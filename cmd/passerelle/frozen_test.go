package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

// One of two processes is stopped inside a push, with the lock of an organisme in
// its hands, and many more pushes of that organisme come to the other process.
func TestAFrozenProcessStopsNobodyElse(t *testing.T) {
	t.Parallel()
	c := &crash{T: t, binary: build(t), location: pgtest.DSN(t)}
	tokens := c.organismes(2)
	frozen, other := c.serve(), c.serve()

	// What holds the table keeps the push from going on once it has its lock.
	watch, err := sql.Open("pgx", c.location)
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close()
	holder, err := watch.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Rollback() }()
	if _, err := holder.Exec("LOCK TABLE contrat IN SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	first := make(chan error, 1)
	go func() { first <- frozen.pushAs(t.Context(), tokens[0], "K1", http.StatusOK) }()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		var waits bool
		if err := watch.QueryRow("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'contrat'::regclass)").Scan(&waits); err != nil {
			t.Fatal(err)
		}
		if waits {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the push does not reach the table")
		}
	}
	if err := frozen.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = frozen.cmd.Process.Signal(syscall.SIGCONT) }()
	if err := holder.Rollback(); err != nil {
		t.Fatal(err)
	}

	many, leave := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	answers := make(chan error, 100)
	for range 100 {
		waiting.Go(func() { answers <- other.pushAs(many, tokens[0], "K2", http.StatusServiceUnavailable) })
	}
	for range 30 { // those beyond the ones that may wait
		if err := <-answers; err != nil {
			t.Errorf("a push of the organisme that is locked: %v", err)
		}
	}
	for name, call := range map[string]func() error{
		"test": func() error { return other.getAs(tokens[1], "/api/sync/v1/test") },
		"push": func() error { return other.pushAs(t.Context(), tokens[1], "K1", http.StatusOK) },
		"list": func() error { return other.getAs(tokens[1], "/api/sync/v1/contrats-get-all") },
		"page": func() error { return other.getAs("", "/connexion") },
	} {
		fastest := time.Hour // the machine may be busy with other tests
		for range 5 {
			started := time.Now()
			if err := call(); err != nil {
				t.Errorf("another organisme's %s: %v", name, err)
			}
			fastest = min(fastest, time.Since(started))
		}
		if t.Logf("%s: %v", name, fastest); fastest > time.Second {
			t.Errorf("another organisme's %s takes %v, want at most a second", name, fastest)
		}
	}
	leave()
	waiting.Wait()

	if err := frozen.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := <-first; err != nil {
		t.Errorf("the push of the process that went on: %v", err)
	}
	// Those who left may still be in the line for a moment: the answer is to come again.
	for range 50 {
		if err = other.pushAs(t.Context(), tokens[0], "K1", http.StatusOK); err == nil {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Errorf("a push afterwards: %v", err)
}

// organismes makes organismes and returns their tokens.
func (c *crash) organismes(n int) (tokens []string) {
	db, err := open.Database(c.Context(), c.location)
	if err != nil {
		c.Fatal(err)
	}
	defer db.Close()
	h := hub.New(db, hub.Options{})
	defer h.Close()
	for i := range n {
		o, err := h.Organismes.CreateOrganisme(c.Context(), fmt.Sprint("Organisme ", i), true)
		if err != nil {
			c.Fatal(err)
		}
		tokens = append(tokens, o.Token)
	}
	return tokens
}

// pushAs sends one contract with a token.
func (s *served) pushAs(ctx context.Context, token, code string, want int) error {
	body, err := json.Marshal([]passerelle.Contrat{apitest.Contrat(code)})
	if err != nil {
		return err
	}
	as := *s.crash
	as.token = token
	response, err := (&served{crash: &as, url: s.url}).call(ctx, http.MethodPost, "/api/sync/v1/contrats", body)
	return answered(response, err, want)
}

func (s *served) getAs(token, path string) error {
	as := *s.crash
	as.token = token
	response, err := (&served{crash: &as, url: s.url}).call(s.Context(), http.MethodGet, path, nil)
	return answered(response, err, http.StatusOK)
}

func answered(response *http.Response, err error, want int) error {
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != want {
		err = fmt.Errorf("%d instead of %d: %.300s", response.StatusCode, want, answer)
	}
	if err == nil && want == http.StatusServiceUnavailable && response.Header.Get("Retry-After") == "" {
		err = fmt.Errorf("%d without Retry-After", want)
	}
	return err
}
