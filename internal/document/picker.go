package document

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle"
)

// Picker reads some fields of stored documents, several times faster than Parse
// reads them all. It is not safe for use by several goroutines.
type Picker struct {
	place  []int // of each field of passerelle.Champs in values, -1 where it is not wanted
	champs []int // position in passerelle.Champs of each wanted field
	values [][]byte
	buffer []byte // values that were escaped
}

// NewPicker returns a Picker of the fields with these wire names; one that is no
// field panics.
func NewPicker(noms ...string) *Picker {
	p := &Picker{place: make([]int, len(passerelle.Champs)), champs: make([]int, len(noms)), values: make([][]byte, len(noms))}
	for i := range p.place {
		p.place[i] = -1
	}
	for k, nom := range noms {
		i, ok := passerelle.ChampIndex([]byte(nom))
		if !ok || p.place[i] >= 0 {
			panic("document: no field, or one wanted twice: " + nom)
		}
		p.place[i], p.champs[k] = k, i
	}
	return p
}

// Pick returns the values in the order of NewPicker's names, empty where a field
// is absent. They are valid until the next call, and while doc is.
func (p *Picker) Pick(doc []byte) ([][]byte, error) {
	if ok, err := p.scan(doc); err != nil || ok {
		return p.values, err
	}
	// Not as Append writes it: the decoder of JSON knows every other form.
	c, err := Parse(doc)
	if err != nil {
		return nil, err
	}
	for k, i := range p.champs {
		p.values[k] = []byte(*passerelle.Champs[i].At(&c))
	}
	return p.values, nil
}

// PickKept is Pick for a contract as it is kept, without writing its document.
func (p *Picker) PickKept(k *Kept) ([][]byte, error) {
	if Whole(k.Valeurs) {
		return p.Pick(k.Valeurs)
	}
	clear(p.values)
	p.buffer = p.buffer[:0]
	at := k.entries()
	for at.next() {
		if at.kind == beside {
			for field := at.field; field < at.end; field++ {
				if err := p.beside(k, field); err != nil {
					return nil, err
				}
			}
			continue
		}
		if place := p.place[at.field]; place >= 0 {
			value, err := p.plain(at.kind, at.day, at.value())
			if err != nil {
				return nil, err
			}
			p.values[place] = value
		}
	}
	if at.err != nil {
		return nil, at.err
	}
	return p.values, nil
}

// beside picks a field that is said beside what is kept.
func (p *Picker) beside(k *Kept, field int) error {
	place := p.place[field]
	switch {
	case field != 0 && places[field] < 0:
		return errKept
	case place < 0:
	case field == 0:
		p.values[place] = k.Code
	default:
		p.values[place] = k.Profil.valeur(places[field])
	}
	return nil
}

// plain returns a value that stands in what is kept as it reads.
func (p *Picker) plain(kind entry, n int, value []byte) (_ []byte, err error) {
	if kind == text && bytes.IndexByte(value, '\\') < 0 {
		return value, nil
	}
	from := len(p.buffer)
	if kind == day {
		p.buffer = appendJour(p.buffer, n)
	} else {
		quoted := append(append([]byte{'"'}, value...), '"')
		if p.buffer, err = jsontext.AppendUnquote(p.buffer, quoted); err != nil {
			return nil, fmt.Errorf("read a stored contract: %w", err)
		}
	}
	return p.buffer[from:len(p.buffer):len(p.buffer)], nil
}

// scan reports whether the document is as Append writes it: its fields are in
// the order of passerelle.Champs with nothing between them.
func (p *Picker) scan(doc []byte) (bool, error) {
	clear(p.values)
	p.buffer = p.buffer[:0]
	if len(doc) < 2 || doc[0] != '{' || doc[len(doc)-1] != '}' {
		return false, nil
	}
	at := 1
	for i := range entetes {
		if doc[at] == '}' {
			break // the rest is absent
		}
		head := entetes[i][1:] // the comma was passed
		if !bytes.HasPrefix(doc[at:], head) {
			continue
		}
		at += len(head)
		n := closing(doc[at:])
		if n < 0 || at+n+1 >= len(doc) {
			return false, nil
		}
		if k := p.place[i]; k >= 0 {
			value := doc[at : at+n]
			if bytes.IndexByte(value, '\\') >= 0 {
				from := len(p.buffer)
				var err error
				if p.buffer, err = jsontext.AppendUnquote(p.buffer, doc[at-1:at+n+1]); err != nil {
					return false, fmt.Errorf("read a stored contract: %w", err)
				}
				value = p.buffer[from:len(p.buffer):len(p.buffer)]
			}
			p.values[k] = value
		}
		at += n + 1
		if doc[at] == ',' {
			at++
		}
	}
	return at == len(doc)-1, nil
}

// closing returns the position of the quote that ends a JSON string, -1 where
// there is none.
func closing(s []byte) int {
	for at := 0; ; {
		n := bytes.IndexByte(s[at:], '"')
		if n < 0 {
			return -1
		}
		at += n
		escapes := 0
		for escapes < at && s[at-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return at
		}
		at++
	}
}
