package console

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// Filters live in the address. What people type does not: it names persons, and
// addresses end up in histories and in the logs of proxies. It is sent as a form
// and remembered in the session, under a short name that the address carries as
// "r".

// maxSearches is how many searches a session remembers.
const maxSearches = 10

// rememberedSearch is one search of a session.
type rememberedSearch struct{ ID, Texte string }

// contratsPage is what contrats.html shows.
type contratsPage struct {
	Texte, Recherche            string
	Choix                       hub.Choix
	Sites, Formations, Periodes []hub.Valeur
	NomSession                  string // of the session that the list is narrowed to
	Lignes                      []hub.Place
	Total                       int
	Filtre                      bool   // something narrows the list
	Adresse                     string // of the list with its filters
	SansTexte, SansSession      string
	Pagination                  pagination
}

// choixOf reads the filters of an address.
func choixOf(r *http.Request) hub.Choix {
	q := r.URL.Query()
	choix := hub.Choix{Site: q.Get("site"), Formation: q.Get("formation"), Periode: q.Get("periode"), Etat: q.Get("etat")}
	switch choix.Etat {
	case "integre", "non-integre", string(domaine.MotifAucunModele), string(domaine.MotifModelesAmbigus):
	default:
		choix.Etat = ""
	}
	choix.Session, _ = strconv.ParseInt(q.Get("session"), 10, 64)
	return choix
}

func (c *console) contrats(w http.ResponseWriter, r *request) error {
	id := r.URL.Query().Get("r")
	texte := ""
	for _, s := range c.searches(r) {
		if s.ID == id {
			texte = s.Texte
		}
	}
	return c.showContrats(w, r, texte, id)
}

// search takes what was typed. htmx asks at each pause for the lines alone;
// a form that is sent goes to an address that can be returned to.
func (c *console) search(w http.ResponseWriter, r *request) error {
	texte := strings.TrimSpace(r.PostFormValue("q"))
	if len(texte) > 200 {
		texte = texte[:200]
	}
	if r.Header.Get("HX-Request") != "" {
		return c.showContrats(w, r, strings.ToValidUTF8(texte, ""), "")
	}
	texte = strings.ToValidUTF8(texte, "")
	id := ""
	if texte != "" {
		id = rand.Text()[:8]
		list := append(c.searches(r), rememberedSearch{id, texte})
		list = list[max(0, len(list)-maxSearches):]
		encoded, err := json.Marshal(list)
		if err != nil {
			return err
		}
		c.sessions.Put(r.Context(), keySearch, string(encoded))
		if err := c.remember(w, r); err != nil {
			return err
		}
	}
	address := *r.URL
	q := address.Query()
	q.Del("page")
	address.RawQuery = q.Encode()
	if page := r.PostFormValue("page"); page != "" {
		q.Set("page", page)
		address.RawQuery = q.Encode()
	}
	http.Redirect(w, r.Request, with(&address, "r", id), http.StatusSeeOther)
	return nil
}

func (c *console) searches(r *request) (list []rememberedSearch) {
	_ = json.Unmarshal([]byte(c.sessions.GetString(r.Context(), keySearch)), &list) // nothing remembered is no search
	return list
}

func (c *console) showContrats(w http.ResponseWriter, r *request, texte, id string) error {
	page := pageOf(r.Request)
	p := contratsPage{Texte: texte, Recherche: id, Choix: choixOf(r.Request)}
	var err error
	if p.Lignes, p.Total, err = c.hub.Contrats.SearchContrats(r.Context(), r.compte.OrganismeID, texte, p.Choix, slice(page)); err != nil {
		return err
	}
	address := url.URL{Path: "/contrats", RawQuery: r.URL.RawQuery}
	p.Adresse = with(&address, "page", "")
	p.SansTexte, p.SansSession = with(&address, "r", ""), with(&address, "session", "")
	p.Pagination = paginate(&http.Request{URL: &address}, page, p.Total)
	p.Filtre = texte != "" || p.Choix != (hub.Choix{})
	if texte != "" && id == "" {
		// Live lines: the other pages need the text, which the form sends.
		p.Pagination.Precedente, p.Pagination.Suivante = "", ""
	}
	if r.Header.Get("HX-Request") != "" {
		return c.renderPart(w, r, "contrats", "lignes", p)
	}
	if p.Sites, p.Formations, p.Periodes, err = c.hub.Contrats.Nomenclature(r.Context(), r.compte.OrganismeID); err != nil {
		return err
	}
	if p.Choix.Session != 0 {
		p.NomSession = "session " + strconv.FormatInt(p.Choix.Session, 10)
		if len(p.Lignes) > 0 {
			p.NomSession = p.Lignes[0].NomGroupe
		}
	}
	return c.render(w, r, http.StatusOK, "contrats", "Contrats", p)
}

