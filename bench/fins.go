package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

// finsOptions describe a history: contracts that ended beside those that are active.
type finsOptions struct {
	actifs, finis, runs int
}

// finsLimit is how much longer the ventilation of one exercice may take with what
// ended than without.
const finsLimit = 1.3

func newFins() *cobra.Command {
	var o finsOptions
	cmd := &cobra.Command{
		Use: "fins", Short: "Measure the ventilation of one exercice, and a push, beside a history of contracts that ended",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return inWorkshop(cmd.Context(), func(w *workshop) error { return runFins(cmd.Context(), w, o) })
		},
	}
	cmd.Flags().IntVar(&o.actifs, "actifs", 100_000, "active contracts")
	cmd.Flags().IntVar(&o.finis, "finis", 300_000, "contracts that ended, in three generations")
	cmd.Flags().IntVar(&o.runs, "runs", 7, "turns of which the median is taken")
	return cmd
}

// generations are how many years before the active contracts those that ended ran.
var generations = []int{2, 4, 6}

func runFins(ctx context.Context, w *workshop, o finsOptions) error {
	dir, err := w.temp()
	if err != nil {
		return err
	}
	cluster, err := pgtest.Start(pgtest.Synced)
	if err != nil {
		return err
	}
	defer cluster.Close()
	dsn, err := cluster.CreateDatabase()
	if err != nil {
		return err
	}
	fmt.Printf("%d active contracts, %d that ended\n\n| database | what | without | with | ratio |\n| --- | --- | --- | --- | --- |\n", o.actifs, o.finis)
	var errs []error
	for _, database := range []string{dir + "/fins.db", dsn} {
		errs = append(errs, w.measureFins(ctx, database, o))
	}
	return errors.Join(errs...)
}

// measureFins holds an organisme with a history against one without, in turns.
func (w *workshop) measureFins(ctx context.Context, database string, o finsOptions) error {
	h, err := w.serveHub(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = h.stop() }()
	alone, err := w.organismeOf(ctx, h, o, 0)
	if err != nil {
		return err
	}
	history, err := w.organismeOf(ctx, h, o, o.finis/len(generations))
	if err != nil {
		return err
	}
	kind := "SQLite"
	if database[0] != '/' {
		kind = "PostgreSQL"
	}
	var failed error
	for _, m := range []struct {
		what  string
		limit float64
		run   func(*organismeFins) error
	}{
		{"ventilation of one exercice", finsLimit, func(f *organismeFins) error { return f.ventilation(ctx, "") }},
		{"the same, active contracts alone", 0, func(f *organismeFins) error { return f.ventilation(ctx, "&archives=non") }},
		{"full push, nothing changed", 0, func(f *organismeFins) error { return f.push(ctx) }},
	} {
		var took [2][]time.Duration
		for range o.runs + 1 {
			for i, f := range []*organismeFins{alone, history} {
				started := time.Now()
				if err := m.run(f); err != nil {
					return err
				}
				took[i] = append(took[i], time.Since(started))
			}
		}
		without, with := middle(took[0][1:]), middle(took[1][1:]) // the first warms up
		ratio := float64(with) / float64(without)
		fmt.Printf("| %s | %s | %d ms | %d ms | %.2f |\n", kind, m.what, without.Milliseconds(), with.Milliseconds(), ratio)
		if m.limit > 0 && ratio > m.limit {
			failed = errors.Join(failed, fmt.Errorf("%s: %s takes %.2f times as long with what ended, more than %.1f", kind, m.what, ratio, m.limit))
		}
	}
	return failed
}

func middle(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}

// organismeFins is an organisme whose exercice is asked for.
type organismeFins struct {
	url, token, exercice string
	corpus               *bench.Corpus
}

// organismeOf makes an organisme with active contracts, and a number of contracts
// that ended in each generation.
func (w *workshop) organismeOf(ctx context.Context, h *hubServer, o finsOptions, ended int) (*organismeFins, error) {
	out, err := exec.CommandContext(ctx, w.passerelle, "organisme", "create", "--nom", "Horizon Formation", "--json", "--db", h.database).Output()
	if err != nil {
		return nil, fmt.Errorf("create the organisme: %w", err)
	}
	f := &organismeFins{url: h.url}
	var created struct{ Token string }
	if err := json.Unmarshal(out, &created); err != nil {
		return nil, err
	}
	f.token = created.Token
	if ended > 0 {
		for _, years := range generations {
			c, err := earlier(ended, years)
			if err != nil {
				return nil, err
			}
			if err := f.send(ctx, c.Body, pushed{Added: ended, Removed: -1}); err != nil {
				return nil, err
			}
		}
	}
	if f.corpus, err = bench.NewCorpus(o.actifs, 1); err != nil {
		return nil, err
	}
	if err := f.send(ctx, f.corpus.Body, pushed{Added: o.actifs, Removed: -1}); err != nil {
		return nil, err
	}
	var exercices []struct {
		ID json.Number `json:"exercice_id"`
	}
	year := time.Now().Year()
	body := fmt.Sprintf(`{"exercice":[{"start_date":"%d-01-01","end_date":"%d-12-31"}]}`, year, year)
	if _, err := call(ctx, http.DefaultClient, "POST", f.url+"/api/v1/society/exercice", f.token, []byte(body), &exercices); err != nil {
		return nil, err
	}
	f.exercice = exercices[0].ID.String()
	return f, nil
}

// earlier returns contracts that ran so many years before those of the
// demonstration, and are others.
func earlier(n, years int) (*bench.Corpus, error) {
	c, err := bench.NewCorpus(n, uint64(100+years))
	if err != nil {
		return nil, err
	}
	for i := range c.Contrats {
		k := &c.Contrats[i]
		k.CodeContrat = fmt.Sprintf("P%d-%s", years, k.CodeContrat)
		for _, day := range []*string{&k.DateDebut, &k.DateFin} {
			if d, err := passerelle.ParseDateFR(*day); err == nil {
				*day = d.AddMonths(-12 * years).FR()
			}
		}
	}
	body, err := bench.AppendList([]byte(`{"contrats":`), c.Contrats)
	c.Body = append(body, '}')
	return c, err
}

func (f *organismeFins) send(ctx context.Context, body []byte, want pushed) error {
	var got pushed
	if _, err := call(ctx, http.DefaultClient, "POST", f.url+"/api/sync/v1/contrats?confirmer=archivage", f.token, body, &got); err != nil {
		return err
	}
	if want.Removed < 0 {
		want.Removed = got.Removed
	}
	if got != want {
		return fmt.Errorf("a push answered %+v instead of %+v", got, want)
	}
	return nil
}

func (f *organismeFins) push(ctx context.Context) error {
	return f.send(ctx, f.corpus.Body, pushed{Same: len(f.corpus.Contrats)})
}

func (f *organismeFins) ventilation(ctx context.Context, more string) error {
	var got struct{ Total struct{ Contrats, Jours int } }
	_, err := call(ctx, http.DefaultClient, "GET", f.url+"/api/v1/mad/ventilation?version=1.0.0&par=site,formation&exercice="+f.exercice+more, f.token, nil, &got)
	if err == nil && got.Total.Jours == 0 {
		err = errors.New("the ventilation is empty")
	}
	return err
}
