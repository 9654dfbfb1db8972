package compta

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// ventilationOne is the contracts of one exercice (design 6).
type ventilationOne struct {
	Exercice comptable.MAD           `json:"exercice"`
	Par      []ventilation.Dimension `json:"par"`
	Tarifs   *string                 `json:"tarifs,omitempty"` // id of the price list of the amounts
	ventilation.Ventilation
}

// ventilationAll is the contracts over every exercice, each contract with its
// days in each.
type ventilationAll struct {
	Par           []ventilation.Dimension `json:"par"`
	Tarifs        *string                 `json:"tarifs,omitempty"` // id of the price list of the amounts
	Exercices     []ventilationTable      `json:"exercices"`        // the oldest first
	SansDates     ventilation.Apart       `json:"sansDates"`
	HorsExercices ventilation.Apart       `json:"horsExercices"`           // contracts that touch none
	FinsPresumees *ventilation.Presumees  `json:"finsPresumees,omitempty"` // contracts that touch one of them and whose end is presumed
	SansTarif     *ventilation.Apart      `json:"sansTarif,omitempty"`     // contracts with dates that have no price
	Total         int                     `json:"total"`                   // contracts that have both dates, on all pages
	Contrats      []contratAnswer         `json:"contrats"`                // a page of them, by code
}

type ventilationTable struct {
	Exercice comptable.MAD       `json:"exercice"`
	Lignes   []ventilation.Ligne `json:"lignes"`
	Total    ventilation.Somme   `json:"total"`
}

// contratAnswer is one contract over the exercices: Jours and Hors add up to its
// length.
type contratAnswer struct {
	CodeContrat string        `json:"codeContrat"`
	DateDebut   string        `json:"dateDebut"` // YYYY-MM-DD
	DateFin     string        `json:"dateFin"`
	Duree       int           `json:"duree"` // days, both bounds included
	Jours       []joursAnswer `json:"jours"` // of the exercices that it touches, the oldest first
	Hors        int           `json:"hors"`  // days outside any exercice
	// What it is worth: the incomes of its exercices and HorsProduit add up to
	// Montant. nil where there are no amounts, or no price.
	Montant     *ventilation.Centimes `json:"montant,omitempty"`
	HorsProduit *ventilation.Centimes `json:"horsProduit,omitempty"` // outside any exercice
}

type joursAnswer struct {
	Exercice string                `json:"exercice"` // id
	Jours    int                   `json:"jours"`
	Produit  *ventilation.Centimes `json:"produit,omitempty"` // income
}

func (s *server) ventilation(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, append([]string{"exercice", "par", "etat", "montants", "facturation", "format", "page", "limit"}, passeParameters...)...)
	d := hub.DemandeVentilation{
		Acces:           acces(r),
		Exercice:        p.id("exercice", comptable.CodeInconnu),
		Synchronisation: p.id("synchronisation", codeParameter),
		Integres:        p.one("etat", "transmis", "integres") == "integres",
		SansArchives:    p.one("archives", "oui", "non") == "non",
		Decisions:       p.id("decisions", codeParameter),
	}
	var err error
	if d.Par, err = ventilation.ParsePar(cmp.Or(p.value("par"), string(ventilation.ParFormation))); err != nil {
		p.fail(codeParameter, "par", "Paramètre « par » : %s.", err)
	}
	p.notBoth(d.Integres, d.Synchronisation)
	if d.Decisions != 0 && d.Synchronisation == 0 {
		p.fail(codeParameter, "decisions", "Paramètre « decisions » : il ne sert qu’avec synchronisation=, ajoutez-le.")
	}
	d.Montants = p.one("montants", "non", "oui") == "oui"
	d.Tarifs = p.id("tarifs", codeParameter)
	if f := p.one("facturation", "annuelle", "unique", "echue", "opco"); f != "annuelle" {
		d.Facturation = ventilation.Facturation(f)
	}
	d.ParDefaut, d.NPEC = p.value("facturation") == "", p.id("npec", codeParameter)
	for _, name := range []string{"tarifs", "facturation", "npec"} {
		if p.value(name) != "" && !d.Montants {
			p.fail(codeParameter, name, "Paramètre « %s » : il ne sert qu’avec montants=oui, ajoutez-le.", name)
		}
	}
	format, page, err := p.form()
	if err != nil {
		return err
	}
	v, err := s.hub.Comptabilite.Ventilation(r.Context(), d)
	if err != nil {
		return err
	}
	mad := madOf(v)
	switch {
	case format != "json":
		return WriteVentilation(w, v, d.Par, format)
	case d.Exercice != 0:
		return web.WriteJSON(w, http.StatusOK, ventilationOne{mad[0], d.Par, listeID(v), v.Exercice(0)})
	}
	return web.WriteJSON(w, http.StatusOK, allOf(v, mad, d.Par, page))
}

