package xlsx

import "bytes"

// Most cells are written in one of a few ways, which are read here without looking
// at each tag for all that it might be. Whatever is written otherwise, or runs off
// the window, is left to parseCell, which must give the same.

// fastCell reads the cell that begins at s.i, where it is written the usual way.
// done is false where it is not: s.i then stands where it was.
func (p *parser) fastCell(s *scanner, number int, column *int) (done, ok bool) {
	b, i := s.b, s.i
	if p.slow || len(b)-i < 16 || b[i] != '<' || b[i+1] != 'c' || b[i+2] != ' ' {
		return false, true
	}
	c, at, i, ok := fastTag(b, i+2, number)
	if !ok {
		return false, true
	}
	if at < 0 {
		at = *column + 1
	}
	if at >= maxColumns {
		return false, true
	}
	start := s.i
	var value []byte
	has := false
	switch {
	case b[i-2] == '/': // <c …/>
	case c.kind == typeInline:
		if i, ok = after(b, i, "<is><t"); !ok {
			return false, true
		}
		if i, ok = after(b, i, ">"); !ok {
			if i, ok = after(b, i, ` xml:space="preserve">`); !ok {
				return false, true
			}
		}
		if value, i, ok = p.fastText(s, b, i, "</t></is></c>"); !ok {
			s.i = start
			return false, s.err == nil
		}
		has = true
	default:
		if i, ok = after(b, i, "<v>"); !ok {
			return false, true
		}
		if value, i, ok = p.fastText(s, b, i, "</v></c>"); !ok {
			s.i = start
			return false, s.err == nil
		}
		has = true
	}
	cell := p.cell(at)
	if cell.Kind&placed != 0 {
		return false, true // parseCell says so
	}
	*column = at
	cell.Kind = placed
	s.i = i
	if !has {
		return true, true
	}
	return true, p.fill(s, cell, c, value, true)
}

// fastTag reads the attributes of a cell from i on; at is its column, -1 where it
// has no name. next is behind the >.
func fastTag(b []byte, i, number int) (c cellTag, at, next int, ok bool) {
	c.style, at = -1, -1
	for {
		if i+4 >= len(b) {
			return c, at, i, false
		}
		switch b[i] {
		case '>':
			return c, at, i + 1, true
		case '/':
			return c, at, i + 2, b[i+1] == '>'
		case ' ':
		default:
			return c, at, i, false
		}
		name := b[i+1]
		if name == '/' && b[i+2] == '>' {
			return c, at, i + 3, true
		}
		if b[i+2] != '=' || b[i+3] != '"' {
			return c, at, i, false
		}
		i += 4
		start := i
		for i < len(b) && b[i] != '"' {
			if ch := b[i] | 0x20; (ch < 'a' || ch > 'z') && (b[i] < '0' || b[i] > '9') {
				return c, at, i, false
			}
			i++
		}
		if i == len(b) {
			return c, at, i, false
		}
		value := b[start:i]
		i++
		switch name {
		case 'r':
			column, row, good := reference(value)
			if !good || row != number {
				return c, at, i, false
			}
			at = column
		case 's':
			if c.style, ok = digits(value); !ok {
				return c, at, i, false
			}
		case 't':
			if c.kind, ok = cellTypes(value); !ok {
				return c, at, i, false
			}
		default:
			return c, at, i, false
		}
	}
}

// after passes what is expected at i.
func after(b []byte, i int, expected string) (int, bool) {
	if len(b)-i < len(expected) || string(b[i:i+len(expected)]) != expected {
		return i, false
	}
	return i + len(expected), true
}

// fastText reads a text that ends with what is expected.
func (p *parser) fastText(s *scanner, b []byte, i int, end string) (value []byte, next int, ok bool) {
	length := bytes.IndexByte(b[i:], '<')
	if length < 0 {
		return nil, i, false
	}
	raw := b[i : i+length]
	if next, ok = after(b, i+length, end); !ok {
		return nil, i, false
	}
	if plain(raw) {
		return raw, next, true
	}
	start := len(p.scratch)
	if !s.decode(raw, &p.scratch) {
		return nil, i, false
	}
	return p.scratch[start:], next, true
}

// cell returns the cell of a column of the row, which grows to it.
func (p *parser) cell(column int) *Cell {
	cells := p.row.Cells
	if column >= len(cells) {
		if column < cap(cells) {
			from := len(cells)
			cells = cells[:column+1]
			clear(cells[from:])
		} else {
			cells = append(cells, make([]Cell, max(column+1-len(cells), 32))...)[:column+1]
		}
		p.row.Cells = cells
	}
	return &cells[column]
}
