package console

import (
	"net/http"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/api/compta"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
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
	places, titre, err := p.placesOf(v)
	if err != nil {
		return err
	}
	p.Somme = p.sum(v, places)
	for _, at := range part(places, page, perPage) {
		d := v.Detail(at)
		p.Details = append(p.Details, detailLigne{Detail: d, Debut: d.Periode.Debut.FR(), Fin: d.Periode.Fin.FR(), Duree: d.Periode.Jours()})
	}
	if p.Places, err = c.hub.Contrats.Places(r.Context(), r.compte.OrganismeID, codesOf(p.Details)); err != nil {
		return err
	}
	p.Pagination = paginate(r.Request, page, len(places))
	query := p.Choix.query(p.societe()).Encode()
	p.CSV, p.XLSX = "/ventilation/contrats.csv?"+query, "/ventilation/contrats.xlsx?"+query
	return c.render(w, r, http.StatusOK, "ventilation-contrats", titre, p)
}

func codesOf(list []detailLigne) []string {
	codes := make([]string, len(list))
	for i := range list {
		codes[i] = list[i].Code
	}
	return codes
}

// placesOf returns the contracts of the page, of all its parts, and what they are.
func (p *ventilationPage) placesOf(v hub.Parcours) (places []int, titre string, err error) {
	switch {
	case p.Courant == nil:
		places = make([]int, v.Len())
		for i := range places {
			places[i] = i
		}
		return places, "Contrats de tous les exercices", nil
	case p.Choix.Ligne == "":
		return v.Dans(v.Position(p.Courant.ID)), "Contrats de l’exercice " + p.Courant.Nom, nil
	}
	cles, places, ok := v.DeLigne(v.Position(p.Courant.ID), p.Choix.Ligne)
	if !ok {
		return nil, "", refus.New(refus.CodeNotFound, "Cette ligne n’est plus dans la ventilation : revenez-y.")
	}
	p.Ligne = strings.Join(noms(cles), ", ")
	return places, "Contrats de la ligne", nil
}

// sommeDetails is what contracts come to together: in the exercice of the page, or
// over all of them.
type sommeDetails struct {
	Jours   int64
	Produit ventilation.Centimes
}

func (p *ventilationPage) sum(v hub.Parcours, places []int) *sommeDetails {
	rang := -1
	if p.Courant != nil {
		rang = v.Position(p.Courant.ID)
	}
	s := &sommeDetails{}
	s.Jours, s.Produit = v.Sommer(places, rang)
	return s
}

// ventilationContratsFile gives the contracts of the page, of all its parts, with
// their sum.
func (c *console) ventilationContratsFile(format string) func(http.ResponseWriter, *request) error {
	return func(w http.ResponseWriter, r *request) error {
		p, v, err := c.readParcours(r)
		if err != nil {
			return err
		}
		for _, message := range p.Erreurs {
			return refus.New(refus.CodeInvalidChoice, "%s", message)
		}
		if len(p.Exercices) == 0 {
			return refus.New(refus.CodeNotFound, "Cette société n’a pas encore d’exercice : créez le premier.")
		}
		places, _, err := p.placesOf(v)
		if err != nil {
			return err
		}
		titles := []string{"Contrat", "Prénom", "Nom", "Entreprise", "Formation", "Site", "Début", "Fin"}
		shown := p.Exercices
		if p.Courant != nil {
			shown = []exerciceLigne{*p.Courant}
		}
		for _, e := range shown {
			titles = append(titles, "Jours "+e.Debut1+" – "+e.Fin1)
			if p.Montants {
				titles = append(titles, "Produit "+e.Debut1+" – "+e.Fin1+" (€)")
			}
		}
		var rows [][]any
		for from := 0; from < len(places); from += fileBatch {
			batch := places[from:min(from+fileBatch, len(places))]
			details := make([]detailLigne, len(batch))
			for i, at := range batch {
				details[i].Detail = v.Detail(at)
			}
			known, err := c.hub.Contrats.Places(r.Context(), r.compte.OrganismeID, codesOf(details))
			if err != nil {
				return err
			}
			for i := range details {
				d := &details[i]
				k := known[d.Code]
				if k == nil {
					k = &hub.Place{}
				}
				row := []any{d.Code, k.PrenomApprenant, k.NomApprenant, k.NomEntreprise, k.NomFormation, k.NomSite, d.Periode.Debut.FR(), d.Periode.Fin.FR()}
				for _, e := range shown {
					at := v.Position(e.ID)
					row = append(row, d.Jours[at])
					if p.Montants && d.Produits != nil {
						row = append(row, d.Produits[at])
					} else if p.Montants {
						row = append(row, "")
					}
				}
				rows = append(rows, row)
			}
		}
		if p.Courant != nil {
			s := p.sum(v, places)
			total := []any{"Total", "", "", "", "", "", "", "", int(s.Jours)}
			if p.Montants {
				total = append(total, s.Produit)
			}
			rows = append(rows, total)
		}
		return unlessLeft(compta.WriteTableau(w, format, "ventilation-contrats", "Contrats", titles, rows))
	}
}
