package tableur

import (
	"fmt"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/tableur/xlsx"
)

// merged returns the merged cells under the header, from the top; known once the
// sheet was read to its end.
func (t *Table) merged() []xlsx.Range {
	src, ok := t.src.(*xlsxSource)
	if !ok || len(src.merges) == 0 {
		return nil
	}
	var under []xlsx.Range
	for _, m := range src.merges {
		if m.Top > t.HeaderRow {
			under = append(under, m)
		}
	}
	slices.SortStableFunc(under, func(a, b xlsx.Range) int { return a.Top - b.Top })
	return under
}

// filler gives every row of merged cells the value of the first one, as people see
// them; what is hidden beneath the merged cells is left out.
type filler struct {
	ranges []xlsx.Range // those to come
	open   []opened
}

type opened struct {
	xlsx.Range
	value Cell
}

func (f *filler) fill(row *Row) {
	for len(f.ranges) > 0 && f.ranges[0].Top <= row.Number {
		m := f.ranges[0]
		f.ranges = f.ranges[1:]
		o := opened{Range: m}
		if m.Top == row.Number && m.Left < len(row.Values) {
			o.value = row.Values[m.Left]
		}
		f.open = append(f.open, o)
	}
	f.open = slices.DeleteFunc(f.open, func(o opened) bool { return o.Bottom < row.Number })
	if row.blank() {
		return // merged beyond the last contract
	}
	for _, o := range f.open {
		if o.value.Text != "" && o.Left >= len(row.Values) {
			row.Values = append(slices.Clip(row.Values), make([]Cell, o.Left+1-len(row.Values))...)
		}
		for i := o.Left; i <= o.Right && i < len(row.Values); i++ {
			row.Values[i] = Cell{}
		}
		if o.Left < len(row.Values) {
			row.Values[o.Left] = o.value
		}
	}
}

// mergedColumns names the merged cells of several rows that feed a contract.
func (t *Table) mergedColumns(bound []Column) []string {
	var names []string
	if all, ok := t.src.(*sheetsSource); ok {
		for _, sheet := range all.tables {
			names = append(names, sheet.mergedColumns(bound)...)
		}
		return names
	}
	for _, m := range t.merged() {
		if m.Top == m.Bottom || !slices.ContainsFunc(bound, func(c Column) bool { return c.Index >= m.Left && c.Index <= m.Right }) {
			continue
		}
		if names = append(names, fmt.Sprintf("%s%d:%s%d", Letter(m.Left), m.Top, Letter(m.Right), m.Bottom)); len(names) == 6 {
			names[5] = "…"
			break
		}
	}
	return names
}
