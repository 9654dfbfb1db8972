package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/agenda"
	"github.com/passerelle-hub/passerelle/internal/api/admin"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// noeud is one level of the tree of sessions: site, période, formation, année,
// then the groupes as leaves.
type noeud struct {
	Nom      string
	Effectif int
	Sessions int
	Enfants  []*noeud
	Lien     string // of a leaf
	Ouvert   bool
	Niveau   int
}

// levels are the names by which sessions are grouped, from the outside in.
var levels = []func(*domaine.Session) (code, nom string){
	func(s *domaine.Session) (string, string) { return s.CodeSite, s.NomSite },
	func(s *domaine.Session) (string, string) { return s.CodePeriode, s.NomPeriode },
	func(s *domaine.Session) (string, string) { return s.CodeFormation, s.NomFormation },
	func(s *domaine.Session) (string, string) { return s.CodeAnnee, s.NomAnnee },
}

// treeOf groups sessions, which come ordered by their names.
func treeOf(sessions []domaine.Session) *noeud {
	root := &noeud{}
	byPath := map[string]*noeud{}
	for i := range sessions {
		s := &sessions[i]
		at, path := root, ""
		at.add(s)
		for niveau, level := range levels {
			code, nom := level(s)
			path += code + "\x00"
			child := byPath[path]
			if child == nil {
				child = &noeud{Nom: nom, Niveau: niveau + 1}
				byPath[path] = child
				at.Enfants = append(at.Enfants, child)
			}
			at = child
			at.add(s)
		}
		at.Enfants = append(at.Enfants, &noeud{Nom: s.NomGroupe, Effectif: s.Effectif, Lien: "/sessions/" + strconv.FormatInt(s.ID, 10)})
	}
	// One site is no choice: it is open. So is a small tree.
	for at := root; len(at.Enfants) == 1 && at.Enfants[0].Lien == ""; at = at.Enfants[0] {
		at.Enfants[0].Ouvert = true
	}
	return root
}

func (n *noeud) add(s *domaine.Session) {
	n.Effectif += s.Effectif
	n.Sessions++
}

// sessionsPage is what sessions.html shows.
type sessionsPage struct {
	Arbre  *noeud
	Site   string // code of the one that is shown, "" for the list alone
	Choix  []onglet
	Places int // apprentices in a session, of all sites

	Liste      bool // the sessions one by one, in the place of the tree
	Lignes     []domaine.Session
	Pagination pagination
	listeTriee
	VersListe, VersArbre string // addresses
}

var colonnesSessions = []colonneListe{
	{Code: "groupe", Titre: "Groupe", Fixe: true}, {Code: "code", Titre: "Code du groupe", Ailleurs: true}, {Code: "site", Titre: "Site"}, {Code: "periode", Titre: "Période"},
	{Code: "formation", Titre: "Formation"}, {Code: "annee", Titre: "Année"}, {Code: "apprentis", Titre: "Apprentis", N: true},
}

// compareSessionsBy compares two sessions by a column.
func compareSessionsBy(column string, a, b *domaine.Session) int {
	switch column {
	case "apprentis":
		return a.Effectif - b.Effectif
	case "code":
		return strings.Compare(a.CodeGroupe, b.CodeGroupe)
	case "site":
		return strings.Compare(a.NomSite, b.NomSite)
	case "periode":
		return strings.Compare(a.NomPeriode, b.NomPeriode)
	case "formation":
		return strings.Compare(a.NomFormation, b.NomFormation)
	case "annee":
		return strings.Compare(a.NomAnnee, b.NomAnnee)
	case "groupe":
		return strings.Compare(a.NomGroupe, b.NomGroupe)
	}
	return 0
}

// sessionList shows the sessions of all sites one by one.
func (c *console) sessionList(w http.ResponseWriter, r *request, p *sessionsPage) error {
	all, err := c.hub.Integration.Sessions(r.Context(), r.compte.OrganismeID, false)
	if err != nil {
		return err
	}
	p.Liste, p.listeTriee = true, lireListe(r.Request, "/sessions", colonnesSessions)
	slices.SortStableFunc(all, func(a, b domaine.Session) int {
		order := compareSessionsBy(p.Code, &a, &b)
		if p.Desc {
			return -order
		}
		return order
	})
	page := pageOf(r.Request)
	p.Lignes, p.Pagination = part(all, page, perPage), paginate(r.Request, page, len(all))
	return c.render(w, r, http.StatusOK, "sessions", "Sessions", p)
}

