// Package memoire shares one amount of memory out among all that hold much of it
// at once: pushes and imports. What does not fit waits for others to end, and is
// turned away where it waited too long or where waiting would help nobody.
package memoire

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrBusy says that others hold the memory: come again.
var ErrBusy = errors.New("the memory for pushes and imports is in use")

// TooLarge is something that needs more than there is, whoever else is there.
type TooLarge struct{ Budget int64 } // bytes

// Error gives the amount.
func (t *TooLarge) Error() string {
	return fmt.Sprintf("more memory is needed than the %d MB for all pushes and imports", t.Budget/1e6)
}

// chunk is what is taken at once, in bytes: asking costs a lock.
const chunk = 1 << 20

// Budget is an amount of memory. It is safe for use by several goroutines.
type Budget struct {
	total int64
	limit time.Duration

	mu      sync.Mutex
	taken   int64
	highest int64
	age     uint64
	holders int     // parts that hold something
	queue   []*wait // by the age of their parts, the oldest first
}

// New returns a budget of a number of bytes, for which somebody waits for so long at
// most.
func New(total int64, limit time.Duration) *Budget { return &Budget{total: total, limit: limit} }

// Total returns the whole amount in bytes.
func (b *Budget) Total() int64 { return b.total }

// Taken returns how many bytes are taken now, and the most that ever were.
func (b *Budget) Taken() (now, highest int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.taken, b.highest
}

// Part is what one push or import holds of a budget. Several goroutines may use it,
// and nobody any more once it is closed.
type Part struct {
	budget *Budget
	ctx    context.Context
	age    uint64 // order of opening
	taken  int64  // guarded by the budget

	mu     sync.Mutex // one asks at a time
	unused int64      // of what is taken
}

// wait is a part that asks for more than is free.
type wait struct {
	part  *Part
	bytes int64
	done  chan error // of one
}

// Open returns a part that holds nothing yet. What it asks for is given up when
// ctx ends. The caller closes it.
func (b *Budget) Open(ctx context.Context) *Part {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.age++
	return &Part{budget: b, ctx: ctx, age: b.age}
}

// Grow takes a number of bytes more, and waits where they are not free. It
// returns ErrBusy where others keep them, a *TooLarge where there are not so many,
// or the error of the context.
func (p *Part) Grow(bytes int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if bytes <= p.unused {
		p.unused -= bytes
		return nil
	}
	asked := (bytes - p.unused + chunk - 1) / chunk * chunk
	if err := p.take(asked); err != nil {
		return err
	}
	p.unused += asked - bytes
	return nil
}

func (p *Part) take(bytes int64) error {
	b := p.budget
	b.mu.Lock()
	if p.taken+bytes > b.total {
		b.mu.Unlock()
		return &TooLarge{b.total}
	}
	w := &wait{part: p, bytes: bytes, done: make(chan error, 1)}
	at := 0
	for at < len(b.queue) && b.queue[at].part.age < p.age {
		at++
	}
	b.queue = append(b.queue[:at], append([]*wait{w}, b.queue[at:]...)...)
	b.serve()
	b.mu.Unlock()

	timer := time.NewTimer(b.limit)
	defer timer.Stop()
	var err error
	select {
	case err := <-w.done:
		return err
	case <-timer.C:
		err = ErrBusy
	case <-p.ctx.Done():
		err = context.Cause(p.ctx)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case answered := <-w.done: // meanwhile
		return answered
	default:
	}
	b.leave(w)
	b.serve()
	return err
}

// serve gives what is free to those who wait, the oldest first: who came before is
// not overtaken by smaller ones for ever. Where all who hold something wait, none
// of them would ever end: the youngest is turned away.
func (b *Budget) serve() {
	for len(b.queue) > 0 && b.taken+b.queue[0].bytes <= b.total {
		w := b.queue[0]
		b.queue = b.queue[1:]
		if w.part.taken == 0 {
			b.holders++
		}
		w.part.taken += w.bytes
		b.taken += w.bytes
		b.highest = max(b.highest, b.taken)
		w.done <- nil
	}
	waiting, youngest := 0, (*wait)(nil)
	for _, w := range b.queue {
		if w.part.taken > 0 {
			waiting++
			youngest = w
		}
	}
	if waiting > 0 && waiting == b.holders {
		b.leave(youngest)
		youngest.done <- ErrBusy
	}
}

func (b *Budget) leave(w *wait) {
	for i := range b.queue {
		if b.queue[i] == w {
			b.queue = append(b.queue[:i], b.queue[i+1:]...)
			return
		}
	}
}

// Close gives back what the part holds. It may be closed again.
func (p *Part) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unused = 0
	b := p.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.taken > 0 {
		b.holders--
	}
	b.taken -= p.taken
	p.taken = 0
	b.serve()
}
