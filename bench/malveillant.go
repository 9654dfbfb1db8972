package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

func newMalveillant() *cobra.Command {
	duree, memory, seed, postgres := time.Hour, 256, uint64(1), false
	cmd := &cobra.Command{
		Use: "malveillant", Short: "Let a mean client at the server, beside an honest one, while it is stopped, killed and started again",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return inWorkshop(cmd.Context(), func(w *workshop) error {
				return runMalveillant(cmd.Context(), w, duree, memory, seed, postgres)
			})
		},
	}
	cmd.Flags().DurationVar(&duree, "duree", duree, "how long")
	cmd.Flags().IntVar(&memory, "memory", memory, "the server's --memory, in MiB")
	cmd.Flags().Uint64Var(&seed, "seed", seed, "of what the mean client sends")
	cmd.Flags().BoolVar(&postgres, "postgres", postgres, "on a PostgreSQL of its own instead of an SQLite file")
	return cmd
}

// siege is a server under a mean client, with what was seen of it.
type siege struct {
	w        *workshop
	database string
	budget   int
	honest   string   // token
	mean     []string // tokens
	url      atomic.Pointer[string]
	server   *process
	statuses sync.Map // status -> *atomic.Int64
	lost     atomic.Int64
	partial  atomic.Int64
	failed   atomic.Int64 // 500
	highest  float64      // MB
	starts   int
	broken   atomic.Pointer[string]
}

func runMalveillant(ctx context.Context, w *workshop, duree time.Duration, budget int, seed uint64, postgres bool) (err error) {
	s := &siege{w: w, budget: budget}
	if postgres {
		cluster, failed := pgtest.Start(pgtest.Synced)
		if failed != nil {
			return fmt.Errorf("start PostgreSQL: %w", failed)
		}
		defer func() { err = errors.Join(err, cluster.Close()) }()
		if s.database, err = cluster.CreateDatabase(); err != nil {
			return err
		}
	} else {
		dir, err := w.temp()
		if err != nil {
			return err
		}
		s.database = dir + "/passerelle.db"
	}
	for i := range 4 {
		out, err := exec.CommandContext(ctx, w.passerelle, "organisme", "create", "--nom", fmt.Sprint("Organisme ", i), "--json", "--db", s.database).Output()
		if err != nil {
			return fmt.Errorf("create an organisme: %w", err)
		}
		var created struct{ Token string }
		if err := json.Unmarshal(out, &created); err != nil {
			return err
		}
		if i == 0 {
			s.honest = created.Token
		} else {
			s.mean = append(s.mean, created.Token)
		}
	}
	if err := s.start(ctx); err != nil {
		return err
	}
	end, cancel := context.WithTimeout(ctx, duree)
	defer cancel()
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() { s.attack(end, rand.New(rand.NewPCG(seed, uint64(i)))) })
	}
	all.Go(func() { s.push(end) })
	err = s.disturb(end, ctx, rand.New(rand.NewPCG(seed, 99)))
	cancel()
	all.Wait()
	if err == nil {
		err = s.server.stop()
	}
	counts := map[int]int64{}
	s.statuses.Range(func(status, n any) bool {
		counts[status.(int)] = n.(*atomic.Int64).Load()
		return true
	})
	fmt.Printf("%v of a mean client: answers by status %v, %d starts of the server, %.0f MB at most with --memory %d MiB; lost %d, half visible %d, answered 500 %d\n",
		duree, counts, s.starts, s.highest, budget, s.lost.Load(), s.partial.Load(), s.failed.Load())
	if why := s.broken.Load(); why != nil {
		err = errors.Join(err, errors.New(*why))
	}
	if s.lost.Load()+s.partial.Load()+s.failed.Load() > 0 {
		err = errors.Join(err, errors.New("the server did not hold"))
	}
	// What the server needs beside pushes is idle memory, twice.
	if s.highest > float64(budget)*1.048576+100 {
		err = errors.Join(err, fmt.Errorf("%.0f MB are more than the budget and 100 MB beside it", s.highest))
	}
	return err
}