// sessionTree shows one site at a time where there are several, so that the page
// stays light.
func (c *console) sessionTree(w http.ResponseWriter, r *request) error {
	sites, err := c.hub.Integration.SessionSites(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	p := sessionsPage{Site: r.URL.Query().Get("site")}
	if !slices.ContainsFunc(sites, func(v hub.Valeur) bool { return v.Code == p.Site }) && len(sites) > 0 {
		p.Site = sites[0].Code
	}
	for _, v := range sites {
		p.Places += v.Contrats
		p.Choix = append(p.Choix, onglet{Nom: v.Nom, Nombre: v.Contrats, Lien: with(r.URL, "site", v.Code), Actif: v.Code == p.Site})
	}
	p.VersListe, p.VersArbre = with(r.URL, "vue", "liste"), "/sessions"
	if r.URL.Query().Get("vue") == "liste" {
		return c.sessionList(w, r, &p)
	}
	shown, err := c.hub.Integration.SessionsOfSite(r.Context(), r.compte.OrganismeID, p.Site)
	if err != nil {
		return err
	}
	p.Arbre = treeOf(shown)
	return c.render(w, r, http.StatusOK, "sessions", "Sessions", &p)
}

func (c *console) sessionsCSV(w http.ResponseWriter, r *request) error {
	all, err := c.hub.Integration.Sessions(r.Context(), r.compte.OrganismeID, false)
	if err != nil {
		return err
	}
	records := [][]string{{"Code site", "Site", "Code période", "Période", "Code formation", "Formation", "Code année", "Année", "Code groupe", "Groupe", "Apprentis"}}
	for _, s := range all {
		records = append(records, []string{s.CodeSite, s.NomSite, s.CodePeriode, s.NomPeriode, s.CodeFormation, s.NomFormation, s.CodeAnnee, s.NomAnnee, s.CodeGroupe, s.NomGroupe, strconv.Itoa(s.Effectif)})
	}
	return writeCSV(w, "sessions", records)
}

// sessionPage is what session.html shows.
type sessionPage struct {
	domaine.Session
	Calendrier *domaine.Calendrier // nil where the groupe has none
	Prochains  []agenda.Evenement
	Lignes     []hub.Place
	Pagination pagination
}

func (c *console) session(w http.ResponseWriter, r *request) error {
	s, err := c.findSession(r)
	if err != nil {
		return err
	}
	page := pageOf(r.Request)
	p := sessionPage{Session: s}
	if p.Calendrier, err = c.hub.Integration.Calendrier(r.Context(), r.compte.OrganismeID, s.ID); err != nil {
		return err
	}
	if p.Calendrier != nil {
		p.Prochains = c.hub.Integration.Prochains(p.Calendrier, 5)
	}
	lines, total, err := c.hub.Contrats.SearchContrats(r.Context(), r.compte.OrganismeID, "", hub.Choix{Session: s.ID}, slice(page))
	if err != nil {
		return err
	}
	p.Lignes, p.Pagination = lines, paginate(r.Request, page, total)
	return c.render(w, r, http.StatusOK, "session", s.NomGroupe, p)
}

func (c *console) findSession(r *request) (s domaine.Session, err error) {
	return named(r, c.hub.Integration.Session)
}

// sessionICS gives the calendar of the session's groupe as it was last read.
func (c *console) sessionICS(w http.ResponseWriter, r *request, id int64) error {
	calendrier, err := c.hub.Integration.CalendrierFrais(r.Context(), r.compte.OrganismeID, id)
	if err != nil {
		return err
	}
	return admin.WriteCalendrier(w, calendrier, id)
}

func (c *console) sessionCSV(w http.ResponseWriter, r *request) error {
	s, err := c.findSession(r)
	if err != nil {
		return err
	}
	header := make([]string, len(passerelle.Champs))
	for i := range passerelle.Champs {
		header[i] = passerelle.Champs[i].Libelle
	}
	records := [][]string{header}
	err = c.hub.Contrats.EachContrat(r.Context(), r.compte.OrganismeID, hub.Filtre{Session: s.ID}, hub.Page{}, func(int) error { return nil }, func(doc []byte) error {
		contrat, err := document.Parse(doc)
		if err != nil {
			return err
		}
		record := make([]string, len(passerelle.Champs))
		for i := range passerelle.Champs {
			record[i] = *passerelle.Champs[i].At(&contrat)
		}
		records = append(records, record)
		return nil
	})
	if err != nil {
		return err
	}
	return writeCSV(w, "session-"+strconv.FormatInt(s.ID, 10), records)
}
