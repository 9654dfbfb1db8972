package tableur

import (
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
)

const (
	headerDepth = 60 // rows among which the header is looked for and columns get their values
	reportTitle = "Erreurs à corriger"
)

// findHeader reads the first rows and finds the header among them, then names
// the columns.
func (t *Table) findHeader(name string) error {
	var rows []Row
	filled := 0
	for row, err := range t.src.rows() {
		if err != nil {
			return err
		}
		rows = append(rows, row)
		if !row.blank() {
			filled++
		}
		if filled >= headerDepth || len(rows) >= 10*headerDepth {
			break
		}
	}
	at := headerAt(rows)
	if at < 0 {
		what := "Le fichier"
		if t.Sheet != "" {
			what = fmt.Sprintf("La feuille « %s »", t.Sheet)
		}
		return refuse(FileNoTable, name, what+" ne contient pas de tableau : il faut une ligne de titres de colonnes (au moins deux) et une ligne par contrat en dessous.")
	}
	header := rows[at]
	if joined, lower := twoRows(rows, at); joined != nil {
		header, at = *joined, lower
	}
	t.HeaderRow = rows[at].Number
	t.empty = !slices.ContainsFunc(rows[at+1:], func(row Row) bool { return !row.blank() })
	t.nameColumns(header, rows[at+1:])
	return nil
}

// twoRows joins titles that stand in two rows: groups above (APPRENANT, TUTEUR),
// each over the columns from its own to the next, and beneath what the columns hold
// (Nom, Prénom, Nom, Prénom). at is the row that looks most like a header; the result
// is nil where it is the only one.
func twoRows(rows []Row, at int) (joined *Row, lower int) {
	for _, lower := range []int{at, at + 1} {
		if lower < 1 || lower >= len(rows) || rows[lower].Number != rows[lower-1].Number+1 || !groups(rows[lower-1], rows[lower]) {
			continue
		}
		above, beneath := rows[lower-1].Values, rows[lower].Values
		row := Row{Number: rows[lower].Number, Values: make([]Cell, max(len(above), len(beneath)))}
		group := ""
		for i := range row.Values {
			if i < len(above) && above[i].Text != "" {
				group = above[i].Text
			}
			switch {
			case i < len(beneath) && beneath[i].Text != "":
				row.Values[i].Text = group + " " + beneath[i].Text
			case i < len(above):
				row.Values[i].Text = above[i].Text
			}
		}
		return &row, lower
	}
	return nil, 0
}

// groups reports whether a row holds the groups of the titles beneath: those say
// what contracts have, several of them the same, which only their groups tell apart.
func groups(above, beneath Row) bool {
	if filledCells(above) < 2 {
		return false
	}
	for _, c := range above.Values {
		if c.Text != "" && !looksLikeName(c) {
			return false
		}
	}
	seen := map[string]bool{}
	filled, known, twice := 0, 0, 0
	for _, c := range beneath.Values {
		if c.Text == "" {
			continue
		}
		filled++
		name := fold(c.Text)
		if looksLikeName(c) && isKnownName(c.Text) || name == "n" {
			known++
		}
		if seen[name] {
			twice++
		}
		seen[name] = true
	}
	return filled >= 3 && known*5 >= filled*4 && twice >= 2
}

// headerAt returns the position of the header: the row whose cells name things
// that contracts have, or else the first row that is about as wide as the table
// and holds words only. It is -1 where there is none.
func headerAt(rows []Row) int {
	width := 0
	for _, row := range rows {
		width = max(width, filledCells(row))
	}
	first, best, most, firstKnown := -1, -1, 0, 0
	for i, row := range rows {
		filled, texts, known := filledCells(row), 0, 0
		for _, c := range row.Values {
			if c.Text == "" {
				continue
			}
			if looksLikeName(c) {
				texts++
				if isKnownName(c.Text) {
					known++
				}
			}
		}
		if filled < 2 || texts*10 < filled*8 {
			continue
		}
		if first < 0 && filled*2 >= width {
			first, firstKnown = i, known
		}
		if known > most && known*3 >= filled {
			best, most = i, known
		}
	}
	if best >= 0 && most >= 3 && (first < 0 || firstKnown*2 < most) {
		return best
	}
	return first
}

func filledCells(row Row) int {
	n := 0
	for _, c := range row.Values {
		if c.Text != "" {
			n++
		}
	}
	return n
}

// looksLikeName tells a column name from a value: no date, number or address.
func looksLikeName(c Cell) bool {
	if c.Kind != CellText || len(c.Text) > 120 || isEmail(c.Text) {
		return false
	}
	_, err := strconv.ParseFloat(strings.ReplaceAll(c.Text, ",", "."), 64)
	return err != nil && strings.ContainsFunc(c.Text, func(r rune) bool { return r > '9' }) && !isAnyDate(c.Text)
}

func isEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || !strings.Contains(s[at:], ".") || strings.ContainsAny(s, " <>") {
		return false
	}
	_, err := mail.ParseAddress(s)
	return err == nil
}

func (t *Table) nameColumns(header Row, rows []Row) {
	used := make([]bool, len(header.Values))
	for i, c := range header.Values {
		used[i] = c.Text != ""
	}
	named := len(used)
	filled := make([]int, MaxColumns)
	for _, row := range rows {
		for i, c := range row.Values {
			if c.Text != "" {
				filled[i]++
			}
		}
	}
	for i, n := range filled {
		// A few rows of a CSV file that are longer than the header have shifted:
		// they add no column.
		if n == 0 || i >= named && t.wide && n*2 < len(rows) {
			continue
		}
		for i >= len(used) {
			used = append(used, false)
		}
		used[i] = true
	}
	t.width, t.errors = len(used), -1
	seen := map[string]int{}
	for i, is := range used {
		if !is {
			continue
		}
		column := Column{Index: i, Letter: Letter(i), Occurrence: 1}
		if i < len(header.Values) {
			column.Nom = collapse(header.Values[i].Text)
		}
		if column.Nom == reportTitle {
			t.errors = i
			continue
		}
		if key := fold(column.Nom); key != "" {
			seen[key]++
			column.Occurrence = seen[key]
		}
		t.Columns = append(t.Columns, column)
	}
}
