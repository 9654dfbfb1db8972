package console

import (
	"net/http"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// opcoForm is what a person wrote as the figure of the OPCO.
type opcoForm struct{ Valeur, Erreur string }

// takeOPCO records that a person takes the OPCO's figure for a contract, or takes that
// back.
func (c *console) takeOPCO(w http.ResponseWriter, r *request) error {
	if _, err := c.readDossier(r); err != nil {
		return err
	}
	code := r.PathValue("code")
	d := hub.DemandeMontantOPCO{Acces: r.acces(), Par: r.compte.Personne(), Code: code, Retire: r.PostFormValue("action") == "retirer"}
	if !d.Retire {
		form := opcoForm{Valeur: strings.TrimSpace(r.PostFormValue("montant"))}
		amount, err := ventilation.ParseEuros(form.Valeur)
		d.Montant = financement.Centimes(amount)
		switch {
		case form.Valeur == "":
			form.Erreur = "Saisissez ce que l’OPCO paie pour une année entière, par exemple 8000,50."
		case err != nil:
			form.Erreur = sentence(err)
		case d.Montant <= 0 || d.Montant > financement.MontantMax:
			form.Erreur = "Saisissez un montant de plus de 0 et d’au plus " + grouped(financement.MontantMax.FR()) + " €."
		}
		if form.Erreur != "" {
			return c.showContrat(w, r, http.StatusUnprocessableEntity, finForm{}, form)
		}
	}
	if err := c.hub.Comptabilite.RetenirMontantOPCO(r.Context(), d); err != nil {
		return err
	}
	done := "opco"
	if d.Retire {
		done = "opco-retire"
	}
	http.Redirect(w, r.Request, lienContrat(code)+"?fait="+done+"#financement", http.StatusSeeOther)
	return nil
}
