package sqlite

import (
	"sync"
	"time"
)

// quotas counts the calls of tokens in their current windows.
type quotas struct {
	mu      sync.Mutex
	windows map[int64]window
}

type window struct {
	end   time.Time
	calls int
}

func newQuotas() *quotas { return &quotas{windows: map[int64]window{}} }

func (q *quotas) count(jeton int64, now time.Time, length time.Duration) (int, time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	w := q.windows[jeton]
	if !w.end.After(now) || w.end.After(now.Add(2*length)) { // or the clock was moved back
		w = window{end: now.Add(length)}
	}
	w.calls++
	q.windows[jeton] = w
	return w.calls, w.end
}
