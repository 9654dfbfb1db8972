package tableur

import (
	"fmt"
	"strings"

	"github.com/passerelle-hub/passerelle"
)

// filter is a Filtre that fits the columns of a table.
type filter struct {
	column Column
	values map[string]bool
	sauf   bool
}

// filters finds the columns of the filters.
func (c *binder) filters() []filter {
	var list []filter
	for _, f := range c.m.Filtres {
		if (f.Colonne == "") == (f.Lettre == "") || (len(f.Egal) == 0) == (len(f.Sauf) == 0) {
			c.problem("", "un filtre doit nommer une colonne (colonne ou lettre) et des valeurs : egal ou sauf")
			continue
		}
		before := len(c.problems)
		column, ok := c.find(passerelle.Champ{}, Reference{Colonne: f.Colonne, Occurrence: f.Occurrence, Lettre: f.Lettre})
		if !ok {
			for i := range c.problems[before:] {
				p := &c.problems[before+i]
				p.Message = strings.Replace(p.Message, "le champ ", "un filtre", 1)
			}
			continue
		}
		kept := filter{column: column, values: map[string]bool{}, sauf: len(f.Sauf) > 0}
		for _, value := range append(f.Egal, f.Sauf...) {
			kept.values[filterKey(value)] = true
		}
		list = append(list, kept)
	}
	return list
}

func filterKey(s string) string {
	return translationKey(tidy(&passerelle.Champ{}, s))
}

// keeps reports whether a row passes the filters.
func (b *Binding) keeps(row Row) bool {
	for i := range b.filters {
		f := &b.filters[i]
		if f.values[filterKey(row.Value(f.column).Text)] == f.sauf {
			return false
		}
	}
	return true
}

// filtered says how many rows the filters left out.
func (b *Binding) filtered(n int) CellError {
	names := make([]string, len(b.filters))
	for i := range b.filters {
		names[i] = b.filters[i].column.Nom
		if names[i] == "" {
			names[i] = b.filters[i].column.Letter
		}
	}
	return CellError{Code: CodeFiltered, Message: fmt.Sprintf("%s de côté par le filtre sur « %s »", plural(n, "ligne est laissée", "lignes sont laissées"), strings.Join(names, " », « "))}
}

// plural writes a number with what it counts.
func plural(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

// exactly makes a set of texts; nil where there are none.
func exactly(list []string) map[string]bool {
	var m map[string]bool
	for _, s := range list {
		if m == nil {
			m = map[string]bool{}
		}
		m[s] = true
	}
	return m
}
