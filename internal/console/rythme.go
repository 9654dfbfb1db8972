package console

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// rythmeForm is how often a push is expected, as a form.
type rythmeForm struct {
	Valeur, Unite string // Valeur is "" where it is learnt from the journal
	Erreur        string
	Saisi         bool // it comes from a form that was refused
	Modifiable    bool
	Version       string
	Silence       hub.Silence
}

// unitesRythme are those in which a rhythm is said.
var unitesRythme = []struct {
	Code, Nom string
	Vaut      time.Duration
}{{"heures", "heures", time.Hour}, {"jours", "jours", 24 * time.Hour}}

// Unites are the choices of the form.
func (rythmeForm) Unites() any { return unitesRythme }

// rythmeOf says a rhythm in its largest unit; what is no whole number of hours, which the
// command allows, is said in hours with a comma.
func rythmeOf(d time.Duration) rythmeForm {
	switch {
	case d == 0:
		return rythmeForm{Unite: "heures"}
	case d%(24*time.Hour) == 0:
		return rythmeForm{Valeur: strconv.Itoa(int(d / (24 * time.Hour))), Unite: "jours"}
	}
	return rythmeForm{Valeur: strings.Replace(strconv.FormatFloat(d.Hours(), 'f', -1, 64), ".", ",", 1), Unite: "heures"}
}

// read returns the rhythm of a form, or what is wrong with it.
func (f *rythmeForm) read() (d time.Duration) {
	value := strings.TrimSpace(f.Valeur)
	if value == "" {
		return 0
	}
	for _, unit := range unitesRythme {
		if unit.Code != f.Unite {
			continue
		}
		n, err := strconv.Atoi(value)
		most := int(hub.RythmeMost / unit.Vaut)
		if err != nil || n < 1 || n > most {
			f.Erreur = "Donnez un nombre entier de 1 à " + nombre(most) + ", ou laissez vide pour que le rythme soit appris du journal."
			return 0
		}
		return time.Duration(n) * unit.Vaut
	}
	f.Erreur = "Choisissez des heures ou des jours."
	return 0
}

// setRythme changes how often a push is expected.
func (c *console) setRythme(w http.ResponseWriter, r *request) error {
	form := rythmeForm{Valeur: r.PostFormValue("rythme"), Unite: r.PostFormValue("unite"), Saisi: true}
	d := form.read()
	status := http.StatusUnprocessableEntity
	if form.Erreur == "" {
		err := c.hub.Organismes.SetRythme(r.Context(), r.compte.OrganismeID, d, r.attendu())
		if err == nil {
			return then(w, r, "/reglages", "reglages")
		}
		if !changed(err) {
			return err
		}
		status = http.StatusPreconditionFailed
	}
	o, err := c.hub.Organismes.Organisme(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	return c.showReglages(w, r, status, func(s *domaine.Reglage) string { return s.Of(&o.Reglages) }, nil, form)
}
