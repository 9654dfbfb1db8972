package tra

const maxAxes = 8

// analytic follows the lines (A) that split an entry: they stand after it and add
// up to it, one set for each axe (page 41).
type analytic struct {
	active  bool
	key     pieceKey
	general [17]byte
	amt     amount
	line    int
	axes    [maxAxes]axeSum
	n       int
}

type axeSum struct {
	axe    [2]byte
	line   int
	sum    total
	broken bool
}

// open starts a new entry that analytic lines may follow.
func (s *analytic) open(c *Checker, rec *Record, cols []byte, a amount) {
	if s.n > 0 {
		s.close(c)
	}
	s.active, s.line, s.amt = true, rec.Line, a
	s.key = keyOfPiece(cols)
	s.general = [17]byte(cols[ecr.general.start:])
}

// split adds an analytic line to the entry before it.
func (s *analytic) split(c *Checker, rec *Record, cols []byte, a amount) {
	if !s.active || s.key != keyOfPiece(cols) || s.general != [17]byte(cols[ecr.general.start:]) {
		c.out.Add(ruleAnaOrpheline, at(rec, ecr.general), "Ligne analytique sans l’écriture qu’elle ventile : elle doit la suivre, avec les mêmes journal, date, pièce et compte général.")
		return
	}
	axe := [2]byte(cols[ecr.axe.start:])
	i := 0
	for i < s.n && s.axes[i].axe != axe {
		i++
	}
	if i == s.n {
		if s.n == maxAxes {
			return // the source knows five
		}
		s.axes[i] = axeSum{axe: axe, line: rec.Line}
		s.n++
	}
	sum := &s.axes[i]
	v, ok := a.like(s.amt)
	sum.broken = sum.broken || !ok
	sum.sum.Add(v)
}

// like returns the part of a that compares with the entry: euro, else the currency.
func (a amount) like(entry amount) (Montant, bool) {
	switch {
	case a.broken || entry.broken:
		return 0, false
	case entry.hasEuro:
		return a.euro, a.hasEuro
	}
	return a.devise, a.hasDevise
}

// close compares the sums with the entry.
func (s *analytic) close(c *Checker) {
	for _, sum := range s.axes[:s.n] {
		want, ok := s.amt.like(s.amt)
		if !ok || sum.broken {
			continue
		}
		var expected total
		expected.Add(want)
		if sum.sum != expected {
			at := Finding{Line: sum.line, Column: ecr.montant[0].Pos, Record: lEcr.ID, Field: ecr.montant[0].Name}
			c.out.Add(ruleAnaSomme, at, "Axe %s : les lignes analytiques totalisent %s (débit moins crédit), l’écriture de la ligne %d %s.", clean(sum.axe[:]), sum.sum, s.line, expected)
		}
	}
	s.active, s.n = false, 0
}
