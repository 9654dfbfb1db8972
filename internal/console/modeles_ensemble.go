package console

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// ensemblePage is what modeles-ensemble.html shows.
type ensemblePage struct {
	Groupes []ensembleLigne
	Choisis int
	Apercu  *hub.ApercuEnsemble
	Erreur  string
}

type ensembleLigne struct {
	hub.NonIntegre
	Cle    string
	Choisi bool
	Prend  int // contracts that its modèle would take
}

// cleDeGroupe names a group of contracts in no session.
func cleDeGroupe(g *hub.NonIntegre) string {
	return url.Values{"formation": {g.CodeFormation}, "annee": {g.CodeAnnee}, "site": {g.CodeSite}, "periode": {g.CodePeriode}}.Encode()
}

// ensembleForm proposes a modèle for each group of contracts in no session, all ticked,
// with one preview of them together.
func (c *console) ensembleForm(w http.ResponseWriter, r *request) error {
	return c.showEnsemble(w, r, http.StatusOK, nil, "")
}

// showEnsemble shows the modèles, those ticked that chosen names: all of them for nil.
func (c *console) showEnsemble(w http.ResponseWriter, r *request, status int, chosen []string, erreur string) error {
	p, list, err := c.ensembleOf(r, chosen)
	if err != nil {
		return err
	}
	p.Erreur = erreur
	if p.Apercu, err = c.hub.Integration.PreviewModeles(r.Context(), r.compte.OrganismeID, list); err != nil {
		return err
	}
	at := 0
	for i := range p.Groupes {
		if p.Groupes[i].Choisi {
			p.Groupes[i].Prend = p.Apercu.Par[at]
			at++
		}
	}
	return c.render(w, r, status, "modeles-ensemble", "Créer les modèles proposés", p)
}

// ensembleOf returns the groups of contracts in no session, and the modèles of those chosen.
func (c *console) ensembleOf(r *request, chosen []string) (ensemblePage, []domaine.Modele, error) {
	groups, err := c.hub.Integration.NonIntegres(r.Context(), r.compte.OrganismeID)
	var p ensemblePage
	var list []domaine.Modele
	for i := range groups {
		if len(p.Groupes) == hub.MaxModelesEnsemble {
			break
		}
		line := ensembleLigne{NonIntegre: groups[i], Cle: cleDeGroupe(&groups[i])}
		if line.Choisi = chosen == nil || slices.Contains(chosen, line.Cle); line.Choisi {
			list = append(list, groups[i].Modele)
		}
		p.Groupes = append(p.Groupes, line)
	}
	p.Choisis = len(list)
	return p, list, err
}

// createEnsemble creates what is ticked, or only previews it.
func (c *console) createEnsemble(w http.ResponseWriter, r *request) error {
	chosen := append([]string{}, r.PostForm["groupe"]...)
	if r.PostFormValue("action") != "creer" {
		return c.showEnsemble(w, r, http.StatusOK, chosen, "")
	}
	_, list, err := c.ensembleOf(r, chosen)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return c.showEnsemble(w, r, http.StatusUnprocessableEntity, chosen, "Cochez au moins un modèle : rien n’est créé.")
	}
	if err := c.hub.Integration.CreateModeles(r.Context(), r.compte.OrganismeID, list); err != nil {
		return err
	}
	return then(w, r, "/modeles", "modeles-crees")
}
