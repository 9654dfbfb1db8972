package web

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// Pace is how slow a client may be. Whoever sends or reads has the grace, and on
// top of it the time that what it has moved so far takes at the rate: a client that
// stalls, or drips, is cut off after little more than the grace, while an honest one on
// a slow line (16 KiB/s is 128 kbit/s) may take the hours that a large body needs.
type Pace struct {
	Grace time.Duration // 30 seconds by default
	Rate  int64         // bytes per second, 16 KiB by default
}

const (
	defaultGrace = 30 * time.Second
	defaultRate  = 16 << 10
	piece        = 64 << 10 // of an answer: each gets a new deadline
)

// Paced keeps the bodies of requests, and answers, to a pace.
func Paced(next http.Handler, p Pace) http.Handler {
	if p.Grace == 0 {
		p.Grace = defaultGrace
	}
	if p.Rate == 0 {
		p.Rate = defaultRate
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Not every connection has deadlines; without one there is no pace to keep.
		controller := http.NewResponseController(w)
		if r.Body != nil && r.Body != http.NoBody {
			body := &pacedBody{ReadCloser: r.Body, controller: controller, pace: p}
			body.extend()
			// A copy: net/http looks at the body of its own request to see what is unread.
			copied := *r
			copied.Body, r = body, &copied
		}
		// What is left in buffers is sent after the handler, whenever that wrote last.
		defer func() { _ = controller.SetWriteDeadline(time.Now().Add(p.Grace)) }()
		next.ServeHTTP(&pacedWriter{ResponseWriter: w, controller: controller, pace: p}, r)
	})
}

// allows returns how long a client may take for a number of bytes.
func (p Pace) allows(bytes int64) time.Duration {
	return p.Grace + time.Duration(bytes)*time.Second/time.Duration(p.Rate)
}

type pacedBody struct {
	io.ReadCloser
	controller *http.ResponseController
	pace       Pace
	spent      time.Duration // waiting for the client
	read       int64
}

func (b *pacedBody) extend() {
	_ = b.controller.SetReadDeadline(time.Now().Add(b.pace.allows(b.read) - b.spent))
}

// Read moves the deadline on by what was read; the time between two reads is the
// server's own and not counted. With the end of the body the deadline is lifted: the
// connection is then watched for the client's leaving, however long the answer takes.
func (b *pacedBody) Read(p []byte) (int, error) {
	b.extend()
	begun := time.Now()
	n, err := b.ReadCloser.Read(p)
	b.spent += time.Since(begun)
	b.read += int64(n)
	if err == io.EOF {
		_ = b.controller.SetReadDeadline(time.Time{})
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = &BodyError{err}
	}
	return n, err
}

type pacedWriter struct {
	http.ResponseWriter
	controller *http.ResponseController
	pace       Pace
	spent      time.Duration
	written    int64
}

// Write writes piece by piece. The time between two writes is the server's own and
// not counted.
func (w *pacedWriter) Write(b []byte) (n int, err error) {
	for {
		part := b[n:min(len(b), n+piece)]
		begun := time.Now()
		_ = w.controller.SetWriteDeadline(begun.Add(w.pace.allows(w.written) - w.spent))
		m, err := w.ResponseWriter.Write(part)
		w.spent += time.Since(begun)
		w.written += int64(m)
		if n += m; err != nil || n == len(b) {
			return n, err
		}
	}
}

// Unwrap gives http.ResponseController what is underneath.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
