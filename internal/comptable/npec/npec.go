// Package npec holds the amounts that France compétences publishes for each
// certification and branch (niveaux de prise en charge), reads them from its
// workbook, and says which one a contract has (design 10). It is pure.
package npec

import (
	"cmp"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
)

// Montant is what a year of a certification is worth in a branch.
type Montant struct {
	RNCP    string // such as "RNCP38362"
	CPNE    string // code of the branch's commission, without leading zeros; "" for every branch
	Depuis  passerelle.Date
	Montant financement.Centimes
	Statut  string // CPNE: set by the branch; R: a recommendation that it followed; A: set by decree
}

// Fiche is what the table says of a certification.
type Fiche struct {
	RNCP, Intitule, Certificateur, Diplome string
}

// CPNE is a branch's commission with the collective agreements that it speaks for.
type CPNE struct {
	Code, Nom string
	IDCC      []string // without leading zeros
}

// Edition is the table as it was published once.
type Edition struct {
	Depuis         passerelle.Date // the first day of its reign: the latest day from which one of its amounts applies, or the day given
	Lignes         int             // rows of amounts that the workbook has
	SansMontant    int             // of them, those without an amount, which are left out
	Montants       []Montant       // by RNCP, CPNE and Depuis
	Certifications []Fiche         // by RNCP
	CPNE           []CPNE          // by code
}

func (e *Edition) sort() {
	slices.SortFunc(e.Montants, compare)
	slices.SortFunc(e.Certifications, func(a, b Fiche) int { return cmp.Compare(a.RNCP, b.RNCP) })
	slices.SortFunc(e.CPNE, func(a, b CPNE) int { return cmp.Compare(a.Code, b.Code) })
}

func compare(a, b Montant) int {
	return cmp.Or(cmp.Compare(a.RNCP, b.RNCP), cmp.Compare(a.CPNE, b.CPNE), cmp.Compare(a.Depuis, b.Depuis))
}

// Code reads the code of a branch or of a collective agreement: up to four
// digits beside leading zeros, which are taken off, as a spreadsheet may write it
// ("3252.0"). ok is false for anything else.
func Code(s string) (code string, ok bool) {
	code = trimFraction(s)
	for len(code) > 1 && code[0] == '0' {
		code = code[1:]
	}
	if code == "" || len(code) > 4 || strings.Trim(code, "0123456789") != "" {
		return "", false
	}
	return code, true
}

// Certification reads the code of a certification as people write it: RNCP38362,
// 38362, rncp 38362 and 38362.0 are "RNCP38362", RS38362 is another one. ok is false
// for what is no code.
func Certification(s string) (code string, ok bool) {
	c := passerelle.CertificationOf(s)
	if !c.Numero() {
		return "", false
	}
	return string(c), true
}
