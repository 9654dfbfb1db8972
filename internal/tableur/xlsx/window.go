package xlsx

import (
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
)

const (
	windowSize = 512 << 10
	maxWindow  = 64 << 20 // what one row may take
)

// window is a part as it passes: bytes from at on are still to be parsed.
type window struct {
	r    io.Reader
	buf  []byte
	at   int
	end  int
	eof  bool
	fail error
	book *Book // that is asked for memory
}

// window makes a window on a part.
func (b *Book) window(text io.Reader) (window, error) {
	if err := b.widen(windowSize); err != nil {
		return window{}, err
	}
	return window{r: text, buf: make([]byte, windowSize), book: b}, nil
}

// widen asks for a window of a size, where none as wide was had before: one part is
// read after the other.
func (b *Book) widen(size int) error {
	if size <= b.widest {
		return nil
	}
	more := size - b.widest
	b.widest = size
	return b.more(int64(more))
}

// more asks for memory.
func (b *Book) more(bytes int64) error {
	if b.grow == nil {
		return nil
	}
	return b.grow(bytes)
}

// more moves what is not parsed to the front and reads on. It returns false where
// the part has ended, could not be read, or one row does not fit.
func (w *window) more() bool {
	if w.eof || w.fail != nil {
		return false
	}
	if w.at > 0 {
		w.end = copy(w.buf, w.buf[w.at:w.end])
		w.at = 0
	}
	if w.end == len(w.buf) {
		if len(w.buf) >= maxWindow {
			w.fail = damage("a row takes more than %d MB", maxWindow>>20)
			return false
		}
		if w.fail = w.book.widen(2 * len(w.buf)); w.fail != nil {
			return false
		}
		w.buf = append(w.buf, make([]byte, len(w.buf))...)
	}
	before := w.end
	for w.end < len(w.buf) {
		n, err := w.r.Read(w.buf[w.end:])
		w.end += n
		if errors.Is(err, io.EOF) {
			w.eof = true
			break
		}
		if err != nil {
			w.fail = damage("the archive entry is damaged: %v", err)
			break
		}
	}
	return w.end > before
}

// utf8Reader reads a part as UTF-8 without a byte order mark, whichever of the
// encodings that XML asks every reader for it is written in.
func utf8Reader(part io.Reader) (io.Reader, error) {
	head := make([]byte, 3)
	n, err := io.ReadFull(part, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	head = head[:n]
	whole := io.MultiReader(bytes.NewReader(head), part)
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return part, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(whole), nil
	}
	return whole, nil
}