func (s *siege) start(ctx context.Context) error {
	p, err := launch(ctx, "/readyz", s.w.passerelle, "serve", "--addr", "ADDRESS", "--db", s.database, "--memory", fmt.Sprintf("%dMiB", s.budget), "--max-body", "32MiB")
	if err != nil {
		return err
	}
	s.server = p
	s.starts++
	s.url.Store(&p.url)
	return nil
}

// disturb stops, kills and starts the server again until end, and watches its memory.
func (s *siege) disturb(end, ctx context.Context, r *rand.Rand) error {
	next := time.Now().Add(20 * time.Second)
	for {
		select {
		case <-end.Done():
			return nil
		case <-time.After(100 * time.Millisecond):
		}
		used, err := s.server.memory("VmHWM")
		if err != nil {
			return fmt.Errorf("the server is gone: %w\n%s", err, s.server.errors.text)
		}
		s.highest = max(s.highest, used)
		if time.Now().Before(next) {
			continue
		}
		switch r.IntN(3) {
		case 0:
			if err := s.server.stop(); err != nil {
				return err
			}
		case 1:
			if err := s.server.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				return err
			}
			<-s.server.ended
		default: // frozen for a while
			pid := s.server.cmd.Process
			if err := pid.Signal(syscall.SIGSTOP); err != nil {
				return err
			}
			time.Sleep(2 * time.Second)
			if err := pid.Signal(syscall.SIGCONT); err != nil {
				return err
			}
			next = time.Now().Add(20 * time.Second)
			continue
		}
		if err := s.start(ctx); err != nil {
			return err
		}
		next = time.Now().Add(20 * time.Second)
	}
}

// push is the honest client: two sets of contracts in turn, and after each answer what
// is there must be the set that was acknowledged, or where nobody knows one of the two.
func (s *siege) push(ctx context.Context) {
	corpus, err := bench.NewCorpus(500, 7)
	if err != nil {
		s.fail(err)
		return
	}
	sets := [2][]passerelle.Contrat{corpus.Contrats, slices.Clone(corpus.Contrats)}
	for i := range sets[1] {
		sets[1][i].MissionTitle = "Nouvelle mission"
	}
	var bodies [2][]byte
	for i := range sets {
		if bodies[i], err = json.Marshal(sets[i]); err != nil {
			s.fail(err)
			return
		}
	}
	acknowledged := -1
	for turn := 0; ctx.Err() == nil; turn = 1 - turn {
		status, _, err := s.send(ctx, "/api/sync/v1/contrats?confirmer=archivage", s.honest, "application/json", bodies[turn])
		known := err == nil && status == http.StatusOK
		if known {
			acknowledged = turn
		}
		changed, of, ok := s.look(ctx)
		switch {
		case !ok:
		case of == 0 && acknowledged < 0:
		case of != len(sets[0]) || changed != 0 && changed != of:
			s.partial.Add(1)
			s.fail(fmt.Errorf("%d of %d contracts are of the second set", changed, of))
		case known && (changed == of) != (turn == 1):
			s.lost.Add(1)
			s.fail(errors.New("a push that was acknowledged is not there"))
		}
		if !known {
			acknowledged = max(acknowledged, 0)
			time.Sleep(200 * time.Millisecond)
		}
	}
}

// look counts the contracts that are of the second set.
func (s *siege) look(ctx context.Context) (changed, of int, ok bool) {
	request, err := http.NewRequestWithContext(ctx, "GET", *s.url.Load()+"/api/sync/v1/contrats-get-all", nil)
	if err != nil {
		return 0, 0, false
	}
	request.Header.Set("Authorization", "Bearer "+s.honest)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, 0, false
	}
	defer response.Body.Close()
	var list struct {
		Contrats []struct{ MissionTitle string }
	}
	if response.StatusCode != http.StatusOK || json.NewDecoder(response.Body).Decode(&list) != nil {
		return 0, 0, false
	}
	for _, c := range list.Contrats {
		if c.MissionTitle == "Nouvelle mission" {
			changed++
		}
	}
	return changed, len(list.Contrats), true
}

