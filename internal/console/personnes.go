package console

import (
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// personnesPage is what personnes.html shows.
type personnesPage struct {
	Code    string // as it was typed for the form that was refused
	Erreurs map[string]string
	Fait    *hub.Effacement
	Actes   []domaine.Acte // the latest first
}

// personnes shows what may be done with the data of one person, and what was done.
func (c *console) personnes(w http.ResponseWriter, r *request) error {
	return c.showPersonnes(w, r, http.StatusOK, personnesPage{})
}

// actesMontres is how many acts the page shows.
const actesMontres = 100

func (c *console) showPersonnes(w http.ResponseWriter, r *request, status int, p personnesPage) error {
	acts, err := c.hub.Personnes.Actes(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	for _, a := range slices.Backward(acts) {
		if len(p.Actes) < actesMontres {
			p.Actes = append(p.Actes, a)
		}
	}
	return c.render(w, r, status, "personnes", "Données des personnes", p)
}

// refusedPersonne shows the page with what is wrong with a form: its field and why.
func (c *console) refusedPersonne(w http.ResponseWriter, r *request, status int, code, field, message string) error {
	return c.showPersonnes(w, r, status, personnesPage{Code: code, Erreurs: map[string]string{field: message}})
}

const sansCode = "Saisissez le code de la personne, tel que votre logiciel l’envoie."

// exportPersonne gives out what is kept of a person, as a file, and records it.
func (c *console) exportPersonne(w http.ResponseWriter, r *request) error {
	code := strings.TrimSpace(r.PostFormValue("code"))
	if code == "" {
		return c.refusedPersonne(w, r, http.StatusUnprocessableEntity, code, "export", sansCode)
	}
	mentions, err := c.hub.Personnes.ExportPersonne(r.Context(), r.acteur(), code)
	if isNotFound(err) {
		return c.refusedPersonne(w, r, http.StatusNotFound, code, "export", "Aucun contrat ne nomme cette personne : vérifiez son code.")
	}
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(mentions, "", "  ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "personne.json"}))
	_, _ = w.Write(append(text, '\n'))
	return nil
}

// erasePersonne erases a person for good, where the code was typed twice.
func (c *console) erasePersonne(w http.ResponseWriter, r *request) error {
	code := strings.TrimSpace(r.PostFormValue("code"))
	switch {
	case code == "":
		return c.refusedPersonne(w, r, http.StatusUnprocessableEntity, code, "effacer", sansCode)
	case strings.TrimSpace(r.PostFormValue("encore")) != code:
		return c.refusedPersonne(w, r, http.StatusUnprocessableEntity, code, "encore", "Saisissez une seconde fois le même code : un effacement ne se reprend pas.")
	}
	done, err := c.hub.Personnes.ErasePersonne(r.Context(), r.acteur(), code)
	if isNotFound(err) {
		return c.refusedPersonne(w, r, http.StatusNotFound, code, "effacer", "Aucun contrat ne nomme cette personne : vérifiez son code.")
	}
	if err != nil {
		return err
	}
	return c.showPersonnes(w, r, http.StatusOK, personnesPage{Fait: done})
}
