package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// load is what happened while every organisme pushed once.
type load struct {
	mu     sync.Mutex
	taken  map[string][]time.Duration // by what was called
	bytes  int64                      // read
	failed int
	first  error

	elapsed       time.Duration
	hub, database time.Duration // processor time
	busy          string        // load of the machine at the end
}

// What is called. Readers take one of the last three at random.
const (
	callPush    = "push a delta of 1 %"
	callList    = "list all contracts"
	callPage    = "list 100 contracts"
	callJournal = "read the journal"
)

var (
	called = []string{callPush, callList, callPage, callJournal}
	reads  = []struct{ name, path string }{
		{callList, "/api/sync/v1/contrats-get-all"},
		{callPage, "/api/sync/v1/contrats?limit=100&page=2"},
		{callJournal, "/api/sync/v1/synchronisations?limit=20"},
	}
)

// record keeps how a call went.
func (l *load) record(name string, started time.Time, n int64, err error) {
	took := time.Since(started)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bytes += n
	if err != nil {
		l.failed++
		if l.first == nil {
			l.first = fmt.Errorf("%s: %w", name, err)
		}
		return
	}
	l.taken[name] = append(l.taken[name], took)
}

// percentile returns the time that a share of the calls did not exceed.
func (l *load) percentile(name string, share float64) time.Duration {
	list := l.taken[name]
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	return list[min(int(share*float64(len(list))), len(list)-1)]
}

// during runs push while readers read, and measures what both cost.
func (p *pays) during(ctx context.Context, push func(*load)) (*load, error) {
	l := &load{taken: map[string][]time.Duration{}}
	hub, database, err := p.processorTime(ctx)
	if err != nil {
		return nil, err
	}
	started := time.Now()
	reading, stop := context.WithCancel(ctx)
	var readers sync.WaitGroup
	for k := range p.options.readers {
		readers.Go(func() { p.read(ctx, reading, l, k) })
	}
	push(l)
	l.elapsed = time.Since(started)
	stop()
	readers.Wait()
	hubAfter, databaseAfter, err := p.processorTime(ctx)
	l.hub, l.database, l.busy = hubAfter-hub, databaseAfter-database, loadAverage(0)
	return l, err
}

// read lists now this organisme, now that one, until reading ends; a call that
// has begun is finished.
func (p *pays) read(ctx, reading context.Context, l *load, k int) {
	for n := k; reading.Err() == nil; n++ {
		m := p.members[rand.IntN(len(p.members))]
		what := reads[rand.IntN(len(reads))]
		started := time.Now()
		size, err := call(ctx, p.client, "GET", p.servers[n%len(p.servers)].url+what.path, m.token, nil, nil)
		l.record(what.name, started, size, err)
		select {
		case <-time.After(p.options.pause):
		case <-reading.Done():
		}
	}
}

// push sends an organisme's delta of a round to one of the processes.
func (p *pays) push(ctx context.Context, l *load, i, round int) {
	m := p.members[i]
	var answer pushed
	started := time.Now()
	_, err := call(ctx, p.client, "POST", p.servers[rand.IntN(len(p.servers))].url+"/api/sync/v2/contrats/changes", m.token, m.deltas[round], &answer)
	if err == nil && (answer.Updated == 0 || answer.Added > 0) {
		err = fmt.Errorf("a delta answered %+v", answer)
	}
	l.record(callPush, started, 0, err)
}

// pushWithin has every organisme push at a moment of its own in the window.
func (p *pays) pushWithin(ctx context.Context, l *load) {
	var group sync.WaitGroup
	for i := range p.members {
		group.Go(func() {
			select {
			case <-time.After(time.Duration(rand.Int64N(int64(p.options.window)))):
				p.push(ctx, l, i, roundPaced)
			case <-ctx.Done():
			}
		})
	}
	group.Wait()
}

// pushAtOnce has the organismes push without a pause between them.
func (p *pays) pushAtOnce(ctx context.Context, l *load) {
	_ = p.each(p.options.pushers, func(i int) error { // errors are in l
		p.push(ctx, l, i, roundBurst)
		return nil
	})
}
