package web

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/passerelle-hub/passerelle/internal/hidden"
)

// A relay passes what is read from the database on to a client. Whoever reads slowly
// must not hold a connection to the database, or a few of them would hold up
// everybody: once the reader of the database has waited for a quarter of a second, the rest of
// the answer goes to a temporary file, and from there to the client at its own pace.
type relay struct {
	out      io.Writer
	chunks   chan []byte
	spare    chan []byte   // chunks to use again
	broken   chan struct{} // closed when the client is gone
	finished chan struct{}
	err      error // of the client; to be read after finished, or broken

	patience time.Duration
	file     *os.File // what did not go the direct way, nil as long as all does
}

const (
	relayPatience = 250 * time.Millisecond
	relayChunks   = 8         // of the size that Stream writes, on their way at once
	maxRelays     = int64(64) // answers in temporary files, in the whole process
)

var relays atomic.Int64

var errTooManySlow = errors.New("too many clients read slowly at the same time")

func newRelay(out io.Writer) *relay {
	r := &relay{out: out, chunks: make(chan []byte, relayChunks), spare: make(chan []byte, relayChunks+2),
		broken: make(chan struct{}), finished: make(chan struct{}), patience: relayPatience}
	go r.send()
	return r
}

func (r *relay) send() {
	defer close(r.finished)
	for chunk := range r.chunks {
		if r.err == nil {
			if _, err := r.out.Write(chunk); err != nil {
				r.err = &SendError{err}
				close(r.broken)
			}
		}
		select {
		case r.spare <- chunk:
		default:
		}
	}
}

// pass passes a chunk on, and returns the room for another.
func (r *relay) pass(chunk []byte) (room []byte, err error) {
	if r.file != nil {
		_, err := r.file.Write(chunk)
		return chunk[:0], err
	}
	if err := r.hand(chunk); err != nil {
		return chunk[:0], err
	}
	if r.file != nil { // it was written there
		return chunk[:0], nil
	}
	select {
	case room = <-r.spare:
	default:
	}
	return room[:0], nil
}

// hand gives a chunk to whoever sends, or to the file.
func (r *relay) hand(chunk []byte) error {
	select {
	case r.chunks <- chunk:
		return nil
	case <-r.broken:
		return r.err
	default:
	}
	begun := time.Now()
	timer := time.NewTimer(r.patience)
	defer timer.Stop()
	select {
	case r.chunks <- chunk:
		r.patience -= time.Since(begun)
		return nil
	case <-r.broken:
		return r.err
	case <-timer.C:
	}
	if relays.Add(1) > maxRelays {
		relays.Add(-1)
		return &SendError{errTooManySlow}
	}
	var err error
	if r.file, err = hidden.File("the answer to a slow client"); err != nil {
		relays.Add(-1)
		return err
	}
	_, err = r.file.Write(chunk)
	return err
}

// finish sends what is left, which whole says is the end of the answer, and waits
// until it is sent.
func (r *relay) finish(whole bool) error {
	close(r.chunks)
	<-r.finished
	if r.file == nil {
		return r.err
	}
	defer func() {
		relays.Add(-1)
		_ = r.file.Close()
	}()
	if r.err != nil || !whole {
		return r.err
	}
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(onlyWriter{r.out}, r.file)
	return err
}

// onlyWriter hides what else a writer can do.
type onlyWriter struct{ io.Writer }
