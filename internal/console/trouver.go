package console

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/recherche"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// maxTexte is how much of what is typed is looked for, in bytes.
const maxTexte = 200

// typed reads what was typed in a search.
func typed(r *request) string {
	text := strings.TrimSpace(r.PostFormValue("q"))
	return strings.ToValidUTF8(text[:min(len(text), maxTexte)], "")
}

// rememberSearch keeps what was typed in the session and returns the short name that
// the address carries, "" for nothing.
func (c *console) rememberSearch(w http.ResponseWriter, r *request, texte string) (id string, err error) {
	if texte == "" {
		return "", nil
	}
	id = rand.Text()[:8]
	list := append(c.searches(r), rememberedSearch{id, texte})
	return id, c.keepSearches(w, r, list[max(0, len(list)-maxSearches):])
}

func (c *console) keepSearches(w http.ResponseWriter, r *request, list []rememberedSearch) error {
	encoded, err := json.Marshal(list)
	if err != nil {
		return err
	}
	c.sessions.Put(r.Context(), keySearch, string(encoded))
	return c.remember(w, r)
}

// remembered is the text of a search, by the short name in the address.
func (c *console) remembered(r *request) (id, texte string) {
	id = r.URL.Query().Get("r")
	for _, s := range c.searches(r) {
		if s.ID == id {
			texte = s.Texte
		}
	}
	return id, texte
}

// trouverPage is what recherche.html shows.
type trouverPage struct {
	*hub.Trouvailles
	Texte string
	Mots  recherche.Texte
	Suite string // address of the contracts that hold it, "" while it is typed
}

// trouver takes what was typed in the band. htmx asks at each pause for what is found
// alone; a form that is sent goes to a page that can be returned to.
func (c *console) trouver(w http.ResponseWriter, r *request) error {
	texte := typed(r)
	if r.Header.Get("HX-Request") != "" {
		return c.showTrouvailles(w, r, texte, "")
	}
	id, err := c.rememberSearch(w, r, texte)
	if err != nil {
		return err
	}
	path := "/recherche"
	if id != "" {
		path += "?r=" + id
	}
	http.Redirect(w, r.Request, path, http.StatusSeeOther)
	return nil
}

func (c *console) trouve(w http.ResponseWriter, r *request) error {
	id, texte := c.remembered(r)
	return c.showTrouvailles(w, r, texte, id)
}

func (c *console) showTrouvailles(w http.ResponseWriter, r *request, texte, id string) error {
	found, err := c.hub.Contrats.Trouver(r.Context(), r.compte.OrganismeID, texte)
	if err != nil {
		return err
	}
	p := trouverPage{Trouvailles: found, Texte: texte, Mots: recherche.NewTexte(texte)}
	if r.Header.Get("HX-Request") != "" {
		return c.renderPart(w, r, "recherche", "trouvailles", p)
	}
	if id != "" {
		p.Suite = "/contrats?vie=tous&r=" + id
	}
	return c.render(w, r, http.StatusOK, "recherche", "Recherche", p)
}

// marque writes a text with what matched marked.
func marque(mots recherche.Texte, text string) template.HTML {
	var b strings.Builder
	at := 0
	for _, p := range mots.Passages(text) {
		b.WriteString(template.HTMLEscapeString(text[at:p[0]]) + "<mark>" + template.HTMLEscapeString(text[p[0]:p[1]]) + "</mark>")
		at = p[1]
	}
	b.WriteString(template.HTMLEscapeString(text[at:]))
	return template.HTML(b.String()) // every part of it is escaped
}

// rolesNommes say who people are.
var rolesNommes = map[recherche.Role]string{
	recherche.Apprenant: "Apprenti", recherche.Personnel: "Tuteur à l’école", recherche.Maitre: "Maître d’apprentissage", recherche.Entreprise: "Entreprise",
}

// lienNomme is the address of the page of a person or an entreprise: a key that
// names nobody.
func lienNomme(role recherche.Role, cle recherche.Cle) string {
	base := "/personnes/"
	if role == recherche.Entreprise {
		base = "/entreprises/"
	}
	return base + fmt.Sprintf("%016x", uint64(cle))
}

// lienDe is lienNomme by what a contract says.
func lienDe(role int, value string) string {
	return lienNomme(recherche.Role(role), recherche.CleOf(recherche.Role(role), value))
}

// nommePage is what nomme.html shows.
type nommePage struct {
	*hub.Dossier
	Titre      string // who it is
	Frise      *friseContrats
	Pagination pagination
}

func (c *console) nomme(w http.ResponseWriter, r *request) error {
	cle, err := strconv.ParseUint(r.PathValue("cle"), 16, 64)
	if err != nil || cle == 0 {
		return refus.New(refus.CodeNotFound, "Cette adresse ne mène à personne : reprenez depuis la recherche.")
	}
	page := pageOf(r.Request)
	d, err := c.hub.Contrats.Dossier(r.Context(), r.compte.OrganismeID, recherche.Cle(cle), slice(page))
	if err != nil {
		return err
	}
	p := nommePage{Dossier: d, Titre: rolesNommes[d.Role], Frise: newFriseContrats(d.Contrats, c.today()), Pagination: paginate(r.Request, page, d.Actifs+d.Archives)}
	return c.render(w, r, http.StatusOK, "nomme", p.Titre, p)
}
