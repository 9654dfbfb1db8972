package console

import (
	"context"
	"net/http"
	"time"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// A login lasts a working day, and ends after two hours in which nothing was
// asked for.
const (
	sessionLife = 12 * time.Hour
	sessionIdle = 2 * time.Hour
	seenEvery   = 10 * time.Minute // how exactly the last request is remembered
	cookieName  = "passerelle"
)

// The keys of what is remembered of a browser.
const (
	keyCompte = "compte"
	keyProof  = "preuve"
	keySeen   = "vu"
	keySearch = hub.RechercheGardee
	// keyVisite: when the account logged in the time before.
	keyVisite = "visite"
	// keyOrganisme is the organisme that is open, 0 for the account's own.
	keyOrganisme = "organisme"
	// keyIdentified: the login is by the identity provider.
	keyIdentified = "identifie"
)

// load returns a context with what is remembered of the browser.
func (c *console) load(r *http.Request) (context.Context, error) {
	token := ""
	if cookie, err := r.Cookie(cookieName); err == nil {
		token = cookie.Value
	}
	ctx, err := c.sessions.Load(r.Context(), token)
	if err != nil {
		return r.Context(), err
	}
	return ctx, nil
}

// identify fills in the account of the request; known is false where nobody is
// logged in.
func (c *console) identify(r *request) (known bool, err error) {
	ctx := r.Context()
	id := c.sessions.GetInt64(ctx, keyCompte)
	if id == 0 {
		return false, nil
	}
	now := time.Now()
	seen := time.Unix(c.sessions.GetInt64(ctx, keySeen), 0)
	if now.Sub(seen) > sessionIdle {
		return false, c.sessions.Destroy(ctx)
	}
	compte, proof, err := c.hub.Comptes.CompteOfSession(ctx, id)
	if isNotFound(err) {
		return false, nil
	}
	if err != nil || compte.DesactiveLe != nil {
		return false, err
	}
	if c.sessions.GetString(ctx, keyProof) != proof {
		return false, c.sessions.Destroy(ctx) // the password has changed since
	}
	if now.Sub(seen) > seenEvery {
		c.sessions.Put(ctx, keySeen, now.Unix())
		if _, _, err := c.sessions.Commit(ctx); err != nil {
			return false, err
		}
	}
	r.compte, r.propre = compte, compte
	centres, err := c.hub.Comptes.Centres(ctx, compte)
	if err != nil {
		return false, err
	}
	r.ailleurs = len(centres) > 1
	open := c.sessions.GetInt64(ctx, keyOrganisme)
	for _, centre := range centres {
		if centre.Organisme == open {
			r.compte.OrganismeID, r.compte.Role = centre.Organisme, centre.Role
		}
	}
	return true, nil
}

// open begins the session of an account under a new token, so that a cookie that
// somebody planted, or stole before, opens nothing.
func (c *console) open(w http.ResponseWriter, r *request, compte domaine.Compte, identified bool) error {
	ctx := r.Context()
	_, proof, err := c.hub.Comptes.CompteOfSession(ctx, compte.ID)
	if err != nil {
		return err
	}
	// Nothing of who was there before stays.
	if err := c.sessions.Clear(ctx); err != nil {
		return err
	}
	if err := c.sessions.RenewToken(ctx); err != nil {
		return err
	}
	c.sessions.Put(ctx, keyCompte, compte.ID)
	if compte.ConnecteLe != nil {
		c.sessions.Put(ctx, keyVisite, compte.ConnecteLe.UnixMilli())
	}
	c.hub.Contrats.PrepareRecherche(compte.OrganismeID)
	c.sessions.Put(ctx, keyIdentified, identified)
	c.sessions.Put(ctx, keyProof, proof)
	c.sessions.Put(ctx, keySeen, time.Now().Unix())
	return c.remember(w, r)
}

// remember stores what changed in the session and gives the browser its cookie.
func (c *console) remember(w http.ResponseWriter, r *request) error {
	token, expiry, err := c.sessions.Commit(r.Context())
	if err != nil {
		return err
	}
	http.SetCookie(w, c.cookie(r.Request, token, time.Until(expiry)))
	return nil
}

// cookie holds the session's token. It goes over TLS alone where the request
// came that way, itself or to a proxy in front, or where the address says so.
func (c *console) cookie(r *http.Request, token string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: token, Path: c.address.Path("/"), MaxAge: int(life.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: c.address.Secure() || web.OverTLS(r),
	}
}

func isNotFound(err error) bool {
	refusal, ok := err.(*hub.Refusal)
	return ok && refusal.Kind() == refus.NotFound
}
