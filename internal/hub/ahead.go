package hub

// ahead is a value that another goroutine works out meanwhile.
type ahead[T any] struct {
	done     chan struct{}
	value    T
	err      error
	panicked any
}

// begin starts to work out a value.
func begin[T any](work func() (T, error)) *ahead[T] {
	a := &ahead[T]{done: make(chan struct{})}
	go func() {
		defer close(a.done)
		defer func() { a.panicked = recover() }()
		a.value, a.err = work()
	}()
	return a
}

// wait returns the value; where working it out panicked the caller does, in
// whose goroutine that can be recovered.
func (a *ahead[T]) wait() (T, error) {
	a.join()
	if a.panicked != nil {
		panic(a.panicked)
	}
	return a.value, a.err
}

// join waits until nothing is worked out any more.
func (a *ahead[T]) join() { <-a.done }
