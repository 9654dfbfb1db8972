package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/bench"
)

// waitGoal is how long a login and a small push may wait for a large push of another
// organisme.
const waitGoal = time.Second

func newAttente() *cobra.Command {
	contrats, small, turns := 100_000, 20, 3
	cmd := &cobra.Command{
		Use: "attente", Short: "Measure how long a login and a small push wait for another organisme's large push, on SQLite",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return inWorkshop(cmd.Context(), func(w *workshop) error { return runAttente(cmd.Context(), w, contrats, small, turns) })
		},
	}
	cmd.Flags().IntVar(&contrats, "contrats", contrats, "contracts of the large push")
	cmd.Flags().IntVar(&small, "petit", small, "contracts of the small pushes")
	cmd.Flags().IntVar(&turns, "runs", turns, "turns, each on a new database")
	return cmd
}

func runAttente(ctx context.Context, w *workshop, contrats, small, turns int) error {
	large, err := bench.NewCorpus(contrats, 1)
	if err != nil {
		return err
	}
	few, err := bench.NewCorpus(small, 2)
	if err != nil {
		return err
	}
	var failed error
	for range turns {
		failed = errors.Join(failed, waitOnce(ctx, w, large, few))
	}
	return failed
}

// waits are the longest that anybody waited while something else ran.
type waits struct{ login, push time.Duration }

func waitOnce(ctx context.Context, w *workshop, large, few *bench.Corpus) (err error) {
	h, err := w.freshHub(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	crowd := h.token
	if err := h.found(ctx, w); err != nil {
		return err
	}
	create := exec.CommandContext(ctx, w.passerelle, "compte", "create", "--organisme", "2", "--email", "ada@cfa.example", "--prenom", "Ada", "--nom", "Martin", "--role", "lecture", "--password-stdin", "--db", h.database)
	create.Stdin = strings.NewReader("une longue phrase de passe\n")
	if out, err := create.CombinedOutput(); err != nil {
		return fmt.Errorf("create an account: %w\n%s", err, out)
	}
	idle, err := h.waiting(ctx, few, func() error { time.Sleep(2 * time.Second); return nil })
	if err != nil {
		return err
	}
	for _, one := range []struct {
		name string
		want pushed
	}{{"first push", pushed{Added: len(large.Contrats)}}, {"the same again", pushed{Same: len(large.Contrats)}}} {
		var took time.Duration
		found, err := h.waiting(ctx, few, func() error {
			loaded := *h
			loaded.token = crowd
			started := time.Now()
			err := loaded.push(ctx, "/api/sync/v1/contrats", large.Body, one.want)
			took = time.Since(started)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Printf("%-15s of %d contracts, %v: a login takes at most %v, a push of %d at most %v; before, %v and %v\n", one.name, len(large.Contrats), took.Round(time.Millisecond),
			found.login.Round(time.Millisecond), len(few.Contrats), found.push.Round(time.Millisecond), idle.login.Round(time.Millisecond), idle.push.Round(time.Millisecond))
		if found.login-idle.login > waitGoal || found.push-idle.push > waitGoal {
			return fmt.Errorf("somebody waits for more than %v", waitGoal)
		}
	}
	return nil
}

// waiting logs in and pushes a few contracts again and again while work runs, and
// returns the longest that either took.
func (h *hubServer) waiting(ctx context.Context, few *bench.Corpus, work func() error) (found waits, err error) {
	ended, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	var loginErr, pushErr error
	repeat := func(longest *time.Duration, failed *error, do func() error) {
		for ended.Err() == nil && *failed == nil {
			started := time.Now()
			*failed = do()
			*longest = max(*longest, time.Since(started))
			time.Sleep(20 * time.Millisecond)
		}
	}
	bodies := [2][]byte{few.Body, few.Body}
	if changed := few.Changed(0); len(changed) > 0 {
		if bodies[1], err = json.Marshal(few.Contrats[:len(few.Contrats)-1]); err != nil {
			return found, err
		}
	}
	turn := 0
	all.Go(func() { repeat(&found.login, &loginErr, func() error { return h.login(ctx) }) })
	all.Go(func() {
		repeat(&found.push, &pushErr, func() error {
			turn = 1 - turn
			_, err := call(ctx, http.DefaultClient, "POST", h.url+"/api/sync/v1/contrats", h.token, bodies[turn], nil)
			return err
		})
	})
	err = work()
	stop()
	all.Wait()
	return found, errors.Join(err, loginErr, pushErr)
}

// login opens a session of the console in a new browser.
func (h *hubServer) login(ctx context.Context) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	form := url.Values{"email": {"ada@cfa.example"}, "password": {"une longue phrase de passe"}}
	request, err := http.NewRequestWithContext(ctx, "POST", h.url+"/connexion", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := browser.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("a login is answered %d", response.StatusCode)
	}
	return nil
}
