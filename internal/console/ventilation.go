package console

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/compta"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// ventilationPage is what ventilation.html and ventilation-contrats.html show.
type ventilationPage struct {
	dossier
	Choix        ventilationChoix
	Erreurs      map[string]string
	Exercices    []exerciceLigne
	Courant      *exerciceLigne // nil for all of them
	Dimensions   []choixDimension
	Facturations []struct{ Code, Nom string }
	PeutAgir     bool // keep exercices and prices
	PeutImporter bool

	Synchronisation domaine.Synchronisation
	Listes          []hub.ListeTarifs
	Tarifs          int64 // the price list of the amounts, 0 where there is none
	Montants        bool  // there are amounts
	OPCO            bool  // they are those of the schedule of the OPCO

	Avant      *exerciceLigne // the exercice before, nil where there is none
	Titres     []string       // of the columns that say what a line is about
	Lignes     []ventilationLigne
	Total      ventilationLigne
	Pagination pagination
	MoisTotal  []moisVentilation
	Aparts     []apartListe
	CSV, XLSX  string // addresses
	Contrats   string // address of the contracts one by one
	Retour     string // address of the table

	maintenant time.Time                      // in Paris
	dessine    func(shown []ventilationLigne) // the months of the lines that are shown, nil for none

	Ligne   string                // what the line is about whose contracts are shown, "" for all
	Somme   *sommeDetails         // of the contracts of all pages
	Places  map[string]*hub.Place // the contracts of the page
	Apart   *apartListe           // of ventilation-contrats.html, nil for contracts with dates
	Details []detailLigne
}

// Facturation is the assumption that the amounts are made with.
func (p *ventilationPage) Facturation() string {
	switch {
	case p.OPCO:
		return string(ventilation.FacturationOPCO)
	case p.Choix.Facturation == "":
		return facturationAnnuelle
	}
	return p.Choix.Facturation
}

// Rang is the place of the exercice of the page.
func (p *ventilationPage) Rang() int {
	return slices.IndexFunc(p.Exercices, func(l exerciceLigne) bool { return l.ID == p.Courant.ID })
}

// Plus reports whether one of the less usual choices is made or wrong.
func (p *ventilationPage) Plus() bool {
	return p.Choix.Synchronisation != "" || p.Choix.Tarifs != "" || p.Erreurs["synchronisation"] != "" || p.Erreurs["tarifs"] != ""
}

// ventilationLigne is one line of a table: what one exercice says of it or, for
// all of them, what each does.
type ventilationLigne struct {
	Noms   []string
	Somme  ventilation.Somme
	Sommes []ventilation.Somme // per exercice, for all of them

	Lien  string             // of the contracts that make it
	Barre float64            // how long its bar is, of 100
	Mois  []barreMois        // its days month by month
	Avant *ventilation.Somme // the same line in the exercice before, nil where there is none
	cle   string
	mois  []ventilation.ParMois
}

// barreMois is a month of a line as a bar of a small chart.
type barreMois struct {
	X, Y, W, H float64
	Ici        bool // today is in it
	Titre      string
}

// linesPerPage is how many lines of a ventilation a page shows: most tables are
// then printed whole.
const linesPerPage = 200

