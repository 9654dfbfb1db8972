package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// jetonsPage is what jetons.html and revoquer.html show.
type jetonsPage struct {
	Jetons      []jetonLigne
	Partenaires []domaine.Partenaire // those of the organisme's tokens
	Droits      []droitCase
	Form        jetonForm
	Erreurs     map[string]string
	Nouveau     string // a token that was just created, shown once
	Secret      string // of a partenaire that was just created, shown once
}

type jetonLigne struct {
	domaine.Jeton
	Partenaire string
	Etat       string // "Actif", "Expiré", "Révoqué"
	Fini       bool
}

// jetonForm is what a person filled in.
type jetonForm struct{ Logiciel, Prenom, Nom, Expire, Partenaire, NouveauPartenaire string }

type droitCase struct {
	Droit domaine.Droit
	Texte string
	Coche bool
}

// droitsTextes say what each right lets software do.
var droitsTextes = map[domaine.Droit]string{
	domaine.DroitContrats:    "Contrats : envoyer et lire les contrats",
	domaine.DroitIntegration: "Intégration : gérer les modèles et lire les sessions",
	domaine.DroitExercices:   "Exercices : lire et tenir les exercices comptables",
}

func (c *console) jetons(w http.ResponseWriter, r *request) error {
	return c.showJetons(w, r, http.StatusOK, jetonsPage{}, domaine.Droits{domaine.DroitContrats})
}

func (c *console) showJetons(w http.ResponseWriter, r *request, status int, p jetonsPage, checked domaine.Droits) error {
	found, err := c.hub.Jetons.Jetons(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	partners, err := c.hub.Jetons.Partenaires(r.Context())
	if err != nil {
		return err
	}
	for _, j := range slices.Backward(found) {
		line := ligneOf(j)
		for _, partner := range partners {
			if partner.ID == j.PartenaireID {
				line.Partenaire = partner.Nom
				if !slices.ContainsFunc(p.Partenaires, func(known domaine.Partenaire) bool { return known.ID == partner.ID }) {
					p.Partenaires = append(p.Partenaires, partner)
				}
			}
		}
		p.Jetons = append(p.Jetons, line)
	}
	for _, droit := range domaine.TousDroits {
		p.Droits = append(p.Droits, droitCase{droit, droitsTextes[droit], checked.Has(droit)})
	}
	return c.render(w, r, status, "jetons", "Jetons", p)
}

// ligneOf says whether a token serves.
func ligneOf(j domaine.Jeton) jetonLigne {
	line := jetonLigne{Jeton: j, Etat: "Actif"}
	switch {
	case j.RevoqueLe != nil:
		line.Etat, line.Fini = "Révoqué", true
	case j.ExpireLe != nil && !time.Now().Before(*j.ExpireLe):
		line.Etat, line.Fini = "Expiré", true
	}
	return line
}

func (c *console) createJeton(w http.ResponseWriter, r *request) error {
	form := jetonForm{Logiciel: strings.TrimSpace(r.PostFormValue("logiciel")), Prenom: strings.TrimSpace(r.PostFormValue("prenom")), Nom: strings.TrimSpace(r.PostFormValue("nom")), Expire: r.PostFormValue("expire"),
		Partenaire: r.PostFormValue("partenaire"), NouveauPartenaire: strings.TrimSpace(r.PostFormValue("nouveau_partenaire"))}
	p := jetonsPage{Form: form, Erreurs: map[string]string{}}
	jeton := domaine.Jeton{OrganismeID: r.compte.OrganismeID, Logiciel: form.Logiciel, Prenom: form.Prenom, Nom: form.Nom}
	if len([]rune(form.Logiciel)) > 100 {
		p.Erreurs["logiciel"] = "Raccourcissez le nom du logiciel : 100 caractères au plus."
	}
	for _, word := range r.PostForm["droit"] {
		if droits, _ := domaine.ParseDroits(word); len(droits) == 1 && !jeton.Droits.Has(droits[0]) {
			jeton.Droits = append(jeton.Droits, droits[0])
		}
	}
	if len(jeton.Droits) == 0 {
		p.Erreurs["droit"] = "Cochez au moins un droit."
	}
	if form.Expire != "" {
		day, err := passerelle.ParseDate(form.Expire)
		end := hub.FinDuJour(day)
		switch {
		case err != nil:
			p.Erreurs["expire"] = "Choisissez une date, ou laissez vide."
		case !end.After(time.Now()):
			p.Erreurs["expire"] = "Choisissez une date à venir, ou laissez vide."
		default:
			jeton.ExpireLe = &end
		}
	}
	switch form.Partenaire {
	case "":
	case "nouveau":
		if form.NouveauPartenaire == "" {
			p.Erreurs["nouveau_partenaire"] = "Saisissez le nom du nouveau partenaire."
		}
	default:
		id, err := c.ownPartenaire(r, form.Partenaire)
		if err != nil {
			return err
		}
		if jeton.PartenaireID = id; id == 0 {
			p.Erreurs["partenaire"] = "Choisissez un partenaire de la liste."
		}
	}
	if len(p.Erreurs) > 0 {
		return c.showJetons(w, r, http.StatusUnprocessableEntity, p, jeton.Droits)
	}
	if form.Partenaire == "nouveau" {
		partner, secret, err := c.hub.Jetons.CreatePartenaire(r.Context(), form.NouveauPartenaire)
		if err != nil {
			return err
		}
		jeton.PartenaireID, p.Secret = partner.ID, secret
	}
	_, token, err := c.hub.Jetons.CreateJeton(r.Context(), jeton)
	if err != nil {
		return err
	}
	p.Nouveau, p.Form = token, jetonForm{}
	return c.showJetons(w, r, http.StatusOK, p, domaine.Droits{domaine.DroitContrats})
}

// ownPartenaire returns the id of a partenaire that a token of the organisme
// belongs to already, or 0.
func (c *console) ownPartenaire(r *request, text string) (int64, error) {
	id, _ := strconv.ParseInt(text, 10, 64)
	found, err := c.hub.Jetons.Jetons(r.Context(), r.compte.OrganismeID)
	if slices.ContainsFunc(found, func(j domaine.Jeton) bool { return id != 0 && j.PartenaireID == id }) {
		return id, err
	}
	return 0, err
}

// ownJeton returns the token that the address names, if it is the organisme's.
func (c *console) ownJeton(r *request) (j domaine.Jeton, err error) {
	id, err := number(r, "id")
	if err != nil {
		return j, err
	}
	found, err := c.hub.Jetons.Jetons(r.Context(), r.compte.OrganismeID)
	for _, j := range found {
		if j.ID == id {
			return j, nil
		}
	}
	return j, errors.Join(err, refus.New(refus.CodeNotFound, "Il n’y a pas de jeton %d.", id))
}

func (c *console) revokeForm(w http.ResponseWriter, r *request) error {
	j, err := c.ownJeton(r)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "revoquer", "Révoquer un jeton", jetonLigne{Jeton: j})
}

func (c *console) revokeJeton(w http.ResponseWriter, r *request) error {
	j, err := c.ownJeton(r)
	if err != nil {
		return err
	}
	if err := c.hub.Jetons.RevokeJeton(r.Context(), j.ID); err != nil {
		return err
	}
	return then(w, r, "/jetons", "revoque")
}
