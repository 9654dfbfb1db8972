package xlsx

import (
	"bytes"
	"io"
	"slices"
)

// sharedTexts holds the texts that cells share: one after the other, and where
// each ends.
type sharedTexts struct {
	all  []byte
	ends []uint32
}

func (t *sharedTexts) count() int { return len(t.ends) }

func (t *sharedTexts) text(n int) []byte {
	from := uint32(0)
	if n > 0 {
		from = t.ends[n-1]
	}
	return t.all[from:t.ends[n]:t.ends[n]]
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
	// The texts are shorter than the XML that holds them; what declares to unpack
	// to more than deflate can is not believed.
	most := min(b.texts.UncompressedSize64, 1032*b.texts.CompressedSize64, maxShared)
	texts := sharedTexts{all: make([]byte, 0, most/2)}
	w := window{r: text, buf: make([]byte, windowSize)}
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
					texts.ends = append(texts.ends, uint32(len(texts.all)))
				case string(t.name) == "si":
					kept := len(texts.all)
					if ok = s.shared(&texts); !ok {
						texts.all = texts.all[:kept]
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
			if len(texts.all) > maxShared {
				return ErrTooLarge
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

// shared appends one shared text, and where it ends.
func (s *scanner) shared(texts *sharedTexts) bool {
	start := len(texts.all)
	value, ok := s.richText([]byte("si"), &texts.all)
	if !ok {
		return false
	}
	texts.all = append(texts.all[:start], value...) // which is there already, where it was decoded
	texts.ends = append(texts.ends, uint32(len(texts.all)))
	return true
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
