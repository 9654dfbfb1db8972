package mad

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unsafe"

	"github.com/go-json-experiment/json"
)

// Writer writes a document, its entries one by one.
type Writer struct {
	w       *bufio.Writer
	entries int
	begun   bool
	scratch []byte
}

// NewWriter returns a Writer to w. Begin comes first and Close last.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, 64<<10)} }

// Begin writes everything of a document but its entries, which are ignored.
func (w *Writer) Begin(d *Document) error {
	head := *d
	head.Data.Entries = []Entry{}
	b, err := json.Marshal(&head, json.Deterministic(true))
	if err != nil {
		return err
	}
	end := []byte(`]}}`)
	if !bytes.HasSuffix(b, end) {
		return errors.New("mad: entries are not the last member of a document")
	}
	w.begun = true
	_, err = w.w.Write(b[:len(b)-len(end)])
	return err
}

// Write writes the next entry.
func (w *Writer) Write(e *Entry) error {
	sep := ",\n"
	if w.entries == 0 {
		sep = "\n"
	}
	w.entries++
	b, err := appendObject(append(w.scratch[:0], sep...), entryPlan, unsafe.Pointer(e))
	if err != nil {
		return err
	}
	w.scratch = b
	_, err = w.w.Write(b)
	return err
}

// Close ends the document and writes what is buffered.
func (w *Writer) Close() error {
	if !w.begun {
		if err := w.Begin(&Document{}); err != nil {
			return err
		}
	}
	_, _ = w.w.WriteString("]}}\n")
	return w.w.Flush()
}
