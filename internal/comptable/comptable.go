// Package comptable holds the accounting rules of a société: the sequence of
// its exercices, their names, the chain of its closings, and the forms in which
// the outside reads them. Everything here is pure: the list comes in, the new
// list and what changed come out; clock, user and database stay outside.
//
// The rules are those of design 5 and reference 3 to 8.
package comptable

import (
	"slices"
	"strconv"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// MoisMax is the longest exercice, in months; a longer one is refused.
const MoisMax = 24

// MoisNormal is the usual length of an exercice, in months. Only the first of a
// société may be longer; a later one that is gets a warning (reference 4).
const MoisNormal = 12

// Dossier is what the rules need to know of a société. Exercices may come in
// any order; results come sorted by start.
type Dossier struct {
	Exercices       []domaine.Exercice
	Immatriculation *passerelle.Date // day of registration, nil where it is not known
}

// Resultat is what a request would do. Where Erreurs is not empty nothing
// happens: Exercices is the list as it was and Changements is empty.
type Resultat struct {
	Exercices      []domaine.Exercice // the list after the request, sorted by start
	Changements    []Changement       // what there is to record, in the order of Exercices
	Avertissements []Avertissement
	Erreurs        []Erreur // in the order of the request; the first is the one that an HTTP body shows
}

// Genre says what happened to an exercice. The values are stable: they are
// recorded with the events.
type Genre string

// What can happen to an exercice.
const (
	Creation      Genre = "creation"
	Deplacement   Genre = "deplacement"
	Fermeture     Genre = "cloture"
	PassageAMulti Genre = "lettrage" // an earlier one was closed with MULTI
)

// Changement is one exercice that a request creates or changes.
type Changement struct {
	Genre Genre
	Index int              // position of the item in the request, from 0; -1 where no item names it
	Avant domaine.Exercice // the zero value for a creation
	Apres domaine.Exercice // its ID is 0 for a creation: the one who records it gives one
}

// Sorted returns a copy of list by start, the oldest first.
func Sorted(list []domaine.Exercice) []domaine.Exercice {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b domaine.Exercice) int {
		return int(a.Periode.Debut) - int(b.Periode.Debut)
	})
	return out
}

// Names returns the name of each exercice of list, in the order of list: N is
// the oldest that is open, N+1 the next, N-1 the one before; where all are
// closed nobody is N and the newest is N-1, so that the next one created becomes
// N and no other name moves (reference 3).
func Names(list []domaine.Exercice) []string {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return int(list[a].Periode.Debut) - int(list[b].Periode.Debut)
	})
	current := slices.IndexFunc(order, func(i int) bool { return !list[i].Clos() })
	if current < 0 {
		current = len(order)
	}
	names := make([]string, len(list))
	for rank, i := range order {
		names[i] = offsetName(rank - current)
	}
	return names
}

func offsetName(offset int) string {
	switch {
	case offset == 0:
		return "N"
	case offset > 0:
		return "N+" + strconv.Itoa(offset)
	}
	return "N" + strconv.Itoa(offset)
}

// dossier is a Dossier sorted, with the names as they are before the request,
// which is how its messages speak of the exercices.
type dossier struct {
	list            []domaine.Exercice
	names           []string
	immatriculation *passerelle.Date
}

func (d Dossier) open() dossier {
	list := Sorted(d.Exercices)
	return dossier{list: list, names: Names(list), immatriculation: d.Immatriculation}
}

func (d dossier) index(id int64) int {
	return slices.IndexFunc(d.list, func(e domaine.Exercice) bool { return e.ID == id })
}

func (d dossier) refused(errs []Erreur, warnings []Avertissement) Resultat {
	slices.SortStableFunc(errs, func(a, b Erreur) int { return a.Index - b.Index })
	return Resultat{Exercices: d.list, Avertissements: warnings, Erreurs: errs}
}

// closed returns the number of closed exercices; they come first.
func (d dossier) closed() int {
	n := slices.IndexFunc(d.list, func(e domaine.Exercice) bool { return !e.Clos() })
	if n < 0 {
		return len(d.list)
	}
	return n
}

// cite names an exercice of the list with its dates: "l’exercice N (du … au …)".
func (d dossier) cite(i int) string {
	return "l’exercice " + d.names[i] + " (" + d.list[i].Periode.String() + ")"
}
