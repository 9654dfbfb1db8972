package console

import (
	"errors"
	"net/http"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// tarifsFormPage is what tarifs-modifier.html shows.
type tarifsFormPage struct {
	Lignes  []tarifSaisi
	Erreurs int
	Erreur  string // of the list as a whole
	Version string
	Autre   *entretemps
}

// tarifSaisi is a line of the form.
type tarifSaisi struct {
	ventilation.EntreeTarif
	Nom     string            // of the formation
	Erreurs map[string]string // by column; "" for the line as a whole
}

// saisieMost is how many prices are edited on a page: longer lists are files.
const saisieMost = 300

// lignesVides is how many lines wait for new prices.
const lignesVides = 3

// editTarifs shows the prices in use as a form, with the formations that have none.
func (c *console) editTarifs(w http.ResponseWriter, r *request) error {
	shown, err := c.readTarifs(r)
	if err != nil {
		return err
	}
	p := &tarifsFormPage{Version: c.seen(versionTarifs(shown.Listes))}
	if len(shown.Listes) > 0 {
		current, err := c.hub.Comptabilite.Tarifs(r.Context(), r.compte.OrganismeID, 0)
		if err != nil {
			return err
		}
		for _, t := range current.Entrees {
			p.Lignes = append(p.Lignes, tarifSaisi{EntreeTarif: t.Entree()})
		}
	}
	for _, f := range shown.Sans {
		p.Lignes = append(p.Lignes, tarifSaisi{EntreeTarif: ventilation.EntreeTarif{Par: string(ventilation.ParFormation), Code: f.Code}, Nom: f.Nom})
	}
	if len(p.Lignes) > saisieMost {
		return refus.New(refus.CodeInvalidChoice, "La liste compte plus de %d tarifs : exportez-la, corrigez le fichier, puis importez-le.", saisieMost)
	}
	for range lignesVides {
		p.Lignes = append(p.Lignes, tarifSaisi{EntreeTarif: ventilation.EntreeTarif{Par: string(ventilation.ParFormation)}})
	}
	return c.render(w, r, http.StatusOK, "tarifs-modifier", "Modifier les tarifs", p)
}

// saveTarifs puts the list of the form in the place of the one in use. A line without
// an amount is left out.
func (c *console) saveTarifs(w http.ResponseWriter, r *request) error {
	form := r.PostForm
	p := &tarifsFormPage{Version: r.PostFormValue("version")}
	n := len(form["code"])
	for _, name := range []string{"par", "montant", "debut", "fin"} {
		if len(form[name]) != n || n > saisieMost+lignesVides {
			return errForm
		}
	}
	var entries []ventilation.EntreeTarif
	var places []int // of the lines of the form
	for i := range n {
		e := ventilation.EntreeTarif{Par: form["par"][i], Code: strings.TrimSpace(form["code"][i]), Montant: strings.TrimSpace(form["montant"][i]), Debut: form["debut"][i], Fin: form["fin"][i]}
		p.Lignes = append(p.Lignes, tarifSaisi{EntreeTarif: e, Erreurs: map[string]string{}})
		if e.Montant != "" {
			entries, places = append(entries, e), append(places, i)
		}
	}
	list, wrong := ventilation.Read(entries)
	if len(wrong) == 0 {
		_, err := c.hub.Comptabilite.ImportTarifs(r.Context(), r.compte.OrganismeID, r.compte.Personne(), list, false, r.attendu())
		var refused *hub.ListeRefusee
		switch {
		case err == nil:
			return then(w, r, "/tarifs", "tarifs")
		case changed(err):
			return c.staleTarifs(w, r, p)
		case errors.As(err, &refused):
			wrong = refused.Erreurs
		default:
			return err
		}
	}
	p.Erreurs = len(wrong)
	for _, e := range wrong {
		if e.Index < 0 {
			p.Erreur = e.Message
			continue
		}
		p.Lignes[places[e.Index]].Erreurs[e.Champ] = e.Message
	}
	return c.render(w, r, http.StatusUnprocessableEntity, "tarifs-modifier", "Modifier les tarifs", p)
}

// staleTarifs shows the form again, beside what somebody else has done meanwhile.
func (c *console) staleTarifs(w http.ResponseWriter, r *request, p *tarifsFormPage) error {
	lists, err := c.hub.Comptabilite.ListesTarifs(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	p.Version = c.seen(versionTarifs(lists))
	if p.Autre, err = c.meanwhile(r, "tarifs", nil, "La liste de tarifs", "/tarifs/modifier"); err != nil {
		return err
	}
	return c.render(w, r, http.StatusPreconditionFailed, "tarifs-modifier", "Modifier les tarifs", p)
}

// versionTarifs names the price list in use.
func versionTarifs(lists []hub.ListeTarifs) string {
	if len(lists) == 0 {
		return domaine.VersionTarifs(0)
	}
	return domaine.VersionTarifs(lists[0].ID)
}
