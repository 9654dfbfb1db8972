package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

// found creates the organismes with their modèles.
func (p *pays) found(ctx context.Context) (err error) {
	progress("founding %d organismes", p.options.organismes)
	db, err := open.Database(ctx, p.dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	h := hub.New(db, hub.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	defer h.Close()
	for i := range p.options.organismes {
		o, err := h.Organismes.CreateOrganisme(ctx, fmt.Sprintf("CFA %d", i+1), false)
		if err != nil {
			return err
		}
		for _, m := range demo.Modeles() {
			modele := domaine.Modele{Nom: m.Nom, Actif: true, Criteres: passerelle.Criteres{}}
			for champ, valeurs := range m.Criteres {
				modele.Criteres[champ] = valeurs
			}
			if _, err := h.Integration.CreateModele(ctx, o.ID, modele); err != nil {
				return err
			}
		}
		p.members = append(p.members, &member{id: o.ID, token: o.Token})
	}
	return nil
}

// seed gives every organisme its contracts and its history, through the API.
func (p *pays) seed(ctx context.Context) error {
	progress("pushing %s contracts and %d synchronisations for each organisme", thousands(p.options.contrats), p.options.synchronisations)
	started := time.Now()
	var done atomic.Int64
	err := p.each(2*len(p.servers), func(i int) error {
		if n := done.Add(1); n%100 == 0 {
			progress("  %d organismes after %s", n, time.Since(started).Round(time.Second))
		}
		return p.seedOne(ctx, i)
	})
	p.seeded = time.Since(started)
	if err != nil {
		return err
	}
	// What autovacuum would have done within minutes.
	return execute(ctx, p.dsn, "VACUUM (ANALYZE)")
}

func (p *pays) seedOne(ctx context.Context, i int) error {
	c, err := bench.NewCorpus(p.size(i), uint64(i+1))
	if err != nil {
		return err
	}
	m := p.members[i]
	server := &hubServer{process: p.servers[i%len(p.servers)], token: m.token}
	if err := server.first(ctx, c); err != nil {
		return err
	}
	turn := 1
	for ; turn < p.options.synchronisations; turn++ {
		body, err := c.Delta(turn)
		if err != nil {
			return err
		}
		if err := server.delta(ctx, c, body); err != nil {
			return err
		}
	}
	for round := range rounds {
		body, err := c.Delta(turn + round)
		if err != nil {
			return err
		}
		m.deltas = append(m.deltas, body)
	}
	return nil
}

// size returns how many contracts an organisme has.
func (p *pays) size(i int) int {
	size := p.options.contrats / p.options.organismes
	if i < p.options.contrats%p.options.organismes {
		size++
	}
	return size
}

// each runs do for every organisme, some at the same time, up to the first
// error.
func (p *pays) each(atOnce int, do func(i int) error) error {
	var next atomic.Int64
	var failed atomic.Bool
	errs := make([]error, atOnce)
	var group sync.WaitGroup
	for k := range atOnce {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(p.members) && !failed.Load(); i = int(next.Add(1)) - 1 {
				if errs[k] = do(i); errs[k] != nil {
					failed.Store(true)
					return
				}
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}
