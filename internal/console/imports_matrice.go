package console

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// matricePage is what matrice.html shows.
type matricePage struct {
	*importPage
	Champs     []champForm
	Versions   []hub.Matrice
	JSON       string
	ErreurJSON string
	Modifie    bool // the form says something else than what is recorded
}

func (c *console) matriceForm(w http.ResponseWriter, r *request) error {
	o, err := c.openImport(r)
	if err != nil {
		return err
	}
	defer o.Close()
	return c.showMatrice(w, r, http.StatusOK, o, o.Matrice, "")
}

// saveMatrice reads the form. It only shows what the form would make of the file
// unless it is to be recorded.
func (c *console) saveMatrice(w http.ResponseWriter, r *request) error {
	o, err := c.openImport(r)
	if err != nil {
		return err
	}
	defer func() { _ = o.Close() }()
	if !o.Waits() {
		http.Redirect(w, r.Request, lienImport(o.ID), http.StatusSeeOther)
		return nil
	}
	m, erreur, err := c.chosenMatrice(r, o)
	if err != nil {
		return err
	}
	action := r.PostFormValue("action")
	if erreur != "" {
		return c.showMatrice(w, r, http.StatusUnprocessableEntity, o, o.Matrice, erreur)
	}
	if action == "" || action == "recalculer" {
		return c.showMatrice(w, r, http.StatusOK, o, m, "")
	}
	var sheet *string
	if action == "feuille" {
		chosen := r.PostFormValue("feuille")
		if chosen != tableur.AllSheets && !slices.Contains(o.Table.Sheets, chosen) {
			return c.showMatrice(w, r, http.StatusUnprocessableEntity, o, o.Matrice, "")
		}
		sheet = &chosen
	}
	saved, err := c.hub.Imports.SetImportMatrice(r.Context(), r.acteur(), o.ID, m, sheet)
	if err != nil {
		return err
	}
	defer saved.Close()
	if sheet != nil && len(saved.Problemes) > 0 {
		// Another sheet has other columns.
		proposed, _ := tableur.Propose(saved.Table.Columns, saved.Exemples)
		again, err := c.hub.Imports.SetImportMatrice(r.Context(), r.acteur(), o.ID, proposed, nil)
		if err != nil {
			return err
		}
		defer again.Close()
		saved = again
	}
	if action != "enregistrer" || len(saved.Problemes) > 0 {
		if action == "enregistrer" {
			return c.showMatrice(w, r, http.StatusUnprocessableEntity, saved, saved.Matrice, "")
		}
		http.Redirect(w, r.Request, lienImport(o.ID)+"/correspondance", http.StatusSeeOther)
		return nil
	}
	http.Redirect(w, r.Request, lienImport(o.ID), http.StatusSeeOther)
	return nil
}

// chosenMatrice returns the mapping that a form asks for; erreur is why its JSON
// document is none.
func (c *console) chosenMatrice(r *request, o *hub.ImportOuvert) (m tableur.Mapping, erreur string, err error) {
	switch r.PostFormValue("action") {
	case "json":
		if m, err = tableur.ParseMapping([]byte(r.PostFormValue("json"))); err != nil {
			return o.Matrice, sentence(err), nil
		}
		return m, "", nil
	case "proposition":
		m, _ = tableur.Propose(o.Table.Columns, o.Exemples)
		return m, "", nil
	case "version":
		kept, err := c.hub.Imports.Matrices(r.Context(), r.compte.OrganismeID)
		if err != nil {
			return m, "", err
		}
		for _, v := range kept {
			if strconv.FormatInt(v.Version, 10) == r.PostFormValue("version") {
				m, err := tableur.ParseMapping([]byte(v.Document))
				return m, "", err
			}
		}
		return o.Matrice, "", nil
	case "feuille":
		return o.Matrice, "", nil
	}
	return matriceOf(r, o), "", nil
}

// showMatrice shows a mapping with what it makes of the file.
func (c *console) showMatrice(w http.ResponseWriter, r *request, status int, o *hub.ImportOuvert, m tableur.Mapping, erreurJSON string) error {
	if !o.Waits() {
		http.Redirect(w, r.Request, lienImport(o.ID), http.StatusSeeOther)
		return nil
	}
	p := &matricePage{importPage: &importPage{ImportOuvert: o, Adresse: lienImport(o.ID), Etape: 2}, ErreurJSON: erreurJSON, Modifie: !sameMapping(m, o.Matrice)}
	examples, err := c.hub.Imports.Exemples(r.Context(), o, m, sampleValues)
	if err != nil {
		return err
	}
	p.readChamps(m, examples, r)
	if r.Header.Get("HX-Request") != "" {
		return c.renderPart(w, r, "matrice", "champs", p)
	}
	document, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	p.JSON = string(document)
	if erreurJSON != "" {
		p.JSON = r.PostFormValue("json")
	}
	if p.Versions, err = c.hub.Imports.Matrices(r.Context(), r.compte.OrganismeID); err != nil {
		return err
	}
	return c.render(w, r, status, "matrice", "Correspondance des colonnes", p)
}

func sameMapping(a, b tableur.Mapping) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
