package console

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// acces is what the person reaches, with the société that the page is about.
func (r *request) acces() hub.Acces { return hub.AccesDeCompte(r.compte, r.societe) }

// demande is a change of exercices that the person asks for.
func (r *request) demande(simulation bool) hub.DemandeExercices {
	return hub.DemandeExercices{Acces: r.acces(), Simulation: simulation,
		Par: domaine.Personne{ID: r.compte.ID, Prenom: r.compte.Prenom, Nom: r.compte.Nom}}
}

// dossier is the société that a page of exercices is about.
type dossier struct {
	Societe   domaine.Societe
	Societes  []domaine.Societe
	Parametre string // of the addresses of the société: "?societe=3", or "" for the only one
}

// readDossier finds the société; the first one where several are and none is named.
func (c *console) readDossier(r *request) (d dossier, err error) {
	if d.Societes, err = c.hub.Comptabilite.Societes(r.Context(), r.acces().Vers("")); err != nil {
		return d, err
	}
	named := r.URL.Query().Get("societe")
	for _, s := range d.Societes {
		id := strconv.FormatInt(s.ID, 10)
		if named == "" || named == id {
			d.Societe, r.societe = s, id
			if len(d.Societes) > 1 {
				d.Parametre = "?societe=" + id
			}
			return d, nil
		}
	}
	return d, refus.New(refus.CodeNotFound, "Cette société n’est pas dans votre organisme.")
}

// exerciceLigne is one exercice as people read it.
type exerciceLigne struct {
	domaine.Exercice
	Nom          string
	Mois         int
	Changement   string // what a request does or would do to it, "" for nothing
	Premier      bool   // the oldest open one: the next to close
	X, Y, W      float64
	Debut1, Fin1 string
}

// Milieu is where the name stands in the drawing.
func (l exerciceLigne) Milieu() float64 { return round(l.X + l.W/2) }

// lignes reads exercices, the oldest first, with what a request changes.
func lignes(list []domaine.Exercice, changes []comptable.Changement) []exerciceLigne {
	list = comptable.Sorted(list)
	noms := comptable.Names(list)
	found := make([]exerciceLigne, len(list))
	premier := true
	for i, e := range list {
		found[i] = exerciceLigne{Exercice: e, Nom: noms[i], Mois: e.Periode.MoisEntames(), Debut1: e.Periode.Debut.FR(), Fin1: e.Periode.Fin.FR()}
		if !e.Clos() && premier {
			found[i].Premier, premier = true, false
		}
		for _, change := range changes {
			if change.Apres.ID == e.ID && change.Apres.Periode == e.Periode {
				found[i].Changement = genres[change.Genre]
			}
		}
	}
	return found
}

var genres = map[comptable.Genre]string{
	comptable.Creation: "Créé", comptable.Deplacement: "Dates changées", comptable.Fermeture: "Clos", comptable.PassageAMulti: "Lettrage MULTI",
}

// exercicesPage is what exercices.html shows.
type exercicesPage struct {
	dossier
	Lignes   []exerciceLigne
	Annees   []graduation
	Hauteur  float64
	PeutAgir bool
	Rappel   string // what to do next about exercices, "" for nothing
	Clos     int    // how many are closed
	Suivant  string // the next thing to do, within a sentence
}

// readExercices reads the société of the address with its exercices.
func (c *console) readExercices(r *request) (dossier, []domaine.Exercice, error) {
	d, err := c.readDossier(r)
	if err != nil {
		return d, nil, err
	}
	list, err := c.hub.Comptabilite.Exercices(r.Context(), r.acces(), nil)
	return d, list, err
}

func (c *console) exercices(w http.ResponseWriter, r *request) error {
	d, list, err := c.readExercices(r)
	if err != nil {
		return err
	}
	p := exercicesPage{dossier: d, Lignes: lignes(list, nil), PeutAgir: r.compte.Role.Compte()}
	p.draw()
	for _, e := range p.Lignes {
		if e.Clos() {
			p.Clos++
		}
	}
	if e := prochaine(p.Lignes, c.today()); e != nil {
		if e.Presse {
			p.Rappel = e.Texte
		}
		p.Suivant = "le prochain à clôturer finit le " + e.Fin1
		if e.ACreer {
			p.Suivant = "le suivant est à créer avant le " + e.Fin1
		}
	}
	return c.render(w, r, http.StatusOK, "exercices", "Exercices", p)
}

