package console

import (
	"slices"
	"strconv"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// echeance is the next thing to do about the exercices of a société: close the
// oldest open one, or create the one after the last.
type echeance struct {
	exerciceLigne
	ACreer  bool // the one after it is to be created
	Societe domaine.Societe
	Presse  bool   // it is due
	Texte   string // what to do then
	Lien    string // where it is done
	Action  string
}

// createAhead is how long before the last exercice ends the next one should be
// there.
const createAhead = 2 // months

// prochaine returns the next exercice of a société to close or to create, nil where
// it has none at all.
func prochaine(lines []exerciceLigne, today passerelle.Date) *echeance {
	if len(lines) == 0 {
		return nil
	}
	last := lines[len(lines)-1]
	create := &echeance{exerciceLigne: last, ACreer: true, Presse: true, Lien: "/exercices/nouveau", Action: "Créer l’exercice suivant",
		Texte: "Le dernier exercice finit le " + last.Fin1 + " : créez le suivant."}
	at := slices.IndexFunc(lines, func(l exerciceLigne) bool { return l.Premier })
	if at < 0 {
		return create // all are closed
	}
	oldest := lines[at]
	shut := &echeance{exerciceLigne: oldest, Presse: oldest.Periode.Fin < today, Lien: "/exercices/" + strconv.FormatInt(oldest.ID, 10) + "/cloturer",
		Action: "Clôturer l’exercice", Texte: "L’exercice du " + oldest.Debut1 + " au " + oldest.Fin1 + " est terminé et encore ouvert : clôturez-le quand ses comptes sont arrêtés."}
	if !shut.Presse && last.Periode.Fin < today.AddMonths(createAhead) {
		return create
	}
	return shut
}

// today is the day in Paris.
func (c *console) today() passerelle.Date { return passerelle.DateOf(c.hub.Now().In(hub.Paris)) }

// echeances returns the next thing to do in each société of an organisme, the
// earliest first.
func (c *console) echeances(r *request, today passerelle.Date) (list []echeance, err error) {
	societes, err := c.hub.Comptabilite.Societes(r.Context(), r.acces().Vers(""))
	if err != nil {
		return nil, err
	}
	for _, s := range societes {
		id := strconv.FormatInt(s.ID, 10)
		exercices, err := c.hub.Comptabilite.Exercices(r.Context(), r.acces().Vers(id), nil)
		if err != nil {
			return nil, err
		}
		e := prochaine(lignes(exercices, nil), today)
		if e == nil {
			continue
		}
		e.Societe = s
		if len(societes) > 1 {
			e.Lien += "?societe=" + id
			e.Texte = s.Nom + " : " + lower(e.Texte)
		}
		list = append(list, *e)
	}
	slices.SortStableFunc(list, func(a, b echeance) int { return int(a.Periode.Fin) - int(b.Periode.Fin) })
	return list, nil
}
