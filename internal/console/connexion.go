package console

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/internal/hub"
)

// loginPage is what connexion.html shows.
type loginPage struct {
	Email, Erreur string
}

func (c *console) loginForm(w http.ResponseWriter, r *request) error {
	if r.compte.ID != 0 {
		http.Redirect(w, r.Request, "/", http.StatusSeeOther)
		return nil
	}
	return c.render(w, r, http.StatusOK, "connexion", "Connexion", loginPage{})
}

func (c *console) login(w http.ResponseWriter, r *request) error {
	email := r.PostFormValue("email")
	compte, err := c.hub.Login(r.Context(), email, r.PostFormValue("password"), source(r.Request))
	switch {
	case errors.Is(err, hub.ErrThrottled):
		return c.render(w, r, http.StatusTooManyRequests, "connexion", "Connexion", loginPage{email,
			"Trop d’essais ont échoué : attendez un quart d’heure avant de recommencer, ou demandez un nouveau mot de passe à une personne de l’administration."})
	case errors.Is(err, hub.ErrLogin):
		return c.render(w, r, http.StatusUnprocessableEntity, "connexion", "Connexion", loginPage{email,
			"L’adresse e-mail ou le mot de passe n’est pas le bon. Vérifiez les deux et recommencez."})
	case err != nil:
		return err
	}
	if err := c.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	c.sessions.Put(r.Context(), keyCompte, compte.ID)
	c.sessions.Put(r.Context(), keySeen, time.Now().Unix())
	if err := c.remember(w, r); err != nil {
		return err
	}
	http.Redirect(w, r.Request, "/", http.StatusSeeOther)
	return nil
}

func (c *console) logout(w http.ResponseWriter, r *request) error {
	if err := c.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	http.SetCookie(w, cookie(r.Request, "", -time.Second))
	http.Redirect(w, r.Request, "/connexion", http.StatusSeeOther)
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