func (s *siege) fail(err error) {
	text := err.Error()
	s.broken.CompareAndSwap(nil, &text)
}

// attack sends what nobody should until ctx ends.
func (s *siege) attack(ctx context.Context, r *rand.Rand) {
	paths := []string{"/api/sync/v1/contrats", "/api/sync/v2/contrats", "/api/sync/v2/contrats/changes", "/api/sync/v1/contrats-diff", "/api/admin/v1/imports",
		"/api/admin/v1/modeles", "/api/admin/v1/webhooks", "/api/v1/mad/exercices?version=1.0.0&format=tra", "/api/v1/society/exercice", "/api/v1/mad/tarifs?version=1.0.0", "/connexion"}
	for ctx.Err() == nil {
		token := s.mean[r.IntN(len(s.mean))]
		switch r.IntN(10) {
		case 0:
			token = "psr_nobody"
		case 1:
			token += "\x7f"
		}
		body := hostile(r)
		if r.IntN(2) == 0 {
			body = compressed(body)
		}
		if r.IntN(4) == 0 && len(body) > 2 {
			body = body[:r.IntN(len(body))]
		}
		kind := []string{"application/json", "text/csv", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"}[r.IntN(4)]
		patient, cancel := context.WithTimeout(ctx, time.Duration(50+r.IntN(8000))*time.Millisecond) // it leaves early
		status, answer, err := s.send(patient, paths[r.IntN(len(paths))], token, kind, body)
		cancel()
		if err != nil {
			continue
		}
		if status == http.StatusInternalServerError {
			s.failed.Add(1)
			s.fail(fmt.Errorf("500: %.300s", answer))
		}
	}
}

// hostile makes a body.
func hostile(r *rand.Rand) []byte {
	n := 1 << r.IntN(17)
	switch r.IntN(12) {
	case 0:
		return []byte("[" + strings.Repeat("{},", n-1) + "{}]")
	case 1:
		return []byte("[" + strings.Repeat("1,", n-1) + "1]")
	case 2:
		return []byte(strings.Repeat("[", n))
	case 3:
		return []byte(`[{"nomSite":"` + strings.Repeat("é", 8*n) + `"}]`)
	case 4:
		return []byte(`{"changes":{"removed":[` + strings.Repeat(`"a",`, n-1) + `"a"]}}`)
	case 5:
		return []byte(`[{` + strings.TrimSuffix(numbered(n/4+1, `"x%d":1,`), ",") + `}]`)
	case 6:
		return []byte("codeContrat;nomSite\n" + strings.Repeat("x;=1+1\n", n))
	case 7:
		return []byte("PK\x03\x04" + string(noise(r, n)))
	case 8:
		return noise(r, n)
	case 9:
		return []byte(`{"changes":{"added":[` + strings.TrimSuffix(numbered(n/16+1, `{"codeContrat":"K%d","emailApprenant":"a@b.example"},`), ",") + `]}}`)
	case 10:
		return []byte("***VER" + strings.Repeat("0", n) + "\r\n" + strings.Repeat("***EXO00101012023\r\n", n/8))
	}
	return []byte("--x\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"a.xlsx\"\r\n\r\n" + string(noise(r, n)) + "\r\n--x--")
}

func numbered(n int, format string) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, format, i)
	}
	return text.String()
}

func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.UintN(256))
	}
	return b
}

// send posts a body and counts the answer.
func (s *siege) send(ctx context.Context, path, token, kind string, body []byte) (int, string, error) {
	h := &hubServer{process: &process{url: *s.url.Load()}}
	if !bytes.HasPrefix([]byte(token), []byte("psr_")) || strings.Contains(token, "\x7f") {
		token = "psr_\u00e9"
	}
	status, answer, err := h.send(ctx, path, token, kind, body)
	if err == nil {
		n, _ := s.statuses.LoadOrStore(status, &atomic.Int64{})
		n.(*atomic.Int64).Add(1)
	}
	return status, answer, err
}
