package xlsx

import (
	"bytes"
	"errors"
	"fmt"
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

// parseRow reads a row and its cells.
func (p *parser) parseRow(s *scanner, t *tag) bool {
	number, hidden := p.last+1, false
	for rest := t.attrs; ; {
		name, value, next, ok, broken := attribute(rest)
		if broken {
			return s.fail("the tag of a row is not well formed")
		}
		if !ok {
			break
		}
		rest = next
		switch string(name) {
		case "r":
			n, ok := digits(value)
			if !ok || n < 1 || n > maxRows {
				return s.fail("a row is numbered %q", abridge(value))
			}
			number = n
		case "hidden":
			hidden = string(value) == "1" || string(value) == "true"
		}
	}
	if number <= p.last {
		s.err = &Damage{Row: number, After: p.last, Reason: fmt.Sprintf("comes after row %d", p.last)}
		return false
	}
	if number > maxRows {
		return s.fail("the sheet has more than %d rows", maxRows)
	}
	p.row = Row{Number: number, Hidden: hidden, Cells: p.row.Cells[:0]}
	p.scratch = p.scratch[:0]
	if !t.empty && !p.parseCells(s, number) {
		return false
	}
	cells := p.row.Cells
	for len(cells) > 0 && cells[len(cells)-1].Kind <= Empty {
		cells = cells[:len(cells)-1]
	}
	for i := range cells {
		cells[i].Kind &^= placed
	}
	p.row.Cells = cells
	p.last = number
	return true
}

// placed marks a cell that a row has said, while the row is parsed.
const placed Kind = 0x80

func (p *parser) parseCells(s *scanner, number int) bool {
	column := -1
	var t tag
	for {
		if done, ok := p.fastCell(s, number, &column); !ok {
			return false
		} else if done {
			continue
		}
		if !s.next(&t) {
			return false
		}
		switch {
		case t.close:
			if !bytes.Equal(t.name, nameRow) {
				return s.fail("a row ends as %q", abridge(t.name))
			}
			return true
		case !bytes.Equal(t.name, nameCell):
			if !s.skip(&t) {
				return false
			}
		default:
			column++
			if !p.parseCell(s, &t, number, &column) {
				return false
			}
		}
	}
}

// cellTag is what the tag of a cell says.
type cellTag struct {
	style int
	kind  cellType
}

type cellType uint8

const (
	typeNumber cellType = iota
	typeShared
	typeString
	typeInline
	typeBool
	typeError
	typeDate
)

func (p *parser) parseCell(s *scanner, t *tag, number int, column *int) bool {
	c, ok := p.cellTag(s, t, number, column)
	if !ok {
		return false
	}
	if *column >= maxColumns {
		return s.fail("a cell lies beyond the last column of a sheet")
	}
	cell := p.cell(*column)
	if cell.Kind&placed != 0 {
		return s.fail("the row says column %s twice", Letter(*column))
	}
	cell.Kind = placed
	if t.empty {
		return true
	}
	var value []byte
	has := false // a value
	for {
		var inner tag
		if !s.next(&inner) {
			return false
		}
		switch {
		case inner.close:
			if !bytes.Equal(inner.name, nameCell) {
				return s.fail("a cell ends as %q", abridge(inner.name))
			}
			return p.fill(s, cell, c, value, has)
		case bytes.Equal(inner.name, nameValue) && c.kind != typeInline:
			if !s.sound(&inner) {
				return false
			}
			if has = true; inner.empty {
				value = nil
				continue
			}
			if value, ok = s.content(nameValue, &p.scratch); !ok {
				return false
			}
		case string(inner.name) == "is" && c.kind == typeInline && !inner.empty:
			if value, ok = s.richText([]byte("is"), &p.scratch); !ok {
				return false
			}
			has = true
		case string(inner.name) == "f":
			cell.Formula = true
			if !s.skip(&inner) {
				return false
			}
		default:
			if !s.skip(&inner) {
				return false
			}
		}
	}
}

// cellTag reads the attributes of a cell: its place, style and type.
func (p *parser) cellTag(s *scanner, t *tag, number int, column *int) (c cellTag, ok bool) {
	c.style = -1
	for rest := t.attrs; ; {
		name, value, next, ok, broken := attribute(rest)
		if broken {
			return c, s.fail("the tag of a cell is not well formed")
		}
		if !ok {
			return c, true
		}
		rest = next
		if len(name) != 1 {
			continue
		}
		switch name[0] {
		case 'r':
			at, row, ok := reference(value)
			if !ok || row != number {
				return c, s.fail("a cell of row %d is named %q", number, abridge(value))
			}
			*column = at
		case 's':
			if c.style, ok = digits(value); !ok {
				return c, s.fail("a cell has the style %q", abridge(value))
			}
		case 't':
			switch string(value) {
			case "s":
				c.kind = typeShared
			case "str":
				c.kind = typeString
			case "inlineStr":
				c.kind = typeInline
			case "b":
				c.kind = typeBool
			case "e":
				c.kind = typeError
			case "d":
				c.kind = typeDate
			case "n":
			default:
				return c, s.fail("a cell has the type %q", abridge(value))
			}
		}
	}
}

// fill gives a cell its kind and text.
func (p *parser) fill(s *scanner, cell *Cell, c cellTag, value []byte, has bool) bool {
	kind := Text
	switch c.kind {
	case typeShared:
		if has {
			n, ok := digits(bytes.TrimSpace(value))
			if !ok || n >= p.book.shared.count() {
				return s.fail("a cell takes the shared text %q, which is not there", abridge(value))
			}
			value = p.book.shared.text(n)
		}
	case typeString, typeInline:
	case typeDate:
		if day, ok := p.book.isoDay(bytes.TrimSpace(value)); ok {
			start := len(p.scratch)
			p.scratch = appendDay(p.scratch, day.serial)
			cell.Kind, cell.Text, cell.Seconds = Day|placed, p.scratch[start:], day.seconds
			return true
		}
	case typeBool:
		kind = Bool
		switch string(bytes.TrimSpace(value)) {
		case "1", "true":
			value = []byte("TRUE")
		case "0", "false":
			value = []byte("FALSE")
		}
	case typeError:
		kind = Error
	default:
		return p.number(cell, c, bytes.TrimSpace(value))
	}
	switch {
	case !has && cell.Formula:
		kind = NoResult
	case len(value) == 0:
		kind = Empty
	}
	cell.Kind, cell.Text = kind|placed, value
	return true
}

// number gives a cell the kind that its style makes of a number.
func (p *parser) number(cell *Cell, c cellTag, value []byte) bool {
	if len(value) == 0 {
		if cell.Formula {
			cell.Kind = NoResult | placed
		}
		return true
	}
	var st *style
	if c.style >= 0 && c.style < len(p.book.styles) {
		st = &p.book.styles[c.style]
	}
	kind, text, seconds := p.book.numberValue(st, value, &p.scratch)
	cell.Kind, cell.Text, cell.Seconds = kind|placed, text, seconds
	return true
}

// parseMerges reads the merged cells.
func (p *parser) parseMerges(s *scanner) bool {
	p.merges = p.merges[:0]
	var t tag
	for {
		if !s.next(&t) {
			return false
		}
		if t.close {
			if string(t.name) != "mergeCells" {
				return s.fail("the merged cells end as %q", abridge(t.name))
			}
			return true
		}
		for rest := t.attrs; ; {
			name, value, next, ok, broken := attribute(rest)
			if broken {
				return s.fail("the tag of merged cells is not well formed")
			}
			if !ok {
				break
			}
			rest = next
			if string(name) != "ref" || len(p.merges) >= maxMerges {
				continue
			}
			first, last, _ := bytes.Cut(value, []byte(":"))
			left, top, ok1 := reference(first)
			right, bottom, ok2 := reference(last)
			if ok1 && ok2 && left <= right && top <= bottom {
				p.merges = append(p.merges, Range{left, top, right, bottom})
			}
		}
		if !t.empty && !s.skip(&tag{name: t.name}) {
			return false
		}
	}
}

// digits reads a small number without a sign.
func digits(b []byte) (n int, ok bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// reference reads the name of a cell: "B12" is column 1, row 12.
func reference(b []byte) (column, row int, ok bool) {
	i := 0
	for ; i < len(b); i++ {
		c := b[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c < 'A' || c > 'Z' {
			break
		}
		column = column*26 + int(c-'A') + 1
		if column > maxColumns {
			return 0, 0, false
		}
	}
	row, ok = digits(b[i:])
	return column - 1, row, ok && i > 0
}

// Letter names a column as Excel does: 0 is "A", 25 "Z", 26 "AA".
func Letter(column int) string {
	var b [8]byte
	i := len(b)
	for column++; column > 0; column = (column - 1) / 26 {
		i--
		b[i] = byte('A' + (column-1)%26)
	}
	return string(b[i:])
}
