package mad

import (
	"reflect"
	"unsafe"
)

// scanner reads entries as they usually are, straight from their bytes. It takes
// nothing that jsontext and json would refuse or read otherwise: whatever it does not
// know for sure it calls odd, and they read on from there.
type scanner struct{ b []byte }

// What the methods of a scanner return instead of a place.
const (
	cut = -1 // the bytes end before the value does
	odd = -2
)

// blanks returns the place of the next byte that is no white space, len(b) where there
// is none.
func blanks(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// after passes over what follows an element of a list or an object: the comma before
// the next one, or end, the sign that ends them all.
func after(b []byte, i int, end byte) (next int, ended bool) {
	if i = blanks(b, i); i >= len(b) {
		return cut, true
	}
	switch b[i] {
	case ',':
		return blanks(b, i+1), false
	case end:
		return i + 1, true
	}
	return odd, true
}

// colon passes over what follows a name, up to the value.
func colon(b []byte, i int) int {
	if i = blanks(b, i); i >= len(b) {
		return cut
	}
	if b[i] != ':' {
		return odd
	}
	return blanks(b, i+1)
}

// object reads what follows { into the struct at a place, and empties the fields that
// the object does not have; it returns the place after }.
func (s *scanner) object(p *plan, at unsafe.Pointer, i int) int {
	b := s.b
	var seen uint64
	next := 0 // the field that probably comes
	if i = blanks(b, i); i < len(b) && b[i] == '}' {
		p.clear(at, 0)
		return i + 1
	}
	for {
		which := next
		if next < len(p.fields) && len(b)-i >= len(p.fields[next].key) && string(b[i:i+len(p.fields[next].key)]) == p.fields[next].key {
			i += len(p.fields[next].key)
		} else if which, i = s.name(p, i); i < 0 {
			return i
		}
		if i = blanks(b, i); i >= len(b) {
			return cut
		}
		if which < 0 {
			i = s.skip(i, 0)
		} else {
			if seen>>which&1 != 0 {
				return odd
			}
			seen |= 1 << which
			next = which + 1
			f := &p.fields[which]
			i = s.value(f, unsafe.Add(at, f.place), i)
		}
		if i < 0 {
			return i
		}
		var ended bool
		if i, ended = after(b, i, '}'); ended {
			if i >= 0 && seen != 1<<len(p.fields)-1 {
				p.clear(at, seen)
			}
			return i
		}
	}
}

// name reads a name and its colon; it returns which field it is, -1 for none.
func (s *scanner) name(p *plan, i int) (which, value int) {
	b := s.b
	if i >= len(b) {
		return 0, cut
	}
	if b[i] != '"' {
		return 0, odd
	}
	end := plain(b, i+1)
	if end >= len(b) {
		return 0, cut
	}
	if b[end] != '"' {
		return 0, odd
	}
	return p.find(b[i+1 : end]), colon(b, end+1)
}

// value reads the value of a field into its place.
func (s *scanner) value(f *field, at unsafe.Pointer, i int) int {
	c := s.b[i]
	if c == 'n' {
		if len(s.b)-i < len("null") {
			return cut
		}
		if string(s.b[i:i+4]) != "null" {
			return odd
		}
		f.clear(at)
		return i + 4
	}
	switch f.shape {
	case aString:
		return s.text((*string)(at), i)
	case aStringRef:
		if ref := (**string)(at); *ref == nil {
			*ref = new(string)
		}
		return s.text(*(**string)(at), i)
	case aNumber:
		return s.number((*Number)(at), i)
	case aNumberRef:
		if ref := (**Number)(at); *ref == nil {
			*ref = new(Number)
		}
		return s.number(*(**Number)(at), i)
	case anObjectRef:
		if c != '{' {
			return odd
		}
		if *(*unsafe.Pointer)(at) == nil {
			*(*unsafe.Pointer)(at) = reflect.New(f.of.typ).UnsafePointer()
		}
		return s.object(f.of, *(*unsafe.Pointer)(at), i+1)
	case anObject:
		if c == '{' {
			return s.object(f.of, at, i+1)
		}
	case aList:
		if c == '[' {
			return s.list(f, at, i+1)
		}
	case aMap:
		if c == '{' {
			return s.attachments((*map[string]Attachment)(at), i+1)
		}
	}
	return odd
}

// list reads what follows [, over the elements that the list had.
func (s *scanner) list(f *field, at unsafe.Pointer, i int) int {
	b := s.b
	list := reflect.NewAt(f.typ, at).Elem()
	if i = blanks(b, i); i < len(b) && b[i] == ']' {
		if list.IsNil() {
			list.Set(reflect.MakeSlice(f.typ, 0, 0))
		}
		list.SetLen(0)
		return i + 1
	}
	for n := 0; ; n++ {
		if i >= len(b) {
			return cut
		}
		if b[i] != '{' {
			return odd
		}
		if n >= list.Cap() {
			list.SetLen(n)
			list.Grow(n + 1)
		}
		if list.Len() <= n {
			list.SetLen(n + 1)
		}
		if i = s.object(f.of, unsafe.Add(list.UnsafePointer(), uintptr(n)*f.of.typ.Size()), i+1); i < 0 {
			return i
		}
		var ended bool
		if i, ended = after(b, i, ']'); ended {
			list.SetLen(n + 1)
			return i
		}
	}
}

// attachments reads what follows {.
func (s *scanner) attachments(m *map[string]Attachment, i int) int {
	b := s.b
	if *m == nil {
		*m = map[string]Attachment{}
	}
	clear(*m)
	if i = blanks(b, i); i < len(b) && b[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(b) {
			return cut
		}
		name := ""
		if i = s.text(&name, i); i < 0 {
			return i
		}
		if _, twice := (*m)[name]; twice {
			return odd
		}
		if i = colon(b, i); i < 0 {
			return i
		}
		if i >= len(b) {
			return cut
		}
		if b[i] != '{' {
			return odd
		}
		a := Attachment{}
		if i = s.object(attachmentPlan, unsafe.Pointer(&a), i+1); i < 0 {
			return i
		}
		(*m)[name] = a
		var ended bool
		if i, ended = after(b, i, '}'); ended {
			return i
		}
	}
}
