// Package reception turns what arrives into a synchro.Push: JSON as a stream,
// contract by contract, with the place of whatever is wrong.
package reception

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// MaxElement is the size of the largest JSON value that is read as a whole, in
// bytes: far above a contract whose fields are all as long as allowed.
const MaxElement = 4 << 20

// ErrTooLarge says that a body, compressed or not, exceeds the limit.
var ErrTooLarge = refus.New(refus.CodeBodyTooLarge, "Le corps dépasse la taille maximale de ce serveur : découpez l’envoi (delta).")

// Malformed is a body that is not what it should be, at a place.
type Malformed struct {
	Offset int64  // in bytes from the start of the JSON text, from 0
	Line   int    // from 1
	Reason string // French: what is wrong and what was expected
}

// Error returns the reason with its place, in French.
func (m *Malformed) Error() string {
	return fmt.Sprintf("ligne %d, octet %d : %s", m.Line, m.Offset, m.Reason)
}

// Refusal says it as every refusal is said.
func (m *Malformed) Refusal() *refus.Refusal {
	return refus.New(refus.CodeMalformedJSON, "JSON mal formé, %s", m.Error()).With(m)
}

// BadEncoding is a body whose compression is broken.
type BadEncoding struct{ Err error }

// Error says what is wrong with the compressed stream.
func (b *BadEncoding) Error() string { return "gzip: " + b.Err.Error() }

// Unwrap returns the error of the decompression.
func (b *BadEncoding) Unwrap() error { return b.Err }

// Refusal says it as every refusal is said.
func (b *BadEncoding) Refusal() *refus.Refusal {
	return refus.New(refus.CodeMalformedGzip, "Le corps n’a pas pu être lu jusqu’au bout : la compression ou l’envoi est incomplet, renvoyez-le.").From(b.Err)
}

// Gunzip decompresses r and gives up with ErrTooLarge after limit bytes. It
// returns a BadEncoding for what is not a whole gzip stream.
func Gunzip(r io.Reader, limit int64) io.Reader { return &gunzip{source: r, left: limit} }

type gunzip struct {
	source io.Reader
	zip    *gzip.Reader
	left   int64
}

func (g *gunzip) Read(p []byte) (int, error) {
	if g.zip == nil {
		zip, err := gzip.NewReader(g.source)
		if err != nil {
			return 0, g.wrap(err)
		}
		g.zip = zip
	}
	if g.left <= 0 {
		// One more byte tells a body of exactly the limit from a longer one.
		var one [1]byte
		if n, err := g.zip.Read(one[:]); n == 0 && err != nil {
			return 0, g.wrap(err)
		}
		return 0, ErrTooLarge
	}
	if int64(len(p)) > g.left {
		p = p[:g.left]
	}
	n, err := g.zip.Read(p)
	g.left -= int64(n)
	if err != nil {
		err = g.wrap(err)
	}
	return n, err
}

func (g *gunzip) wrap(err error) error {
	if errors.Is(err, io.EOF) && g.zip != nil {
		return io.EOF
	}
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return &BadEncoding{err}
	}
	return err
}

// lineReader counts lines, skips a byte order mark and bounds how far the
// decoder reads for one value.
type lineReader struct {
	source  *bufio.Reader
	started bool
	read    int64
	lines   int
	allowed int64 // bytes that may be read before errElement
	failed  error // of the source, other than its end

	room  synchro.Room // nil where nothing is bounded
	large int64        // bytes of a value that there is room for
}

// A value is read whole, and what is made of it is a multiple of its size for a
// while. What a usual contract takes goes without saying.
const (
	usualValue  = 64 << 10
	perLargest  = 8
	largestStep = 256 << 10
)

// makeRoom takes memory for a value that turns out to be a large one.
func (l *lineReader) makeRoom() error {
	size := l.read - (l.allowed - MaxElement)
	if l.room == nil || size <= max(l.large, usualValue) {
		return nil
	}
	grown := min(size+largestStep, MaxElement)
	err := l.room.Grow(perLargest * (grown - l.large))
	l.large = grown
	return err
}

