package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/bench"
)

// The goals: what a body that holds nothing but mistakes may take above the idle
// server, and how long.
const (
	hostileMemory = 150 // MB
	hostileTime   = 5 * time.Second
)

func newMemoire() *cobra.Command {
	mistakes, pushes, contrats, budget := 400_000, 12, 100_000, 512
	cmd := &cobra.Command{
		Use: "memoire", Short: "Measure the memory of bodies made to take much of it, and of many pushes at once",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return inWorkshop(cmd.Context(), func(w *workshop) error {
				err := hostileBodies(cmd.Context(), w, mistakes)
				return errors.Join(err, pushesAtOnce(cmd.Context(), w, pushes, contrats, budget))
			})
		},
	}
	cmd.Flags().IntVar(&mistakes, "mistakes", mistakes, "contracts without any value in one body")
	cmd.Flags().IntVar(&pushes, "pushes", pushes, "organismes that push at once")
	cmd.Flags().IntVar(&contrats, "contrats", contrats, "contracts of each of those pushes")
	cmd.Flags().IntVar(&budget, "memory", budget, "the server's --memory for them, in MiB")
	return cmd
}

// hostileBodies sends bodies of many contracts in which everything is wrong.
func hostileBodies(ctx context.Context, w *workshop, n int) error {
	array := "[" + strings.Repeat("{},", n-1) + "{}]"
	names := make([]string, len(passerelle.Champs))
	for i := range passerelle.Champs {
		names[i] = passerelle.Champs[i].Nom
	}
	table := strings.Join(names, ";") + "\n" + strings.Repeat("x"+strings.Repeat(";", len(names)-1)+"\n", n)
	var failed error
	for _, one := range []struct{ name, path, kind, body string }{
		{"v1", "/api/sync/v1/contrats", "application/json", array},
		{"v2", "/api/sync/v2/contrats?confirmer=archivage", "application/json", array},
		{"diff", "/api/sync/v1/contrats-diff", "application/json", array},
		{"changes", "/api/sync/v2/contrats/changes", "application/json", `{"changes":{"added":` + array + "}}"},
		{"import", "/api/admin/v1/imports", "text/csv", table},
	} {
		if err := hostileBody(ctx, w, one.name, one.path, one.kind, compressed([]byte(one.body)), n); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", one.name, err))
		}
	}
	return failed
}

// hostileBody sends one body to a server of its own, which has seen nothing else.
func hostileBody(ctx context.Context, w *workshop, name, path, kind string, body []byte, n int) (err error) {
	h, err := w.freshHub(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	idle, err := h.memory("VmRSS")
	if err != nil {
		return err
	}
	before, err := h.used()
	if err != nil {
		return err
	}
	started := time.Now()
	status, answer, err := h.send(ctx, path, h.token, kind, body)
	if name == "import" && err == nil {
		var created struct{ ID string }
		if err = json.Unmarshal([]byte(answer), &created); err == nil {
			status, _, err = h.get(ctx, path+"/"+created.ID)
		}
	}
	if err != nil {
		return err
	}
	took := time.Since(started)
	after, err := h.used()
	if err != nil {
		return err
	}
	peak, err := h.memory("VmHWM")
	if err != nil {
		return err
	}
	fmt.Printf("%-8s %d contracts without a value, %d bytes compressed: %d after %v (%v of processor), %.0f MB above %.0f MB\n",
		name, n, len(body), status, took.Round(time.Millisecond), after-before, peak-idle, idle)
	if peak-idle > hostileMemory || took > hostileTime || status >= http.StatusInternalServerError {
		return fmt.Errorf("it exceeds %d MB or %v", hostileMemory, hostileTime)
	}
	return nil
}

// pushesAtOnce has several organismes push at the same time what does not fit
// into the server's memory together.
func pushesAtOnce(ctx context.Context, w *workshop, pushes, contrats, budget int) error {
	dir, err := w.temp()
	if err != nil {
		return err
	}
	p, err := launch(ctx, "/readyz", w.passerelle, "serve", "--addr", "ADDRESS", "--db", dir+"/passerelle.db", "--memory", fmt.Sprintf("%dMiB", budget))
	if err != nil {
		return err
	}
	h := &hubServer{process: p, database: dir + "/passerelle.db"}
	tokens := make([]string, pushes)
	for i := range tokens {
		if err := h.found(ctx, w); err != nil {
			return errors.Join(err, h.stop())
		}
		tokens[i] = h.token
	}
	corpus, err := bench.NewCorpus(contrats, 1)
	if err != nil {
		return errors.Join(err, h.stop())
	}
	idle, err := h.memory("VmRSS")
	if err != nil {
		return errors.Join(err, h.stop())
	}
	statuses := make([]int, pushes)
	errs := make([]error, pushes)
	again := make([]int, pushes)
	started := time.Now()
	var all sync.WaitGroup
	for i := range tokens {
		all.Go(func() {
			for {
				statuses[i], _, errs[i] = h.send(ctx, "/api/sync/v1/contrats", tokens[i], "application/json", corpus.Body)
				if errs[i] != nil || statuses[i] != http.StatusServiceUnavailable || time.Since(started) > 10*time.Minute {
					return
				}
				again[i]++
				time.Sleep(5 * time.Second) // as Retry-After says
			}
		})
	}
	all.Wait()
	took := time.Since(started)
	peak, err := h.memory("VmHWM")
	counts, sentAgain := map[int]int{}, 0
	for i, status := range statuses {
		counts[status]++
		sentAgain += again[i]
	}
	fmt.Printf("%d pushes of %d contracts at once, --memory %d MiB: %v by status, %d told to come again, %v in all, %.0f MB above %.0f MB\n",
		pushes, contrats, budget, counts, sentAgain, took.Round(time.Millisecond), peak-idle, idle)
	if counts[http.StatusOK] != pushes || peak-idle > float64(budget)*1.048576 {
		err = errors.Join(err, errors.New("pushes at once failed, or took more than the budget"))
	}
	return errors.Join(err, errors.Join(errs...), h.stop())
}

// send posts a body, compressed or not, and returns the status and the start of the
// answer.
func (h *hubServer) send(ctx context.Context, path, token, kind string, body []byte) (int, string, error) {
	request, err := http.NewRequestWithContext(ctx, "POST", h.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", kind)
	if bytes.HasPrefix(body, []byte("\x1f\x8b")) {
		request.Header.Set("Content-Encoding", "gzip")
	}
	return h.ask(request, token)
}

func (h *hubServer) get(ctx context.Context, path string) (int, string, error) {
	request, err := http.NewRequestWithContext(ctx, "GET", h.url+path, nil)
	if err != nil {
		return 0, "", err
	}
	return h.ask(request, h.token)
}

func (h *hubServer) ask(request *http.Request, token string) (int, string, error) {
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	var start bytes.Buffer
	if _, err := io.CopyN(&start, response.Body, 1<<20); err != nil && err != io.EOF {
		return 0, "", err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, start.String(), err
}

func compressed(body []byte) []byte {
	var zipped bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // the level exists
	_, _ = zip.Write(body)                                       // a Buffer takes all
	_ = zip.Close()
	return zipped.Bytes()
}
