package comptable_test

import (
	"slices"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func TestAHistoryThatContradictsWhatIsKeptIsSeen(t *testing.T) {
	t.Parallel()
	day := func(text string) passerelle.Date {
		d, err := passerelle.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	at := time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC)
	first := domaine.Exercice{ID: 1, Periode: passerelle.Periode{Debut: day("2023-01-01"), Fin: day("2023-12-31")}}
	second := domaine.Exercice{ID: 2, Periode: passerelle.Periode{Debut: day("2024-01-01"), Fin: day("2024-12-31")}}
	closed := func(e domaine.Exercice) domaine.Exercice {
		e.Cloture = &domaine.Cloture{Le: day("2025-03-01")}
		return e
	}
	firstAt, secondAt := at.Add(time.Hour), at.Add(2*time.Hour)
	events := []comptable.Evenement{{Quand: at, Genre: comptable.Creation, Exercice: first}, {Quand: at, Genre: comptable.Creation, Exercice: second},
		{Quand: firstAt, Genre: comptable.Fermeture, Exercice: closed(first)}, {Quand: secondAt, Genre: comptable.Fermeture, Exercice: closed(second)}}
	list := []domaine.Exercice{closed(first), closed(second)}
	// A link has the microseconds that an event has not.
	chain := []comptable.Maillon{comptable.Link(nil, 1, closed(first), firstAt.Add(123*time.Microsecond), comptable.Empreinte{})}
	chain = append(chain, comptable.Link(chain, 1, closed(second), secondAt, comptable.Empreinte{}))
	with := func(i int, change func(*comptable.Evenement)) []comptable.Evenement {
		changed := slices.Clone(events)
		change(&changed[i])
		return changed
	}
	if r := comptable.VerifyHistoire(events, list, chain); r != nil {
		t.Fatalf("what was not touched: %s", r.Message)
	}
	moved := second
	moved.Periode.Fin = day("2025-06-30")
	for name, test := range map[string]struct {
		events []comptable.Evenement
		list   []domaine.Exercice
		chain  []comptable.Maillon
	}{
		"the end of the chain is cut off, and its exercice reopened": {events, []domaine.Exercice{closed(first), second}, chain[:1]},
		"the end of the chain is cut off":                            {events, list, chain[:1]},
		"an exercice is reopened with an event":                      {append(slices.Clone(events), comptable.Evenement{Quand: at.Add(3 * time.Hour), Exercice: second}), []domaine.Exercice{closed(first), second}, chain},
		"an exercice is moved without an event":                      {events[:3], []domaine.Exercice{closed(first), moved}, chain[:1]},
		"the event of a closing is taken out":                        {events[:3], list, chain},
		"every event is taken out":                                   {nil, list, chain},
		"an exercice is taken out":                                   {events[:3], list[:1], chain[:1]},
		"a closing is told of another moment":                        {with(3, func(e *comptable.Evenement) { e.Quand = e.Quand.Add(time.Minute) }), list, chain},
		"a closing is told as something else":                        {with(3, func(e *comptable.Evenement) { e.Genre = comptable.Deplacement }), list, chain},
		"something else is told as a closing":                        {with(1, func(e *comptable.Evenement) { e.Genre = comptable.Fermeture }), list, chain},
		"an event is dated back":                                     {slices.Concat(events[:3], []comptable.Evenement{{Quand: at.AddDate(0, -1, 0), Exercice: closed(second)}}), list, chain},
	} {
		if comptable.VerifyHistoire(test.events, test.list, test.chain) == nil {
			t.Errorf("%s: it is not seen", name)
		}
	}
	if !comptable.Connue(chain, chain[1].Empreinte) || comptable.Connue(chain[:1], chain[1].Empreinte) {
		t.Error("a digest that was noted tells whether the chain still reaches it")
	}
}
