package console

import (
	"net/http"

	"github.com/passerelle-hub/passerelle/internal/refus"
)

// aides says which section of which guide a page's help is taken from, by template.
var aides = map[string]struct{ guide, titre string }{
	"connexion": {guideCentre, "Se connecter"},
	"tableau":   {guideCentre, "Chaque matin : le tableau de bord"}, "centres": {guideCentre, "Plusieurs centres, une seule personne"},
	"recherche": {guideCentre, "Trouver n’importe quoi"}, "nomme": {guideCentre, "Trouver n’importe quoi"},
	"anomalies": {guideCentre, "Corriger à la source : les anomalies"}, "regle": {guideCentre, "Corriger à la source : les anomalies"},
	"contrats": {guideCentre, "Retrouver un contrat"}, "contrat": {guideCentre, "Retrouver un contrat"},
	"calendrier": {guideCentre, "Savoir ce qui vient"}, "fins": {guideCentre, "Préciser la fin d’un contrat"},
	"sessions": {guideCentre, "Les sessions"}, "session": {guideCentre, "Les sessions"},
	"modeles": {guideCentre, "Placer les contrats : les modèles"}, "modele": {guideCentre, "Placer les contrats : les modèles"},
	"modeles-ensemble": {guideCentre, "Placer les contrats : les modèles"}, "supprimer": {guideCentre, "Placer les contrats : les modèles"},
	"synchronisations": {guideCentre, "Lire les envois"}, "synchronisation": {guideCentre, "Lire les envois"},
	"confirmer": {guideCentre, "Lire les envois"}, "annuler": {guideCentre, "Revenir en arrière"},
	"imports": {guideCentre, "Importer un fichier"}, "import": {guideCentre, "Importer un fichier"}, "matrice": {guideFichiers, "La matrice de correspondance"},
	"exercices": {guideComptable, "Les règles"}, "exercice": {guideComptable, "Clôturer, et prouver"},
	"ventilation": {guideComptable, "La ventilation"}, "ventilation-contrats": {guideComptable, "La ventilation"},
	"financement": {guideComptable, "Dans la console"}, "financement-contrats": {guideComptable, "Dans la console"},
	"rapprochement": {guideComptable, "Ce que l’OPCO annonce"}, "npec": {guideComptable, "Le financement des contrats"},
	"tarifs": {guideComptable, "Les tarifs et les montants"}, "tarifs-modifier": {guideComptable, "Les tarifs et les montants"},
	"tra":      {guideComptable, "Contrôler et convertir un fichier comptable"},
	"reglages": {guideCentre, "Régler ce qui dépend de vous"},
	"jetons":   {guideCentre, "Brancher un logiciel : les jetons"}, "jeton": {guideCentre, "Brancher un logiciel : les jetons"}, "revoquer": {guideCentre, "Brancher un logiciel : les jetons"},
	"webhooks": {guideCentre, "Prévenir un logiciel : les webhooks"}, "webhook": {guideCentre, "Prévenir un logiciel : les webhooks"}, "webhook-supprimer": {guideCentre, "Prévenir un logiciel : les webhooks"},
	"journal":   {guideCentre, "Savoir qui a fait quoi : le journal"},
	"personnes": {guideCentre, "Remettre ou effacer les données d’une personne"},
	"comptes":   {guideCentre, "Donner un compte à chacun"}, "compte": {guideCentre, "Donner un compte à chacun"}, "mon-compte": {guideCentre, "Être prévenu"},
}

// sansAide are the templates of pages that are help themselves, or say all there is
// to say.
var sansAide = map[string]bool{"aide": true, "aides": true, "erreur": true}

// aidePage is what aide.html shows.
type aidePage struct {
	*guide
	Sommaire []*partie // the sections that its table of contents names
	Autres   []*guide
}

func (c *console) aide(w http.ResponseWriter, r *request) error {
	return c.showGuide(w, r, r.PathValue("guide"))
}

func (c *console) glossaire(w http.ResponseWriter, r *request) error {
	return c.showGuide(w, r, glossaire)
}

func (c *console) showGuide(w http.ResponseWriter, r *request, nom string) error {
	all := c.guides()
	g := all.byName[nom]
	if g == nil || nom == glossaire && r.URL.Path != pathOf(glossaire) {
		return refus.New(refus.CodeNotFound, "Il n’y a pas de guide à cette adresse : reprenez depuis la liste des guides.")
	}
	p := aidePage{guide: g}
	most := 2
	if nom == glossaire {
		most = 3 // its terms
	}
	for _, section := range g.Parties {
		if section.Niveau <= most {
			p.Sommaire = append(p.Sommaire, section)
		}
	}
	for _, other := range guidesMontres {
		if other != nom {
			p.Autres = append(p.Autres, all.byName[other])
		}
	}
	return c.render(w, r, http.StatusOK, "aide", g.Titre, p)
}

// Lien is where a guide is read.
func (g *guide) Lien() string { return pathOf(g.Nom) }

// Chapitres are the main sections of a guide.
func (g *guide) Chapitres() (list []*partie) {
	for _, p := range g.Parties {
		if p.Niveau == 2 {
			list = append(list, p)
		}
	}
	return list
}

func (c *console) aides(w http.ResponseWriter, r *request) error {
	var list []*guide
	for _, nom := range guidesMontres {
		list = append(list, c.guides().byName[nom])
	}
	return c.render(w, r, http.StatusOK, "aides", "Guides", list)
}
