package console

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/openid"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// attemptCookie keeps an attempt to log in at the identity provider while the
// browser is there; attemptTime is how long that may take.
const (
	attemptCookie = "passerelle-connexion"
	wantedCookie  = "passerelle-vers"
	attemptTime   = 10 * time.Minute
)

// leave sends the browser to the identity provider. It is a link and no form:
// the policy of the pages lets forms lead nowhere else.
func (c *console) leave(w http.ResponseWriter, r *request) error {
	if c.openid == nil {
		return noProvider()
	}
	attempt, address, err := c.openid.Begin(r.Context())
	if err != nil {
		return c.notIdentified(w, r, err)
	}
	http.SetCookie(w, c.attempt(r.Request, attempt.String(), attemptTime))
	if vers := wanted(r.URL.Query().Get("vers")); vers != "" {
		kept := c.attempt(r.Request, base64.RawURLEncoding.EncodeToString([]byte(vers)), attemptTime)
		kept.Name = wantedCookie
		http.SetCookie(w, kept)
	}
	http.Redirect(w, r.Request, address, http.StatusSeeOther)
	return nil
}

// comeBack opens the account of the person whom the provider has identified.
func (c *console) comeBack(w http.ResponseWriter, r *request) error {
	if c.openid == nil {
		return noProvider()
	}
	var attempt openid.Attempt
	if kept, err := r.Cookie(attemptCookie); err == nil {
		attempt, _ = openid.ParseAttempt(kept.Value)
	}
	http.SetCookie(w, c.attempt(r.Request, "", -time.Second)) // it serves once
	who, err := c.openid.Finish(r.Context(), attempt, r.URL.Query())
	if err != nil {
		return c.notIdentified(w, r, err)
	}
	compte, err := c.hub.Comptes.LoginIdentity(r.Context(), domaine.Compte{OrganismeID: who.Organisme, Email: who.Email, Nom: who.Nom, Prenom: who.Prenom, Role: who.Role})
	if err != nil {
		return c.notIdentified(w, r, err)
	}
	return c.enter(w, r, compte, true, c.wantedBefore(w, r))
}

// wantedBefore is the page that was asked for before the provider was.
func (c *console) wantedBefore(w http.ResponseWriter, r *request) string {
	kept, err := r.Cookie(wantedCookie)
	if err != nil {
		return ""
	}
	gone := c.attempt(r.Request, "", -time.Second)
	gone.Name = wantedCookie
	http.SetCookie(w, gone)
	vers, err := base64.RawURLEncoding.DecodeString(kept.Value)
	if err != nil {
		return ""
	}
	return wanted(string(vers))
}

func noProvider() error {
	return refus.New(refus.CodeNotFound, "On se connecte ici par adresse e-mail et mot de passe.")
}

// notIdentified shows the login page with what can be done about an error.
func (c *console) notIdentified(w http.ResponseWriter, r *request, err error) error {
	var refusal *hub.Refusal
	name := c.openid.Name
	status, text := http.StatusForbidden, ""
	switch {
	case errors.As(err, &refusal):
		text = refusal.Reason
	case errors.Is(err, openid.ErrUnreachable):
		status, text = http.StatusServiceUnavailable, fmt.Sprintf("« %s » ne répond pas pour l’instant : réessayez dans un moment", name)
		if c.openid.Only {
			text += ", ou prévenez l’exploitant si cela dure."
		} else {
			text += ", ou connectez-vous avec votre mot de passe."
		}
	case errors.Is(err, openid.ErrState):
		text = "Cette connexion a expiré, ou a été commencée dans une autre fenêtre : recommencez depuis cette page."
	case errors.Is(err, openid.ErrRefused):
		text = fmt.Sprintf("La connexion a été refusée ou abandonnée chez « %s » : recommencez si ce n’est pas voulu.", name)
	case errors.Is(err, openid.ErrUnverified):
		text = fmt.Sprintf("« %s » ne garantit pas votre adresse e-mail : faites-la vérifier là-bas, puis recommencez.", name)
	case errors.Is(err, openid.ErrNoRole):
		text = fmt.Sprintf("« %s » ne vous donne aucun rôle dans Passerelle : demandez-le à la personne qui gère vos accès.", name)
	case errors.Is(err, openid.ErrToken):
		text = fmt.Sprintf("La réponse de « %s » n’est pas valable : recommencez, et prévenez l’exploitant si cela se répète.", name)
	default:
		return err
	}
	c.log.Warn("login refused", "request", r.id, "provider", c.openid.Issuer, "error", loggable(err))
	return c.showLogin(w, r, status, loginPage{Erreur: text})
}

// loggable leaves of a refusal its code alone.
func loggable(err error) any {
	var refusal *hub.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	return err
}

func (c *console) attempt(r *http.Request, value string, life time.Duration) *http.Cookie {
	kept := c.cookie(r, value, life)
	kept.Name, kept.Path = attemptCookie, c.address.Path("/connexion")
	kept.Secure = kept.Secure || c.openid.Secure()
	return kept
}

// noPasswords refuses what concerns passwords where people log in at the
// identity provider only.
func (c *console) noPasswords() error {
	if !c.onlyOpenID() {
		return nil
	}
	return refus.New(refus.CodeNoPasswords, "Les mots de passe ne servent pas ici : on se connecte avec « %s ».", c.openid.Name)
}

func (c *console) onlyOpenID() bool { return c.openid != nil && c.openid.Only }

// only is the name of the provider where nobody logs in elsewhere, or "".
func (c *console) only() string {
	if !c.onlyOpenID() {
		return ""
	}
	return c.openid.Name
}