// WriteVentilation answers with a ventilation along dimensions as a file to save,
// "csv" or "xlsx". The error is a *web.SendError where the client left.
func WriteVentilation(w http.ResponseWriter, v hub.Ventilation, par []ventilation.Dimension, format string) error {
	if format == "csv" {
		return writeVentilationCSV(w, v, madOf(v), par)
	}
	return writeVentilationXLSX(w, v, madOf(v), par)
}

// madOf returns the exercices of v as the JSON dialect shows them, in the order
// of v; their names come from the société's whole list.
func madOf(v hub.Ventilation) []comptable.MAD {
	byID := map[string]comptable.MAD{}
	for _, m := range comptable.ToMAD(v.Tous) {
		byID[m.ProducerID] = m
	}
	out := make([]comptable.MAD, len(v.Exercices))
	for i, e := range v.Exercices {
		out[i] = byID[web.ID(e.ID)]
	}
	return out
}

func allOf(v hub.Ventilation, mad []comptable.MAD, par []ventilation.Dimension, page hub.Page) ventilationAll {
	all := ventilationAll{Par: par, Tarifs: listeID(v), Exercices: make([]ventilationTable, len(mad)), SansDates: v.SansDates(), HorsExercices: v.HorsTout(), FinsPresumees: v.FinsPresumees(),
		Total: v.Len(), Contrats: []contratAnswer{}}
	for i := range mad {
		table := v.Exercice(i)
		all.Exercices[i] = ventilationTable{mad[i], table.Lignes, table.Total}
	}
	if v.AvecMontants() {
		sansTarif := v.SansTarif()
		all.SansTarif = &sansTarif
	}
	end := v.Len()
	if page.Limit > 0 {
		end = min(end, page.Offset+page.Limit)
	}
	for i := page.Offset; i < end; i++ {
		all.Contrats = append(all.Contrats, contratOf(v.Detail(i), v.Exercices))
	}
	return all
}

func contratOf(d ventilation.Detail, exercices []domaine.Exercice) contratAnswer {
	c := contratAnswer{CodeContrat: d.Code, DateDebut: d.Periode.Debut.String(), DateFin: d.Periode.Fin.String(),
		Duree: d.Periode.Jours(), Jours: []joursAnswer{}, Hors: d.Hors}
	for i, jours := range d.Jours {
		if jours == 0 {
			continue
		}
		answer := joursAnswer{Exercice: web.ID(exercices[i].ID), Jours: jours}
		if d.Produits != nil {
			answer.Produit = &d.Produits[i]
		}
		c.Jours = append(c.Jours, answer)
	}
	if d.Produits != nil {
		c.Montant, c.HorsProduit = &d.Total, &d.Reste
	}
	return c
}

// listeID returns the id of the price list of the amounts, nil where there are
// none.
func listeID(v hub.Ventilation) *string {
	if v.Tarifs == 0 {
		return nil
	}
	return web.OrNull(web.ID(v.Tarifs))
}

// id reads a parameter that is an id, 0 where it is absent.
func (p *parameterReader) id(name, code string) int64 {
	v := p.value(name)
	if v == "" {
		return 0
	}
	id, err := strconv.ParseInt(v, 10, 64)
	if err != nil || id < 1 {
		p.fail(code, name, "Paramètre « %s » : un identifiant (un nombre entier) était attendu.", name)
	}
	return id
}
