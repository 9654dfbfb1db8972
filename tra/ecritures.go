package tra

import (
	"fmt"
	"io"
	"strings"
)

// Compte is a general account to declare (CGN).
type Compte struct {
	Code    string // up to 17 characters; shorter ones are filled with zeros to the longest of the plan, 6 at least
	Libelle string // 35 characters
	Nature  string // PRO, DIV, …
}

// Journal is a journal to declare (JAL).
type Journal struct {
	Code    string // 3 characters
	Libelle string
	Nature  string // OD, VTE, …
}

// Plan is what the entries of a file refer to.
type Plan struct {
	Comptes  []Compte
	Journaux []Journal
}

// length returns the length of the accounts of the plan.
func (p Plan) length() int {
	longest := 6
	for _, c := range p.Comptes {
		longest = max(longest, len(c.Code))
	}
	return longest
}

func padded(code string, length int) string {
	return code + strings.Repeat("0", max(0, length-len(code)))
}

// Ecriture is one line of an entry (ECR), of the kind OD and in euros.
type Ecriture struct {
	Journal   string
	Date      Date
	Compte    string // of the plan
	Reference string // REFINTERNE, 35 characters
	Libelle   string // 35 characters
	Credit    bool
	Montant   Montant
	Piece     int // NUMEROPIECE, 1 to 99,999,999; the lines of one entry share it
}

// WriteEcritures writes a file of journals (JRL), which adds entries to a dossier
// that is there: the same parameters and exercices as WriteExercices, the accounts
// and journals of a plan, and the lines of entries in the order given. It writes
// nothing unless everything can be said.
func WriteEcritures(w io.Writer, d Dossier, list []Exercice, plan Plan, lines []Ecriture) error {
	rows := dossier("JRL", d, list, plan)
	length := plan.length()
	for _, l := range lines {
		sens := "D"
		if l.Credit {
			sens = "C"
		}
		rows = append(rows, fill("ECR", "JOURNAL", l.Journal, "DATECOMPTABLE", l.Date.TRA(), "TYPE_PIECE", "OD", "GENERAL", padded(l.Compte, length),
			"REFINTERNE", l.Reference, "LIBELLE", l.Libelle, "SENS", sens, "MONTANT1", l.Montant.String(), "TYPE_ECRITURE", "N",
			"NUMEROPIECE", fmt.Sprintf("%08d", l.Piece), "DEVISE", "EUR", "CODEMONTANT", "E--"))
	}
	return writeRows(w, checkExercices(list), rows)
}
