package xlsx

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
)

// sharedTexts holds the texts that cells share, each with its length before it, in
// chunks: what is held never moves, and takes no more than it is long.
type sharedTexts struct {
	chunks [][]byte
	places [][]uint32 // of text n: its chunk, and where in it
	n      int
	size   int64
	hint   int64                   // bytes of the XML that holds them
	grow   func(bytes int64) error // asked before more is held, nil where nobody bounds it
}

const (
	chunkBits  = 20 // of a place: where in a chunk
	chunkSize  = 1 << chunkBits
	placesSize = 1 << 16
)

func (t *sharedTexts) count() int { return t.n }

func (t *sharedTexts) text(n int) []byte {
	place := t.places[n/placesSize][n%placesSize]
	at := t.chunks[place>>chunkBits][place&(chunkSize-1):]
	length, width := binary.Uvarint(at)
	return at[width : width+int(length) : width+int(length)]
}

// add keeps a copy of a text.
func (t *sharedTexts) add(text []byte) error {
	if t.n%placesSize == 0 {
		if err := t.more(4 * min(placesSize, t.hint/7+1)); err != nil {
			return err
		}
		t.places = append(t.places, make([]uint32, 0, min(placesSize, t.hint/7+1)))
	}
	need := len(text) + binary.MaxVarintLen32
	last := len(t.chunks) - 1
	if last < 0 || cap(t.chunks[last])-len(t.chunks[last]) < need || len(t.chunks[last]) >= chunkSize {
		size := max(need, int(min(chunkSize, t.hint)))
		if err := t.more(int64(size)); err != nil {
			return err
		}
		t.chunks = append(t.chunks, make([]byte, 0, size))
		last++
	}
	chunk := t.chunks[last]
	page := &t.places[t.n/placesSize]
	*page = append(*page, uint32(last<<chunkBits|len(chunk)))
	t.chunks[last] = append(binary.AppendUvarint(chunk, uint64(len(text))), text...)
	t.n++
	return nil
}

// more asks for memory.
func (t *sharedTexts) more(bytes int64) error {
	if t.size += bytes; t.size > maxShared {
		return ErrTooLarge
	}
	if t.grow != nil {
		return t.grow(bytes)
	}
	return nil
}

// loadShared reads the shared texts, once.
func (b *Book) loadShared() error {
	if b.loaded || b.texts == nil {
		return nil
	}
	part, err := b.texts.Open()
	if err != nil {
		return damage("the part of shared texts cannot be opened: %v", err)
	}
	err = b.readShared(part)
	if closing := part.Close(); err == nil && closing != nil {
		err = damage("the part of shared texts is damaged: %v", closing)
	}
	b.loaded = err == nil
	return err
}

func (b *Book) readShared(part io.Reader) error {
	text, err := utf8Reader(part)
	if err != nil {
		return damage("the part of shared texts cannot be read: %v", err)
	}
	// What declares to unpack to more than deflate can is not believed.
	texts := sharedTexts{grow: b.grow, hint: int64(min(b.texts.UncompressedSize64, 1032*b.texts.CompressedSize64, maxShared))}
	var scratch []byte // a text on its way
	w, err := b.window(text)
	if err != nil {
		return err
	}

	opened, closed := false, false
	for {
		s := scanner{b: w.buf[w.at:w.end]}
		for !closed {
			from := s.i
			var t tag
			ok := s.next(&t)
			if ok {
				switch {
				case !opened:
					opened, closed = string(t.name) == "sst" && !t.close, t.empty
					if !opened {
						return damage("the part of shared texts is %q", abridge(t.name))
					}
					ok = s.sound(&t)
				case t.close:
					if string(t.name) != "sst" {
						return damage("the shared texts end as %q", abridge(t.name))
					}
					closed = true
				case string(t.name) == "si" && t.empty:
					if err := texts.add(nil); err != nil {
						return err
					}
				case string(t.name) == "si":
					var value []byte
					scratch = scratch[:0]
					if value, ok = s.richText([]byte("si"), &scratch); ok && !s.short {
						if err := texts.add(value); err != nil {
							return err
						}
					}
				default:
					ok = s.skip(&t)
				}
			}
			if s.err != nil {
				return s.err
			}
			if !ok || s.short {
				w.at += from
				break
			}
			if closed {
				w.at += s.i
			}
		}
		if closed {
			break
		}
		if !w.more() {
			if w.fail != nil {
				return w.fail
			}
			return damage("the shared texts end too early")
		}
	}
	for {
		if rest := bytes.TrimSpace(w.buf[w.at:w.end]); len(rest) > 0 && rest[0] != '<' {
			return damage("something follows the end of the shared texts")
		}
		w.at = w.end
		if !w.more() {
			break
		}
	}
	b.shared = texts
	if w.fail != nil {
		return w.fail
	}
	return nil
}

// richText reads the runs of a text up to the closing tag of the element that
// holds them; phonetic readings are left out.
func (s *scanner) richText(name []byte, dst *[]byte) ([]byte, bool) {
	var t tag
	var whole []byte
	parts := 0
	depth := 0 // inside a run
	for {
		if !s.next(&t) {
			return nil, false
		}
		switch {
		case t.close && depth == 0:
			if !bytes.Equal(t.name, name) {
				return nil, s.fail("a text ends as %q", abridge(t.name))
			}
			return whole, true
		case t.close:
			if string(t.name) != "r" {
				return nil, s.fail("a run of text ends as %q", abridge(t.name))
			}
			depth = 0
		case t.empty:
			if !s.sound(&t) {
				return nil, false
			}
		case bytes.Equal(t.name, nameText):
			if !s.sound(&t) {
				return nil, false
			}
			part, ok := s.content(nameText, dst)
			if !ok {
				return nil, false
			}
			if parts++; parts == 1 {
				whole = part
			} else {
				whole = append(slices.Clip(whole), part...) // runs are rare: a copy of their own
			}
		case string(t.name) == "r" && depth == 0:
			depth = 1
		default:
			if !s.skip(&t) {
				return nil, false
			}
		}
	}
}
