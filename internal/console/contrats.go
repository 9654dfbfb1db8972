package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/compta"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/recherche"
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
	Mots                        recherche.Texte
	Choix                       hub.Choix
	Vie                         hub.Vie
	Tri                         string // as the address has it
	Sites, Formations, Periodes []hub.Valeur
	NomSession                  string // of the session that the list is narrowed to
	Colonnes                    []colonneContrat
	Choisies                    bool // somebody chose the columns
	Titres                      []titreColonne
	hub.Trouves
	Filtre                 bool   // something narrows the list
	Adresse                string // of the list with its filters
	SansTexte, SansSession string
	Autres                 string // of the same list of archived contracts, or of active ones
	CSV, XLSX              string
	Gardes                 []lienGarde
	Pagination             pagination
}

// Toutes are the columns that may be chosen, with those that are.
func (p *contratsPage) Toutes() (list []struct {
	colonneContrat
	Coche bool
}) {
	for _, c := range colonnesContrats {
		list = append(list, struct {
			colonneContrat
			Coche bool
		}{c, slices.ContainsFunc(p.Colonnes, func(o colonneContrat) bool { return o.Code == c.Code })})
	}
	return list
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

// demandeContrats reads what is asked of a list of contracts.
func demandeContrats(r *request, texte string) hub.Recherche {
	d := hub.Recherche{Texte: texte, Choix: choixOf(r.Request)}
	switch vie := hub.Vie(r.URL.Query().Get("vie")); vie {
	case hub.VieArchives, hub.VieTous:
		d.Vie = vie
	}
	d.Tri, d.Desc = triOf(r.Request)
	return d
}

func (c *console) contrats(w http.ResponseWriter, r *request) error {
	id, texte := c.remembered(r)
	return c.showContrats(w, r, texte, id)
}

// search takes what was typed. htmx asks at each pause for the lines alone, whose
// address then takes the place of that of the page; a form that is sent goes there.
func (c *console) search(w http.ResponseWriter, r *request) error {
	texte := typed(r)
	id, err := "", error(nil)
	if r.Header.Get("HX-Request") != "" {
		id, err = c.replaceSearch(w, r, texte)
	} else {
		id, err = c.rememberSearch(w, r, texte)
	}
	if err != nil {
		return err
	}
	address := *r.URL
	q := address.Query()
	q.Del("page")
	q.Del("r")
	if id != "" {
		q.Set("r", id)
	}
	address.RawQuery = q.Encode()
	if r.Header.Get("HX-Request") == "" {
		http.Redirect(w, r.Request, address.RequestURI(), http.StatusSeeOther)
		return nil
	}
	w.Header().Set("HX-Replace-Url", address.RequestURI())
	live := *r
	live.Request = r.Request.Clone(r.Context())
	live.URL = &address
	return c.showContrats(w, &live, texte, id)
}

// replaceSearch remembers what is being typed under the short name that the page
// already has.
func (c *console) replaceSearch(w http.ResponseWriter, r *request, texte string) (id string, err error) {
	current, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil {
		return c.rememberSearch(w, r, texte)
	}
	id = current.Query().Get("r")
	list := c.searches(r)
	at := slices.IndexFunc(list, func(s rememberedSearch) bool { return s.ID == id })
	if at < 0 || texte == "" {
		return c.rememberSearch(w, r, texte)
	}
	list[at].Texte = texte
	return id, c.keepSearches(w, r, list)
}

func (c *console) searches(r *request) (list []rememberedSearch) {
	_ = json.Unmarshal([]byte(c.sessions.GetString(r.Context(), keySearch)), &list) // nothing remembered is no search
	return list
}

func (c *console) showContrats(w http.ResponseWriter, r *request, texte, id string) error {
	page := pageOf(r.Request)
	d := demandeContrats(r, texte)
	d.Page = slice(page)
	p := contratsPage{Texte: texte, Recherche: id, Mots: recherche.NewTexte(texte), Choix: d.Choix, Vie: d.Vie, Tri: r.URL.Query().Get("tri"),
		Colonnes: colonnesChoisies(r.URL.Query()), Choisies: r.URL.Query().Has("c")}
	var err error
	if p.Trouves, err = c.hub.Contrats.Chercher(r.Context(), r.compte.OrganismeID, d); err != nil {
		return err
	}
	address := url.URL{Path: "/contrats", RawQuery: r.URL.RawQuery}
	p.Titres = titresTries(&address, p.Colonnes, d.Tri, d.Desc)
	p.Adresse = with(&address, "page", "")
	p.SansTexte, p.SansSession = with(&address, "r", ""), with(&address, "session", "")
	p.Pagination = paginate(&http.Request{URL: &address}, page, p.Total)
	query := strings.TrimPrefix(p.Adresse, "/contrats")
	p.CSV, p.XLSX = "/contrats.csv"+query, "/contrats.xlsx"+query
	others := map[hub.Vie]string{hub.VieActifs: string(hub.VieArchives), hub.VieArchives: ""}
	bare, _ := url.Parse(p.Adresse) // it was made here
	p.Autres = with(bare, "vie", others[d.Vie])
	p.Filtre = texte != "" || p.Choix != (hub.Choix{})
	if r.Header.Get("HX-Request") != "" {
		return c.renderPart(w, r, "contrats", "lignes", &p)
	}
	if p.Sites, p.Formations, p.Periodes, err = c.hub.Contrats.Nomenclature(r.Context(), r.compte.OrganismeID); err != nil {
		return err
	}
	if p.Gardes, err = c.liensGardes(r, "/contrats"); err != nil {
		return err
	}
	if p.Choix.Session != 0 {
		p.NomSession = "session " + strconv.FormatInt(p.Choix.Session, 10)
		if len(p.Lignes) > 0 {
			p.NomSession = p.Lignes[0].NomGroupe
		}
	}
	return c.render(w, r, http.StatusOK, "contrats", "Contrats", &p)
}

// contratsFile gives the whole list that the page shows a part of, with its columns
// and in its order.
func (c *console) contratsFile(format string) func(http.ResponseWriter, *request) error {
	return func(w http.ResponseWriter, r *request) error {
		_, texte := c.remembered(r)
		columns := colonnesChoisies(r.URL.Query())
		titles := []string{"Contrat"}
		for _, column := range columns {
			titles = append(titles, column.Titre)
		}
		d := demandeContrats(r, texte)
		var rows [][]any
		for d.Page = (hub.Page{Limit: fileBatch}); ; d.Page.Offset += fileBatch {
			found, err := c.hub.Contrats.Chercher(r.Context(), r.compte.OrganismeID, d)
			if err != nil {
				return err
			}
			for i := range found.Lignes {
				row := make([]any, 0, len(columns)+1)
				row = append(row, found.Lignes[i].CodeContrat)
				for _, column := range columns {
					row = append(row, column.texte(&found.Lignes[i]))
				}
				rows = append(rows, row)
			}
			if d.Page.Offset+fileBatch >= found.Total {
				return unlessLeft(compta.WriteTableau(w, format, "contrats", "Contrats", titles, rows))
			}
		}
	}
}

// fileBatch is how many contracts a file reads at a time.
const fileBatch = 2000

// unlessLeft forgets that a browser left while a file was sent to it.
func unlessLeft(err error) error {
	var left *web.SendError
	if errors.As(err, &left) {
		return nil
	}
	return err
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
