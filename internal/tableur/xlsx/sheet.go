package xlsx

import (
	"bytes"
	"errors"
)

// parser walks over the part of a sheet, one row at a time.
type parser struct {
	book    *Book
	w       window
	place   place
	row     Row
	last    int    // number of the row before
	scratch []byte // decoded texts of the row
	merges  []Range
	root    []byte
	slow    bool // every cell the long way, for the tests that compare both
}

// place says how far into the part the parser is.
type place uint8

const (
	beforeRoot place = iota
	beforeRows       // inside the root
	inRows           // inside sheetData
	afterRows
	afterRoot
)

var (
	nameRow       = []byte("row")
	nameCell      = []byte("c")
	nameValue     = []byte("v")
	nameText      = []byte("t")
	nameSheetData = []byte("sheetData")
)

// next parses up to the end of the next row; false where the part has ended.
func (p *parser) next() (bool, error) {
	for {
		found, again, err := p.step()
		if err != nil {
			return false, p.locate(err)
		}
		if found {
			return true, nil
		}
		if again {
			continue
		}
		if p.place != afterRoot {
			return false, p.locate(damage("the sheet ends too early"))
		}
		return false, p.finish()
	}
}

func (p *parser) locate(err error) error {
	var d *Damage
	if errors.As(err, &d) && d.Row == 0 && p.place > beforeRows {
		d.Row = p.last + 1
	}
	return err
}

// step parses one element at the front of the window. again asks for another
// step: what was parsed is no row, or more of the part was needed.
func (p *parser) step() (found, again bool, err error) {
	s := scanner{b: p.w.buf[p.w.at:p.w.end]}
	if p.place == afterRoot {
		return p.trailer(&s)
	}
	var t tag
	ok := s.next(&t)
	if ok {
		found, ok = p.element(&s, &t)
	}
	switch {
	case s.err != nil:
		return false, false, s.err
	case s.short || !ok:
		more := p.w.more()
		return false, more, failed(&p.w)
	}
	p.w.at += s.i
	return found, !found, nil
}

// failed returns what keeps a window from reading on.
func failed(w *window) error {
	if w.fail != nil {
		return w.fail
	}
	return nil
}

// trailer allows only blanks, comments and instructions after the root.
func (p *parser) trailer(s *scanner) (found, again bool, err error) {
	for s.i < len(s.b) && (s.b[s.i] <= ' ') {
		s.i++
	}
	if s.i == len(s.b) {
		p.w.at += s.i
		return false, p.w.more(), failed(&p.w)
	}
	if s.b[s.i] != '<' || s.i+1 < len(s.b) && s.b[s.i+1] != '!' && s.b[s.i+1] != '?' {
		return false, false, damage("something follows the end of the sheet")
	}
	if s.i+1 == len(s.b) || !s.aside() {
		if s.err != nil {
			return false, false, s.err
		}
		if more := p.w.more(); more || failed(&p.w) != nil {
			return false, more, failed(&p.w)
		}
		return false, false, damage("the sheet ends inside a comment")
	}
	p.w.at += s.i
	return false, true, nil
}

// finish reads the part to its very end, so that its checksum is compared.
func (p *parser) finish() error {
	for p.w.more() {
		p.w.at = p.w.end
	}
	if err := failed(&p.w); err != nil {
		return err
	}
	return nil
}

// element parses the element whose tag was read; ok is false where it runs off
// the window or is wrong.
func (p *parser) element(s *scanner, t *tag) (found, ok bool) {
	switch p.place {
	case beforeRoot:
		if t.close || string(t.name) != "worksheet" {
			return false, s.fail("the part is no sheet of cells but %q", abridge(t.name))
		}
		if !s.sound(t) {
			return false, false
		}
		p.root = bytes.Clone(t.name)
		p.place = beforeRows
		if t.empty {
			p.place = afterRoot
		}
		return false, true
	case inRows:
		switch {
		case t.close:
			if !bytes.Equal(t.name, nameSheetData) {
				return false, s.fail("the rows end as %q", abridge(t.name))
			}
			p.place = afterRows
			return false, true
		case bytes.Equal(t.name, nameRow):
			ok := p.parseRow(s, t)
			return ok, ok
		}
		return false, s.skip(t)
	}
	switch {
	case t.close:
		if !bytes.Equal(t.name, p.root) {
			return false, s.fail("the sheet ends as %q", abridge(t.name))
		}
		p.place = afterRoot
		return false, true
	case bytes.Equal(t.name, nameSheetData):
		if p.place == afterRows {
			return false, s.fail("the sheet has rows twice")
		}
		if !s.sound(t) {
			return false, false
		}
		p.place = inRows
		if t.empty {
			p.place = afterRows
		}
		return false, true
	case string(t.name) == "mergeCells" && !t.empty:
		return false, p.parseMerges(s)
	}
	return false, s.skip(t)
}

func abridge(b []byte) string { return string(b[:min(len(b), 40)]) }
