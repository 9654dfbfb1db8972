package xlsx

import "bytes"

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
