package comptable

import (
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Evenement is one recorded change of one exercice: the whole of it, as the
// change left it.
type Evenement struct {
	Quand    time.Time
	Genre    Genre
	Exercice domaine.Exercice
}

// Evenements turns the changes of a request into events. The changes must carry
// the ids that recording gave to what they create.
func Evenements(changements []Changement, quand time.Time) []Evenement {
	events := make([]Evenement, len(changements))
	for i, c := range changements {
		events[i] = Evenement{Quand: quand, Genre: c.Genre, Exercice: c.Apres}
	}
	return events
}

// AsOf returns the exercices, by start, as they stood at the end of a day in a
// location: what ?on=YYYY-MM-DD answers. events is the whole history of a
// société in the order in which it was recorded; of several events of one
// exercice the last recorded one that is not later than the day stands.
func AsOf(events []Evenement, on passerelle.Date, loc *time.Location) []domaine.Exercice {
	at := make(map[int64]int)
	var list []domaine.Exercice
	for _, ev := range events {
		if passerelle.DateOf(ev.Quand.In(loc)) > on {
			continue
		}
		i, known := at[ev.Exercice.ID]
		if !known {
			i = len(list)
			at[ev.Exercice.ID] = i
			list = append(list, domaine.Exercice{})
		}
		list[i] = ev.Exercice
	}
	return Sorted(list)
}
