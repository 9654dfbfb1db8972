package console

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// lienGarde is a list that a person keeps, as a page shows it.
type lienGarde struct {
	domaine.Filtre
	Actif bool
}

// liensGardes are the lists of a page that the person keeps.
func (c *console) liensGardes(r *request, path string) (list []lienGarde, err error) {
	kept, err := c.hub.Comptes.Filtres(r.Context(), r.compte)
	here := r.URL.Query()
	here.Del("r")
	here.Del("page")
	here.Del("fait")
	for _, f := range kept {
		if strings.HasPrefix(f.Adresse, path+"?") {
			list = append(list, lienGarde{f, f.Adresse == path+"?"+here.Encode()})
		}
	}
	return list, err
}

// keepFiltre keeps the list of an address.
func (c *console) keepFiltre(w http.ResponseWriter, r *request) error {
	adresse := r.PostFormValue("adresse")
	if err := c.hub.Comptes.KeepFiltre(r.Context(), r.compte, domaine.Filtre{Nom: r.PostFormValue("nom"), Adresse: adresse}); err != nil {
		return err
	}
	return back(w, r, adresse, "liste-gardee")
}

// forgetFiltre forgets one.
func (c *console) forgetFiltre(w http.ResponseWriter, r *request, id int64) error {
	if err := c.hub.Comptes.ForgetFiltre(r.Context(), r.compte, id); err != nil {
		return err
	}
	return back(w, r, r.PostFormValue("adresse"), "liste-oubliee")
}

// back returns to a page of the console, saying what was done.
func back(w http.ResponseWriter, r *request, adresse, fait string) error {
	address, err := url.Parse(adresse)
	if err != nil || !local(adresse) {
		return refus.New(refus.CodeInvalidChoice, "Cette adresse n’est pas celle d’une page d’ici : reprenez depuis le menu.")
	}
	q := address.Query()
	q.Set("fait", fait)
	address.RawQuery = q.Encode()
	http.Redirect(w, r.Request, address.RequestURI(), http.StatusSeeOther)
	return nil
}

// local reports whether an address is of a page of this console, and of no other site.
func local(adresse string) bool {
	return strings.HasPrefix(adresse, "/") && !strings.HasPrefix(adresse, "//") && !strings.ContainsAny(adresse, "\\\r\n\t")
}
