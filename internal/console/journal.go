package console

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// journalPage is what journal.html shows.
type journalPage struct {
	Familles   []domaine.FamilleGestes
	Famille    string
	Gestes     []gesteLigne
	Pagination pagination
}

// gesteLigne is an act with what it is about, by its name today.
type gesteLigne struct {
	domaine.Geste
	Sur, Lien string // "" where there is nothing to name, or to open
}

// journal lists what people and software did beside pushing.
func (c *console) journal(w http.ResponseWriter, r *request) error {
	p := journalPage{Familles: domaine.FamillesGestes, Famille: r.URL.Query().Get("famille")}
	page := pageOf(r.Request)
	found, total, err := c.hub.Journal.Gestes(r.Context(), r.compte.OrganismeID, p.Famille, slice(page))
	if err != nil {
		return err
	}
	comptes, err := c.hub.Comptes.Comptes(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	for _, g := range found {
		p.Gestes = append(p.Gestes, gesteLigneOf(g, comptes))
	}
	p.Pagination = paginate(r.Request, page, total)
	return c.render(w, r, http.StatusOK, "journal", "Journal", p)
}

func gesteLigneOf(g domaine.Geste, comptes []domaine.Compte) gesteLigne {
	line := gesteLigne{Geste: g}
	famille, _, _ := strings.Cut(string(g.Quoi), ".")
	switch famille {
	case "jeton":
		line.Sur, line.Lien = "jeton "+g.Objet, "/jetons/"+g.Objet
	case "modele":
		line.Sur = "modèle " + g.Objet
		if g.Quoi != domaine.GesteModeleSupprime {
			line.Lien = "/modeles/" + g.Objet
		}
	case "webhook":
		line.Sur = "webhook " + g.Objet
		if g.Quoi != domaine.GesteWebhookSupprime {
			line.Lien = "/webhooks/" + g.Objet
		}
	case "compte":
		line.Sur = "compte " + g.Objet
		for i := range comptes {
			if strconv.FormatInt(comptes[i].ID, 10) == g.Objet {
				line.Sur, line.Lien = comptes[i].Personne(), "/comptes/"+g.Objet
			}
		}
	case "fin", "opco":
		line.Sur, line.Lien = "contrat "+g.Objet, lienContrat(g.Objet)
	case "envoi":
		line.Sur, line.Lien = "synchronisation "+g.Objet, "/synchronisations/"+g.Objet
	case "reglage":
		if reglage := domaine.ReglageOf(g.Objet); reglage != nil {
			line.Sur = reglage.Libelle
		}
		line.Lien = "/reglages"
	case "tarifs":
		line.Lien = "/tarifs"
	case "exercice":
		line.Lien = "/exercices"
	}
	return line
}

// jetonPage is what jeton.html shows.
type jetonPage struct {
	jetonLigne
	Appels []appelLigne
	Most   int // how many calls are kept
}

type appelLigne struct {
	domaine.Appel
	Classe, Texte string
}

// jeton shows a token with its last calls.
func (c *console) jeton(w http.ResponseWriter, r *request) error {
	j, err := c.ownJeton(r)
	if err != nil {
		return err
	}
	p := jetonPage{jetonLigne: ligneOf(j), Most: hub.AppelsGardes}
	partners, err := c.hub.Jetons.Partenaires(r.Context())
	if err != nil {
		return err
	}
	for _, partner := range partners {
		if partner.ID == j.PartenaireID {
			p.Partenaire = partner.Nom
		}
	}
	calls, err := c.hub.Jetons.Appels(r.Context(), r.compte.OrganismeID, j.ID)
	if err != nil {
		return err
	}
	for _, call := range calls {
		line := appelLigne{call, "bon", "servi"}
		switch {
		case call.Statut >= 500:
			line.Classe, line.Texte = "grave", "panne"
		case call.Statut >= 400:
			line.Classe, line.Texte = "attention", "refusé"
		}
		p.Appels = append(p.Appels, line)
	}
	title := "Jeton " + strconv.FormatInt(j.ID, 10)
	if j.Logiciel != "" {
		title = j.Logiciel + " (jeton " + strconv.FormatInt(j.ID, 10) + ")"
	}
	return c.render(w, r, http.StatusOK, "jeton", title, &p)
}