var errElement = errors.New("one value is too large")

func (l *lineReader) Read(p []byte) (int, error) {
	if !l.started {
		l.started = true
		if start, err := l.source.Peek(3); err == nil && bytes.Equal(start, []byte("\xef\xbb\xbf")) {
			_, _ = l.source.Discard(3)
		}
	}
	if l.read >= l.allowed {
		return 0, errElement
	}
	// Not a byte further, however the bytes arrive: what is refused must not
	// depend on the network.
	if left := l.allowed - l.read; int64(len(p)) > left {
		p = p[:left]
	}
	if err := l.makeRoom(); err != nil {
		l.failed = err
		return 0, err
	}
	n, err := l.source.Read(p)
	l.read += int64(n)
	l.lines += bytes.Count(p[:n], []byte{'\n'})
	if err != nil && err != io.EOF {
		l.failed = err
	}
	return n, err
}

// decoder is a JSON decoder that knows where it is.
type decoder struct {
	*jsontext.Decoder
	lines *lineReader
}

func newDecoder(r io.Reader, room synchro.Room) *decoder {
	lines := &lineReader{source: bufio.NewReaderSize(r, 64<<10), allowed: MaxElement, room: room}
	return &decoder{Decoder: jsontext.NewDecoder(lines), lines: lines}
}

// next moves the bound on: what follows may take MaxElement bytes again.
func (d *decoder) next() { d.lines.allowed = d.InputOffset() + MaxElement }

// unexpected returns an error at the value that was just read.
func (d *decoder) unexpected(raw jsontext.Value, reason string) error {
	after := bytes.Count(d.UnreadBuffer(), []byte{'\n'}) + bytes.Count(raw, []byte{'\n'})
	return &Malformed{Offset: d.InputOffset() - int64(len(raw)), Line: d.lines.lines + 1 - after, Reason: reason}
}

// malformed returns an error at an offset that has not been read yet.
func (d *decoder) malformed(offset int64, reason string) error {
	line := d.lines.lines + 1
	// The bytes after the decoder's position are still in its buffer.
	unread := d.UnreadBuffer()
	if from := offset - d.InputOffset(); from >= 0 && from <= int64(len(unread)) {
		line -= bytes.Count(unread[from:], []byte{'\n'})
	} else {
		line -= bytes.Count(unread, []byte{'\n'})
	}
	return &Malformed{Offset: offset, Line: line, Reason: reason}
}

// explain turns an error of the JSON decoder into a Malformed; errors of the
// source pass as they are.
func (d *decoder) explain(err error) error {
	var syntactic *jsontext.SyntacticError
	switch {
	case d.lines.failed != nil:
		return d.lines.failed
	case errors.Is(err, errElement) && blank(d.UnreadBuffer()):
		return d.blanks()
	case errors.Is(err, errElement):
		return d.malformed(d.InputOffset(), fmt.Sprintf("cette valeur dépasse %d Mio : un contrat n’est jamais si long.", MaxElement>>20))
	case errors.As(err, &syntactic):
		return d.malformed(syntactic.ByteOffset, reason(syntactic.Err))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return d.malformed(d.lines.read, reason(io.ErrUnexpectedEOF))
	}
	return err
}

func blank(b []byte) bool { return len(bytes.Trim(b, " \t\r\n")) == 0 }

// blanks reads on to the end of a run of blanks that is as long as a value may be: a
// body that is too large has to be told from one that is only strange.
func (d *decoder) blanks() error {
	for {
		b, err := d.lines.source.ReadByte()
		switch {
		case err == io.EOF:
			return d.malformed(d.InputOffset(), reason(io.ErrUnexpectedEOF))
		case err != nil:
			return err
		case !blank([]byte{b}):
			return d.malformed(d.InputOffset(), fmt.Sprintf("plus de %d Mio de blancs se suivent ici : enlevez-les.", MaxElement>>20))
		}
	}
}
