package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Stream writes a JSON answer piece by piece. Its first error sticks; Close
// returns it.
type Stream struct {
	out       io.Writer
	written   []byte // what waits to be passed on
	relay     *relay // between the database and the client, nil where there is none
	err       error
	separator string
}

// streamPiece is how much of an answer is passed on at a time.
const streamPiece = 64 << 10

// NewStream begins an answer. Its status goes out with its first bytes: what fails
// before has an answer of its own.
func NewStream(w http.ResponseWriter, status int) *Stream {
	return &Stream{out: &beginning{w: w, status: status}}
}

// beginning writes the status of an answer before the first bytes.
type beginning struct {
	w      http.ResponseWriter
	status int // 0 once it is written
}

// Write passes b on.
func (b *beginning) Write(p []byte) (int, error) {
	if b.status != 0 {
		b.w.Header().Set("Content-Type", "application/json; charset=utf-8")
		b.w.WriteHeader(b.status)
		b.status = 0
	}
	return b.w.Write(p)
}

// NewRelayedStream begins an answer that is read from the database while it is sent.
// Close or Abort must be called once the database is done with.
func NewRelayedStream(w http.ResponseWriter, status int) *Stream {
	s := NewStream(w, status)
	s.relay = newRelay(s.out)
	return s
}

// Abort gives up an answer that was not closed.
func (s *Stream) Abort() {
	if s.relay != nil {
		_ = s.relay.finish(false)
		s.relay = nil
	}
}

// Raw writes text as it is.
func (s *Stream) Raw(text string) {
	if s.err == nil {
		s.written = append(s.written, text...)
		s.pass(streamPiece)
	}
}

// Append writes what appendTo appends. It returns the error of appendTo, or that of the
// answer.
func (s *Stream) Append(appendTo func(dst []byte) ([]byte, error)) (err error) {
	if s.err != nil {
		return s.err
	}
	if s.written, err = appendTo(s.written); err != nil {
		return err
	}
	s.pass(streamPiece)
	return s.err
}

// pass passes on what was written, where it is that much.
func (s *Stream) pass(least int) {
	switch {
	case len(s.written) < least || len(s.written) == 0:
	case s.relay != nil:
		s.written, s.err = s.relay.pass(s.written)
	default:
		_, s.err = s.out.Write(s.written)
		s.written = s.written[:0]
	}
}

// List writes a list whose elements each passes to its argument.
func (s *Stream) List(each func(yield func(element []byte) error) error) error {
	s.Raw("[")
	s.separator = ""
	err := each(func(element []byte) error {
		if s.err == nil {
			s.written = append(append(s.written, s.separator...), element...)
			s.pass(streamPiece)
		}
		s.separator = ","
		return s.err
	})
	s.Raw("]")
	return err
}

// Close sends what is left.
func (s *Stream) Close() error {
	if s.err == nil {
		s.pass(0)
	}
	if s.relay != nil {
		s.err = errors.Join(s.err, s.relay.finish(s.err == nil))
		s.relay = nil
	}
	if s.err != nil {
		return &SendError{s.err}
	}
	return nil
}

// SendError is an answer that could not be sent: the client left or is too slow.
type SendError struct{ Err error }

// Error says what happened.
func (e *SendError) Error() string { return fmt.Sprintf("send the answer: %v", e.Err) }

// Unwrap returns the error of the connection.
func (e *SendError) Unwrap() error { return e.Err }
