package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

type suiteOptions struct {
	sizes   []int
	runs    int
	peerMax int
	docs    string

	traLines int
}

// database makes new, empty databases of one kind.
type database struct {
	name   string
	create func() (location string, err error)
	bare   bench.Bare
	settle func() error // what earlier turns left to write is written
}

// runSuite measures everything and writes it down.
func runSuite(ctx context.Context, w *workshop, o suiteOptions) (err error) {
	if o.runs < 1 || len(o.sizes) == 0 || slices.Min(o.sizes) < 1 {
		return errors.New("--runs and --sizes must be positive")
	}
	cluster, err := pgtest.Start(pgtest.Synced)
	if err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	databases, err := openDatabases(ctx, w, cluster)
	if err != nil {
		return err
	}
	m, err := describeMachine(ctx, cluster)
	if err != nil {
		return err
	}
	r := &report{machine: m, figures: newFigures(), runs: o.runs}
	var peerProgram string
	if o.peerMax > 0 {
		progress("building PocketBase")
		if peerProgram, r.peerVersion, err = w.buildPocketBase(ctx); err != nil {
			return err
		}
	}
	for _, size := range o.sizes {
		c, err := bench.NewCorpus(size, 1)
		if err != nil {
			return err
		}
		rows, err := c.Rows()
		if err != nil {
			return err
		}
		for run := range o.runs {
			for _, db := range databases {
				progress("%d contracts, turn %d of %d: %s", size, run+1, o.runs, db.name)
				t := &turn{ctx: ctx, w: w, f: r.figures, db: db, c: c, rows: rows}
				if err := t.run(); err != nil {
					return fmt.Errorf("%s, %d contracts: %w", db.name, size, err)
				}
			}
			// Its times vary little, and 100,000 contracts take a minute.
			if size <= o.peerMax && (run == 0 || size < 100_000) {
				progress("%d contracts, turn %d: PocketBase", size, run+1)
				if err := measurePeer(ctx, w, r.figures, peerProgram, c); err != nil {
					return fmt.Errorf("PocketBase, %d contracts: %w", size, err)
				}
			}
		}
	}
	progress("TRA")
	if r.tra, err = measureTRA(o.traLines); err != nil {
		return err
	}
	for _, db := range databases {
		if err := db.bare.Close(); err != nil {
			return err
		}
	}
	return r.write(o.docs)
}

func openDatabases(ctx context.Context, w *workshop, cluster *pgtest.Cluster) ([]*database, error) {
	dir, err := w.temp()
	if err != nil {
		return nil, err
	}
	lite, err := bench.OpenSQLite(filepath.Join(dir, "bare.db"))
	if err != nil {
		return nil, err
	}
	dsn, err := cluster.CreateDatabase()
	if err != nil {
		return nil, err
	}
	pg, err := bench.OpenPostgres(ctx, dsn)
	if err != nil {
		return nil, err
	}
	return []*database{
		{onSQLite, func() (string, error) {
			dir, err := w.temp()
			return filepath.Join(dir, "hub.db"), err
		}, lite, func() error { return nil }},
		{onPostgres, cluster.CreateDatabase, pg, func() error { return execute(ctx, dsn, "CHECKPOINT") }},
	}, nil
}

// turn measures each operation once, its limit just before it, in a database of
// its own.
type turn struct {
	ctx  context.Context
	w    *workshop
	f    *figures
	db   *database
	c    *bench.Corpus
	rows []bench.Row
}

func (t *turn) key(op string) key   { return key{t.db.name, op, len(t.rows)} }
func (t *turn) limit(op string) key { return key{t.db.name + limitSuffix, op, len(t.rows)} }

func (t *turn) run() error {
	location, err := t.db.create()
	if err != nil {
		return err
	}
	server, err := t.w.serveHub(t.ctx, location)
	if err != nil {
		return err
	}
	t.f.start[t.db.name] = append(t.f.start[t.db.name], float64(server.ready)/1e6)
	err = t.pushes(server)
	if err := errors.Join(err, server.stop()); err != nil {
		return err
	}
	return t.peakOfList(server.database, server.token)
}

func (t *turn) pushes(server *hubServer) error {
	time.Sleep(200 * time.Millisecond) // it is idle
	idle, err := server.memory("VmRSS")
	if err != nil {
		return err
	}
	t.f.idle[t.db.name] = append(t.f.idle[t.db.name], idle)
	delta, err := t.c.Delta(1)
	if err != nil {
		return err
	}
	return inTurn(
		func() error { return server.found(t.ctx, t.w) },
		t.db.bare.Empty,
		t.db.settle,
		func() error {
			return t.f.time(t.limit(opFirst), func() error { return inTurn(t.decode, func() error { return t.db.bare.Insert(t.rows) }) })
		},
		func() error { return t.f.time(t.key(opFirst), func() error { return server.first(t.ctx, t.c) }) },
		func() error { return t.peak(opFirst, server) },
		func() error {
			return t.f.time(t.limit(opUnchanged), func() error { return inTurn(t.decode, func() error { return t.db.bare.Compare(t.rows) }) })
		},
		func() error {
			return t.f.time(t.key(opUnchanged), func() error { return server.unchanged(t.ctx, t.c) })
		},
		func() error { return t.f.time(t.key(opDelta), func() error { return server.delta(t.ctx, t.c, delta) }) },
		func() error { return t.f.time(t.limit(opList), t.db.bare.Read) },
		func() error { return t.f.time(t.key(opList), func() error { return server.list(t.ctx, t.c) }) },
	)
}

func (t *turn) decode() error { return bench.Decode(t.c.Body) }

func (t *turn) peak(op string, server *hubServer) error {
	peak, err := server.memory("VmHWM")
	t.f.memory[t.key(op)] = append(t.f.memory[t.key(op)], peak)
	return err
}

// peakOfList lists in a server that has done nothing else.
func (t *turn) peakOfList(location, token string) error {
	server, err := t.w.serveHub(t.ctx, location)
	if err != nil {
		return err
	}
	server.token = token
	err = inTurn(
		server.forgetPeak, // of the start
		func() error { return server.list(t.ctx, t.c) },
		func() error { return t.peak(opList, server) },
	)
	return errors.Join(err, server.stop())
}

// measurePeer does with PocketBase what a turn does with the hub. It has no
// notion of a push that changes nothing: every record is written again.
func measurePeer(ctx context.Context, w *workshop, f *figures, program string, c *bench.Corpus) error {
	all := func(i int) int { return i }
	create, err := batches("POST", c.Contrats, all)
	if err != nil {
		return err
	}
	again, err := batches("PUT", c.Contrats, all)
	if err != nil {
		return err
	}
	delta, err := batches("PATCH", c.Changed(1), func(i int) int { return min(50, len(c.Contrats)-1) + 100*i })
	if err != nil {
		return err
	}
	p, err := w.servePocketBase(ctx, program)
	if err != nil {
		return err
	}
	k := func(op string) key { return key{peer, op, len(c.Contrats)} }
	err = inTurn(
		func() error { return f.time(k(opFirst), func() error { return p.send(ctx, create) }) },
		func() error { return f.time(k(opUnchanged), func() error { return p.send(ctx, again) }) },
		func() error { return f.time(k(opDelta), func() error { return p.send(ctx, delta) }) },
		func() error { return f.time(k(opList), func() error { return p.list(ctx, c) }) },
		func() error {
			peak, err := p.memory("VmHWM")
			f.memory[k(opFirst)] = append(f.memory[k(opFirst)], peak)
			return err
		},
	)
	return errors.Join(err, p.stop())
}

// inTurn runs steps up to the first that fails.
func inTurn(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
