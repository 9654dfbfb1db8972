package xlsx

import (
	"bytes"
	"fmt"
)

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

// cellTypes are the types of cells, by their names (ECMA-376, 18.18.11).
func cellTypes(name []byte) (kind cellType, ok bool) {
	switch string(name) {
	case "n":
		return typeNumber, true
	case "s":
		return typeShared, true
	case "str":
		return typeString, true
	case "inlineStr":
		return typeInline, true
	case "b":
		return typeBool, true
	case "e":
		return typeError, true
	case "d":
		return typeDate, true
	}
	return typeNumber, false
}

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
			if c.kind, ok = cellTypes(value); !ok {
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
