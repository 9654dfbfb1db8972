package server

import (
	"cmp"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// keptFor is how long what was read from the database for /metrics is shown, whoever
// asks and however often.
const keptFor = 10 * time.Second

// kept is a gatherer that is asked once in keptFor.
type kept struct {
	prometheus.Gatherer
	now func() time.Time

	mu     sync.Mutex
	until  time.Time
	last   []*dto.MetricFamily
	failed error
}

// Gather returns what was gathered last; who comes while that is done waits for it. It
// is not to be changed.
func (k *kept) Gather() ([]*dto.MetricFamily, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := k.now(); !now.Before(k.until) || k.until.After(now.Add(keptFor)) { // or the clock was set back
		k.last, k.failed = k.Gatherer.Gather()
		k.until = now.Add(keptFor)
	}
	return k.last, k.failed
}

// side gathers from several gatherers that have no name of a metric in common: unlike
// prometheus.Gatherers it does not look at each metric again.
type side []prometheus.Gatherer

// Gather returns the metrics of all, ordered by their names.
func (s side) Gather() (all []*dto.MetricFamily, err error) {
	for _, one := range s {
		found, failed := one.Gather()
		all, err = append(all, found...), errors.Join(err, failed)
	}
	slices.SortFunc(all, func(a, b *dto.MetricFamily) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return all, err
}
