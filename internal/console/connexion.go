package console

import (
	"errors"
	"net"
	"net/http"
	"net/url"
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
	Vers          string // the page that was asked for, "" for the first one
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
	p := loginPage{Vers: wanted(r.URL.Query().Get("vers"))}
	if c.openid != nil && r.URL.Query().Get("fait") == loggedOut {
		p.Sortie = c.openid.LogoutURL()
	}
	return c.showLogin(w, r, http.StatusOK, p)
}

func (c *console) login(w http.ResponseWriter, r *request) error {
	if err := c.noPasswords(); err != nil {
		return err
	}
	email, vers := r.PostFormValue("email"), wanted(r.PostFormValue("vers"))
	compte, err := c.hub.Comptes.Login(r.Context(), email, r.PostFormValue("password"), source(r.Request))
	switch {
	case errors.Is(err, hub.ErrThrottled):
		return c.showLogin(w, r, http.StatusTooManyRequests, loginPage{Email: email, Vers: vers,
			Erreur: "Trop d’essais ont échoué : attendez un quart d’heure avant de recommencer, ou demandez un nouveau mot de passe à une personne de l’administration."})
	case errors.Is(err, hub.ErrLogin):
		return c.showLogin(w, r, http.StatusUnprocessableEntity, loginPage{Email: email, Vers: vers,
			Erreur: "L’adresse e-mail ou le mot de passe n’est pas le bon. Vérifiez les deux et recommencez."})
	case err != nil:
		return err
	}
	return c.enter(w, r, compte, false, vers)
}

// enter logs the browser in and leads to the page that was asked for.
func (c *console) enter(w http.ResponseWriter, r *request, compte domaine.Compte, identified bool, vers string) error {
	if err := c.open(w, r, compte, identified); err != nil {
		return err
	}
	if vers == "" {
		vers = "/"
	}
	http.Redirect(w, r.Request, vers, http.StatusSeeOther)
	return nil
}

// loginFor is the address of the login page from which a person comes back to the
// page that was asked for.
func loginFor(r *request) string {
	asked := ""
	switch {
	case r.Header.Get("HX-Request") != "":
		if current, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil {
			asked = current.RequestURI()
		}
	case r.Method == http.MethodGet:
		asked = r.URL.RequestURI()
	}
	if asked = wanted(asked); asked == "" {
		return "/connexion"
	}
	return "/connexion?vers=" + url.QueryEscape(asked)
}

// maxVers is how long an address may be that a login leads to.
const maxVers = 2000

// wanted is an address that a login may lead to: a page of this console that is not
// the first one, nor the login itself.
func wanted(address string) string {
	if len(address) > maxVers || !local(address) || address == "/" || strings.HasPrefix(address, "/connexion") || strings.HasPrefix(address, "/deconnexion") {
		return ""
	}
	return address
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
	http.SetCookie(w, c.cookie(r.Request, "", -time.Second))
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
