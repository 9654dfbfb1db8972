package reception

import (
	"errors"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// batchSize and batchBytes bound what travels at once from the goroutine that
// reads to the one that checks.
const (
	batchSize  = 64
	batchBytes = 256 << 10
)

// errAdder stops the reading; the error that matters is the adder's.
var errAdder = errors.New("an earlier contract could not be kept")

// batch is some contracts that were read.
type batch struct {
	recus []synchro.Recu
	size  int    // bytes that were read for them
	sent  []byte // those bytes, where the push keeps them
}

// adder passes contracts to push.Add, in their order, in a goroutine of its own:
// to read a push and to check it cost about the same.
type adder struct {
	reader   contratReader
	keepSent bool
	current  *batch
	full     chan *batch
	free     chan *batch
	failed   chan struct{} // closed after the first error
	done     chan struct{} // closed at the end
	err      error
	panicked any
}

func startAdder(push *synchro.Push) *adder {
	const batches = 3
	a := &adder{
		keepSent: push.KeepsSent(), current: &batch{},
		full: make(chan *batch, batches), free: make(chan *batch, batches),
		failed: make(chan struct{}), done: make(chan struct{}),
	}
	for range batches - 1 {
		a.free <- &batch{}
	}
	go a.run(push)
	return a
}

func (a *adder) run(push *synchro.Push) {
	defer close(a.done)
	defer func() {
		if a.panicked = recover(); a.panicked != nil {
			close(a.failed)
		}
	}()
	for b := range a.full {
		for i := range b.recus {
			if err := push.Add(&b.recus[i]); err != nil {
				a.err = err
				close(a.failed)
				return
			}
		}
		b.recus, b.sent, b.size = b.recus[:0], b.sent[:0], 0
		a.free <- b
	}
}

// add reads a contract and hands it on. It returns an error once an earlier one
// could not be kept.
func (a *adder) add(raw jsontext.Value, op synchro.Op, index int) error {
	b := a.current
	if len(b.recus) == batchSize || b.size >= batchBytes {
		a.full <- b
		select {
		case b = <-a.free:
			a.current = b
		case <-a.failed:
			return errAdder
		}
	}
	b.size += len(raw)
	b.recus = append(b.recus, synchro.Recu{})
	recu := &b.recus[len(b.recus)-1]
	a.reader.read(raw, op, index, recu)
	if a.keepSent {
		from := len(b.sent)
		b.sent = append(b.sent, raw...)
		recu.Sent = b.sent[from:len(b.sent):len(b.sent)]
	}
	return nil
}

// finish waits until every contract is kept and returns the first error.
func (a *adder) finish() error {
	select {
	case a.full <- a.current:
	case <-a.failed:
	}
	close(a.full)
	<-a.done
	if a.panicked != nil {
		panic(a.panicked) // in the goroutine of the request, whose failure it is
	}
	return a.err
}