// readParcours reads the address, finds the exercice and spreads the contracts. The
// page holds no table where something in the address is wrong.
func (c *console) readParcours(r *request) (p *ventilationPage, v hub.Parcours, err error) {
	d, err := c.readDossier(r)
	if err != nil {
		return nil, v, err
	}
	p = &ventilationPage{dossier: d, Dimensions: dimensions, Facturations: facturations,
		PeutAgir: r.compte.Role.Compte(), PeutImporter: r.compte.Role.Integre(), maintenant: c.hub.Now().In(hub.Paris)}
	var demande hub.DemandeVentilation
	p.Choix, demande, p.Erreurs = readVentilation(r)
	if len(p.Erreurs) > 0 {
		list, err := c.hub.Comptabilite.Exercices(r.Context(), r.acces(), nil)
		p.Exercices = lignes(list, nil)
		return p, v, err
	}
	v, err = c.hub.Comptabilite.ParcourirVentilation(r.Context(), demande)
	var refusal *hub.Refusal
	if errors.As(err, &refusal) && refusal.Kind() == refus.NotFound {
		switch {
		case demande.Tarifs != 0 && (refusal.Code == refus.CodeNoPriceList || refusal.Code == refus.CodeNoSuchPriceList):
			p.Erreurs["tarifs"] = refusal.Reason
		case demande.Synchronisation != 0:
			p.Erreurs["synchronisation"] = refusal.Reason
		}
		if len(p.Erreurs) > 0 {
			p.Exercices = lignes(v.Tous, nil)
			return p, v, nil
		}
	}
	if err != nil {
		return nil, v, err
	}
	p.Exercices, p.Synchronisation, p.Listes, p.Tarifs = lignes(v.Tous, nil), v.Synchronisation, v.Listes, v.Tarifs
	p.OPCO, p.Montants = v.OPCO, v.Calcul != nil && v.AvecMontants()
	if len(p.Exercices) == 0 {
		return p, v, nil
	}
	if p.Choix.Exercice == "" {
		today := passerelle.DateOf(c.hub.Now().In(hub.Paris))
		p.Courant = &p.Exercices[len(p.Exercices)-1]
		for i := range p.Exercices {
			if p.Exercices[i].Periode.Contient(today) {
				p.Courant = &p.Exercices[i]
			}
		}
		p.Choix.Exercice = strconv.FormatInt(p.Courant.ID, 10)
	}
	for i := range p.Exercices {
		if p.Choix.Exercice == strconv.FormatInt(p.Exercices[i].ID, 10) {
			p.Courant = &p.Exercices[i]
		}
	}
	if p.Courant == nil && p.Choix.Exercice != tousExercices {
		return nil, v, refus.New(refus.CodeNotFound, "Cet exercice n’existe pas dans cette société : choisissez-le dans la liste.")
	}
	query := p.Choix
	query.Apart, query.Ligne = "", ""
	address := "?" + query.query(p.societe()).Encode()
	p.CSV, p.XLSX, p.Contrats = "/ventilation.csv"+address, "/ventilation.xlsx"+address, "/ventilation/contrats"+address
	p.Retour = "/ventilation" + address
	return p, v, nil
}

// societe is the société as the address names it.
func (d *dossier) societe() string {
	if d.Parametre == "" {
		return ""
	}
	return strconv.FormatInt(d.Societe.ID, 10)
}

func (c *console) ventilation(w http.ResponseWriter, r *request) error {
	p, v, err := c.readParcours(r)
	if err != nil {
		return err
	}
	if len(p.Erreurs) > 0 {
		return c.render(w, r, http.StatusUnprocessableEntity, "ventilation", "Ventilation", p)
	}
	if len(p.Exercices) > 0 && v.Synchronisation.ID != 0 {
		for _, d := range []string{p.Choix.Par, p.Choix.Puis} {
			if d != "" {
				p.Titres = append(p.Titres, nomDimension(ventilation.Dimension(d)))
			}
		}
		var lines []ventilationLigne
		if p.Courant != nil {
			lines = p.one(v)
		} else {
			lines = p.all(v)
		}
		page := pageOf(r.Request)
		p.Pagination = paginateBy(r.Request, page, len(lines), linesPerPage)
		p.Lignes = part(lines, page, linesPerPage)
		if p.dessine != nil {
			p.dessine(p.Lignes)
		}
		for i := range p.Aparts {
			p.Aparts[i].adresse(p)
		}
	}
	return c.render(w, r, http.StatusOK, "ventilation", "Ventilation", p)
}

