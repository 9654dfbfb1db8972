package mad

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"
)

// How an entry is read and written follows from its declaration in types.go alone: a
// plan is made of it once, which scanner and appendObject walk without reflection.
// Places are those that reflect gives, so that what is read or written there has the
// declared type.

// shape says what stands in a field.
type shape uint8

const (
	aString shape = iota
	aStringRef
	aNumber
	aNumberRef
	anObject
	anObjectRef
	aList // of objects
	aMap  // of attachments
)

// plan is how a struct is read and written.
type plan struct {
	typ    reflect.Type
	fields []field
	byName map[string]int // exactly
	folded map[string]int // as fold gives it
}

type field struct {
	key      string // with quotes and colon
	next     string // the same after a comma
	shape    shape
	optional bool // left out where it says nothing
	place    uintptr
	of       *plan        // of an object, or of those of a list
	typ      reflect.Type // of a list
}

var (
	entryPlan      = planOf(reflect.TypeFor[Entry](), map[reflect.Type]*plan{})
	attachmentPlan = planOf(reflect.TypeFor[Attachment](), map[reflect.Type]*plan{})
)

// planOf makes the plan of a type; made holds those that there are.
func planOf(t reflect.Type, made map[reflect.Type]*plan) *plan {
	if p := made[t]; p != nil {
		return p
	}
	p := &plan{typ: t, byName: map[string]int{}, folded: map[string]int{}}
	made[t] = p
	for i := range t.NumField() {
		sf := t.Field(i)
		name, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
		f := field{key: `"` + name + `":`, next: `,"` + name + `":`, optional: options == "omitempty", place: sf.Offset}
		inner := sf.Type
		switch {
		case inner == reflect.TypeFor[string]():
			f.shape = aString
		case inner == reflect.TypeFor[*string]():
			f.shape = aStringRef
		case inner == reflect.TypeFor[Number]():
			f.shape = aNumber
		case inner == reflect.TypeFor[*Number]():
			f.shape = aNumberRef
		case inner == reflect.TypeFor[map[string]Attachment]():
			f.shape = aMap
		case inner.Kind() == reflect.Struct:
			f.shape, f.of = anObject, planOf(inner, made)
		case inner.Kind() == reflect.Pointer && inner.Elem().Kind() == reflect.Struct:
			f.shape, f.of = anObjectRef, planOf(inner.Elem(), made)
		case inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Struct:
			f.shape, f.of, f.typ = aList, planOf(inner.Elem(), made), inner
		default:
			panic(fmt.Sprintf("mad: %s.%s is of a type that no plan has", t.Name(), sf.Name))
		}
		p.byName[name], p.folded[fold(name)] = len(p.fields), len(p.fields)
		p.fields = append(p.fields, f)
	}
	if len(p.fields) > 64 {
		panic("mad: " + t.Name() + " has more fields than a plan counts")
	}
	return p
}

// fold makes names equal that differ by case, - and _ only.
func fold(name string) string { return strings.ToLower(joints.Replace(name)) }

var joints = strings.NewReplacer("-", "", "_", "")

// find returns which field a name of ASCII is that of, -1 for none.
func (p *plan) find(name []byte) int {
	if i, ok := p.byName[string(name)]; ok {
		return i
	}
	if i, ok := p.folded[fold(string(name))]; ok {
		return i
	}
	return -1
}

// clear empties the fields of an object that are not among those seen, a bit for each.
func (p *plan) clear(at unsafe.Pointer, seen uint64) {
	for i := range p.fields {
		if seen>>i&1 == 0 {
			p.fields[i].clear(unsafe.Add(at, p.fields[i].place))
		}
	}
}

func (f *field) clear(at unsafe.Pointer) {
	switch f.shape {
	case aString:
		*(*string)(at) = ""
	case aStringRef:
		*(**string)(at) = nil
	case aNumber:
		*(*Number)(at) = 0
	case aNumberRef:
		*(**Number)(at) = nil
	case anObject:
		f.of.clear(at, 0)
	case anObjectRef:
		*(*unsafe.Pointer)(at) = nil
	case aList:
		reflect.NewAt(f.typ, at).Elem().SetZero()
	case aMap:
		*(*map[string]Attachment)(at) = nil
	}
}
