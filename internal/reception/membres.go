package reception

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// members passes the members of a JSON object that is known to be well-formed, as the
// decoder found it when it read the value: it is not looked at a second time but for
// where its parts begin and end.
type members struct {
	object jsontext.Value
	at     int // behind what was passed
}

// next returns the name of the next member, with its quotes, and its value, as they are
// written; more is false after the last.
func (m *members) next() (name, value jsontext.Value, more bool) {
	m.skip(",")
	if m.object[m.at] != '"' {
		return nil, nil, false // the end of the object
	}
	name = m.value()
	m.skip(":")
	return name, m.value(), true
}

// skip passes blanks and a character.
func (m *members) skip(one string) {
	for m.object[m.at] <= ' ' || m.object[m.at] == one[0] {
		m.at++
	}
}

// value passes the value that begins here.
func (m *members) value() jsontext.Value {
	from := m.at
	switch m.object[from] {
	case '"':
		m.at += quoted(m.object[from:])
	case '{', '[':
		m.nested()
	default: // a number, or a word
		for !ends(m.object[m.at]) {
			m.at++
		}
	}
	return m.object[from:m.at:m.at]
}

// nested passes an object or a list.
func (m *members) nested() {
	for depth := 0; ; {
		switch m.object[m.at] {
		case '"':
			m.at += quoted(m.object[m.at:])
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		m.at++
		if depth == 0 {
			return
		}
	}
}

// ends reports whether a character follows a number or a word.
func ends(b byte) bool { return b <= ' ' || b == ',' || b == '}' || b == ']' }

// quoted returns the length of the string that b begins with, its quotes included.
func quoted(b []byte) int {
	for at := 1; ; at++ {
		at += bytes.IndexByte(b[at:], '"')
		escapes := 0
		for b[at-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return at + 1
		}
	}
}
