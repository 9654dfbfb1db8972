package tableur

import (
	"iter"
	"strings"
)

// Where several sheets are read, a row is named by its sheet and its number in it.
const (
	rowBits = 21 // more than MaxRows
	rowMask = 1<<rowBits - 1
)

// sheetsSource reads several sheets as one: the first whole, then what stands under
// the titles of the others, each value under the title that it has.
type sheetsSource struct {
	tables []*Table
	places [][]int // by table: where each column of the first stands in it
}

func (s *sheetsSource) close() error { return nil }

func (s *sheetsSource) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for k, t := range s.tables {
			for row, err := range t.filled() {
				if k > 0 && err == nil {
					if row.Number <= t.HeaderRow {
						continue
					}
					row = Row{Number: row.Number | k<<rowBits, Values: s.moved(k, row), Hidden: row.Hidden}
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

func (s *sheetsSource) moved(k int, row Row) []Cell {
	values := make([]Cell, len(s.places[k]))
	for to, from := range s.places[k] {
		if from >= 0 && from < len(row.Values) {
			values[to] = row.Values[from]
		}
	}
	return values
}

// allSheets reads the sheets that fit together as one table. Those whose titles lack
// one of the first are left out, and named.
func allSheets(tables []found, first *found) *Table {
	all := &sheetsSource{tables: []*Table{first.table}, places: [][]int{nil}}
	t := *first.table
	t.Read, t.Others = []string{t.Sheet}, nil
	for i := range tables {
		other := &tables[i]
		if other == first || !other.fits(first.fit) {
			continue
		}
		if places, ok := sameColumns(first.table, other.table); ok {
			all.tables, all.places = append(all.tables, other.table), append(all.places, places)
			t.Read = append(t.Read, other.table.Sheet)
		} else {
			t.Others = append(t.Others, other.table.Sheet)
		}
	}
	if len(all.tables) == 1 {
		t.Read = nil
		return &t
	}
	t.Sheet, t.src = AllSheets, all
	return &t
}

// sameColumns finds every titled column of a table in another one.
func sameColumns(t, other *Table) (places []int, ok bool) {
	places = make([]int, t.width)
	for i := range places {
		places[i] = -1
	}
	for _, column := range t.Columns {
		if column.Nom == "" {
			continue
		}
		found := false
		for _, c := range other.Columns {
			if c.Occurrence == column.Occurrence && fold(c.Nom) == fold(column.Nom) {
				places[column.Index], found = c.Index, true
				break
			}
		}
		if !found {
			return nil, false
		}
	}
	return places, true
}

// place says where a row that several sheets share the numbers of really stands.
func (t *Table) place(e *CellError) {
	if len(t.Read) == 0 || e.Row == 0 || e.Sheet != "" {
		return
	}
	k := e.Row >> rowBits
	e.Row &= rowMask
	if k >= len(t.Read) {
		return
	}
	all, ok := t.src.(*sheetsSource)
	e.Sheet = t.Read[k]
	if letters := strings.TrimRight(e.Cell, "0123456789"); letters != "" && ok {
		column := Column{Letter: letters}
		if at := letterIndex(letters); k > 0 && at >= 0 && at < len(all.places[k]) && all.places[k][at] >= 0 {
			column.Letter = Letter(all.places[k][at])
		}
		e.Cell = e.Sheet + "!" + column.Cell(e.Row)
	}
}

// Cell names the cell of a column in a row that Rows gave, as errors name it.
func (t *Table) Cell(column Column, row int) string {
	e := CellError{Row: row, Cell: column.Cell(row)}
	t.place(&e)
	if column.Letter == "" && e.Sheet != "" {
		return e.Sheet + "!" + column.Cell(e.Row)
	}
	return e.Cell
}

// RowOf names the row of an error as Rows numbers it.
func (t *Table) RowOf(e *CellError) int { return t.rowOf(e) }

// Line is the number of a row in its sheet.
func Line(row int) int { return row & rowMask }

// rowOf is the inverse of place for the number of a row.
func (t *Table) rowOf(e *CellError) int {
	for k, sheet := range t.Read {
		if sheet == e.Sheet {
			return e.Row | k<<rowBits
		}
	}
	return e.Row
}

// sheetNames names the sheets that are read.
func (t *Table) sheetNames() string {
	if len(t.Read) > 0 {
		return strings.Join(t.Read, " », « ")
	}
	return t.Sheet
}
