package main

import (
	"context"
	"iter"
	"sync/atomic"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/demo"
)

// demoWeeks is how long ago the demonstration began, so that its first page has
// something to tell.
const demoWeeks = 8

// pastClock is a clock that is behind, and catches up.
type pastClock struct{ behind atomic.Int64 }

func (c *pastClock) Now() time.Time { return time.Now().Add(-time.Duration(c.behind.Load())) }

// ago puts the clock some days back.
func (c *pastClock) ago(days int) { c.behind.Store(int64(days) * int64(24*time.Hour)) }

// history sends what management software sends over some weeks: twice a week a few
// contracts change, some leave and come back later, a few are wrong until they are mended. In the
// end all are again as they were first.
func (d *demonstration) history(ctx context.Context, contrats iter.Seq[passerelle.Contrat], n int) error {
	const pushes = 2 * (demoWeeks - 1)
	size := min(max(n/60, 1), 40)
	var pool []passerelle.Contrat // those that change
	for c := range contrats {
		if pool = append(pool, c); len(pool) == min(n, 1+3*size*pushes) {
			break
		}
	}
	first := pool[0] // stays as it is: mistakes are held against it
	pool = pool[1:]
	slice := func(push, part int) []passerelle.Contrat {
		from := (push*3 + part) * size
		return pool[min(from, len(pool)):min(from+size, len(pool))]
	}
	codes := func(list []passerelle.Contrat) (codes []string) {
		for i := range list {
			codes = append(codes, list[i].CodeContrat)
		}
		return codes
	}
	var wrong []passerelle.Contrat
	for _, m := range demo.Mistakes(first) {
		if m.Contrat.CodeContrat != first.CodeContrat && m.Contrat.CodeContrat != "" {
			wrong = append(wrong, m.Contrat)
		}
	}
	for push := range pushes {
		d.clock.ago(7*demoWeeks - 7 - push*7/2)
		delta := client.Delta{Removed: codes(slice(push, 0)), Updated: append([]passerelle.Contrat(nil), slice(push, 1)...)}
		for i := range delta.Updated {
			delta.Updated[i].NomEntreprise += " SAS"
		}
		if push > 0 {
			delta.Added = append(delta.Added, slice(push-1, 0)...)
			delta.Updated = append(delta.Updated, slice(push-1, 1)...)
		}
		for i := range wrong {
			if i%4 == push%4 {
				delta.Added = append(delta.Added, wrong[i])
			}
		}
		if _, err := d.api.Change(ctx, delta, client.PushOptions{}); err != nil {
			return err
		}
	}
	d.clock.ago(1)
	last := client.Delta{Added: slice(pushes-1, 0), Updated: slice(pushes-1, 1)}
	if len(last.Added)+len(last.Updated) > 0 {
		if _, err := d.api.Change(ctx, last, client.PushOptions{}); err != nil {
			return err
		}
	}
	d.clock.ago(0)
	d.say("   Then %d weeks of smaller pushes, so that the console has something to tell.", demoWeeks-1)
	return nil
}
