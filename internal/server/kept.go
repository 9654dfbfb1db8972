package server

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// keptFor is how long what was read from the database for /metrics is shown, whoever
// asks and however often.
const keptFor = 10 * time.Second

// kept is a collector that is asked once in keptFor.
type kept struct {
	prometheus.Collector
	now func() time.Time

	mu    sync.Mutex
	until time.Time
	last  []prometheus.Metric
}

// Collect passes what was collected last; who comes while that is done waits for it.
func (k *kept) Collect(found chan<- prometheus.Metric) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := k.now(); !now.Before(k.until) || k.until.After(now.Add(keptFor)) { // or the clock was set back
		k.last = k.last[:0]
		fresh := make(chan prometheus.Metric, 1024)
		go func() {
			defer close(fresh)
			k.Collector.Collect(fresh)
		}()
		for metric := range fresh {
			k.last = append(k.last, metric)
		}
		k.until = now.Add(keptFor)
	}
	for _, metric := range k.last {
		found <- metric
	}
}
