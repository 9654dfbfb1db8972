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
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// financementPage is what financement.html shows.
type financementPage struct {
	dossier
	Au         passerelle.Date
	Par        ventilation.Dimension
	Nom        string // of Par
	Dimensions []choixDimension
	Erreur     string // of the address
	F          hub.FinancementVu
	Colonnes   *colonnes
	Mois       []moisFinancement
	Contrats   []contratFinancement
	Pagination pagination
	Editions   []hub.EditionNPEC
	Exercices  []exerciceLigne
	Adresse    string // whole, of the same figures as a file
	PeutAgir   bool
	most       financement.Centimes // of a group, once it was asked for
}

// Lien is the address of the contracts that make a figure.
func (p *financementPage) Lien(mesure, cle string) string {
	choix := choixContrats{Au: p.Au, Par: p.Par, Mesure: mesure, Cle: cle, AvecCle: mesure != "" && cle != toutesCles, societe: p.societe()}
	return choix.lien()
}

// Groupe is the address of the contracts of a group.
func (p *financementPage) Groupe(cle string) string {
	return choixContrats{Au: p.Au, Par: p.Par, Cle: cle, AvecCle: true, societe: p.societe()}.lien()
}

// GroupeAvant is the address of the contracts that made the income of a group a year before.
func (p *financementPage) GroupeAvant(cle string) string {
	return choixContrats{Au: p.F.Avant, Par: p.Par, Mesure: "produit", Cle: cle, AvecCle: true, societe: p.societe()}.lien()
}

// Debut are the incomplete contracts that the page lists.
func (p *financementPage) Debut(list []arrete.Incomplet) []arrete.Incomplet {
	return list[:min(len(list), linesPerPage)]
}

// Tout is the address of the contracts that make a total.
func (p *financementPage) Tout(mesure string) string { return p.Lien(mesure, toutesCles) }

// moisFinancement is what falls due in a month.
type moisFinancement struct {
	Mois     string // MM/YYYY
	Montant  financement.Centimes
	Contrats int
	Lien     string // of its instalments
	debut    passerelle.Date
}

type contratFinancement struct {
	Code, Regime, Source string
	Annuel               financement.Centimes
	financement.Situation
}

// parFinancement are the dimensions that the page offers.
var parFinancement = []choixDimension{{ventilation.ParFormation, "Formation"}, {ventilation.ParRNCP, "Certification"}, {ventilation.ParSite, "Site"}, {ventilation.ParEntreprise, "Entreprise"}}

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
	if par := ventilation.Dimension(q.Get("par")); slices.ContainsFunc(parFinancement, func(c choixDimension) bool { return c.Code == par }) {
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
	p := &financementPage{dossier: dossier, Au: d.Au, Par: d.Par[0], Dimensions: parFinancement, Erreur: erreur, PeutAgir: r.compte.Role.Compte()}
	p.Nom = parFinancement[slices.IndexFunc(parFinancement, func(c choixDimension) bool { return c.Code == p.Par })].Nom
	if p.F, err = c.hub.Comptabilite.FinancementRapproche(r.Context(), d); err != nil {
		return err
	}
	if p.Editions, err = c.hub.Comptabilite.EditionsNPEC(r.Context(), r.compte.OrganismeID); err != nil {
		return err
	}
	list, err := c.hub.Comptabilite.Exercices(r.Context(), r.acces(), nil)
	if err != nil {
		return err
	}
	p.Exercices = lignes(list, nil)
	p.Mois = p.parMois()
	p.Colonnes = newColonnes(p.Mois, p.Au)
	fiches := p.F.Fiches()
	page := pageOf(r.Request)
	p.Pagination = paginateBy(r.Request, page, len(fiches), linesPerPage)
	for _, f := range part(fiches, page, linesPerPage) {
		plan := p.F.Plan(&f)
		p.Contrats = append(p.Contrats, contratFinancement{f.Code, string(plan.Contrat.Regime()), sources[plan.Contrat.Source], plan.Annuel, f.Situation})
	}
	query := url.Values{"au": {d.Au.String()}, "par": {string(p.Par)}}
	if societe := p.societe(); societe != "" {
		query.Set("societe", societe)
	}
	p.Adresse = "/financement.xlsx?" + query.Encode()
	return c.render(w, r, http.StatusOK, "financement", "Financement", p)
}

// parMois are the months around the date, each with the address of its instalments.
func (p *financementPage) parMois() (months []moisFinancement) {
	for _, m := range p.F.Mois {
		months = append(months, moisFinancement{Mois: m.Debut.Time().Format("01/2006"), Montant: m.Montant, Contrats: m.Contrats, debut: m.Debut,
			Lien: choixContrats{Au: p.Au, Par: p.Par, Mois: m.Debut, societe: p.societe()}.lien()})
	}
	return months
}

// Ecart says by how much a figure is above or below that of the year before.
func (p *financementPage) Ecart(now, before financement.Centimes) string {
	return ecart(int64(now), int64(before))
}

// fichierFinancement is demandeFinancement for a file, which cannot say what is wrong.
func (c *console) fichierFinancement(r *request) (hub.DemandeFinancement, error) {
	d, erreur := c.demandeFinancement(r)
	if erreur != "" {
		return d, refus.New(refus.CodeInvalidChoice, "%s", erreur)
	}
	return d, nil
}

// financementXLSX gives the figures of the page as a workbook.
func (c *console) financementXLSX(w http.ResponseWriter, r *request) error {
	d, err := c.fichierFinancement(r)
	if err != nil {
		return err
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
	Frise     *frise            // nil without a plan
	OPCO      []hub.MontantOPCO // what people took, the latest first
	PeutAgir  bool
	Form      opcoForm
}

// Source says where the annual amount comes from.
func (f *financementContrat) Source() string { return sources[f.Plan.Contrat.Source] }

// sources say where amounts come from.
var sources = map[financement.Source]string{
	financement.SourceOPCO: "OPCO, repris", financement.SourceContrat: "contrat", financement.SourceNPEC: "référentiel NPEC",
	financement.SourceTarif: "liste de tarifs", financement.SourceDepart: "valeur de départ du niveau",
}

// financementOf returns the funding of a contract today, nil where there is none to
// show: a contract that ran no day.
func (c *console) financementOf(r *request, code string, form opcoForm) (*financementContrat, error) {
	if _, err := c.readDossier(r); err != nil {
		return nil, err
	}
	f, err := c.hub.Comptabilite.FinancementDe(r.Context(), hub.DemandeFinancement{Acces: r.acces()}, code)
	if refus.Of(err) != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	shown := &financementContrat{Au: f.Au, Plan: f.Plan, Incomplet: f.Incomplet, PeutAgir: r.compte.Role.Compte(), Form: form}
	for _, m := range slices.Backward(f.OPCO) {
		shown.OPCO = append(shown.OPCO, m)
	}
	if f.Plan != nil {
		shown.Situation, shown.Frise = f.Plan.Au(f.Au), newFrise(f.Plan, f.Au)
	}
	return shown, nil
}
