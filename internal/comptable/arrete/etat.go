package arrete

import (
	"cmp"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
)

// Demande says what is drawn up.
type Demande struct {
	Au      passerelle.Date         // at the end of this day
	Par     []ventilation.Dimension // groups, none for contracts alone
	Options financement.Options
	Baremes Baremes
	Attendu int             // how many contracts about, for the memory; 0 where that is not known
	Avant   passerelle.Date // an earlier day to compare with, 0 for none: the same contracts, as known now
}

// Total is what some contracts come to. Nothing of one contract is netted against
// another's.
type Total struct {
	Contrats int
	financement.Situation
}

// count counts a contract in.
func (t *Total) count(s financement.Situation) {
	t.Contrats++
	t.Add(s)
}

// Ligne is the sum of the contracts that have the same value along each
// dimension.
type Ligne struct {
	Cles ventilation.Cles
	Total
	Avant Total // at Demande.Avant: of the contracts that had begun
}

// Etat accumulates the funding of contracts at a date.
type Etat struct {
	demande Demande
	plan    financement.Plan
	fiches  []Fiche
	total   Total
	avant   Total

	values  [2]ventilation.Numeros
	groupOf map[[2]int32]int32
	groups  []group

	incomplets []Incomplet
	presumees  ventilation.Presumees
	sorted     bool
}

// Fiche is one contract with what it comes to.
type Fiche struct {
	Code      string
	Situation financement.Situation
	regles    financement.Contrat
	tarif     *ventilation.Tarif // of a contract that is priced by the price list
	values    [2]int32           // along the dimensions asked for
}

// FinPresumee reports whether nobody said when the contract ended.
func (f *Fiche) FinPresumee() bool { return f.regles.FinPresumee }

type group struct {
	values       [2]int32
	total, avant Total
}

// New starts to draw up what is asked for.
func New(d Demande) *Etat {
	return &Etat{demande: d, groupOf: make(map[[2]int32]int32), fiches: make([]Fiche, 0, d.Attendu), presumees: ventilation.Presumees{Codes: []string{}}}
}

// Add counts one contract in, and gives it its amount. A code comes once.
func (e *Etat) Add(k *Contrat) { e.AddPlan(k) }

// AddPlan is Add, and returns the schedule of the contract, which is valid until the
// next one is added; nil where it has none.
func (e *Etat) AddPlan(k *Contrat) *financement.Plan {
	e.sorted = false
	if k.Muet {
		return nil
	}
	if missing := e.demande.Baremes.Resoudre(k); missing != nil {
		e.incomplets = append(e.incomplets, *missing)
		return nil
	}
	e.plan.Etablir(k.Regles, e.demande.Options)
	s := e.plan.Au(e.demande.Au)
	f := Fiche{Code: k.Code, Situation: s, regles: k.Regles, tarif: k.Tarif}
	e.total.count(s)
	begun := false
	var before financement.Situation
	if e.demande.Avant != 0 {
		before = e.plan.Au(e.demande.Avant)
		begun = k.Regles.Debut <= e.demande.Avant || before.Produit != 0 // training may begin before the contract
	}
	if begun {
		e.avant.count(before)
	}
	if len(e.demande.Par) > 0 {
		for i := range e.demande.Par {
			f.values[i] = e.values[i].De(k.Cles[i])
		}
		g := e.group(f.values)
		g.total.count(s)
		if begun {
			g.avant.count(before)
		}
	}
	e.fiches = append(e.fiches, f)
	if k.Regles.FinPresumee {
		e.presumees.Contrats++
		e.presumees.Codes = append(e.presumees.Codes, k.Code)
		e.presumees.Jours += jours(&k.Regles, e.demande.Au)
	}
	return &e.plan
}

func (e *Etat) group(key [2]int32) *group {
	at, ok := e.groupOf[key]
	if !ok {
		at = int32(len(e.groups))
		e.groupOf[key] = at
		e.groups = append(e.groups, group{values: key})
	}
	return &e.groups[at]
}

// Cle returns the value of a contract of Fiches along the first dimension asked for.
func (e *Etat) Cle(f *Fiche) ventilation.Cle { return e.values[0].Cle(f.values[0]) }

func (e *Etat) sort() {
	if e.sorted {
		return
	}
	e.sorted = true
	slices.SortFunc(e.fiches, func(a, b Fiche) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortFunc(e.incomplets, func(a, b Incomplet) int { return cmp.Compare(a.CodeContrat, b.CodeContrat) })
	slices.Sort(e.presumees.Codes)
}

// Total returns what all contracts come to.
func (e *Etat) Total() Total { return e.total }

// TotalAvant returns what those that had begun came to at Demande.Avant.
func (e *Etat) TotalAvant() Total { return e.avant }

// Lecture puts everything in its order and returns a view that one goroutine may read,
// while others read theirs.
func (e *Etat) Lecture() *Etat {
	e.sort()
	view := *e
	view.plan = financement.Plan{}
	return &view
}

// Fiches returns the contracts by code.
func (e *Etat) Fiches() []Fiche {
	e.sort()
	return e.fiches
}

// Plan returns the plan of a contract of Fiches. It is good until the next call.
func (e *Etat) Plan(f *Fiche) *financement.Plan {
	e.plan.Etablir(f.regles, e.demande.Options)
	return &e.plan
}

// Incomplets returns the contracts that count for nothing, by code.
func (e *Etat) Incomplets() []Incomplet {
	e.sort()
	return e.incomplets
}

// FinsPresumees returns the contracts whose end nobody gave, with their days up to
// the day that is asked for.
func (e *Etat) FinsPresumees() ventilation.Presumees {
	e.sort()
	return e.presumees
}

// Lignes returns the groups, the highest amount first, equal ones by the codes of
// their keys.
func (e *Etat) Lignes() []Ligne {
	lines := make([]Ligne, len(e.groups))
	for i, g := range e.groups {
		lines[i].Total, lines[i].Avant = g.total, g.avant
		for d, par := range e.demande.Par {
			lines[i].Cles = append(lines[i].Cles, ventilation.CleDe{Par: par, Cle: e.values[d].Cle(g.values[d])})
		}
	}
	slices.SortFunc(lines, func(a, b Ligne) int {
		if order := cmp.Compare(b.Montant, a.Montant); order != 0 {
			return order
		}
		for d := range e.demande.Par {
			if order := cmp.Compare(a.Cles[d].Code, b.Cles[d].Code); order != 0 {
				return order
			}
		}
		return 0
	})
	return lines
}
