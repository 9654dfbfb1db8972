package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/compta"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// financementPage is what financement.html shows.
type financementPage struct {
	dossier
	Au         passerelle.Date
	Par        ventilation.Dimension
	Dimensions []ventilation.Dimension
	Erreur     string // of the address
	F          hub.Financement
	Mois       []moisFinancement
	Maximum    financement.Centimes // the highest of Mois
	Contrats   []contratFinancement
	Pagination pagination
	Bilan      *rapprochement.Bilan
	Editions   []hub.EditionNPEC
	Exercices  []exerciceLigne
	Adresse    string // of the same figures as a file
}

// moisFinancement is what falls due in a month.
type moisFinancement struct {
	Mois     string // MM/YYYY
	Montant  financement.Centimes
	Contrats int
}

type contratFinancement struct {
	Code, Regime, Source string
	Annuel               financement.Centimes
	financement.Situation
}

// parFinancement are the dimensions that the page offers.
var parFinancement = []ventilation.Dimension{ventilation.ParFormation, ventilation.ParRNCP, ventilation.ParSite, ventilation.ParEntreprise}

// demandeFinancement reads the address of the page or of its file.
func (c *console) demandeFinancement(r *request) (d hub.DemandeFinancement, erreur string) {
	q := r.URL.Query()
	d = hub.DemandeFinancement{Acces: r.acces(), Au: passerelle.DateOf(c.hub.Now().In(hub.Paris)), Par: []ventilation.Dimension{ventilation.ParFormation}}
	if text := q.Get("au"); text != "" {
		au, err := passerelle.ParseDate(text)
		if err != nil {
			return d, "Cette date n’existe pas : choisissez-en une autre."
		}
		d.Au = au
	}
	if par := ventilation.Dimension(q.Get("par")); slices.Contains(parFinancement, par) {
		d.Par = []ventilation.Dimension{par}
	}
	return d, ""
}

func (c *console) financement(w http.ResponseWriter, r *request) error {
	dossier, err := c.readDossier(r)
	if err != nil {
		return err
	}
	d, erreur := c.demandeFinancement(r)
	p := &financementPage{dossier: dossier, Au: d.Au, Par: d.Par[0], Dimensions: parFinancement, Erreur: erreur}
	if p.F, err = c.hub.Comptabilite.Financement(r.Context(), d); err != nil {
		return err
	}
	compared, err := c.hub.Comptabilite.Rapprochement(r.Context(), d)
	if err != nil {
		return err
	}
	p.Bilan = compared.Bilan
	if p.Editions, err = c.hub.Comptabilite.EditionsNPEC(r.Context()); err != nil {
		return err
	}
	list, err := c.hub.Comptabilite.Exercices(r.Context(), r.acces(), nil)
	if err != nil {
		return err
	}
	p.Exercices = lignes(list, nil)
	p.Mois, p.Maximum = parMois(&p.F)
	fiches := p.F.Fiches()
	page := pageOf(r.Request)
	p.Pagination = paginateBy(r.Request, page, len(fiches), linesPerPage)
	for _, f := range part(fiches, page, linesPerPage) {
		plan := p.F.Plan(&f)
		p.Contrats = append(p.Contrats, contratFinancement{f.Code, string(plan.Contrat.Regime()), string(plan.Contrat.Source), plan.Annuel, f.Situation})
	}
	query := url.Values{"au": {d.Au.String()}, "par": {string(p.Par)}}
	if societe := r.URL.Query().Get("societe"); societe != "" {
		query.Set("societe", societe)
	}
	p.Adresse = query.Encode()
	return c.render(w, r, http.StatusOK, "financement", "Financement", p)
}

// parMois adds up what falls due in each of the six months before the date and the
// twelve from it on.
func parMois(f *hub.Financement) (months []moisFinancement, highest financement.Centimes) {
	first := f.Au.FirstOfMonth().AddMonths(-6)
	for i := range 18 {
		months = append(months, moisFinancement{Mois: first.AddMonths(i).Time().Format("01/2006")})
	}
	at := first.Time()
	for i := range f.Fiches() {
		seen := -1
		for _, e := range f.Plan(&f.Fiches()[i]).Echeances {
			t := e.Date.Time()
			month := (t.Year()-at.Year())*12 + int(t.Month()) - int(at.Month())
			if month < 0 || month >= len(months) || e.Montant == 0 {
				continue
			}
			months[month].Montant += e.Montant
			if seen != month {
				months[month].Contrats++
				seen = month
			}
		}
	}
	for _, m := range months {
		highest = max(highest, m.Montant)
	}
	return months, highest
}

// financementXLSX gives the figures of the page as a workbook.
func (c *console) financementXLSX(w http.ResponseWriter, r *request) error {
	d, erreur := c.demandeFinancement(r)
	if erreur != "" {
		return refus.New(refus.CodeInvalidChoice, "%s", erreur)
	}
	f, err := c.hub.Comptabilite.Financement(r.Context(), d)
	if err != nil {
		return err
	}
	return compta.WriteFinancement(w, f, d.Par)
}

// ecritures gives the closing entries of an exercice as a TRA file.
func (c *console) ecritures(w http.ResponseWriter, r *request) error {
	id, err := strconv.ParseInt(r.URL.Query().Get("exercice"), 10, 64)
	if err != nil {
		return refus.New(refus.CodeNotFound, "Cet exercice n’existe pas : choisissez-le dans la liste.")
	}
	e, err := c.hub.Comptabilite.Ecritures(r.Context(), hub.DemandeEcritures{Acces: r.acces(), Exercice: id})
	if err != nil {
		return err
	}
	return compta.WriteEcritures(w, e, "tra", comptable.OptionsTRA{}, c.hub)
}

// financementContrat is the funding of a contract on its page.
type financementContrat struct {
	Au        passerelle.Date
	Plan      *financement.Plan
	Situation financement.Situation
	Incomplet *arrete.Incomplet
}

// financementOf returns the funding of a contract today, nil where there is none to
// show: several sociétés, or a contract that ran no day.
func (c *console) financementOf(r *request, code string) (*financementContrat, error) {
	f, err := c.hub.Comptabilite.FinancementDe(r.Context(), hub.DemandeFinancement{Acces: r.acces()}, code)
	if refus.Of(err) != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	shown := &financementContrat{Au: f.Au, Plan: f.Plan, Incomplet: f.Incomplet}
	if f.Plan != nil {
		shown.Situation = f.Plan.Au(f.Au)
	}
	return shown, nil
}
