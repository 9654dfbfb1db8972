package domaine

import "github.com/passerelle-hub/passerelle"

// Exercice is one fiscal year of a société (seed 003). Its name (N, N+1, N-1…)
// is computed from the société's whole list, never stored.
type Exercice struct {
	ID             int64 // producerId on the wire; 0 until it is recorded
	Periode        passerelle.Periode
	Lettrage       Lettrage
	Cloture        *Cloture // nil while the exercice is open
	ReportANouveau bool     // carry_forward at closing: à-nouveaux generated automatically
	ReviewModel    ReviewModel
}

// Clos reports whether the exercice is closed. Closing is final.
func (e Exercice) Clos() bool { return e.Cloture != nil }

// Cloture says when an exercice was closed, and by whom.
type Cloture struct {
	Le  passerelle.Date
	Par Personne
}

// Personne is the person who acts through a token (seed 003, period.closed.by).
type Personne struct {
	ID          int64
	Prenom, Nom string
}

// ReviewModel is the review model chosen at closing; the zero value is none
// (reference 2). It is recorded, nothing is derived from it.
type ReviewModel struct {
	ID    int64
	Label string
}

// Lettrage is the lettering method of an exercice (seed 003; reference 5).
type Lettrage string

// The lettering methods. A société goes from MONO to MULTI once, never back.
const (
	LettrageMono  Lettrage = "MONO"  // à-nouveaux in detail, which can be lettered; the default
	LettrageMulti Lettrage = "MULTI" // entries lettered across exercices
)

// LettrageOf returns the method that has the number id in the flat accounting
// dialect: 1 is MONO, 2 is MULTI. ok is false for any other number.
func LettrageOf(id int) (l Lettrage, ok bool) {
	switch id {
	case 1:
		return LettrageMono, true
	case 2:
		return LettrageMulti, true
	}
	return "", false
}

// MethodID returns the number of l in the flat accounting dialect, 0 where l is
// not a method.
func (l Lettrage) MethodID() int {
	switch l {
	case LettrageMono:
		return 1
	case LettrageMulti:
		return 2
	}
	return 0
}
