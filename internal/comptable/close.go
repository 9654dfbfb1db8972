package comptable

import (
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// DemandeCloture is a request to close an exercice.
type DemandeCloture struct {
	ID             int64
	Lettrage       *domaine.Lettrage // nil keeps the one that the exercice has; an unknown one is refused
	ReportANouveau bool
	ReviewModel    domaine.ReviewModel
}

// Close closes an exercice, the oldest open one only; closing is final. MULTI
// applies to it and to every later one; MONO is refused once it is MULTI
// (reference 5). par and le are recorded as who closed it and when.
func (d Dossier) Close(f DemandeCloture, par domaine.Personne, le passerelle.Date) Resultat {
	s := d.open()
	var errs []Erreur
	i := s.index(f.ID)
	subject := sentence("l’exercice %d", f.ID)
	if i < 0 {
		errs = append(errs, Erreur{Code: CodeInconnu, Champ: ChampID, Exercice: f.ID,
			Message: subject + " n’existe pas dans cette société : reprenez son identifiant dans la liste des exercices."})
	} else {
		subject = sentence("%s", s.cite(i))
		errs = s.closable(i, f.Lettrage)
	}
	if f.Lettrage != nil && f.Lettrage.MethodID() == 0 {
		errs = append(errs, Erreur{Code: CodeMethodeInconnue, Champ: ChampLettrage, Exercice: f.ID,
			Message: subject + " ne peut pas prendre cette méthode de lettrage : indiquez 1 (MONO) ou 2 (MULTI), ou rien pour garder la sienne."})
	}
	if i < 0 {
		return s.refused(errs, nil)
	}
	for k := range errs {
		errs[k].Exercice, errs[k].Nom = f.ID, s.names[i]
	}
	if len(errs) > 0 {
		return s.refused(errs, nil)
	}
	return s.close(i, f, domaine.Cloture{Le: le, Par: par})
}

func (d dossier) closable(i int, lettrage *domaine.Lettrage) []Erreur {
	e := d.list[i]
	if e.Clos() {
		return []Erreur{{Code: CodeDejaClos, Champ: ChampID,
			Message: sentence("%s est déjà clôturé depuis le %s : il n’y a rien à faire.", d.cite(i), e.Cloture.Le.FR())}}
	}
	var errs []Erreur
	if oldest := d.closed(); i != oldest {
		errs = append(errs, Erreur{Code: CodeInvalide, Champ: ChampID, Voisin: d.list[oldest].ID, NomVoisin: d.names[oldest],
			Message: sentence("%s ne peut pas être clôturé avant %s : clôturez d’abord %s.", d.cite(i), d.cite(oldest), d.names[oldest])})
	}
	if lettrage != nil && *lettrage == domaine.LettrageMono && e.Lettrage == domaine.LettrageMulti {
		errs = append(errs, Erreur{Code: CodeSansRetour, Champ: ChampLettrage,
			Message: sentence("%s est en lettrage MULTI et ne peut pas revenir au lettrage MONO : clôturez-le avec 2 (MULTI).", d.cite(i))})
	}
	return errs
}

func (d dossier) close(i int, f DemandeCloture, cloture domaine.Cloture) Resultat {
	res := Resultat{Exercices: slices.Clone(d.list)}
	e := &res.Exercices[i]
	e.Cloture, e.ReportANouveau, e.ReviewModel = &cloture, f.ReportANouveau, f.ReviewModel
	if f.Lettrage != nil {
		e.Lettrage = *f.Lettrage
	}
	res.Changements = append(res.Changements, Changement{Genre: Fermeture, Avant: d.list[i], Apres: *e})
	if e.Lettrage == domaine.LettrageMulti {
		for k := i + 1; k < len(res.Exercices); k++ {
			if later := &res.Exercices[k]; later.Lettrage != domaine.LettrageMulti {
				later.Lettrage = domaine.LettrageMulti
				res.Changements = append(res.Changements, Changement{Genre: PassageAMulti, Index: -1, Avant: d.list[k], Apres: *later})
			}
		}
	}
	if cloture.Le <= e.Periode.Fin {
		res.Avertissements = append(res.Avertissements, Avertissement{Code: AvertitAvantTerme, Exercice: e.ID,
			Message: sentence("%s est clôturé le %s, avant la fin de sa période : la clôture est définitive.", d.cite(i), cloture.Le.FR())})
	}
	if i == len(res.Exercices)-1 {
		res.Avertissements = append(res.Avertissements, Avertissement{Code: AvertitPlusOuvert, Exercice: e.ID,
			Message: sentence("aucun exercice ne reste ouvert : créez le suivant à partir du %s.", (e.Periode.Fin + 1).FR())})
	}
	return res
}
