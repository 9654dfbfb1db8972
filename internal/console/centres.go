package console

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// centresPage is what centres.html shows.
type centresPage struct{ Centres []centreLigne }

// centreLigne is one organisme of a person with where it stands.
type centreLigne struct {
	*hub.Tableau
	Role    domaine.Role
	Erreurs int // contracts to correct and things to look at, as the menu counts them
	Ouvert  bool
}

// centres shows all the organismes of a person at once.
func (c *console) centres(w http.ResponseWriter, r *request) error {
	list, err := c.hub.Comptes.Centres(r.Context(), r.propre)
	if err != nil {
		return err
	}
	var p centresPage
	for _, centre := range list {
		board, err := c.hub.Journal.Tableau(r.Context(), centre.Organisme)
		if err != nil {
			return err
		}
		p.Centres = append(p.Centres, centreLigne{Tableau: board, Role: centre.Role, Erreurs: board.Refuses, Ouvert: centre.Organisme == r.compte.OrganismeID})
	}
	return c.render(w, r, http.StatusOK, "centres", "Tous mes centres", p)
}

// openCentre has the next pages be about another organisme of the person.
func (c *console) openCentre(w http.ResponseWriter, r *request, id int64) error {
	there, err := c.hub.Comptes.Dans(r.Context(), r.propre, id)
	if err != nil {
		return err
	}
	// Who works elsewhere next leaves nothing of here in the session: no search.
	c.sessions.Remove(r.Context(), keySearch)
	c.sessions.Remove(r.Context(), keyVisite)
	c.sessions.Put(r.Context(), keyOrganisme, there.OrganismeID)
	if err := c.remember(w, r); err != nil {
		return err
	}
	http.Redirect(w, r.Request, "/", http.StatusSeeOther)
	return nil
}

// giveAcces gives a person of another organisme a role here.
func (c *console) giveAcces(w http.ResponseWriter, r *request) error {
	email, role := r.PostFormValue("email"), domaine.Role(r.PostFormValue("role"))
	err := c.hub.Comptes.GiveAcces(r.Context(), r.compte.OrganismeID, email, role)
	if fields := fieldErrors(err); fields != nil {
		return c.showComptes(w, r, http.StatusUnprocessableEntity, comptesPage{Form: domaine.Compte{Role: domaine.RoleLecture}, Invite: domaine.Compte{Email: email, Role: role}, RefusInvite: fields})
	}
	if err != nil {
		return err
	}
	return then(w, r, "/comptes", "acces")
}

func (c *console) takeAcces(w http.ResponseWriter, r *request, id int64) error {
	if err := c.hub.Comptes.TakeAcces(r.Context(), r.compte.OrganismeID, id); err != nil {
		return err
	}
	return then(w, r, "/comptes", "acces-retire")
}

// inCentre is what the address of a form says of the organisme that it was shown for.
const inCentre = "centre"

var (
	postForm   = regexp.MustCompile(`<form\b[^>]*\bmethod="post"[^>]*>`)
	formAction = regexp.MustCompile(`( action="[^"?]*)(\?[^"]*)?"`)
)

// formsOf has every form of a page say which organisme it is for. Whoever has several may
// have opened another one in another window before they send it.
func formsOf(page []byte, organisme int64) []byte {
	said := inCentre + "=" + strconv.FormatInt(organisme, 10)
	return postForm.ReplaceAllFunc(page, func(form []byte) []byte {
		return formAction.ReplaceAllFunc(form, func(action []byte) []byte {
			text := strings.TrimSuffix(string(action), `"`)
			if strings.Contains(text, "?") {
				return []byte(text + "&amp;" + said + `"`)
			}
			return []byte(text + "?" + said + `"`)
		})
	})
}

// sameCentre refuses a form that was shown for another organisme than the one that is
// open now.
func (r *request) sameCentre() error {
	shown := r.URL.Query().Get(inCentre)
	if r.Method != http.MethodPost || shown == "" || shown == strconv.FormatInt(r.compte.OrganismeID, 10) || strings.HasPrefix(r.URL.Path, "/centres/") || r.URL.Path == "/deconnexion" {
		return nil
	}
	return refus.New(refus.CodeOtherCentre, "Rien n’est enregistré : cette page est celle d’un autre centre que celui qui est ouvert maintenant. Rouvrez le bon depuis « Tous mes centres », puis recommencez.")
}
