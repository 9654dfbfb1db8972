package comptable

import (
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// LigneLue is what a reader found on one EXO line.
type LigneLue struct {
	Code         string // for messages only: exercices match by their dates
	Periode      passerelle.Periode
	EtatCpta     string           // CDE, CPR, OUV or NON
	EtatANO      string           // H, OAN or ""
	ANOAbsent    bool             // the line stops before ETATANO: read as a blank
	DateCreation *passerelle.Date // nil where it is absent or blank
}

// Import adds the exercices of a TRA file that are missing, all or nothing
// (reference 8). One with the bounds of an exercice that exists leaves it as it
// is, whatever its state in the file; a different state or lettering is a
// warning. A new one that is closed (CDE) is closed by par on its DATECREATION,
// where that is after its end, or else on le; only such a one may stand before
// an exercice that is closed. The index of an error or warning is the position
// of the line in lignes.
func (d Dossier) Import(lignes []LigneLue, par domaine.Personne, le passerelle.Date) Resultat {
	s := d.open()
	if len(lignes) == 0 {
		return s.refused([]Erreur{{Code: CodeInvalide, Index: -1,
			Message: "Le fichier ne contient aucun exercice : exportez-le avec ses enregistrements EXO."}}, nil)
	}
	errs := states(lignes)
	var warnings []Avertissement
	var items []nouveau
	for index, l := range lignes {
		if l.EtatCpta == TRAProvisoire {
			warnings = append(warnings, Avertissement{Code: AvertitProvisoire, Index: index,
				Message: sentence("%s n’est clôturé que provisoirement (CPR) : il est lu comme ouvert.", l.cite())})
		}
		if i := s.same(l.Periode); i >= 0 {
			warnings = append(warnings, s.differences(index, l, i)...)
			continue
		}
		items = append(items, nouveau{index: index, fromFile: true, subject: l.cite(), e: l.exercice(par, le)})
	}
	errs = append(errs, s.place(items, func(it nouveau) bool { return it.e.Clos() || s.closed() == 0 })...)
	more, disorder := s.sequence(lignes, items)
	warnings, errs = append(warnings, more...), append(errs, disorder...)
	if len(errs) > 0 {
		return s.refused(errs, warnings)
	}
	res := s.added(items)
	res.Avertissements = append(warnings, res.Avertissements...)
	return res
}

func (l LigneLue) cite() string {
	if l.Code == "" {
		return "l’exercice du fichier " + l.Periode.String()
	}
	return "l’exercice " + l.Code + " du fichier (" + l.Periode.String() + ")"
}

// exercice reads a line: OAN is MULTI; H, a blank and an absent field are MONO,
// which can still become MULTI, while MULTI stays.
func (l LigneLue) exercice(par domaine.Personne, le passerelle.Date) domaine.Exercice {
	e := domaine.Exercice{Periode: l.Periode, Lettrage: domaine.LettrageMono}
	if l.EtatANO == TRANonDetaille {
		e.Lettrage = domaine.LettrageMulti
	}
	if l.EtatCpta == TRAClos {
		if l.DateCreation != nil && *l.DateCreation > l.Periode.Fin {
			le = *l.DateCreation
		}
		e.Cloture = &domaine.Cloture{Le: le, Par: par}
	}
	return e
}

func (d dossier) same(p passerelle.Periode) int {
	return slices.IndexFunc(d.list, func(e domaine.Exercice) bool { return e.Periode == p })
}

// differences warns of what a line says otherwise about an exercice that exists.
func (d dossier) differences(index int, l LigneLue, i int) []Avertissement {
	e := d.list[i]
	var out []Avertissement
	if (l.EtatCpta == TRAClos) != e.Clos() {
		here, there := "ouvert", "clôturé"
		if e.Clos() {
			here, there = there, here
		}
		out = append(out, Avertissement{Code: AvertitEtat, Index: index, Exercice: e.ID,
			Message: sentence("%s est %s ici et %s dans le fichier : il reste tel qu’il est ici.", d.cite(i), here, there)})
	}
	read := l.exercice(domaine.Personne{}, 0).Lettrage
	if stated := l.EtatANO != ""; stated && read != e.Lettrage {
		out = append(out, Avertissement{Code: AvertitLettrage, Index: index, Exercice: e.ID,
			Message: sentence("%s est en lettrage %s ici et %s dans le fichier : il reste tel qu’il est ici.", d.cite(i), e.Lettrage, read)})
	}
	return out
}

// states checks the states of a file against one another: CDE, CPR, OUV, NON in
// the order of dates, and not more than two OUV.
func states(lignes []LigneLue) []Erreur {
	rank := map[string]int{TRAClos: 1, TRAProvisoire: 2, TRAOuvert: 3, TRANonOuvert: 4}
	order := make([]int, len(lignes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return int(lignes[a].Periode.Debut) - int(lignes[b].Periode.Debut)
	})
	var errs []Erreur
	highest, open := -1, 0
	for _, i := range order {
		l := lignes[i]
		fail := func(format string, args ...any) {
			errs = append(errs, Erreur{Code: CodeInvalide, Index: i, Champ: ChampEtat, Message: sentence(format, args...)})
		}
		if rank[l.EtatCpta] == 0 {
			fail("%s a un état inconnu : écrivez CDE, CPR, OUV ou NON dans ETATCPTA.", l.cite())
			continue
		}
		if highest >= 0 && rank[l.EtatCpta] < rank[lignes[highest].EtatCpta] {
			fail("%s est %s alors que %s, qui le précède, est %s : les états se suivent dans l’ordre CDE, CPR, OUV, NON.",
				l.cite(), l.EtatCpta, lignes[highest].cite(), lignes[highest].EtatCpta)
		} else {
			highest = i
		}
		if l.EtatCpta == TRAOuvert {
			if open++; open > 2 {
				fail("%s est le %de exercice ouvert du fichier : deux au plus peuvent être OUV, notez les suivants NON.", l.cite(), open)
			}
		}
	}
	return errs
}

// sequence checks that the list that items leave has its closed exercices first
// and MULTI never before MONO. Where the file does not say the lettering of an
// item, the item takes the one that fits, with a warning.
func (d dossier) sequence(lignes []LigneLue, items []nouveau) ([]Avertissement, []Erreur) {
	type entry struct {
		e    *domaine.Exercice
		item int // position in items, -1 for one that exists
		name string
	}
	var all []entry
	for i := range d.list {
		all = append(all, entry{&d.list[i], -1, d.cite(i)})
	}
	for i := range items {
		all = append(all, entry{&items[i].e, i, items[i].subject})
	}
	slices.SortStableFunc(all, func(a, b entry) int { return int(a.e.Periode.Debut) - int(b.e.Periode.Debut) })

	var warnings []Avertissement
	var errs []Erreur
	for k, x := range all {
		if x.item < 0 {
			continue
		}
		index := items[x.item].index
		before := slices.IndexFunc(all[:k], func(y entry) bool { return !y.e.Clos() })
		if x.e.Clos() && before >= 0 {
			errs = append(errs, Erreur{Code: CodeInvalide, Index: index, Champ: ChampEtat, Voisin: all[before].e.ID,
				Message: sentence("%s est clôturé (CDE) alors que %s, qui le précède, est ouvert ici : clôturez d’abord celui-ci.", x.name, all[before].name)})
		}
		l := lignes[index]
		multi := slices.IndexFunc(all[:k], func(y entry) bool { return y.e.Lettrage == domaine.LettrageMulti })
		mono := slices.IndexFunc(all[k+1:], func(y entry) bool {
			return y.e.Lettrage == domaine.LettrageMono && (y.item < 0 || lignes[items[y.item].index].EtatANO != "")
		})
		switch {
		case l.EtatANO == "":
			if multi >= 0 {
				x.e.Lettrage = domaine.LettrageMulti
			} else if mono >= 0 {
				x.e.Lettrage = domaine.LettrageMono
			}
			warnings = append(warnings, Avertissement{Code: AvertitLettrage, Index: index,
				Message: sentence("%s ne dit pas son lettrage (ETATANO vide ou absent) : il est lu comme %s.", x.name, x.e.Lettrage)})
		case multi >= 0 && x.e.Lettrage == domaine.LettrageMono:
			errs = append(errs, noWayBack(index, x.name, all[multi].name, all[multi].e.ID))
		case mono >= 0 && x.e.Lettrage == domaine.LettrageMulti && all[k+1+mono].item < 0:
			y := all[k+1+mono]
			errs = append(errs, Erreur{Code: CodeSansRetour, Index: index, Champ: ChampLettrage, Voisin: y.e.ID,
				Message: sentence("%s est en lettrage MULTI (OAN) alors que %s, qui le suit, est en MONO : écrivez H dans ETATANO.", x.name, y.name)})
		}
	}
	return warnings, errs
}

func noWayBack(index int, name, multi string, id int64) Erreur {
	return Erreur{Code: CodeSansRetour, Index: index, Champ: ChampLettrage, Voisin: id,
		Message: sentence("%s est en lettrage MONO (H) alors que %s, qui le précède, est en MULTI : écrivez OAN dans ETATANO.", name, multi)}
}
