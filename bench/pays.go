package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

// paysOptions describe a country.
type paysOptions struct {
	organismes, contrats int // contrats in all, shared out evenly
	synchronisations     int // of history, for each organisme
	processes            int
	window               time.Duration // in which every organisme pushes a delta
	readers              int
	pause                time.Duration // of a reader between two calls
	pushers              int           // that push as fast as they can, afterwards
	docs                 string
}

func newPays() *cobra.Command {
	var o paysOptions
	cmd := &cobra.Command{
		Use: "pays", Short: "Simulate a country: many organismes on one PostgreSQL, several processes of the hub",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return inWorkshop(cmd.Context(), func(w *workshop) error {
				p, err := runPays(cmd.Context(), w, o)
				if err != nil {
					return err
				}
				text := p.markdown()
				fmt.Println(text)
				if o.docs != "" {
					err = replaceBetween(o.docs+"/performance.md", "pays", text)
				}
				return errors.Join(err, p.verdict())
			})
		},
	}
	cmd.Flags().IntVar(&o.organismes, "organismes", 1_000, "how many")
	cmd.Flags().IntVar(&o.contrats, "contrats", 1_000_000, "active contracts of all organismes together")
	cmd.Flags().IntVar(&o.synchronisations, "synchronisations", 10, "history of each organisme: one full push, the others deltas of 1 %")
	cmd.Flags().IntVar(&o.processes, "processes", 3, "processes of the hub")
	cmd.Flags().DurationVar(&o.window, "window", 10*time.Minute, "time in which every organisme pushes one delta of 1 %")
	cmd.Flags().IntVar(&o.readers, "readers", 8, "readers at the same time")
	cmd.Flags().DurationVar(&o.pause, "pause", 200*time.Millisecond, "of a reader between two calls")
	cmd.Flags().IntVar(&o.pushers, "pushers", 12, "organismes at the same time, when all push as fast as they can")
	cmd.Flags().StringVar(&o.docs, "docs", "docs", "directory of performance.md; empty prints only")
	return cmd
}

// pays is a country under way and what was measured of it.
type pays struct {
	options paysOptions
	machine machine
	dsn     string
	cluster *pgtest.Cluster
	servers []*process
	client  *http.Client
	members []*member

	seeded       time.Duration
	paced, burst *load
	sizes        []tableSize
	bytes        int64 // of the database
	queries      []frequentQuery
	scans        []string // sequential scans of large tables
	plans        int      // looked at
}

// member is one organisme of the country.
type member struct {
	id     int64
	token  string
	deltas [][]byte // one for each round
}

// The rounds in which every organisme pushes a delta.
const (
	roundPaced = iota
	roundBurst
	roundPlans
	rounds
)

// runPays founds a country, lets it work, and measures it.
func runPays(ctx context.Context, w *workshop, o paysOptions) (p *pays, err error) {
	if o.organismes < 1 || o.contrats < o.organismes || o.synchronisations < 1 || o.processes < 1 || o.pushers < 1 {
		return nil, errors.New("a country needs organismes with contracts, a history and processes")
	}
	cluster, err := pgtest.Start(pgtest.Synced,
		"shared_buffers=1GB", "max_wal_size=4GB", "shared_preload_libraries=pg_stat_statements,auto_explain",
		"auto_explain.log_analyze=on", "auto_explain.log_buffers=on",
		"logging_collector=on", "log_destination=jsonlog")
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	p = &pays{options: o, cluster: cluster, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	if p.machine, err = describeMachine(ctx, cluster); err != nil {
		return nil, err
	}
	if p.dsn, err = cluster.CreateDatabase(); err != nil {
		return nil, err
	}
	for range o.processes {
		server, err := w.serveHub(ctx, p.dsn)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, server.stop()) }()
		p.servers = append(p.servers, server.process)
	}
	return p, inTurn(
		func() error { return p.found(ctx) },
		func() error { return p.seed(ctx) },
		func() error { return p.work(ctx) },
		func() error { return p.lookInside(ctx) },
	)
}

// work has every organisme push a delta twice while readers list: once spread
// over the window, once as fast as they can.
func (p *pays) work(ctx context.Context) (err error) {
	if err := execute(ctx, p.dsn, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements"); err != nil {
		return err
	}
	if err := execute(ctx, p.dsn, "SELECT pg_stat_statements_reset()"); err != nil {
		return err
	}
	progress("every organisme pushes a delta within %s", p.options.window)
	if p.paced, err = p.during(ctx, func(l *load) { p.pushWithin(ctx, l) }); err != nil {
		return err
	}
	if p.queries, err = frequentQueries(ctx, p.dsn, 10); err != nil {
		return err
	}
	progress("every organisme pushes a delta as fast as it can")
	p.burst, err = p.during(ctx, func(l *load) { p.pushAtOnce(ctx, l) })
	return err
}

// verdict is an error where the country did not work as it must.
func (p *pays) verdict() error {
	var problems []error
	for _, l := range []*load{p.paced, p.burst} {
		if l.failed > 0 {
			problems = append(problems, fmt.Errorf("%d calls failed, the first: %w", l.failed, l.first))
		}
	}
	for _, scan := range p.scans {
		problems = append(problems, errors.New("a plan reads a large table from end to end: "+scan))
	}
	return errors.Join(problems...)
}
