package mad

import (
	"unsafe"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle/compta"
)

// appendObject appends the JSON of the struct at a place, as json.Marshal writes it.
// The error is that of a text that is no UTF-8.
func appendObject(dst []byte, p *plan, at unsafe.Pointer) ([]byte, error) {
	dst = append(dst, '{')
	empty := len(dst)
	var err error
	for i := range p.fields {
		f := &p.fields[i]
		before := len(dst)
		if before > empty {
			dst = append(dst, f.next...)
		} else {
			dst = append(dst, f.key...)
		}
		start := len(dst)
		if dst, err = f.append(dst, unsafe.Add(at, f.place)); err != nil {
			return dst, err
		}
		if f.optional && saysNothing(dst[start:]) {
			dst = dst[:before]
		}
	}
	return append(dst, '}'), nil
}

// saysNothing reports what omitempty leaves out.
func saysNothing(value []byte) bool {
	switch string(value) {
	case "null", `""`, "{}", "[]":
		return true
	}
	return false
}

var null = []byte("null")

func (f *field) append(dst []byte, at unsafe.Pointer) ([]byte, error) {
	switch f.shape {
	case aString:
		return appendText(dst, *(*string)(at))
	case aStringRef:
		if ref := *(**string)(at); ref != nil {
			return appendText(dst, *ref)
		}
	case aNumber:
		return (*(*Number)(at)).append(dst), nil
	case aNumberRef:
		if ref := *(**Number)(at); ref != nil {
			return (*ref).append(dst), nil
		}
	case anObject:
		return appendObject(dst, f.of, at)
	case anObjectRef:
		if ref := *(*unsafe.Pointer)(at); ref != nil {
			return appendObject(dst, f.of, ref)
		}
	case aList:
		return f.appendList(dst, at)
	case aMap:
		m := *(*map[string]Attachment)(at)
		if len(m) == 0 {
			return append(dst, "{}"...), nil
		}
		b, err := json.Marshal(m, json.Deterministic(true))
		return append(dst, b...), err
	}
	return append(dst, null...), nil
}

func (f *field) appendList(dst []byte, at unsafe.Pointer) ([]byte, error) {
	list := *(*[]struct{})(at) // where it is and how long, whatever its elements
	first, size := unsafe.Pointer(unsafe.SliceData(list)), f.of.typ.Size()
	var err error
	dst = append(dst, '[')
	for i := range len(list) {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendObject(dst, f.of, unsafe.Add(first, uintptr(i)*size)); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

// appendText appends a JSON string.
func appendText(dst []byte, s string) ([]byte, error) {
	start := len(dst) + 1
	dst = append(append(append(dst, '"'), s...), '"')
	if plain(dst, start) != len(dst)-1 {
		return jsontext.AppendQuote(dst[:start-1], s)
	}
	return dst, nil
}

// append appends what String returns.
func (n Number) append(dst []byte) []byte {
	if n == 0 {
		return append(dst, '0')
	}
	start := len(dst)
	dst = compta.Montant(n).AppendTo(dst)
	end := len(dst)
	for i := end - 1; i >= start; i-- {
		switch dst[i] {
		case ',':
			if i == end-1 {
				return dst[:i]
			}
			dst[i] = '.'
			return dst[:end]
		case '0':
			if i == end-1 {
				end = i
			}
		}
	}
	return dst
}
