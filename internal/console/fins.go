package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// finsPage is what fins.html shows.
type finsPage struct {
	Lignes     []finLigne
	Total      int
	Decidees   []hub.FinDecidee // the latest ones
	PeutAgir   bool
	Adresse    string // of the form: this page of the list
	Pagination pagination
	Form       finForm
}

// finLigne is a contract whose end is presumed.
type finLigne struct {
	hub.FinPresumee
	Coche  bool
	Erreur string
}

// finForm is what a person says of the end of contracts.
type finForm struct {
	Fin, Date string            // as they were sent
	Erreurs   map[string]string // by field
}

// lastDecisions is how many decisions the page of ends shows.
const lastDecisions = 20

// fins lists the contracts whose end is presumed.
func (c *console) fins(w http.ResponseWriter, r *request) error {
	return c.showFins(w, r, http.StatusOK, nil, finForm{}, nil)
}

func (c *console) showFins(w http.ResponseWriter, r *request, status int, codes []string, form finForm, wrong map[string]string) error {
	page := pageOf(r.Request)
	list, total, err := c.hub.Contrats.FinsPresumees(r.Context(), r.compte.OrganismeID, slice(page))
	if err != nil {
		return err
	}
	p := finsPage{Total: total, PeutAgir: integrer.allows(r.compte.Role), Adresse: with(r.URL, "", ""), Pagination: paginate(r.Request, page, total), Form: form}
	for i := range list {
		code := list[i].Code
		p.Lignes = append(p.Lignes, finLigne{list[i], slices.Contains(codes, code), wrong[code]})
	}
	if p.Decidees, err = c.hub.Contrats.FinsDecidees(r.Context(), r.compte.OrganismeID, lastDecisions); err != nil {
		return err
	}
	return c.render(w, r, status, "fins", "Fins à préciser", p)
}

// decideFins decides the ends of the contracts that are ticked: of all, or of none.
func (c *console) decideFins(w http.ResponseWriter, r *request) error {
	codes := r.PostForm["code"]
	d, form := readFin(r.Request)
	if len(codes) == 0 {
		form.Erreurs["code"] = "Cochez au moins un contrat."
	}
	if len(form.Erreurs) > 0 {
		return c.showFins(w, r, http.StatusUnprocessableEntity, codes, form, nil)
	}
	list := make([]hub.FinDemandee, len(codes))
	for i, code := range codes {
		list[i] = hub.FinDemandee{Code: code, Quoi: d}
	}
	violations, err := violationsOf(c.hub.Contrats.DecideFins(r.Context(), r.acteur(), list))
	if err != nil {
		return err
	}
	if len(violations) == 0 {
		return then(w, r, "/fins", "fins")
	}
	wrong := map[string]string{}
	for i := range violations {
		wrong[violations[i].CodeContrat] = violations[i].Message
	}
	form.Erreurs["code"] = "La décision ne convient pas à tous les contrats cochés : changez-la, ou décochez ceux qui sont signalés."
	return c.showFins(w, r, http.StatusUnprocessableEntity, codes, form, wrong)
}

// readFin reads a decision, and what is wrong with it whatever the contract.
func readFin(r *http.Request) (vie.Decision, finForm) {
	form := finForm{Fin: r.PostForm.Get("fin"), Date: strings.TrimSpace(r.PostForm.Get("date")), Erreurs: map[string]string{}}
	d := vie.Decision{Fin: vie.Nature(form.Fin)}
	if !slices.Contains([]vie.Nature{vie.Terme, vie.Rompu, vie.Annule}, d.Fin) {
		form.Erreurs["fin"] = "Choisissez comment ces contrats ont pris fin."
	}
	switch day, err := parseDay(form.Date); {
	case form.Date == "" && d.Fin == vie.Rompu:
		form.Erreurs["date"] = "Donnez le dernier jour d’un contrat rompu."
	case form.Date == "":
	case err != nil:
		form.Erreurs["date"] = "Cette date n’existe pas : choisissez-en une autre."
	case d.Fin == vie.Rompu:
		d.Date = vie.Le(day)
	case d.Fin == vie.Terme || d.Fin == vie.Annule:
		form.Erreurs["date"] = "Une date ne va qu’avec un contrat rompu : effacez-la, ou choisissez « Rompu »."
	}
	return d, form
}

// parseDay reads what a date field sends, or what people type where the browser has none.
func parseDay(text string) (passerelle.Date, error) {
	if day, err := passerelle.ParseDate(text); err == nil {
		return day, nil
	}
	return passerelle.ParseDateFR(text)
}

// violationsOf returns the violations that a decision was refused for, or any other
// error.
func violationsOf(err error) ([]passerelle.Violation, error) {
	if refusal := refus.Of(err); refusal != nil && refusal.Code == refus.CodeInvalidFin {
		if list, ok := refusal.Details.([]passerelle.Violation); ok && len(list) > 0 {
			return list, nil
		}
	}
	return nil, err
}

// decideFin decides the end of one contract from its page, or takes back what was
// decided.
func (c *console) decideFin(w http.ResponseWriter, r *request) error {
	code := r.PathValue("code")
	var d vie.Decision
	form, fait := finForm{}, "fin-retiree"
	if r.PostForm.Get("action") != "retirer" {
		if d, form = readFin(r.Request); len(form.Erreurs) > 0 {
			return c.showContrat(w, r, http.StatusUnprocessableEntity, form, opcoForm{})
		}
		fait = "fin"
	}
	violations, err := violationsOf(c.hub.Contrats.DecideFins(r.Context(), r.acteur(), []hub.FinDemandee{{Code: code, Quoi: d}}))
	if err != nil {
		return err
	}
	if len(violations) == 0 {
		return then(w, r, lienContrat(code), fait)
	}
	form.Erreurs[violations[0].Field] = violations[0].Message
	return c.showContrat(w, r, http.StatusUnprocessableEntity, form, opcoForm{})
}

func lienContrat(code string) string { return "/contrats/" + url.PathEscape(code) }

// finContrat is the end of an archived contract on its page.
type finContrat struct {
	*hub.Fin
	PeutAgir bool
	Form     finForm
}

// finOf returns the end of a contract, nil while it is active.
func (c *console) finOf(r *request, code string, form finForm) (*finContrat, error) {
	f, err := c.hub.Contrats.Fin(r.Context(), r.compte.OrganismeID, code)
	if refusal := refus.Of(err); refusal != nil && refusal.Code == refus.CodeActiveContrat {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if form.Erreurs == nil && f.Decidee != nil {
		form.Fin = string(f.Decidee.Quoi.Fin)
		if day := f.Decidee.Quoi.Date; day.Connu {
			form.Date = day.String()
		}
	}
	return &finContrat{f, integrer.allows(r.compte.Role), form}, nil
}

// nature is how a contract ended, as people say it.
func nature(n vie.Nature) string {
	switch n {
	case vie.Terme:
		return "Allé à son terme"
	case vie.Rompu:
		return "Rompu"
	case vie.Annule:
		return "Annulé, il n’a jamais eu lieu"
	case vie.Presumee:
		return "Présumée"
	}
	return "Décision retirée"
}
