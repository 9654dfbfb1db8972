package xlsx

import "bytes"

// scanner walks over XML held in memory. It runs off the end of what is held by
// setting short: the caller then reads on and parses anew.
type scanner struct {
	b     []byte
	i     int
	short bool
	err   *Damage
}

// tag is one tag: the name without its prefix, the attributes as they stand.
type tag struct {
	name  []byte
	attrs []byte
	close bool // </x>
	empty bool // <x/>
}

func (s *scanner) fail(format string, args ...any) bool {
	if s.err == nil {
		s.err = damage(format, args...)
	}
	return false
}

func (s *scanner) run() bool {
	s.short = true
	return false
}

// next moves to the next tag and past it. Between tags there may only be blanks,
// comments and instructions.
func (s *scanner) next(t *tag) bool {
	for {
		for s.i < len(s.b) && s.b[s.i] != '<' {
			switch s.b[s.i] {
			case ' ', '\n', '\r', '\t':
				s.i++
			default:
				return s.fail("text stands where an element was expected")
			}
		}
		if s.i+1 >= len(s.b) {
			return s.run()
		}
		switch s.b[s.i+1] {
		case '?', '!':
			if !s.aside() {
				return false
			}
		default:
			return s.tag(t)
		}
	}
}

// aside skips a comment or an instruction.
func (s *scanner) aside() bool {
	rest := s.b[s.i:]
	end := "?>"
	switch {
	case rest[1] == '?':
	case bytes.HasPrefix(rest, []byte("<!--")):
		end = "-->"
		if len(rest) < 7 {
			return s.run()
		}
	case len(rest) < 9 && (bytes.HasPrefix([]byte("<!--"), rest) || bytes.HasPrefix([]byte("<![CDATA["), rest)):
		return s.run()
	default:
		return s.fail("a declaration or a marked section stands where an element was expected")
	}
	from := min(len(end)+1, len(rest))
	if end == "-->" {
		from = 4
	}
	at := bytes.Index(rest[from:], []byte(end))
	if at < 0 {
		return s.run()
	}
	if !clean(rest[from : from+at]) {
		return s.fail("a comment holds a character that XML does not allow")
	}
	s.i += from + at + len(end)
	return true
}

// tag reads the tag that begins at i.
func (s *scanner) tag(t *tag) bool {
	b, i := s.b, s.i+1
	t.close, t.empty = false, false
	if b[i] == '/' {
		t.close = true
		i++
	}
	start := i
	for ; ; i++ {
		if i >= len(b) {
			return s.run()
		}
		c := b[i]
		if c == '>' || c == ' ' || c == '/' || c == '\n' || c == '\t' || c == '\r' {
			break
		}
		if c == ':' {
			if i == start {
				return s.fail("a tag has a name without its prefix")
			}
			start = i + 1
		}
		if c < ' ' || c == '<' || c == '=' || c == '"' || c == '\'' || c == '&' {
			return s.fail("a tag is not well formed")
		}
	}
	if i == start {
		return s.fail("a tag has no name")
	}
	t.name = b[start:i]
	if b[i] == '>' { // the most frequent tags have no attributes
		t.attrs = nil
		s.i = i + 1
		return true
	}
	from := i
	for {
		end := bytes.IndexByte(b[i:], '>')
		if end < 0 {
			return s.run()
		}
		end += i
		if !quoted(b[from:end]) {
			t.empty = b[end-1] == '/'
			t.attrs = b[from:end]
			if t.empty {
				t.attrs = b[from : end-1]
			}
			if t.close && (t.empty || len(bytes.TrimLeft(t.attrs, " \t\r\n")) > 0) {
				return s.fail("a closing tag has attributes")
			}
			s.i = end + 1
			return true
		}
		i = end + 1 // a > inside a value
	}
}

