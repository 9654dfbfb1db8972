package comptable

import (
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Mouvement gives an exercice new bounds.
type Mouvement struct {
	ID      int64
	Periode passerelle.Periode
}

// Move changes the bounds of open exercices. All items are applied together and
// the list that they leave is judged, all or nothing: a neighbour never moves
// unless the request says so, exercices do not change places, and a closed one
// never moves nor is passed by an open one (reference 4, "Adjusting"). Giving an exercice, closed or not, the
// bounds that it has changes nothing and is accepted.
func (d Dossier) Move(items []Mouvement) Resultat {
	s := d.open()
	m := move{dossier: s, after: slices.Clone(s.list), item: make(map[int]int, len(items))}
	if len(items) == 0 {
		return s.refused([]Erreur{{Code: CodeInvalide, Index: -1,
			Message: "La demande ne contient aucun exercice : indiquez un identifiant, une date de début et une date de fin."}}, nil)
	}
	for index, item := range items {
		m.apply(index, item)
	}
	m.keepBehindClosed()
	m.sweep()
	if len(m.errs) > 0 {
		return s.refused(m.errs, nil)
	}
	res := Resultat{Exercices: m.after}
	for i, e := range m.after {
		if m.moved(i) {
			res.Changements = append(res.Changements, Changement{Genre: Deplacement, Index: m.item[i], Avant: s.list[i], Apres: e})
		}
	}
	res.Avertissements = longWarnings(m.after, func(i int) (int, bool) { return m.item[i], m.moved(i) })
	return res
}

// move is a request under way: after holds the exercices at the positions of
// dossier.list with their new bounds, and item the position of the item that
// names each of them.
type move struct {
	dossier
	after []domaine.Exercice
	item  map[int]int
	errs  []Erreur
}

func (m *move) fail(i int, err Erreur) {
	err.Index = m.item[i]
	err.Exercice, err.Nom = m.list[i].ID, m.names[i]
	m.errs = append(m.errs, err)
}

// apply gives one exercice its new bounds and checks what they say by
// themselves. Bounds that are wrong are put right for the checks that follow.
func (m *move) apply(index int, item Mouvement) {
	i := m.index(item.ID)
	if i < 0 {
		m.errs = append(m.errs, Erreur{Code: CodeInconnu, Index: index, Champ: ChampID, Exercice: item.ID,
			Message: sentence("l’exercice %d n’existe pas dans cette société : reprenez son identifiant dans la liste des exercices.", item.ID)})
		return
	}
	if _, twice := m.item[i]; twice {
		m.errs = append(m.errs, Erreur{Code: CodeInvalide, Index: index, Champ: ChampID, Exercice: item.ID, Nom: m.names[i],
			Message: sentence("%s figure deux fois dans la demande : gardez une seule paire de dates.", m.cite(i))})
		return
	}
	m.item[i] = index
	before, p := m.list[i].Periode, item.Periode
	if p == before {
		return
	}
	if m.list[i].Clos() {
		m.fail(i, Erreur{Code: CodeClos, Champ: ChampDebut, Suggestion: ptr(before.Debut),
			Message: sentence("%s est clôturé : ses dates ne changent plus, retirez-le de la demande.", m.cite(i))})
		return
	}
	subject := m.cite(i)
	if p.Fin < p.Debut && before.Fin < p.Debut && i+1 < len(m.list) { // its end is held by the next one: its start is wrong
		m.fail(i, Erreur{Code: CodeInvalide, Champ: ChampDebut, Suggestion: ptr(before.Debut),
			Message: sentence("%s déplacé %s se termine avant de commencer : faites-le commencer le %s.", subject, p, before.Debut.FR())})
		p = before
	} else if p.Fin < p.Debut {
		fin := before.Fin
		if fin < p.Debut {
			fin = p.Debut.AddMonths(MoisNormal) - 1
		}
		m.fail(i, reversed(subject+" déplacé "+p.String(), p, fin))
		p.Fin = fin
	} else if tooLong(p) {
		held := i+1 < len(m.list) && p.Fin == before.Fin && p.Debut != before.Debut
		m.fail(i, overlong(subject+" déplacé "+p.String(), p, held))
	}
	if m.immatriculation != nil && p.Debut < *m.immatriculation {
		m.fail(i, tooEarly(subject+" déplacé "+p.String(), *m.immatriculation))
	}
	m.after[i].Periode = p
}

// keepBehindClosed refuses an open exercice that would stand on or before a
// closed one: the closed year would be bypassed.
func (m *move) keepBehindClosed() {
	n := m.closed()
	if n == 0 {
		return
	}
	end := m.list[n-1].Periode.Fin
	for i := n; i < len(m.after); i++ {
		p := m.after[i].Periode
		if p.Debut > end {
			continue
		}
		met, code, verb := n-1, CodeClos, "passerait avant"
		for j := range n {
			if m.list[j].Periode.Chevauche(p) {
				met, code, verb = j, CodeChevauchement, "chevaucherait"
				break
			}
		}
		m.fail(i, Erreur{Code: code, Champ: ChampDebut, Suggestion: ptr(end + 1), Voisin: m.list[met].ID, NomVoisin: m.names[met],
			Message: sentence("%s déplacé %s %s %s, qui est clôturé : faites-le commencer au plus tôt le %s.",
				m.cite(i), p, verb, m.cite(met), (end + 1).FR())})
		if p.Fin > end {
			m.after[i].Periode.Debut = end + 1
		} else {
			m.after[i].Periode = m.list[i].Periode
		}
	}
}

// sweep checks that the exercices follow one another in the order that they had.
func (m *move) sweep() {
	for i := range len(m.after) - 1 {
		if m.after[i+1].Periode.Debut != m.after[i].Periode.Fin+1 {
			m.neighbours(i, i+1)
		}
	}
}

func (m *move) moved(i int) bool { return m.after[i].Periode != m.list[i].Periode }

// neighbours refuses two exercices, the second after the first, that overlap,
// change places or leave a gap. The one that the request moves is to blame;
// where it moves both, the second.
func (m *move) neighbours(first, second int) {
	code, verb := CodeTrou, "laisserait un trou avec"
	if m.after[second].Periode.Debut <= m.after[first].Periode.Fin {
		code, verb = CodeInvalide, "changerait d’ordre avec"
		if m.after[second].Periode.Chevauche(m.after[first].Periode) {
			code, verb = CodeChevauchement, "chevaucherait"
		}
	}
	blamed, other, champ := second, first, ChampDebut
	suggestion := m.after[first].Periode.Fin + 1
	advice := "commencer le "
	if !m.moved(second) {
		blamed, other, champ = first, second, ChampFin
		suggestion = m.after[second].Periode.Debut - 1
		advice = "finir le "
	}
	also := ", ou donnez aussi les nouvelles dates de " + m.names[other] + " dans la même demande."
	if m.list[other].Clos() || m.moved(other) {
		also = "."
	}
	m.fail(blamed, Erreur{Code: code, Champ: champ, Suggestion: ptr(suggestion),
		Voisin: m.list[other].ID, NomVoisin: m.names[other],
		Message: sentence("%s déplacé %s %s l’exercice %s (%s) : faites-le %s%s%s",
			m.cite(blamed), m.after[blamed].Periode, verb, m.names[other], m.after[other].Periode, advice, suggestion.FR(), also)})
}
