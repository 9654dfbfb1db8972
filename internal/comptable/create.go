package comptable

import (
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Create adds exercices: after the newest, or before the oldest while none is
// closed (reference 4). A new one is open and MONO, or MULTI where the one it
// follows is. All items stand or fall together.
func (d Dossier) Create(periodes []passerelle.Periode) Resultat {
	s := d.open()
	if len(periodes) == 0 {
		return s.refused([]Erreur{{Code: CodeInvalide, Index: -1,
			Message: "La demande ne contient aucun exercice : indiquez au moins une date de début et une date de fin."}}, nil)
	}
	items := make([]nouveau, len(periodes))
	for i, p := range periodes {
		items[i] = nouveau{index: i, subject: "l’exercice " + p.String(),
			e: domaine.Exercice{Periode: p, Lettrage: s.inherited(p)}}
	}
	errs := s.place(items, func(nouveau) bool { return s.closed() == 0 })
	if len(errs) > 0 {
		return s.refused(errs, nil)
	}
	return s.added(items)
}

// inherited returns the lettering of a new exercice.
func (d dossier) inherited(p passerelle.Periode) domaine.Lettrage {
	if n := len(d.list); n > 0 && d.list[n-1].Periode.Fin < p.Debut {
		return d.list[n-1].Lettrage
	}
	return domaine.LettrageMono
}

// nouveau is an exercice that a request adds.
type nouveau struct {
	index   int
	subject string // how messages speak of it
	e       domaine.Exercice

	fromFile  bool // the way out of an overlap is to agree with the exercice that exists
	misplaced bool // refused where it stands: its neighbours say nothing more about it
}

// place checks that items continue the list on either side without gap or
// overlap. older says whether an item may stand before the oldest exercice.
// Where one item is wrong the others are judged as if it were put right, so that
// each message is still true once all of them have been followed.
func (d dossier) place(items []nouveau, older func(nouveau) bool) []Erreur {
	var errs []Erreur
	var before, after []nouveau
	for _, it := range items {
		p, found := d.own(it)
		it.e.Periode = p
		switch {
		case len(d.list) == 0 || p.Debut > d.last():
			after = append(after, it)
		case p.Fin < d.first():
			if !older(it) {
				found = append(found, d.tooOld(it))
				it.misplaced = true
			}
			before = append(before, it)
		default:
			err := d.taken(it, older(it))
			found = append(found, err)
			it.misplaced = true
			if it.fromFile {
				break
			}
			if err.Champ == ChampDebut && p.Fin >= *err.Suggestion {
				it.e.Periode.Debut = *err.Suggestion
				after = append(after, it)
			} else if err.Champ == ChampFin && p.Debut <= *err.Suggestion {
				it.e.Periode.Fin = *err.Suggestion
				before = append(before, it)
			}
		}
		for i := range found {
			found[i].Index = it.index
		}
		errs = append(errs, found...)
	}
	errs = append(errs, d.onwards(after)...)
	return append(errs, d.backwards(before)...)
}

func (d dossier) first() passerelle.Date { return d.list[0].Periode.Debut }
func (d dossier) last() passerelle.Date  { return d.list[len(d.list)-1].Periode.Fin }

// own checks what an item says by itself, and returns its period put right.
func (d dossier) own(it nouveau) (passerelle.Periode, []Erreur) {
	var errs []Erreur
	p := it.e.Periode
	if p.Fin < p.Debut {
		fin := p.Debut.AddMonths(MoisNormal) - 1
		if len(d.list) > 0 && p.Debut < d.first() {
			fin = min(fin, d.first()-1)
		}
		errs = append(errs, reversed(it.subject, p, fin))
		p.Fin = fin
	} else if tooLong(p) {
		errs = append(errs, overlong(it.subject, p, len(d.list) > 0 && p.Fin == d.first()-1))
	}
	if d.immatriculation != nil && p.Debut < *d.immatriculation {
		errs = append(errs, tooEarly(it.subject, *d.immatriculation))
	}
	return p, errs
}

// taken refuses an item that has days in common with exercices that exist. The
// place that it could take is after the newest or, where older, before the
// oldest: the one that leaves it some days and moves the nearer bound less. One
// from a file has to take the bounds of the first exercice that it meets.
func (d dossier) taken(it nouveau, older bool) Erreur {
	p := it.e.Periode
	var cited []string
	var met passerelle.Periode
	err := Erreur{Code: CodeChevauchement}
	for i, e := range d.list {
		if e.Periode.Chevauche(p) {
			if err.NomVoisin == "" {
				err.Voisin, err.NomVoisin, met = e.ID, d.names[i], e.Periode
			}
			cited = append(cited, d.cite(i))
		}
	}
	what := sentence("%s chevauche %s", it.subject, strings.Join(cited, " et "))
	if it.fromFile {
		err.Champ, err.Suggestion = ChampDebut, ptr(met.Debut)
		if p.Debut == met.Debut {
			err.Champ, err.Suggestion = ChampFin, ptr(met.Fin)
		}
		err.Message = what + " sans avoir les mêmes dates : écrivez dans le fichier les dates " + met.String() + ", ou déplacez l’exercice ici."
		return err
	}
	next, previous := d.last()+1, d.first()-1
	fitsBefore, fitsAfter := older && p.Debut <= previous, next <= p.Fin
	if fitsBefore && (!fitsAfter || p.Fin-previous < next-p.Debut) {
		err.Champ, err.Suggestion = ChampFin, ptr(previous)
		err.Message = what + " : faites-le finir le " + previous.FR() + "."
		return err
	}
	err.Champ, err.Suggestion = ChampDebut, ptr(next)
	err.Message = what + " : faites-le commencer le " + next.FR() + "."
	if !fitsAfter {
		err.Message = what + " : le prochain exercice commence le " + next.FR() + ", changez ses deux dates."
	}
	return err
}

func (d dossier) tooOld(it nouveau) Erreur {
	next := d.last() + 1
	return Erreur{
		Code: CodeInvalide, Champ: ChampDebut, Suggestion: ptr(next), Voisin: d.list[0].ID, NomVoisin: d.names[0],
		Message: sentence("%s précède %s alors qu’un exercice est déjà clôturé : un nouvel exercice commence le %s.",
			it.subject, d.cite(0), next.FR()),
	}
}

// onwards checks that items follow one another from the newest exercice on.
func (d dossier) onwards(items []nouveau) []Erreur {
	slices.SortStableFunc(items, func(a, b nouveau) int { return int(a.e.Periode.Debut) - int(b.e.Periode.Debut) })
	var errs []Erreur
	var cursor passerelle.Date
	var name string
	var neighbour Erreur
	if n := len(d.list); n > 0 {
		cursor, name = d.last(), d.cite(n-1)
		neighbour.Voisin, neighbour.NomVoisin = d.list[n-1].ID, d.names[n-1]
	}
	for i, it := range items {
		p := it.e.Periode
		if (i > 0 || name != "") && p.Debut != cursor+1 && !it.misplaced {
			err := neighbour
			err.Index, err.Champ, err.Suggestion = it.index, ChampDebut, ptr(cursor+1)
			err.Code, err.Message = CodeTrou, sentence("%s laisse un trou après %s : faites-le commencer le %s.", it.subject, name, (cursor+1).FR())
			if p.Debut <= cursor {
				err.Code, err.Message = CodeChevauchement, sentence("%s chevauche %s : faites-le commencer le %s.", it.subject, name, (cursor+1).FR())
			}
			errs = append(errs, err)
		}
		if i == 0 && name == "" || p.Fin > cursor {
			cursor, name, neighbour = p.Fin, it.subject, Erreur{}
		}
	}
	return errs
}

// backwards checks that items precede one another from the oldest exercice back.
func (d dossier) backwards(items []nouveau) []Erreur {
	if len(items) == 0 {
		return nil
	}
	slices.SortStableFunc(items, func(a, b nouveau) int { return int(b.e.Periode.Fin) - int(a.e.Periode.Fin) })
	var errs []Erreur
	cursor, name := d.first(), d.cite(0)
	neighbour := Erreur{Voisin: d.list[0].ID, NomVoisin: d.names[0]}
	for _, it := range items {
		p := it.e.Periode
		if p.Fin != cursor-1 && !it.misplaced {
			err := neighbour
			err.Index, err.Champ, err.Suggestion = it.index, ChampFin, ptr(cursor-1)
			err.Code, err.Message = CodeTrou, sentence("%s laisse un trou avant %s : faites-le finir le %s.", it.subject, name, (cursor-1).FR())
			if p.Fin >= cursor {
				err.Code, err.Message = CodeChevauchement, sentence("%s chevauche %s : faites-le finir le %s.", it.subject, name, (cursor-1).FR())
			}
			errs = append(errs, err)
		}
		if p.Debut < cursor {
			cursor, name, neighbour = p.Debut, it.subject, Erreur{}
		}
	}
	return errs
}

// added is the result of adding items that are in their place.
func (d dossier) added(items []nouveau) Resultat {
	index := make(map[passerelle.Periode]int, len(items))
	list := slices.Clone(d.list)
	for _, it := range items {
		index[it.e.Periode] = it.index
		list = append(list, it.e)
	}
	res := Resultat{Exercices: Sorted(list)}
	for _, e := range res.Exercices {
		if i, ok := index[e.Periode]; ok {
			res.Changements = append(res.Changements, Changement{Genre: Creation, Index: i, Apres: e})
		}
	}
	res.Avertissements = longWarnings(res.Exercices, func(i int) (int, bool) {
		if at, ok := index[res.Exercices[i].Periode]; ok {
			return at, true
		}
		return -1, len(d.list) > 0 && res.Exercices[i].Periode == d.list[0].Periode // was the first, is no longer
	})
	return res
}