// noms reads the values of a line aloud.
func noms(cles ventilation.Cles) []string {
	list := make([]string, len(cles))
	for i, cle := range cles {
		list[i] = cmp.Or(cle.Nom, cle.Code, "(non renseigné)")
	}
	return list
}

// one reads the table of the exercice of the page.
func (p *ventilationPage) one(v hub.Parcours) []ventilationLigne {
	at := v.Position(p.Courant.ID)
	table := v.Exercice(at)
	before := map[string]ventilation.Somme{}
	if at > 0 {
		p.Avant = &p.Exercices[at-1]
		last := v.Exercice(at - 1)
		for _, l := range last.Lignes {
			before[l.Cles.Cle()] = l.Somme
		}
		p.Total.Avant = &last.Total
	}
	lines := make([]ventilationLigne, len(table.Lignes))
	for i, l := range table.Lignes {
		lines[i] = ventilationLigne{Noms: noms(l.Cles), Somme: l.Somme, cle: l.Cles.Cle()}
		lines[i].Lien = p.lienLigne(lines[i].cle)
		if p.Avant != nil {
			own := before[lines[i].cle]
			lines[i].Avant = &own
		}
		lines[i].Barre = round(100 * float64(l.Jours) / float64(max(1, table.Lignes[0].Jours)))
	}
	p.Total.Somme = table.Total
	p.months(v, at, lines)
	p.Aparts = p.aparts(table.SansDates, table.HorsExercice, table.SansTarif)
	return lines
}

// all reads the tables of every exercice side by side, the lines with the most
// days first.
func (p *ventilationPage) all(v hub.Parcours) []ventilationLigne {
	var lines []ventilationLigne
	places := map[string]int{}
	for i := range v.Exercices {
		table := v.Exercice(i)
		for _, l := range table.Lignes {
			key := ""
			for _, cle := range l.Cles {
				key += cle.Code + "\x00"
			}
			at, ok := places[key]
			if !ok {
				at = len(lines)
				places[key] = at
				lines = append(lines, ventilationLigne{Noms: noms(l.Cles), Sommes: make([]ventilation.Somme, len(v.Exercices))})
			}
			lines[at].Sommes[i] = l.Somme
			lines[at].Somme.Jours += l.Jours
		}
		p.Total.Sommes = append(p.Total.Sommes, table.Total)
		p.Total.Somme.Jours += table.Total.Jours
	}
	slices.SortStableFunc(lines, func(a, b ventilationLigne) int {
		return cmp.Or(cmp.Compare(b.Somme.Jours, a.Somme.Jours), slices.Compare(a.Noms, b.Noms))
	})
	sansTarif := v.SansTarif()
	p.Aparts = p.aparts(v.SansDates(), v.HorsTout(), &sansTarif)
	return lines
}

func (c *console) ventilationFile(format string) func(http.ResponseWriter, *request) error {
	return func(w http.ResponseWriter, r *request) error {
		if _, err := c.readDossier(r); err != nil {
			return err
		}
		choix, d, erreurs := readVentilation(r)
		for _, message := range erreurs {
			return refus.New(refus.CodeInvalidChoice, "%s", message)
		}
		if choix.Exercice != "" && choix.Exercice != tousExercices {
			id, err := strconv.ParseInt(choix.Exercice, 10, 64)
			if err != nil || id < 1 {
				return refus.New(refus.CodeNotFound, "Cet exercice n’existe pas dans cette société : choisissez-le dans la liste.")
			}
			d.Exercice = id
		}
		v, err := c.hub.Comptabilite.Ventilation(r.Context(), d)
		var refused *hub.ExercicesRefuses
		if errors.As(err, &refused) {
			return refus.New(refus.CodeNotFound, "%s", refused.Erreurs[0].Message)
		}
		if err != nil {
			return err
		}
		err = compta.WriteVentilation(w, v, d.Par, format)
		var left *web.SendError
		if errors.As(err, &left) {
			return nil
		}
		return err
	}
}