// contratPage is what contrat.html shows.
type contratPage struct {
	*hub.Fiche
	Code   string
	Actuel *passerelle.Contrat // the last version
	Blocs  []bloc
	Etapes []etape

	Financement *financementContrat // nil where there is none to show
	End         *finContrat         // nil while it is active
}

// bloc is a group of fields with its title.
type bloc struct {
	Titre  string
	Champs []valeur
}

type valeur struct{ Nom, Valeur string }

// etape is one moment in the life of a contract.
type etape struct {
	Titre, Classe string
	Par           domaine.Synchronisation
	Champs        []hub.FieldChange
}

// blocsOf groups the fields that a contract has as people look for them: the
// table of fields says where each belongs.
func blocsOf(c *passerelle.Contrat) []bloc {
	var list []bloc
	for b, titre := range passerelle.Blocs {
		var champs []*passerelle.Champ
		for i := range passerelle.Champs {
			if champ := &passerelle.Champs[i]; champ.Bloc == passerelle.Bloc(b) && *champ.At(c) != "" {
				champs = append(champs, champ)
			}
		}
		slices.SortStableFunc(champs, func(x, y *passerelle.Champ) int { return x.Rang - y.Rang })
		group := bloc{Titre: titre}
		for _, champ := range champs {
			group.Champs = append(group.Champs, valeur{champ.Libelle, champ.Affiche(*champ.At(c))})
		}
		list = append(list, group)
	}
	return list
}

func (c *console) contrat(w http.ResponseWriter, r *request) error {
	return c.showContrat(w, r, http.StatusOK, finForm{}, opcoForm{})
}

func (c *console) showContrat(w http.ResponseWriter, r *request, status int, fin finForm, opco opcoForm) error {
	code := r.PathValue("code")
	fiche, err := c.hub.Contrats.Fiche(r.Context(), r.compte.OrganismeID, code)
	if err != nil {
		return err
	}
	p := contratPage{Fiche: fiche, Code: code, Actuel: &fiche.Versions[len(fiche.Versions)-1].Contrat, Etapes: etapes(fiche.Versions)}
	p.Blocs = blocsOf(p.Actuel)
	if p.Financement, err = c.financementOf(r, code, opco); err != nil {
		return err
	}
	if p.Place == nil {
		if p.End, err = c.finOf(r, code, fin); err != nil {
			return err
		}
	}
	return c.render(w, r, status, "contrat", "Contrat "+code, p)
}

// etapes tells the life of a contract, latest first.
func etapes(versions []hub.VersionDatee) (list []etape) {
	for i := range versions {
		v := &versions[i]
		switch {
		case i == 0:
			list = append(list, etape{Titre: "Arrivé", Classe: "ajoute", Par: v.Debut})
		case versions[i-1].Jusqua == v.Depuis:
			change := domaine.Changement{Avant: &versions[i-1].Contrat, Apres: &v.Contrat}
			list = append(list, etape{Titre: "Modifié", Classe: "modifie", Par: v.Debut, Champs: hub.Fields(&change)})
		default:
			change := domaine.Changement{Avant: &versions[i-1].Contrat, Apres: &v.Contrat}
			list = append(list, etape{Titre: "Revenu après archivage", Classe: "ajoute", Par: v.Debut, Champs: hub.Fields(&change)})
		}
		if v.Fin != nil && (i == len(versions)-1 || versions[i+1].Depuis != v.Jusqua) {
			list = append(list, etape{Titre: "Archivé", Classe: "archive", Par: *v.Fin})
		}
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}
