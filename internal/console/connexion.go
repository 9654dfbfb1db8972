package console

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// loginPage is what connexion.html shows.
type loginPage struct {
	Email, Erreur string
	Fournisseur   string // the identity provider's name, "" for none
	Seul          bool   // nobody logs in with a password
	Sortie        string // where to log out of the provider too, "" where that is not the question
}

// showLogin answers with the login page.
func (c *console) showLogin(w http.ResponseWriter, r *request, status int, p loginPage) error {
	if c.openid != nil {
		p.Fournisseur, p.Seul = c.openid.Name, c.openid.Only
	}
	return c.render(w, r, status, "connexion", "Connexion", p)
}

func (c *console) loginForm(w http.ResponseWriter, r *request) error {
	if r.compte.ID != 0 {
		http.Redirect(w, r.Request, "/", http.StatusSeeOther)
		return nil
	}
	p := loginPage{}
	if c.openid != nil && r.URL.Query().Get("fait") == loggedOut {
		p.Sortie = c.openid.LogoutURL()
	}
	return c.showLogin(w, r, http.StatusOK, p)
}

func (c *console) login(w http.ResponseWriter, r *request) error {
	if err := c.noPasswords(); err != nil {
		return err
	}
	email := r.PostFormValue("email")
	compte, err := c.hub.Comptes.Login(r.Context(), email, r.PostFormValue("password"), source(r.Request))
	switch {
	case errors.Is(err, hub.ErrThrottled):
		return c.showLogin(w, r, http.StatusTooManyRequests, loginPage{Email: email,
			Erreur: "Trop d’essais ont échoué : attendez un quart d’heure avant de recommencer, ou demandez un nouveau mot de passe à une personne de l’administration."})
	case errors.Is(err, hub.ErrLogin):
		return c.showLogin(w, r, http.StatusUnprocessableEntity, loginPage{Email: email,
			Erreur: "L’adresse e-mail ou le mot de passe n’est pas le bon. Vérifiez les deux et recommencez."})
	case err != nil:
		return err
	}
	return c.enter(w, r, compte, false)
}

// enter logs the browser in.
func (c *console) enter(w http.ResponseWriter, r *request, compte domaine.Compte, identified bool) error {
	if err := c.open(w, r, compte.ID, identified); err != nil {
		return err
	}
	http.Redirect(w, r.Request, "/", http.StatusSeeOther)
	return nil
}

// loggedOut says in the address of the login page that the login at the identity
// provider may go on.
const loggedOut = "deconnecte"

func (c *console) logout(w http.ResponseWriter, r *request) error {
	path := "/connexion"
	if c.sessions.GetBool(r.Context(), keyIdentified) {
		path += "?fait=" + loggedOut
	}
	if err := c.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	http.SetCookie(w, cookie(r.Request, "", -time.Second))
	http.Redirect(w, r.Request, path, http.StatusSeeOther)
	return nil
}

// source is the address that a login comes from. What a client says of itself
// cannot be trusted to throttle it, so X-Forwarded-For counts only where a proxy
// on this machine added to it, and only the last address, which is the proxy's
// word.
func source(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return host
	}
	forwarded := r.Header.Values("X-Forwarded-For")
	if len(forwarded) == 0 {
		return host
	}
	last := forwarded[len(forwarded)-1]
	last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	if net.ParseIP(last) == nil {
		return host
	}
	return last
}