// quoted reports whether the attributes end inside a value.
func quoted(b []byte) bool {
	if bytes.IndexByte(b, '\'') < 0 {
		return bytes.Count(b, []byte{'"'})%2 == 1
	}
	var open byte
	for _, c := range b {
		switch {
		case open == 0 && (c == '"' || c == '\''):
			open = c
		case c == open:
			open = 0
		}
	}
	return open != 0
}

// attribute cuts the first attribute off: its name without prefix and its value as
// it stands. ok is false where there is none left; broken is true where what is
// there is none.
func attribute(b []byte) (name, value, rest []byte, ok, broken bool) {
	i := 0
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	if i == len(b) {
		return nil, nil, nil, false, false
	}
	if i == 0 {
		return nil, nil, nil, false, true // attributes stick together
	}
	start := i
	for i < len(b) && b[i] != '=' {
		if b[i] == ':' {
			start = i + 1
		}
		if b[i] == '<' || b[i] == '"' || b[i] == '\'' {
			return nil, nil, nil, false, true
		}
		i++
	}
	end := i
	for end > start && b[end-1] <= ' ' {
		end--
	}
	i++
	for i < len(b) && b[i] <= ' ' {
		i++
	}
	if i >= len(b) || end == start || b[i] != '"' && b[i] != '\'' {
		return nil, nil, nil, false, true
	}
	length := bytes.IndexByte(b[i+1:], b[i])
	if length < 0 {
		return nil, nil, nil, false, true
	}
	name, value = b[start:end], b[i+1:i+1+length]
	if !plain(value) && (bytes.IndexByte(value, '<') >= 0 || !clean(value)) {
		return nil, nil, nil, false, true
	}
	return name, value, b[i+2+length:], true, false
}

// skip passes over the element whose opening tag was read.
func (s *scanner) skip(t *tag) bool {
	if t.empty {
		return s.sound(t)
	}
	var names [][]byte
	names = append(names, t.name)
	if !s.sound(t) {
		return false
	}
	var inner tag
	for len(names) > 0 {
		at := bytes.IndexByte(s.b[s.i:], '<')
		if at < 0 || s.i+at+1 >= len(s.b) {
			return s.run()
		}
		if !clean(s.b[s.i : s.i+at]) {
			return s.fail("a text holds a character that XML does not allow")
		}
		s.i += at
		if c := s.b[s.i+1]; c == '?' || c == '!' {
			if cdata, ok := s.cdata(); ok || s.short || s.err != nil {
				if !ok {
					return false
				}
				if !clean(cdata) {
					return s.fail("a text holds a character that XML does not allow")
				}
				continue
			}
			if !s.aside() {
				return false
			}
			continue
		}
		if !s.tag(&inner) {
			return false
		}
		switch {
		case inner.close:
			if !bytes.Equal(inner.name, names[len(names)-1]) {
				return s.fail("the element %s ends as %s", names[len(names)-1], inner.name)
			}
			names = names[:len(names)-1]
		case !s.sound(&inner):
			return false
		case !inner.empty:
			names = append(names, inner.name)
		}
	}
	return true
}

// sound makes sure that the attributes of an element that is not looked at are XML.
func (s *scanner) sound(t *tag) bool {
	rest := t.attrs
	for {
		var ok, broken bool
		_, _, rest, ok, broken = attribute(rest)
		if broken {
			return s.fail("an attribute of %s is not well formed", t.name)
		}
		if !ok {
			return true
		}
	}
}

// cdata reads a marked section; ok is false where there is none here.
func (s *scanner) cdata() ([]byte, bool) {
	const begin = "<![CDATA["
	rest := s.b[s.i:]
	if !bytes.HasPrefix(rest, []byte(begin)) {
		if len(rest) < len(begin) && bytes.HasPrefix([]byte(begin), rest) {
			s.short = true
		}
		return nil, false
	}
	end := bytes.Index(rest[len(begin):], []byte("]]>"))
	if end < 0 {
		s.short = true
		return nil, false
	}
	s.i += len(begin) + end + 3
	return rest[len(begin) : len(begin)+end], true
}