// draw places the exercices on a line of years.
func (p *exercicesPage) draw() {
	if len(p.Lignes) == 0 {
		return
	}
	first, last := p.Lignes[0].Periode.Debut, p.Lignes[len(p.Lignes)-1].Periode.Fin
	x := func(d passerelle.Date) float64 { return round(820 * float64(d-first) / float64(last-first+1)) }
	for i := range p.Lignes {
		l := &p.Lignes[i]
		l.X, l.W = x(l.Periode.Debut), round(max(4, x(l.Periode.Fin+1)-x(l.Periode.Debut)-3))
	}
	for year := first.Time().Year() + 1; year <= last.Time().Year(); year++ {
		p.Annees = append(p.Annees, graduation{x(passerelle.NewDate(year, 1, 1)), strconv.Itoa(year)})
	}
	for len(p.Annees) > 12 {
		p.Annees = p.Annees[1:]
	}
}

// exercicePage is what exercice.html shows: one form, and what it would do.
type exercicePage struct {
	dossier
	Titre, Intro, Adresse, Bouton string
	Dates, Cloture                bool // which fields the form has
	Debut, Fin                    string
	Lettrage                      domaine.Lettrage
	Report                        bool
	Erreurs                       []string
	Champ                         string // the field of the first error
	Simule                        []exerciceLigne
	Avertissements                []comptable.Avertissement
}

// action is a form about exercices with what it asks of the hub.
type action struct {
	page *exercicePage
	run  func(d hub.DemandeExercices) (*hub.ResultatExercices, error)
	fait string
}

// simulate shows the form with what it would do, or does it.
func (c *console) simulate(w http.ResponseWriter, r *request, a action) error {
	asked := r.PostFormValue("action")
	if r.Method != http.MethodPost {
		return c.render(w, r, http.StatusOK, "exercice", a.page.Titre, a.page)
	}
	res, err := a.run(r.demande(asked != "enregistrer"))
	var refused *hub.ExercicesRefuses
	if errors.As(err, &refused) {
		for _, e := range refused.Erreurs {
			text := e.Message
			if e.Ligne > 0 {
				text = "Ligne " + strconv.Itoa(e.Ligne) + " : " + text
			}
			a.page.Erreurs = append(a.page.Erreurs, text)
		}
		a.page.Champ = refused.Erreurs[0].Champ
		return c.render(w, r, http.StatusUnprocessableEntity, "exercice", a.page.Titre, a.page)
	}
	if err != nil {
		return err
	}
	if asked == "enregistrer" {
		path := "/exercices" + a.page.Parametre
		if a.page.Parametre == "" {
			return then(w, r, path, a.fait)
		}
		http.Redirect(w, r.Request, path+"&fait="+a.fait, http.StatusSeeOther)
		return nil
	}
	a.page.Simule, a.page.Avertissements = lignes(res.Exercices, res.Changements), res.Avertissements
	return c.render(w, r, http.StatusOK, "exercice", a.page.Titre, a.page)
}

// periode reads both dates of a form; what is no date is refused by the rules,
// as a day that cannot be.
func (p *exercicePage) periode(r *request) (passerelle.Periode, bool) {
	if r.Method == http.MethodPost {
		p.Debut, p.Fin = r.PostFormValue("debut"), r.PostFormValue("fin")
	}
	debut, err := passerelle.ParseDate(p.Debut)
	fin, err2 := passerelle.ParseDate(p.Fin)
	switch {
	case err != nil:
		p.Erreurs, p.Champ = []string{"Choisissez la date de début."}, comptable.ChampDebut
	case err2 != nil:
		p.Erreurs, p.Champ = []string{"Choisissez la date de fin."}, comptable.ChampFin
	}
	return passerelle.Periode{Debut: debut, Fin: fin}, err == nil && err2 == nil
}

func (c *console) newExercice(w http.ResponseWriter, r *request) error {
	d, list, err := c.readExercices(r)
	if err != nil {
		return err
	}
	p := &exercicePage{dossier: d, Titre: "Nouvel exercice", Adresse: "/exercices/nouveau" + d.Parametre, Bouton: "Créer l’exercice", Dates: true,
		Intro: "Les exercices se suivent sans trou ni recouvrement. Les dates proposées continuent le dernier."}
	next := passerelle.NewDate(c.hub.Now().Year(), 1, 1)
	if n := len(list); n > 0 {
		next = comptable.Sorted(list)[n-1].Periode.Fin + 1
	}
	p.Debut, p.Fin = next.String(), (next.AddMonths(12) - 1).String()
	periode, ok := p.periode(r)
	if !ok {
		return c.render(w, r, http.StatusUnprocessableEntity, "exercice", p.Titre, p)
	}
	return c.simulate(w, r, action{p, func(d hub.DemandeExercices) (*hub.ResultatExercices, error) {
		return c.hub.Comptabilite.CreateExercices(r.Context(), d, []passerelle.Periode{periode})
	}, "exercice-cree"})
}

