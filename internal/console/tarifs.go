package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// tarifsPage is what tarifs.html shows.
type tarifsPage struct {
	Listes     []hub.ListeTarifs // the one in use first
	Liste      hub.ListeTarifs   // the one that is shown
	Lignes     []tarifLigne
	Pagination pagination
	PeutAgir   bool
	Sans       []hub.Valeur // formations of active contracts that have no price in the list in use

	Fichier string // name of a file that was checked or refused
	Erreurs []ventilation.ErreurLigne
	Reste   int // errors beyond those listed
	Verifie int // prices of a file that was checked and is right, 0 otherwise
	Erreur  string
}

// tarifLigne is one price as people read it.
type tarifLigne struct {
	Par, Code, Nom string
	Montant        ventilation.Centimes
	Debut, Fin     string // "" where validity is open
}

func (c *console) tarifs(w http.ResponseWriter, r *request) error {
	p, err := c.readTarifs(r)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "tarifs", "Tarifs", p)
}

// readTarifs reads the price lists, and a page of the one that the address names.
func (c *console) readTarifs(r *request) (*tarifsPage, error) {
	p := &tarifsPage{PeutAgir: r.compte.Role.Compte()}
	var err error
	if p.Listes, err = c.hub.Comptabilite.ListesTarifs(r.Context(), r.compte.OrganismeID); err != nil {
		return nil, err
	}
	_, formations, _, err := c.hub.Contrats.Nomenclature(r.Context(), r.compte.OrganismeID)
	if err != nil || len(p.Listes) == 0 {
		p.Sans = formations
		return p, err
	}
	id := p.Listes[0].ID
	if named := r.URL.Query().Get("liste"); named != "" {
		if id, err = strconv.ParseInt(named, 10, 64); err != nil || id < 1 {
			return nil, refus.New(refus.CodeNotFound, "Cette liste de tarifs n’existe pas : choisissez-la dans l’historique.")
		}
	}
	shown, err := c.hub.Comptabilite.Tarifs(r.Context(), r.compte.OrganismeID, id)
	if err != nil {
		return nil, err
	}
	p.Liste = shown.ListeTarifs
	names, priced := map[string]string{}, map[string]bool{}
	for _, f := range formations {
		names[f.Code] = f.Nom
	}
	for _, t := range shown.Entrees {
		if t.Par == ventilation.ParFormation {
			priced[t.Code] = true
		}
	}
	if id == p.Listes[0].ID {
		p.Sans = slices.DeleteFunc(formations, func(f hub.Valeur) bool { return priced[f.Code] })
	}
	page := pageOf(r.Request)
	p.Pagination = paginateBy(r.Request, page, len(shown.Entrees), linesPerPage)
	for _, t := range part(shown.Entrees, page, linesPerPage) {
		line := tarifLigne{Par: nomDimension(t.Par), Code: t.Code, Montant: t.Montant}
		if t.Par == ventilation.ParFormation {
			line.Nom = names[t.Code]
		}
		written := t.Entree()
		line.Debut, line.Fin = written.Debut, written.Fin
		p.Lignes = append(p.Lignes, line)
	}
	return p, nil
}

// importTarifs checks a price list and, where that is asked for and nothing is
// wrong, puts it in the place of the one in use.
func (c *console) importTarifs(w http.ResponseWriter, r *request) error {
	var refused *hub.ListeRefusee
	simulation := true
	nom, list, wrong, err := c.receiveTarifs(r)
	switch {
	case err != nil:
		return err
	case len(wrong) > 0:
		refused = hub.TarifsRefuses(wrong)
	case nom != "":
		simulation = r.FormValue("action") != "enregistrer"
		_, err = c.hub.Comptabilite.ImportTarifs(r.Context(), r.compte.OrganismeID, r.compte.Personne(), list, simulation, nil)
		if err != nil && !errors.As(err, &refused) {
			return err
		}
		if err == nil && !simulation {
			return then(w, r, "/tarifs", "tarifs")
		}
	}
	p, err := c.readTarifs(r)
	if err != nil {
		return err
	}
	p.Fichier = nom
	switch {
	case nom == "":
		p.Erreur = "Choisissez un fichier CSV."
	case refused != nil:
		p.Erreurs = refused.Erreurs[:min(len(refused.Erreurs), findings)]
		p.Reste = len(refused.Erreurs) - len(p.Erreurs)
	default:
		p.Verifie = len(list)
		return c.render(w, r, http.StatusOK, "tarifs", "Tarifs", p)
	}
	return c.render(w, r, http.StatusUnprocessableEntity, "tarifs", "Tarifs", p)
}

// receiveTarifs reads the file of the form; nom is "" where there is none.
func (c *console) receiveTarifs(r *request) (nom string, list []ventilation.Tarif, wrong []ventilation.ErreurLigne, err error) {
	file, header, err := r.FormFile("fichier")
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return "", nil, nil, err
	}
	if err != nil {
		return "", nil, nil, nil
	}
	defer file.Close()
	list, wrong, err = ventilation.ReadCSV(file)
	return header.Filename, list, wrong, err
}

// tarifsCSV is a price list as a file that can be imported again or, for
// ?modele=oui, one to complete with the formations that have no price.
func (c *console) tarifsCSV(w http.ResponseWriter, r *request) error {
	records := [][]string{slices.Clone(ventilation.Colonnes)}
	if r.URL.Query().Get("modele") != "" {
		p, err := c.readTarifs(r)
		if err != nil {
			return err
		}
		if len(p.Listes) > 0 {
			current, err := c.hub.Comptabilite.Tarifs(r.Context(), r.compte.OrganismeID, 0)
			if err != nil {
				return err
			}
			records = append(records, fieldsOf(current.Entrees)...)
		}
		for _, f := range p.Sans {
			records = append(records, []string{string(ventilation.ParFormation), f.Code, "", "", ""})
		}
		return writeCSV(w, "tarifs-a-completer", records)
	}
	id, err := strconv.ParseInt(strings.TrimSpace(r.URL.Query().Get("liste")), 10, 64)
	if err != nil {
		id = 0 // the one in use
	}
	shown, err := c.hub.Comptabilite.Tarifs(r.Context(), r.compte.OrganismeID, id)
	if err != nil {
		return err
	}
	return writeCSV(w, "tarifs-"+strconv.FormatInt(shown.ID, 10), append(records, fieldsOf(shown.Entrees)...))
}

func fieldsOf(list []ventilation.Tarif) (records [][]string) {
	for _, t := range list {
		records = append(records, t.Entree().Fields())
	}
	return records
}
