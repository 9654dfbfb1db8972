package fec

import "github.com/passerelle-hub/passerelle/compta"

// Value returns the text of a column in the line, without the blanks around it; ""
// where the file does not have the column.
func (h *Header) Value(l *Line, id ID) string { return l.Text(h.rank[id] + 1) }

// Bytes returns what Value returns, without making a string of it: it is valid until
// the next call of Bytes or of Reader.Read, and must not be changed.
func (h *Header) Bytes(l *Line, id ID) []byte {
	v := l.single(l.field(h.rank[id]))
	if !l.high || l.encoding <= UTF8 {
		return v
	}
	l.scratch = l.appendText(l.scratch[:0], v)
	return l.scratch
}

// Date returns the date in a column; ok is false where it cannot be read. Blank
// gives the zero Date.
func (h *Header) Date(l *Line, id ID) (d compta.Date, ok bool) {
	v := l.field(h.rank[id])
	if len(v) == 0 {
		return d, true
	}
	d, fault := parseDate(v)
	return d, fault == dateOK || fault == dateYear
}

// Amount returns the amount in a column; ok is false where it cannot be read. Blank
// gives 0.
func (h *Header) Amount(l *Line, id ID) (m compta.Montant, ok bool) {
	m, fault := parseAmount(l.field(h.rank[id]))
	return m, fault <= amountBlank || fault == amountFine
}

// Sides returns debit and credit of the line, from those columns or from Montant
// and Sens; ok is false where they cannot be read.
func (h *Header) Sides(l *Line) (debit, credit compta.Montant, ok bool) {
	if h.hasSides() {
		m, ok := h.Amount(l, Montant)
		debtor, known := sense(l.field(h.rank[Sens]))
		if debtor {
			return m, 0, ok && known
		}
		return 0, m, ok && known
	}
	debit, ok = h.Amount(l, Debit)
	credit, alsoOK := h.Amount(l, Credit)
	return debit, credit, ok && alsoOK && h.hasAmounts()
}

// Other says whether the text of a column is neither blank nor that text.
func (h *Header) Other(l *Line, id ID, text string) bool {
	v := l.single(l.field(h.rank[id]))
	if len(v) == 0 || string(v) == text {
		return false
	}
	return l.text(v) != text
}

// IsExtra says whether the column at that place, from 0, is none of the text's.
func (h *Header) IsExtra(place int) bool {
	for _, at := range h.rank {
		if at == place {
			return false
		}
	}
	return true
}