// findExercice returns the exercice of an address with its société.
func (c *console) findExercice(r *request) (d dossier, l exerciceLigne, err error) {
	if d, err = c.readDossier(r); err != nil {
		return d, l, err
	}
	id, err := number(r, "id")
	if err != nil {
		return d, l, err
	}
	list, err := c.hub.Comptabilite.Exercices(r.Context(), r.acces(), nil)
	for _, l := range lignes(list, nil) {
		if l.ID == id {
			return d, l, err
		}
	}
	return d, l, errors.Join(err, refus.New(refus.CodeNotFound, "Cet exercice n’existe pas dans cette société."))
}

func (c *console) moveExercice(w http.ResponseWriter, r *request) error {
	d, l, err := c.findExercice(r)
	if err != nil {
		return err
	}
	p := &exercicePage{dossier: d, Titre: "Changer les dates de l’exercice " + l.Nom, Adresse: "/exercices/" + strconv.FormatInt(l.ID, 10) + "/deplacer" + d.Parametre,
		Bouton: "Changer les dates", Dates: true, Debut: l.Periode.Debut.String(), Fin: l.Periode.Fin.String(),
		Intro: "Les exercices voisins encore ouverts suivent, pour qu’il n’y ait ni trou ni recouvrement. Un exercice clos ne bouge pas."}
	periode, ok := p.periode(r)
	if !ok {
		return c.render(w, r, http.StatusUnprocessableEntity, "exercice", p.Titre, p)
	}
	return c.simulate(w, r, action{p, func(d hub.DemandeExercices) (*hub.ResultatExercices, error) {
		list, err := c.hub.Comptabilite.Exercices(r.Context(), d.Acces, nil)
		if err != nil {
			return nil, err
		}
		return c.hub.Comptabilite.MoveExercices(r.Context(), d, followed(list, l.ID, periode))
	}, "exercice-deplace"})
}

// followed moves an exercice and has its open neighbours meet it.
func followed(list []domaine.Exercice, id int64, to passerelle.Periode) (moves []comptable.Mouvement) {
	list = comptable.Sorted(list)
	for i, e := range list {
		if e.ID != id {
			continue
		}
		if i > 0 && !list[i-1].Clos() && list[i-1].Periode.Fin+1 != to.Debut {
			moves = append(moves, comptable.Mouvement{ID: list[i-1].ID, Periode: passerelle.Periode{Debut: list[i-1].Periode.Debut, Fin: to.Debut - 1}})
		}
		moves = append(moves, comptable.Mouvement{ID: id, Periode: to})
		if i+1 < len(list) && !list[i+1].Clos() && list[i+1].Periode.Debut != to.Fin+1 {
			moves = append(moves, comptable.Mouvement{ID: list[i+1].ID, Periode: passerelle.Periode{Debut: to.Fin + 1, Fin: list[i+1].Periode.Fin}})
		}
	}
	return moves
}

func (c *console) closeExercice(w http.ResponseWriter, r *request) error {
	d, l, err := c.findExercice(r)
	if err != nil {
		return err
	}
	p := &exercicePage{dossier: d, Titre: "Clôturer l’exercice du " + l.Debut1 + " au " + l.Fin1, Adresse: "/exercices/" + strconv.FormatInt(l.ID, 10) + "/cloturer" + d.Parametre,
		Bouton: "Clôturer définitivement", Cloture: true, Lettrage: l.Lettrage, Report: true,
		Intro: "La clôture est définitive : l’exercice ne changera plus, et votre nom y sera attaché. C’est aujourd’hui l’exercice " + l.Nom + "."}
	if r.Method == http.MethodPost {
		p.Lettrage, p.Report = domaine.Lettrage(r.PostFormValue("lettrage")), r.PostFormValue("report") != ""
	}
	return c.simulate(w, r, action{p, func(d hub.DemandeExercices) (*hub.ResultatExercices, error) {
		return c.hub.Comptabilite.CloseExercice(r.Context(), d, comptable.DemandeCloture{ID: l.ID, Lettrage: &p.Lettrage, ReportANouveau: p.Report})
	}, "exercice-clos"})
}

// exercicesTRA is the file that accounting software takes.
func (c *console) exercicesTRA(w http.ResponseWriter, r *request) error {
	d, err := c.readDossier(r)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	_, err = c.hub.Comptabilite.ExportTRA(r.Context(), r.acces(), nil, comptable.OptionsTRA{}, &file)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="exercices-`+strconv.FormatInt(d.Societe.ID, 10)+`.tra"`)
	_, _ = file.WriteTo(w)
	return nil
}
