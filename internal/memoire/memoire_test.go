package memoire

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// waitLimit is that of the tests.
const waitLimit = 15 * time.Second

func TestWhatDoesNotFitWaitsUntilAnotherEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(10*chunk, waitLimit)
		first, second := b.Open(t.Context()), b.Open(t.Context())
		if err := first.Grow(8 * chunk); err != nil {
			t.Fatal(err)
		}
		got := make(chan error)
		go func() { got <- second.Grow(5 * chunk) }()
		synctest.Wait()
		select {
		case err := <-got:
			t.Fatalf("it did not wait: %v", err)
		default:
		}
		first.Close()
		if err := <-got; err != nil {
			t.Fatal(err)
		}
		if now, highest := b.Taken(); now != 5*chunk || highest != 8*chunk {
			t.Errorf("%d taken, %d at most; want 5 and 8 chunks", now, highest)
		}
	})
}

func TestWaitingEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(10*chunk, waitLimit)
		if err := b.Open(t.Context()).Grow(8 * chunk); err != nil {
			t.Fatal(err)
		}
		started := time.Now()
		if err := b.Open(t.Context()).Grow(3 * chunk); !errors.Is(err, ErrBusy) || time.Since(started) != waitLimit {
			t.Errorf("%v after %v, want ErrBusy after %v", err, time.Since(started), waitLimit)
		}
		ctx, leave := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, leave)
		if err := b.Open(ctx).Grow(3 * chunk); !errors.Is(err, context.Canceled) {
			t.Errorf("%v where the client left, want context.Canceled", err)
		}
		if err := b.Open(t.Context()).Grow(2 * chunk); err != nil {
			t.Errorf("%v for what fits, once nobody waits any more", err)
		}
	})
}

func TestWhatNeverFitsIsRefusedAtOnce(t *testing.T) {
	part := New(2*chunk, waitLimit).Open(t.Context())
	if err := part.Grow(chunk); err != nil {
		t.Fatal(err)
	}
	var tooLarge *TooLarge
	if err := part.Grow(1.5 * chunk); !errors.As(err, &tooLarge) || tooLarge.Budget != 2*chunk {
		t.Errorf("%v, want TooLarge", err)
	}
}

func TestWhereAllWaitTheYoungestIsTurnedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(10*chunk, waitLimit)
		old, young := b.Open(t.Context()), b.Open(t.Context())
		for _, part := range []*Part{old, young} {
			if err := part.Grow(5 * chunk); err != nil {
				t.Fatal(err)
			}
		}
		got := make(chan error)
		go func() { got <- old.Grow(chunk) }()
		synctest.Wait()
		if err := young.Grow(chunk); !errors.Is(err, ErrBusy) {
			t.Fatalf("the younger: %v, want ErrBusy", err)
		}
		young.Close()
		if err := <-got; err != nil {
			t.Errorf("the older: %v", err)
		}
	})
}

// Whatever is asked for in whatever order: never more is taken than there is, all
// end, and in the end nothing is taken.
func TestABudgetIsNeverExceededAndAlwaysGivenBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		asked := rapid.SliceOfN(rapid.SliceOfN(rapid.Int64Range(1, 6*chunk), 1, 5), 1, 12).Draw(rt, "asked")
		synctest.Test(t, func(t *testing.T) {
			b := New(12*chunk, waitLimit)
			var held atomic.Int64
			var all sync.WaitGroup
			for i, sizes := range asked {
				all.Go(func() {
					part := b.Open(t.Context())
					defer part.Close()
					mine := int64(0)
					for _, size := range sizes {
						time.Sleep(time.Duration(i%3) * time.Millisecond)
						if part.Grow(size) != nil {
							break
						}
						mine += size
						if held.Add(size) > b.Total() {
							t.Error("more is held than there is")
						}
					}
					held.Add(-mine)
				})
			}
			all.Wait()
			if now, highest := b.Taken(); now != 0 || highest > b.Total() {
				t.Errorf("%d taken in the end, %d at most", now, highest)
			}
		})
	})
}
