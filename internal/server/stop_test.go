package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/server"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

// process is a server that can be stopped and started again.
type process struct {
	url       *url.URL
	stop      context.CancelFunc
	drained   chan struct{} // to be closed once nobody sends it requests
	stopped   chan error
	transport *http.Transport // connections to it
	ready     atomic.Bool     // as the load balancer last saw it
	busy      int             // requests that it was picked for, under the mutex of the balancer
}

func startProcess(t *testing.T, location, address string) *process {
	t.Helper()
	db, err := open.Database(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	h := hub.New(db, hub.Options{Log: log})
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{
		url: &url.URL{Scheme: "http", Host: listener.Addr().String()}, drained: make(chan struct{}), stopped: make(chan error, 1),
		transport: &http.Transport{},
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	p.stop = stop
	go func() {
		err := server.Serve(ctx, listener, server.Options{Hub: h, Log: log, Drain: time.Minute, Drained: p.drained})
		h.Close()
		db.Close()
		p.stopped <- err
	}()
	return p
}

// end lets the process, which was told to stop, close its door, and waits.
func (p *process) end(t *testing.T) {
	t.Helper()
	close(p.drained)
	p.transport.CloseIdleConnections()
	if err := <-p.stopped; err != nil {
		t.Error(err)
	}
}

// balancer passes requests on to processes that are ready, as a load balancer.
type balancer struct {
	mu        sync.Mutex
	processes []*process
	next      int
	wrong     atomic.Int64 // requests that reached no process
}

// pick returns a process that is ready for one more request, nil where none is.
func (b *balancer) pick() *process {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range b.processes {
		b.next++
		if p := b.processes[b.next%len(b.processes)]; p.ready.Load() {
			p.busy++
			return p
		}
	}
	return nil
}

func (b *balancer) answered(p *process) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p.busy--
}

// leave tells a process to stop and waits until the balancer has seen that it does, and
// has its answers. How long that takes says how busy the machine is; that nothing fails
// meanwhile is the server's.
func (b *balancer) leave(t *testing.T, p *process) {
	t.Helper()
	p.stop()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		b.mu.Lock()
		left := !p.ready.Load() && p.busy == 0
		b.mu.Unlock()
		if left {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("a process that stops is still sent requests")
		}
	}
}

func (b *balancer) replace(i int, p *process) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.processes[i] = p
}

// look asks each process whether it is ready, until ctx ends.
func (b *balancer) look(ctx context.Context, every time.Duration) {
	client := &http.Client{Timeout: time.Minute}
	for ctx.Err() == nil {
		b.mu.Lock()
		all := append([]*process{}, b.processes...)
		b.mu.Unlock()
		for _, p := range all {
			res, err := client.Get(p.url.String() + "/readyz")
			if err == nil {
				res.Body.Close()
			}
			p.ready.Store(err == nil && res.StatusCode == http.StatusOK)
		}
		time.Sleep(every)
	}
}

// ServeHTTP passes a request on, once: nothing hides a failure.
func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p := b.pick()
	for ; p == nil; p = b.pick() {
		if r.Context().Err() != nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	defer b.answered(p)
	proxy := &httputil.ReverseProxy{
		Transport: p.transport,
		Rewrite:   func(pr *httputil.ProxyRequest) { pr.SetURL(p.url) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			b.wrong.Add(1)
			w.WriteHeader(http.StatusBadGateway)
		},
	}
	proxy.ServeHTTP(w, r)
}

