package tableur

import (
	"errors"
	"fmt"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/tableur/xlsx"
)

// maxSheets bounds how many sheets are looked into for a table of contracts.
const maxSheets = 60

// found is a sheet that holds a table.
type found struct {
	table *Table
	sheet int
	fit   int  // how many of its columns name what contracts have
	empty bool // titles without a row beneath
}

// fits reports whether a sheet is about as good a table of contracts as another.
func (f *found) fits(best int) bool { return !f.empty && f.fit*5 >= best*4 }

// chooseSheet opens the sheet asked for. Without one it takes, among the visible
// ones, the one that was shown last where it fits about as well as any, else the
// one that fits best; templates without a row and lists of something else are
// passed over.
func chooseSheet(name string, book *xlsx.Book, asked string) (*Table, error) {
	var visible []string
	for _, s := range book.Sheets {
		if s.Visible {
			visible = append(visible, s.Name)
		}
	}
	var tables []found
	var first error
	looked, named := 0, false
	all := asked == AllSheets
	if all {
		asked = ""
	}
	for i, s := range book.Sheets {
		if asked == "" && !s.Visible || asked != "" && fold(s.Name) != fold(asked) && s.Name != asked || looked == maxSheets {
			continue
		}
		looked++
		named = true
		t, err := openSheet(name, book, i, visible)
		var refused *FileError
		switch {
		case err == nil:
			tables = append(tables, t)
		case !errors.As(err, &refused) || refused.Code != FileNoTable:
			return nil, err
		case first == nil:
			first = err
		}
	}
	switch {
	case asked != "" && !named:
		return nil, refuse(FileSheet, name, fmt.Sprintf("Le classeur n’a pas de feuille « %s ». Ses feuilles : %s.", asked, strings.Join(visible, ", ")))
	case len(tables) == 0 && first != nil:
		return nil, first
	case len(tables) == 0:
		return nil, refuse(FileNoTable, name, "Le classeur n’a aucune feuille visible. Affichez la feuille des contrats, enregistrez et recommencez.")
	}
	chosen := bestSheet(tables, book.Active)
	if all {
		return allSheets(tables, chosen), nil
	}
	for i := range tables {
		if t := &tables[i]; t != chosen && t.fits(chosen.fit) {
			chosen.table.Others = append(chosen.table.Others, t.table.Sheet)
		}
	}
	return chosen.table, nil
}

func bestSheet(tables []found, active int) *found {
	best := &tables[0]
	for i := range tables {
		t := &tables[i]
		if best.empty && !t.empty || best.empty == t.empty && t.fit > best.fit {
			best = t
		}
	}
	for i := range tables {
		if t := &tables[i]; t.sheet == active && t.fits(best.fit) {
			return t
		}
	}
	return best
}

func openSheet(name string, book *xlsx.Book, sheet int, visible []string) (found, error) {
	t := &Table{Sheet: book.Sheets[sheet].Name, Sheets: visible, src: &xlsxSource{name: name, book: book, sheet: sheet}}
	t.date1904 = book.Date1904
	if err := t.findHeader(name); err != nil {
		return found{}, err
	}
	f := found{table: t, sheet: sheet, empty: t.empty}
	for _, c := range t.Columns {
		if c.Nom != "" && isKnownName(c.Nom) {
			f.fit++
		}
	}
	return f, nil
}

// AllSheets, given as the sheet, reads every visible sheet that holds a table of the
// same columns as the one that fits best.
const AllSheets = "*"
