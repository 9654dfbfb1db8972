package hub

import "errors"

// batchSize is how many bytes of documents travel together: large enough that
// handing over costs nothing, small enough to stay in a processor's cache.
const batchSize = 128 << 10

// errConsumerStopped ends a reading whose consumer has failed.
var errConsumerStopped = errors.New("the consumer of the documents stopped")

// batch is documents one behind the other, each with a tag.
type batch[T any] struct {
	text []byte
	ends []int
	tags []T
}

// consumeBeside reads documents through each and passes them to consume in
// another goroutine, in their order, so that the database is not left waiting
// while one is worked on. Three batches of memory are used, however many
// documents there are. Nothing calls consume any more once it has returned.
func consumeBeside(each func(yield func(doc []byte) error) error, consume func(doc []byte) error) error {
	return consumeTagged(func(yield func(doc []byte, tag struct{}) error) error {
		return each(func(doc []byte) error { return yield(doc, struct{}{}) })
	}, func(doc []byte, _ struct{}) error { return consume(doc) })
}

// consumeTagged is consumeBeside for documents that come with a value each.
func consumeTagged[T any](each func(yield func(doc []byte, tag T) error) error, consume func(doc []byte, tag T) error) error {
	full, empty := make(chan *batch[T], 2), make(chan *batch[T], 3)
	for range cap(empty) {
		empty <- &batch[T]{text: make([]byte, 0, batchSize)}
	}
	type outcome struct {
		err   error
		panic any
	}
	ended := make(chan outcome, 1)
	go func() {
		var out outcome
		defer func() {
			out.panic = recover()
			ended <- out
			close(ended)
		}()
		for b := range full {
			from := 0
			for i, to := range b.ends {
				if out.err = consume(b.text[from:to], b.tags[i]); out.err != nil {
					return
				}
				from = to
			}
			b.text, b.ends, b.tags = b.text[:0], b.ends[:0], b.tags[:0]
			empty <- b
		}
	}()

	var out outcome
	stopped := false
	current := <-empty
	pass := func() error {
		select {
		case full <- current:
		case out = <-ended:
			stopped = true
			return errConsumerStopped
		}
		select {
		case current = <-empty:
		case out = <-ended:
			stopped = true
			return errConsumerStopped
		}
		return nil
	}
	err := each(func(doc []byte, tag T) error {
		if len(current.text) > 0 && len(current.text)+len(doc) > batchSize {
			if err := pass(); err != nil {
				return err
			}
		}
		current.text = append(current.text, doc...)
		current.ends = append(current.ends, len(current.text))
		current.tags = append(current.tags, tag)
		return nil
	})
	if err == nil && len(current.ends) > 0 {
		err = pass()
	}
	close(full)
	if !stopped {
		out = <-ended
	}
	if out.panic != nil {
		panic(out.panic) // where the caller can recover it
	}
	if out.err != nil {
		return out.err
	}
	return err
}