// Two processes on one database are restarted in turn while clients push and
// read through a load balancer.
func TestARollingRestartFailsNoRequest(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "postgres")
	const clients, restarts, every = 6, 4, 50 * time.Millisecond
	var organismes []*apitest.Organisme
	for range clients {
		organismes = append(organismes, s.Production(t, "CFA"))
	}
	b := &balancer{}
	for range 2 {
		b.processes = append(b.processes, startProcess(t, s.Location, "127.0.0.1:0"))
	}
	ctx, stop := context.WithCancel(t.Context())
	go b.look(ctx, every)
	for deadline := time.Now().Add(time.Minute); !b.processes[0].ready.Load() || !b.processes[1].ready.Load(); time.Sleep(every) {
		if time.Now().After(deadline) {
			t.Fatal("the processes are not ready")
		}
	}
	front := newFront(t, b)

	var done, failed atomic.Int64
	var wait sync.WaitGroup
	for i, o := range organismes {
		body, err := json.Marshal(apitest.Numbered(40 + i))
		if err != nil {
			t.Fatal(err)
		}
		wait.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				request, _ := http.NewRequest(http.MethodGet, front+"/api/sync/v1/contrats-get-all", nil)
				if n%2 == 0 {
					request, _ = http.NewRequest(http.MethodPost, front+"/api/sync/v1/contrats", bytes.NewReader(body))
					request.Header.Set("Content-Type", "application/json")
				}
				request.Header.Set("Authorization", "Bearer "+o.Token)
				res, err := http.DefaultClient.Do(request)
				var answer []byte
				if err == nil {
					answer, err = io.ReadAll(res.Body)
					res.Body.Close()
				}
				if err != nil || res.StatusCode != http.StatusOK {
					failed.Add(1)
					t.Errorf("a request failed: %v %.200s", err, answer)
				}
				done.Add(1)
			}
		})
	}
	for i := range restarts {
		old := b.processes[i%2]
		b.leave(t, old)
		old.end(t)
		fresh := startProcess(t, s.Location, old.url.Host)
		b.replace(i%2, fresh)
		for deadline := time.Now().Add(time.Minute); !fresh.ready.Load(); time.Sleep(every) {
			if time.Now().After(deadline) {
				t.Fatal("a process that was started again is not ready")
			}
		}
	}
	stop()
	wait.Wait()
	for _, p := range b.processes {
		p.stop()
		p.end(t)
	}
	t.Logf("%d restarts under load of %d clients: %d requests, %d failed", restarts, clients, done.Load(), failed.Load()+b.wrong.Load())
	if failed.Load()+b.wrong.Load() > 0 || done.Load() < 20 {
		t.Errorf("%d of %d requests failed", failed.Load()+b.wrong.Load(), done.Load())
	}
}

func newFront(t *testing.T, handler http.Handler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	front := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = front.Serve(listener) }()
	t.Cleanup(func() { front.Close() })
	return "http://" + listener.Addr().String()
}

// A stop in the middle of a push lets it finish; readiness says so before.
func TestAStopIsSaidAndLetsRequestsUnderWayFinish(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	o := s.Production(t, "CFA")
	p := startProcess(t, s.Location, "127.0.0.1:0")
	get := func(path string) (int, string, bool) {
		res, err := http.Get(p.url.String() + path)
		if err != nil {
			return 0, err.Error(), false
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(body), res.Close
	}
	if status, body, _ := get("/readyz"); status != 200 || body != "ready\n" {
		t.Fatalf("before: %d %s", status, body)
	}
	body, write := io.Pipe()
	request, err := http.NewRequest(http.MethodPost, p.url.String()+"/api/sync/v1/contrats", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+o.Token)
	request.Header.Set("Expect", "100-continue") // nothing can be written before the server reads
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	answered := make(chan string, 1)
	go func() {
		res, err := client.Do(request)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		answered <- res.Status + " " + string(text)
	}()
	contents, err := json.Marshal(apitest.Numbered(20))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := write.Write(contents[:len(contents)/2]); err != nil {
		t.Fatal(err)
	}
	p.stop()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if status, text, closes := get("/readyz"); status == http.StatusServiceUnavailable && text == "stopping\n" && closes {
			break
		} else if status == 0 || time.Now().After(deadline) {
			t.Fatalf("readiness before the end: %d %s", status, text)
		}
	}
	if status, text, _ := get("/healthz"); status != 200 {
		t.Errorf("a server that drains answers %d %s", status, text)
	}
	if status, text, _ := get("/vivant"); status != http.StatusServiceUnavailable || text != "stopping\n" {
		t.Errorf("/vivant of a server that stops: %d %s", status, text)
	}
	close(p.drained)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if status, _, _ := get("/healthz"); status == 0 {
			break
		} else if time.Now().After(deadline) {
			t.Fatal("a server that stopped takes requests")
		}
	}
	if _, err := write.Write(contents[len(contents)/2:]); err != nil {
		t.Fatal(err)
	}
	write.Close()
	if got := <-answered; !strings.HasPrefix(got, "200 OK") || !strings.Contains(got, `"added":20`) {
		t.Errorf("the push under way is answered %s", got)
	}
	if err := <-p.stopped; err != nil {
		t.Error(err)
	}
}
