package console

import (
	"errors"
	"net/http"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/password"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// comptesPage is what comptes.html and compte.html show.
type comptesPage struct {
	Comptes []domaine.Compte
	Roles   []roleChoix
	Form    domaine.Compte
	Serves  bool
	Erreurs map[string]string
	Seul    string // the identity provider's name where nobody has a password
	Nouveau string // a password that was just made, shown once
	Cree    domaine.Compte

	Invites     []domaine.Compte // of other organismes, with their role here
	Invite      domaine.Compte   // as it was typed for the form that was refused
	RefusInvite map[string]string
}

type roleChoix struct {
	Role  domaine.Role
	Texte string
}

var roles = []roleChoix{
	{domaine.RoleLecture, "Lecture : tout voir"},
	{domaine.RoleIntegration, "Intégration : voir, et gérer les modèles, confirmer et annuler des envois"},
	{domaine.RoleComptabilite, "Comptabilité : voir, et tenir les exercices"},
	{domaine.RoleAdministration, "Administration : tout, y compris les jetons et les comptes"},
}

func (c *console) comptes(w http.ResponseWriter, r *request) error {
	return c.showComptes(w, r, http.StatusOK, comptesPage{Form: domaine.Compte{Role: domaine.RoleLecture}})
}

func (c *console) showComptes(w http.ResponseWriter, r *request, status int, p comptesPage) (err error) {
	p.Roles, p.Seul = roles, c.only()
	if p.Comptes, err = c.hub.Comptes.Comptes(r.Context(), r.compte.OrganismeID); err != nil {
		return err
	}
	if p.Invites, err = c.hub.Comptes.Invites(r.Context(), r.compte.OrganismeID); err != nil {
		return err
	}
	return c.render(w, r, status, "comptes", "Comptes", p)
}

func (c *console) createCompte(w http.ResponseWriter, r *request) error {
	form := domaine.Compte{OrganismeID: r.compte.OrganismeID, Email: r.PostFormValue("email"), Nom: r.PostFormValue("nom"),
		Prenom: r.PostFormValue("prenom"), Role: domaine.Role(r.PostFormValue("role"))}
	secret := password.Generate()
	created, err := c.hub.Comptes.CreateCompte(r.Context(), form, secret)
	if fields := fieldErrors(err); fields != nil {
		return c.showComptes(w, r, http.StatusUnprocessableEntity, comptesPage{Form: form, Erreurs: fields})
	}
	if err != nil {
		return err
	}
	if c.onlyOpenID() {
		return then(w, r, "/comptes", "compte-cree")
	}
	return c.showComptes(w, r, http.StatusOK, comptesPage{Form: domaine.Compte{Role: domaine.RoleLecture}, Nouveau: secret, Cree: created})
}

// fieldErrors returns the messages of a refused form by field, nil where the
// error is another one.
func fieldErrors(err error) map[string]string {
	var refusal *hub.Refusal
	if !errors.As(err, &refusal) {
		return nil
	}
	details, _ := refusal.Details.([]passerelle.Violation)
	var fields map[string]string
	for _, v := range details {
		if fields == nil {
			fields = map[string]string{}
		}
		fields[v.Field] = v.Message
	}
	return fields
}

// ownCompte returns the account that the address names, if it is the
// organisme's.
func (c *console) ownCompte(r *request) (domaine.Compte, error) {
	id, err := number(r, "id")
	if err != nil {
		return domaine.Compte{}, err
	}
	compte, err := c.hub.Comptes.Compte(r.Context(), id)
	if err == nil && compte.OrganismeID != r.compte.OrganismeID {
		err = refus.New(refus.CodeNotFound, "Il n’y a pas de compte à cette adresse.")
	}
	return compte, err
}

func (c *console) editCompte(w http.ResponseWriter, r *request) error {
	compte, err := c.ownCompte(r)
	if err != nil {
		return err
	}
	return c.showCompte(w, r, http.StatusOK, comptesPage{Form: compte, Serves: compte.DesactiveLe == nil})
}

func (c *console) showCompte(w http.ResponseWriter, r *request, status int, p comptesPage) error {
	p.Roles, p.Seul = roles, c.only()
	return c.render(w, r, status, "compte", "Compte de "+p.Form.Personne(), p)
}

func (c *console) updateCompte(w http.ResponseWriter, r *request) error {
	compte, err := c.ownCompte(r)
	if err != nil {
		return err
	}
	compte.Nom, compte.Prenom, compte.Role = r.PostFormValue("nom"), r.PostFormValue("prenom"), domaine.Role(r.PostFormValue("role"))
	serves := r.PostFormValue("actif") != ""
	err = c.hub.Comptes.UpdateCompte(r.Context(), compte, serves)
	fields := fieldErrors(err)
	var refusal *hub.Refusal
	if fields == nil && errors.As(err, &refusal) && refusal.Kind() == refus.Conflict {
		fields = map[string]string{"role": refusal.Reason}
	}
	if fields != nil {
		return c.showCompte(w, r, http.StatusUnprocessableEntity, comptesPage{Form: compte, Serves: serves, Erreurs: fields})
	}
	if err != nil {
		return err
	}
	return then(w, r, "/comptes", "compte")
}

// resetPassword gives an account a new password, shown once.
func (c *console) resetPassword(w http.ResponseWriter, r *request) error {
	compte, err := c.ownCompte(r)
	if err != nil {
		return err
	}
	if err := c.noPasswords(); err != nil {
		return err
	}
	secret := password.Generate()
	if err := c.hub.Comptes.SetPassword(r.Context(), compte, secret); err != nil {
		return err
	}
	return c.showCompte(w, r, http.StatusOK, comptesPage{Form: compte, Serves: compte.DesactiveLe == nil, Nouveau: secret})
}

// monComptePage is what mon-compte.html shows.
type monComptePage struct {
	domaine.Compte
	Fournisseur string // the identity provider's name, "" for none
	Seul        bool   // nobody has a password
	Erreurs     map[string]string
	Courrier    domaine.Courrier
	Rythmes     []rythmeChoix
	Flux        *time.Time // since when there is a private address
	Adresse     string     // one that was just made, shown once
}

func (c *console) monCompte(w http.ResponseWriter, r *request) error {
	return c.showMonCompte(w, r, http.StatusOK, nil)
}

func (c *console) showMonCompte(w http.ResponseWriter, r *request, status int, erreurs map[string]string) error {
	p := monComptePage{Compte: r.compte, Erreurs: erreurs}
	if c.openid != nil {
		p.Fournisseur, p.Seul = c.openid.Name, c.openid.Only
	}
	return c.finishMonCompte(w, r, status, p)
}

func (c *console) changePassword(w http.ResponseWriter, r *request) error {
	if err := c.noPasswords(); err != nil {
		return err
	}
	refused := func(fields map[string]string) error {
		return c.showMonCompte(w, r, http.StatusUnprocessableEntity, fields)
	}
	_, err := c.hub.Comptes.Login(r.Context(), r.compte.Email, r.PostFormValue("actuel"), source(r.Request))
	if errors.Is(err, hub.ErrLogin) || errors.Is(err, hub.ErrThrottled) {
		return refused(map[string]string{"actuel": "Ce n’est pas votre mot de passe actuel."})
	}
	if err != nil {
		return err
	}
	err = c.hub.Comptes.SetPassword(r.Context(), r.propre, r.PostFormValue("password"))
	if fields := fieldErrors(err); fields != nil {
		return refused(fields)
	}
	if err != nil {
		return err
	}
	// Every session of the account has ended with the old password; this one goes on.
	if err := c.open(w, r, r.compte, c.sessions.GetBool(r.Context(), keyIdentified)); err != nil {
		return err
	}
	return then(w, r, "/mon-compte", "mot-de-passe")
}
