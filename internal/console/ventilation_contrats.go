package console

import (
	"net/http"

	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// apartListe is one list of contracts that a table does not hold, or holds for
// nothing.
type apartListe struct {
	Code, Nom, Aide string
	ventilation.Apart
	Adresse string // of the whole list
}

// apartShown is how many contracts of such a list stand under the table.
const apartShown = 12

// Debut are its first contracts.
func (a *apartListe) Debut() []string { return part(a.Codes, 1, apartShown) }

// Reste is how many more there are.
func (a *apartListe) Reste() int { return a.Contrats - len(a.Debut()) }

// aparts are the lists that hold something; sansTarif is nil where there are no
// prices.
func (p *ventilationPage) aparts(sansDates, hors ventilation.Apart, sansTarif *ventilation.Apart) (list []apartListe) {
	all := []apartListe{
		{Code: "sans-dates", Nom: "Sans dates", Aide: "Il leur manque une date, ou leurs dates se contredisent : à corriger dans le logiciel de gestion.", Apart: sansDates},
		{Code: "hors-exercice", Nom: "Hors exercice", Aide: "Ils n’ont aucun jour ici : rien à corriger, sauf une date fausse ou un exercice qui manque.", Apart: hors},
	}
	if sansTarif != nil {
		lacking := apartListe{Code: "sans-tarif", Nom: "Sans tarif", Aide: "Leurs jours comptent, pour rien dans les montants : complétez la liste de tarifs.", Apart: *sansTarif}
		if p.OPCO {
			lacking.Code, lacking.Nom, lacking.Aide = "financement", "Financement à compléter", "Leurs jours comptent, pour rien dans les montants : la page Financement dit ce qui manque à chacun."
		}
		all = append(all, lacking)
	}
	for _, a := range all {
		if a.Contrats > 0 {
			list = append(list, a)
		}
	}
	return list
}

func (a *apartListe) adresse(p *ventilationPage) {
	choix := p.Choix
	choix.Apart = a.Code
	a.Adresse = "/ventilation/contrats?" + choix.query(p.societe()).Encode()
}

// raisons say why a contract is listed apart.
var raisons = map[ventilation.Raison]string{
	ventilation.SansDebut:            "La date de début manque",
	ventilation.SansFin:              "La date de fin manque",
	ventilation.SansDates:            "Les deux dates manquent",
	ventilation.DatesInversees:       "Finit avant de commencer",
	ventilation.AvantExercice:        "Finit avant l’exercice",
	ventilation.ApresExercice:        "Commence après l’exercice",
	ventilation.HorsToutes:           "Ne touche aucun exercice",
	ventilation.TarifAbsent:          "Ni sa formation ni son code RNCP n’a de tarif",
	ventilation.FinancementIncomplet: "Il manque de quoi calculer son financement",
	ventilation.TarifHorsValidite:    "Son tarif ne vaut pas à son premier jour",
}

// detailLigne is one contract over every exercice, or why it is listed apart.
type detailLigne struct {
	ventilation.Detail
	Debut, Fin string
	Duree      int
	Raison     string
}

func (c *console) ventilationContrats(w http.ResponseWriter, r *request) error {
	p, v, err := c.readParcours(r)
	if err != nil {
		return err
	}
	if len(p.Erreurs) > 0 {
		return c.render(w, r, http.StatusUnprocessableEntity, "ventilation", "Ventilation", p)
	}
	if len(p.Exercices) == 0 {
		return refus.New(refus.CodeNotFound, "Cette société n’a pas encore d’exercice : créez le premier.")
	}
	page := pageOf(r.Request)
	if p.Choix.Apart != "" {
		if p.Courant != nil {
			p.one(v)
		} else {
			p.all(v)
		}
		for i := range p.Aparts {
			if p.Aparts[i].Code == p.Choix.Apart {
				p.Apart = &p.Aparts[i]
			}
		}
		if p.Apart == nil {
			return refus.New(refus.CodeNotFound, "Cette liste est vide maintenant : revenez à la ventilation.")
		}
		raisonsOf := part(p.Apart.Raisons, page, perPage)
		for i, code := range part(p.Apart.Codes, page, perPage) {
			p.Details = append(p.Details, detailLigne{Detail: ventilation.Detail{Code: code}, Raison: raisons[raisonsOf[i]]})
		}
		p.Pagination = paginate(r.Request, page, p.Apart.Contrats)
		return c.render(w, r, http.StatusOK, "ventilation-contrats", "Contrats "+lower(p.Apart.Nom), p)
	}
	total := v.Len()
	at := func(i int) int { return i }
	if p.Courant != nil {
		dans := v.Dans(v.Position(p.Courant.ID))
		total = len(dans)
		at = func(i int) int { return dans[i] }
	}
	for i := (page - 1) * perPage; i < min(page*perPage, total); i++ {
		d := v.Detail(at(i))
		p.Details = append(p.Details, detailLigne{Detail: d, Debut: d.Periode.Debut.FR(), Fin: d.Periode.Fin.FR(), Duree: d.Periode.Jours()})
	}
	p.Pagination = paginate(r.Request, page, total)
	titre := "Contrats de tous les exercices"
	if p.Courant != nil {
		titre = "Contrats de l’exercice " + p.Courant.Nom
	}
	return c.render(w, r, http.StatusOK, "ventilation-contrats", titre, p)
}
