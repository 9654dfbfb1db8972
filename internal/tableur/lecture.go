package tableur

import (
	"fmt"
	"iter"
	"regexp"
	"strconv"

	"github.com/passerelle-hub/passerelle"
)

// Ligne is one row of a table as it would be sent.
type Ligne struct {
	Index   int // position in the array sent, from 0
	Row     int // names the row for Locate: as seen in Excel, from 1, where one sheet is read
	Contrat passerelle.Contrat
	Faults  []CellError // values that cannot be sent
}

// Rows iterates over the rows of a table that are read as contracts.
func (b *Binding) Rows(t *Table) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if err := b.Etudier(t); err != nil {
			yield(Row{}, err)
			return
		}
		for row, err := range t.Rows() {
			if err == nil && (b.study.skipped[row.Number] || !b.keeps(row)) {
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// Lignes iterates over the rows of a table as contracts, in their order; rows that
// are none are passed over, as Remarques says. What is wrong with a row by itself
// is among its Faults; an error ends the iteration.
func (b *Binding) Lignes(t *Table) iter.Seq2[Ligne, error] {
	return func(yield func(Ligne, error) bool) {
		index, mergers := 0, b.mergers()
		for row, err := range b.Rows(t) {
			if err != nil {
				yield(Ligne{}, err)
				return
			}
			c, faults := b.Apply(row)
			if surplus, ok := t.Surplus(row); ok {
				faults = append(faults, surplus)
			}
			for i := range faults {
				t.place(&faults[i])
			}
			for _, m := range mergers {
				if merged, ok := m.check(b, &c, row.Number); ok {
					faults = append(faults, merged)
				}
			}
			if !yield(Ligne{Index: index, Row: row.Number, Contrat: c, Faults: faults}, nil) {
				return
			}
			index++
		}
	}
}

// Locate shows a broken rule at its cell: the first column that feeds the field,
// no cell where a constant or nothing does. row is that of the contract.
func (b *Binding) Locate(v *passerelle.Violation, row int) CellError {
	e := CellError{Row: row, Field: v.Field, Code: v.Code, Message: v.Message}
	if columns := b.Sources(v.Field); len(columns) > 0 {
		e.Cell = columns[0].Cell(row)
	}
	if b.study.of != nil {
		b.study.of.place(&e)
	}
	return e
}

// atPosition is how the rules name another contract of a push.
var atPosition = regexp.MustCompile(`à la position (\d+) de l’envoi`)

// LocateIn is Locate for a rule that a contract breaks by its position among the
// contracts of a file; rows are theirs. Another position that the message names
// becomes a row, too.
func (b *Binding) LocateIn(v *passerelle.Violation, rows []int32) CellError {
	at := func(index int) int {
		if index < 0 || index >= len(rows) {
			return 0
		}
		return int(rows[index])
	}
	e := b.Locate(v, at(v.Index))
	e.Message = atPosition.ReplaceAllStringFunc(e.Message, func(said string) string {
		index, err := strconv.Atoi(atPosition.FindStringSubmatch(said)[1])
		row := at(index)
		if err != nil || row == 0 {
			return said
		}
		other := CellError{Row: row}
		if b.study.of != nil {
			b.study.of.place(&other)
		}
		if other.Sheet != "" && other.Sheet != e.Sheet {
			return fmt.Sprintf("à la ligne %d de la feuille « %s »", other.Row, other.Sheet)
		}
		return fmt.Sprintf("à la ligne %d", other.Row)
	})
	return e
}
