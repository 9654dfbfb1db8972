package console

import (
	"errors"
	"net/http"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/tra"
)

// traPage is what tra.html shows.
type traPage struct {
	dossier
	PeutAgir bool
	Nom      string // of the file that was checked
	*tra.Report
	Erreur string
}

func (c *console) traForm(w http.ResponseWriter, r *request) error {
	d, err := c.readDossier(r)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "tra", "Fichiers TRA", traPage{dossier: d, PeutAgir: r.compte.Role.Compte()})
}

// findings is how many errors and how many warnings the page lists.
const findings = 200

// checkTRA says what a file holds and what is wrong with it; nothing is recorded.
func (c *console) checkTRA(w http.ResponseWriter, r *request) error {
	d, err := c.readDossier(r)
	if err != nil {
		return err
	}
	p := traPage{dossier: d, PeutAgir: r.compte.Role.Compte()}
	file, header, err := r.FormFile("fichier")
	if err != nil {
		p.Erreur = "Choisissez un fichier TRA."
		return c.render(w, r, http.StatusUnprocessableEntity, "tra", "Fichiers TRA", p)
	}
	defer file.Close()
	p.Nom = header.Filename
	p.Report, err = tra.Check(file, tra.Options{Limit: findings})
	if refused, ok := errors.AsType[*tra.FormatError](err); ok {
		// It is no TRA file at all: said as any other finding.
		p.Report = &tra.Report{Report: compta.Refused(refused)}
		return c.render(w, r, http.StatusUnprocessableEntity, "tra", "Fichiers TRA", p)
	}
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "tra", "Fichiers TRA", p)
}

// importTRA creates the exercices of a file that are missing, after a look.
func (c *console) importTRA(w http.ResponseWriter, r *request) error {
	d, err := c.readDossier(r)
	if err != nil {
		return err
	}
	file, _, err := r.FormFile("fichier")
	if err != nil {
		return c.render(w, r, http.StatusUnprocessableEntity, "tra", "Fichiers TRA", traPage{dossier: d, PeutAgir: true, Erreur: "Choisissez un fichier TRA."})
	}
	defer file.Close()
	p := &exercicePage{dossier: d, Titre: "Importer les exercices d’un fichier TRA",
		Intro: "Seuls les exercices qui manquent sont créés, tous ou aucun. Pour les enregistrer, revenez à la page des fichiers TRA, choisissez le même fichier et demandez l’import."}
	return c.simulate(w, r, action{p, func(d hub.DemandeExercices) (*hub.ResultatExercices, error) {
		return c.hub.Comptabilite.ImportTRA(r.Context(), d, file)
	}, "exercices-importes"})
}
