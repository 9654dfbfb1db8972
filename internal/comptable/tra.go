package comptable

import (
	"fmt"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// The values of the TRA field ETATCPTA (reference 8).
const (
	TRAClos       = "CDE" // closed for good
	TRAProvisoire = "CPR" // closed provisionally: it can still change
	TRAOuvert     = "OUV"
	TRANonOuvert  = "NON"
)

// The values of the TRA field ETATANO (reference 8).
const (
	TRADetaille    = "H"   // à-nouveaux in detail: MONO
	TRANonDetaille = "OAN" // not in detail: MULTI
)

// LigneTRA is what the EXO line of one exercice says, ready for the fields of
// the record: CODE, DATEDEBUT, DATEFIN, ETATCPTA, LIBELLE, ETATANO, DATECREATION.
type LigneTRA struct {
	Code         string // at most 3 characters
	DateDebut    passerelle.Date
	DateFin      passerelle.Date
	EtatCpta     string
	Libelle      string
	EtatANO      string
	DateCreation passerelle.Date
}

// OptionsTRA says how to write exercices as TRA. The zero value is what the seed
// asks for.
type OptionsTRA struct {
	CodeRang       bool // CODE is the rank by start (001…) throughout, for strict importers
	DateDeCloture  bool // DATECREATION is the day of closing where there is one, else the start
	ElargirAuxMois bool // widen bounds to whole months, with a warning, instead of refusing them
}

// ToTRA returns the EXO lines of list, the oldest first. N and N+1 are written
// OUV and later ones NON, so that a file never has more than two open. A name of
// more than three characters gives way to the rank by start, with a warning.
//
// TRA can only say bounds that are the first and the last day of a month: others
// are refused, all of them at once, or widened on demand. Where two exercices
// meet within a month nothing can be widened without overlap, and both are
// refused.
func ToTRA(list []domaine.Exercice, o OptionsTRA) ([]LigneTRA, []Avertissement, []Erreur) {
	list = Sorted(list)
	names := Names(list)
	var warnings []Avertissement
	var errs []Erreur
	out := make([]LigneTRA, len(list))
	open := 0
	for i, e := range list {
		p, found, refused := traBounds(list, names, i, o.ElargirAuxMois)
		warnings, errs = append(warnings, found...), append(errs, refused...)
		line := LigneTRA{
			Code: names[i], DateDebut: p.Debut, DateFin: p.Fin, EtatCpta: TRAClos,
			Libelle: "Exercice au " + p.Fin.TRA(), EtatANO: TRADetaille, DateCreation: p.Debut,
		}
		if !e.Clos() {
			open++
			line.EtatCpta = TRAOuvert
			if open > 2 {
				line.EtatCpta = TRANonOuvert
			}
		} else if o.DateDeCloture {
			line.DateCreation = e.Cloture.Le
		}
		if e.Lettrage == domaine.LettrageMulti {
			line.EtatANO = TRANonDetaille
		}
		if o.CodeRang || len(line.Code) > 3 {
			line.Code = fmt.Sprintf("%03d", i+1)
			if len(line.Code) > 3 {
				errs = append(errs, Erreur{Code: CodeInvalide, Index: -1, Exercice: e.ID, Nom: names[i],
					Message: sentence("%s a le rang %d, et le champ CODE n’a que trois caractères : le format TRA ne peut pas le dire.", cite(e, names[i]), i+1)})
			} else if !o.CodeRang {
				warnings = append(warnings, Avertissement{Code: AvertitCode, Index: -1, Exercice: e.ID,
					Message: sentence("%s porte le code %s dans le fichier : son nom dépasse les trois caractères du champ CODE.", cite(e, names[i]), line.Code)})
			}
		}
		out[i] = line
	}
	if len(errs) > 0 {
		return nil, warnings, errs
	}
	return out, warnings, nil
}

func cite(e domaine.Exercice, name string) string {
	return "l’exercice " + name + " (" + e.Periode.String() + ")"
}

// traBounds returns the bounds to write for list[i].
func traBounds(list []domaine.Exercice, names []string, i int, widen bool) (passerelle.Periode, []Avertissement, []Erreur) {
	e := list[i]
	p := passerelle.Periode{Debut: e.Periode.Debut.FirstOfMonth(), Fin: e.Periode.Fin.LastOfMonth()}
	if p == e.Periode {
		return p, nil, nil
	}
	var errs []Erreur
	refuse := func(champ string, suggestion passerelle.Date, advice string) {
		errs = append(errs, Erreur{Code: CodeInvalide, Index: -1, Champ: champ, Suggestion: ptr(suggestion), Exercice: e.ID, Nom: names[i],
			Message: sentence("%s ne peut pas s’écrire en TRA : %s", cite(e, names[i]), advice)})
	}
	if p.Debut != e.Periode.Debut {
		if i > 0 && list[i-1].Periode.Fin >= p.Debut {
			refuse(ChampDebut, p.Debut, fmt.Sprintf("il commence au cours d’un mois où %s se termine ; fixez leur limite au %s.", names[i-1], p.Debut.FR()))
		} else if !widen {
			refuse(ChampDebut, p.Debut, fmt.Sprintf("un exercice y commence le premier jour d’un mois ; avancez son début au %s ou demandez d’élargir les dates.", p.Debut.FR()))
		}
	}
	if p.Fin != e.Periode.Fin {
		if i+1 < len(list) && list[i+1].Periode.Debut <= p.Fin {
			refuse(ChampFin, p.Fin, fmt.Sprintf("il se termine au cours d’un mois où %s commence ; fixez leur limite au %s.", names[i+1], p.Fin.FR()))
		} else if !widen {
			refuse(ChampFin, p.Fin, fmt.Sprintf("un exercice y finit le dernier jour d’un mois ; reculez sa fin au %s ou demandez d’élargir les dates.", p.Fin.FR()))
		}
	}
	if len(errs) > 0 {
		return p, nil, errs
	}
	return p, []Avertissement{{Code: AvertitElargi, Index: -1, Exercice: e.ID,
		Message: sentence("%s est écrit %s : le format TRA ne connaît que des mois entiers.", cite(e, names[i]), p)}}, nil
}
