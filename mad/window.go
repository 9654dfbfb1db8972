package mad

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unsafe"
)

// window is the part of a document's entries that was read and is not taken yet.
type window struct {
	scanner
	start int   // of what is not taken
	from  int64 // place of b[0] in the document
	open  string
	eof   bool
}

const (
	windowSize = 128 << 10
	// maxWindow is how long an entry may be for a scanner; json reads longer ones.
	maxWindow = 16 << 20
)

// enter begins the entries: dec is before their [.
func (r *Reader) enter() error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	open := `{"data":{"entries":[`
	switch r.dec.StackDepth() {
	case 1:
		open = "["
	case 2:
		open = `{"entries":[`
	}
	w := &window{from: r.shift + r.dec.InputOffset(), open: open}
	w.b = append(make([]byte, 0, windowSize), r.dec.UnreadBuffer()...)
	r.window, r.first, r.state = w, r.entries, inWindow
	return nil
}

// quick reads the next entry from the window. What is odd there, or no entry, is left
// to dec.
func (r *Reader) quick(e *Entry) (found bool, err error) {
	w := r.window
	for {
		switch end := w.entry(e, r.entries == r.first); {
		case end >= 0:
			w.start = end
			r.entries++
			return true, nil
		case end == odd || w.eof || len(w.b)-w.start > maxWindow:
			return false, r.slow()
		}
		if err := w.fill(r.in); err != nil {
			return false, err
		}
	}
}

// entry reads an entry with the comma before it, and returns its end.
func (w *window) entry(e *Entry, first bool) int {
	i := blanks(w.b, w.start)
	if !first {
		if i >= len(w.b) {
			return cut
		}
		if w.b[i] != ',' {
			return odd
		}
		i = blanks(w.b, i+1)
	}
	if i >= len(w.b) {
		return cut
	}
	if w.b[i] != '{' {
		return odd
	}
	return w.object(entryPlan, unsafe.Pointer(e), i+1)
}

// fill reads more into the window.
func (w *window) fill(src io.Reader) error {
	if w.start > 0 {
		w.from += int64(w.start)
		w.b = w.b[:copy(w.b, w.b[w.start:])]
		w.start = 0
	}
	if len(w.b) == cap(w.b) {
		w.b = append(make([]byte, 0, 2*cap(w.b)), w.b...)
	}
	for idle := 0; len(w.b) < cap(w.b) && idle < 100; idle++ {
		n, err := src.Read(w.b[len(w.b):cap(w.b)])
		w.b = w.b[:len(w.b)+n]
		if w.eof = errors.Is(err, io.EOF); w.eof {
			return nil
		} else if err != nil {
			return err
		}
		if n > 0 {
			idle = 0
		}
	}
	return nil
}

// slow has dec read on: a decoder that was told of as many entries as were read.
func (r *Reader) slow() error {
	w := r.window
	told := io.Reader(strings.NewReader(w.open))
	before := int64(len(w.open))
	if n := r.entries - r.first; n > 0 {
		told = io.MultiReader(told, &blankEntries{n: n})
		before += int64(3*n - 1)
	}
	r.in = io.MultiReader(bytes.NewReader(w.b[w.start:]), r.in)
	r.dec = decoder(io.MultiReader(told, r.in))
	r.shift = w.from + int64(w.start) - before
	depth := strings.Count(w.open, "[") + strings.Count(w.open, "{")
	for r.dec.StackDepth() < depth {
		if _, err := r.dec.ReadToken(); err != nil {
			return err
		}
	}
	for range r.entries - r.first {
		if err := r.dec.SkipValue(); err != nil {
			return err
		}
	}
	r.window, r.state = nil, inEntries
	return nil
}

// blankEntries is {},{},{}: so many of them. What follows cannot be taken for a part of
// the last one.
type blankEntries struct{ n, at int }

func (z *blankEntries) Read(b []byte) (n int, err error) {
	const one = "{},"
	for n < len(b) && z.at < z.n*len(one)-1 {
		b[n] = one[z.at%len(one)]
		n, z.at = n+1, z.at+1
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
