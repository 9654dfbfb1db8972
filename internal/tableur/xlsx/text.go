package xlsx

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// plain reports whether a text stands for itself: printable ASCII without the
// signs that XML and workbooks escape with. It looks at 8 bytes at a time.
func plain(b []byte) bool {
	const (
		ones = 0x0101010101010101
		high = 0x8080808080808080
	)
	for len(b) >= 8 {
		v := binary.LittleEndian.Uint64(b)
		controls := (v - 0x20*ones) & ^v & high
		and := v ^ '&'*ones
		line := v ^ '_'*ones
		if controls|((and-ones) & ^and & high)|((line-ones) & ^line & high)|v&high != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c < ' ' || c == '&' || c == '_' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// clean reports whether XML allows every character of a text (XML 1.0, production 2).
func clean(b []byte) bool {
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
			return false
		}
		i += size
	}
	return true
}

// content appends to dst what the text of an element stands for, up to its
// closing tag, which is passed. Where it stands for itself it is returned as it is.
func (s *scanner) content(name []byte, dst *[]byte) ([]byte, bool) {
	at := bytes.IndexByte(s.b[s.i:], '<')
	if at < 0 || s.i+at+1 >= len(s.b) {
		return nil, s.run()
	}
	raw := s.b[s.i : s.i+at]
	if s.b[s.i+at+1] == '/' {
		s.i += at
		if !s.end(name) {
			return nil, false
		}
		if plain(raw) {
			return raw, true
		}
		start := len(*dst)
		if !s.decode(raw, dst) {
			return nil, false
		}
		return (*dst)[start:], true
	}
	// Comments or marked sections stand inside the text.
	start := len(*dst)
	for {
		at := bytes.IndexByte(s.b[s.i:], '<')
		if at < 0 || s.i+at+1 >= len(s.b) {
			return nil, s.run()
		}
		if !s.decode(s.b[s.i:s.i+at], dst) {
			return nil, false
		}
		s.i += at
		switch s.b[s.i+1] {
		case '/':
			if !s.end(name) {
				return nil, false
			}
			return (*dst)[start:], true
		case '!', '?':
			section, ok := s.cdata()
			if s.short {
				return nil, false
			}
			if ok {
				if !clean(section) {
					return nil, s.fail("a text holds a character that XML does not allow")
				}
				*dst = append(*dst, section...)
				continue
			}
			if !s.aside() {
				return nil, false
			}
		default:
			return nil, s.fail("an element stands inside the text of %s", name)
		}
	}
}

// end passes the closing tag of an element.
func (s *scanner) end(name []byte) bool {
	// Most closing tags are written without prefix and blanks.
	if rest := s.b[s.i:]; len(rest) > len(name)+2 && rest[len(name)+2] == '>' && bytes.Equal(rest[2:len(name)+2], name) {
		s.i += len(name) + 3
		return true
	}
	var t tag
	if !s.tag(&t) {
		return false
	}
	if !t.close || !bytes.Equal(t.name, name) {
		return s.fail("the element %s ends as %s", name, t.name)
	}
	return true
}

// decode appends what a raw text stands for: entities, line ends (XML 1.0, 2.11)
// and _xHHHH_ (ECMA-376, 22.9.2.19).
func (s *scanner) decode(raw []byte, dst *[]byte) bool {
	if !clean(raw) {
		return s.fail("a text holds a character that XML does not allow")
	}
	out := *dst
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '&':
			end := bytes.IndexByte(raw[i:], ';')
			if end < 0 {
				return s.fail("an entity is not closed")
			}
			r, ok := entity(raw[i+1 : i+end])
			if !ok {
				return s.fail("an entity stands for no character")
			}
			out = utf8.AppendRune(out, r)
			i += end + 1
		case c == '\r':
			out = append(out, '\n')
			if i++; i < len(raw) && raw[i] == '\n' {
				i++
			}
		default:
			out = append(out, c)
			i++
		}
	}
	start := len(*dst)
	*dst = append(out[:start], unescape(out[start:])...)
	return true
}

func entity(name []byte) (rune, bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := string(name[1:]), 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	r := rune(n)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(r) || r == 0xFFFE || r == 0xFFFF || r < ' ' && r != '\t' && r != '\n' && r != '\r' {
		return 0, false
	}
	return r, true
}

// unescape replaces _xHHHH_ in place by the character of that code. A pair of
// surrogates makes one character.
func unescape(b []byte) []byte {
	at := bytes.Index(b, []byte("_x"))
	if at < 0 {
		return b
	}
	out := b[:at]
	for i := at; i < len(b); {
		first, ok := escaped(b[i:])
		if !ok {
			out = append(out, b[i])
			i++
			continue
		}
		i += 7
		if first >= 0xD800 && first < 0xDC00 {
			if second, ok := escaped(b[i:]); ok && second >= 0xDC00 && second < 0xE000 {
				first = (first-0xD800)<<10 + (second - 0xDC00) + 0x10000
				i += 7
			}
		}
		out = utf8.AppendRune(out, first) // never longer than what it replaces
	}
	return out
}

func escaped(b []byte) (rune, bool) {
	if len(b) < 7 || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}
