package tableur

import (
	"fmt"
	"regexp"
	"strings"
)

// Rows that are no contracts: totals, group lines, repeated titles, "Édité le …".
// Only what cannot be a contract is passed over, each with a remark; what might be
// one is read, and refused by the rules where it is incomplete.

// suspect is a row that has almost nothing of a contract.
type suspect struct {
	row    Row
	code   string // what stands where the code of the contract would
	first  Column // the first cell that holds something
	text   string
	filled int // cells of the row
	title  bool
	rule   bool // signs alone
}

// maxSuspects bounds the rows that are looked at again.
const maxSuspects = 20_000

// totals is how a row begins that sums up or closes a list.
var totals = regexp.MustCompile(`^(total|totaux|sous total|sous totaux|grand total|cumul|somme|nombre|nb|effectif|moyenne|sum|count|subtotal|average|edite|edition|edit|imprime|extrait|extraction|export|exporte|genere|date d edition|page|source|fin de|fin du|nombre d|report|a reporter|legende)( |$)`)

// codeShapes are what the codes of the contracts look like.
type codeShapes struct{ all, digits, blanks int }

func (c *codeShapes) see(code string) {
	c.all++
	if strings.ContainsAny(code, "0123456789") {
		c.digits++
	}
	if strings.ContainsAny(code, " :") {
		c.blanks++
	}
}

// unlike reports whether a text looks like none of the codes.
func (c *codeShapes) unlike(text string) bool {
	if c.all < 2 {
		return false
	}
	return c.digits == c.all && !strings.ContainsAny(text, "0123456789") || c.blanks == 0 && strings.ContainsAny(text, " :")
}

// suspect reports whether a row may be no contract, and remembers it; of the
// others it remembers what their codes look like.
func (s *student) suspect(row Row) bool {
	filled := 0
	for _, column := range s.bound {
		if row.Value(column).Text != "" {
			filled++
		}
	}
	code := ""
	if s.code.Index >= 0 {
		code = row.Value(s.code).Text
	}
	title, rule := s.repeatsTitles(row, filled), onlySigns(row)
	if (filled*4 > len(s.bound) || len(s.bound) < 6) && !title && !rule || len(s.suspects) >= maxSuspects {
		if code != "" {
			s.codes.see(code)
		}
		return false
	}
	found := suspect{row: Row{Number: row.Number}, code: code, title: title, rule: rule}
	for i, cell := range row.Values {
		if cell.Text == "" {
			continue
		}
		if found.filled++; found.filled == 1 {
			found.first, found.text = Column{Index: i, Letter: Letter(i)}, cell.Text
		}
	}
	found.row = row
	s.suspects = append(s.suspects, found)
	return true
}

// repeatsTitles reports whether a row says the names of the columns again.
func (s *student) repeatsTitles(row Row, filled int) bool {
	if filled < 2 || len(s.bound) == 0 {
		return false
	}
	first := s.bound[0]
	if text := row.Value(first).Text; text == "" || len(text) != len(first.Nom) && fold(text) != fold(first.Nom) {
		return false
	}
	same := 0
	for _, column := range s.bound {
		if text := row.Value(column).Text; text != "" && fold(text) == fold(column.Nom) {
			same++
		}
	}
	return same*5 >= filled*4
}

// onlySigns reports whether a row is a rule drawn with signs: =====, ---.
func onlySigns(row Row) bool {
	drawn := false
	for i := range row.Values {
		text := row.Values[i].Text
		if strings.Trim(text, "-=_*—–─ ") != "" {
			return false
		}
		drawn = drawn || len(text) >= 3
	}
	return drawn
}

// noContracts decides which suspects are no contracts and says so; the others are
// studied like every row.
func (s *student) noContracts() map[int]bool {
	skipped := map[int]bool{}
	for i := range s.suspects {
		p := &s.suspects[i]
		why := ""
		switch {
		case p.title:
			why = "répète les titres des colonnes"
		case p.rule:
			why = "n’est qu’un trait"
		case totals.MatchString(fold(p.text)):
			why = "n’est pas un contrat"
		case s.code.Index < 0:
		case p.code == "":
			why = "n’a ni code de contrat ni presque rien d’autre"
		case p.filled <= 3 && s.codes.unlike(p.code):
			why = "n’est pas un contrat"
		}
		if why == "" {
			s.studied(p.row)
			continue
		}
		skipped[p.row.Number] = true
		if len(s.noted) < maxRemarks {
			s.noted = append(s.noted, CellError{Row: p.row.Number, Cell: p.first.Cell(p.row.Number), Value: p.text, Code: CodeRowSkipped,
				Message: fmt.Sprintf("la ligne %d (« %s ») %s : elle n’est pas lue", p.row.Number&rowMask, abridge(p.text), why)})
		}
	}
	return skipped
}

// studied looks at a row that is read.
func (s *student) studied(row Row) {
	if !s.b.keeps(row) {
		s.filtered++
		return
	}
	if row.Hidden {
		s.hidden = append(s.hidden, row.Number)
	}
	if len(s.b.blanks) > 0 {
		for _, column := range s.bound {
			if s.b.blanks[row.Value(column).Text] {
				s.blanks++
			}
		}
	}
	for i := range s.fields {
		s.fields[i].see(s.b, row)
	}
	for i := range s.faits {
		s.faits[i].see(s.b, row)
	}
}
