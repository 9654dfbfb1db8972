package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// criteres are the fields of a modèle's form, in the order in which people think
// of them.
var criteres = func() (list []critere) {
	for _, nom := range passerelle.ChampsCriteres {
		i, _ := passerelle.ChampIndex([]byte(nom))
		list = append(list, critere{nom, passerelle.Champs[i].NomCritere})
	}
	return list
}()

type critere struct{ champ, nom string }

// modelesPage is what modeles.html shows.
type modelesPage struct {
	Groupes  []hub.NonIntegre
	Contrats int // of all groups
	Modeles  []modeleLigne
	PeutAgir bool
}

type modeleLigne struct {
	domaine.Modele
	Pris, Ambigus int
	Conditions    []valeur
}

func (c *console) modeles(w http.ResponseWriter, r *request) error {
	usage, err := c.hub.Integration.Usage(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	p := modelesPage{Groupes: usage.Groupes, PeutAgir: r.compte.Role.Integre()}
	for _, g := range usage.Groupes {
		p.Contrats += g.Contrats
	}
	for _, m := range usage.Modeles {
		p.Modeles = append(p.Modeles, modeleLigne{m, usage.Pris[m.ID], usage.Ambigus[m.ID], conditions(m, usage)})
	}
	return c.render(w, r, http.StatusOK, "modeles", "Modèles", p)
}

// conditions reads the criteria of a modèle aloud.
func conditions(m domaine.Modele, usage *hub.Usage) (list []valeur) {
	for _, critere := range criteres {
		codes := m.Criteres[critere.champ]
		if len(codes) == 0 {
			continue
		}
		names := make([]string, len(codes))
		for i, code := range codes {
			names[i] = code
			for _, v := range usage.Valeurs[critere.champ] {
				if v.Code == code {
					names[i] = v.Nom
				}
			}
		}
		list = append(list, valeur{critere.nom, strings.Join(names, " ou ")})
	}
	return list
}

// modelePage is what modele.html shows.
type modelePage struct {
	Modele   domaine.Modele
	Criteres []critereForm
	Apercu   *hub.Apercu
	Erreurs  map[string]string
	Adresse  string
	Version  string // of what the form began with, "" for a new one
	Autre    *entretemps
}

// critereForm is one criterion with the values that may be ticked.
type critereForm struct {
	Champ, Nom string
	Options    []option
	Choisis    int
	Erreur     string
}

type option struct {
	hub.Valeur
	Choisi bool
}

func (c *console) newModele(w http.ResponseWriter, r *request) error {
	m := domaine.Modele{Actif: true, Criteres: passerelle.Criteres{}}
	q := r.URL.Query()
	if q.Has("formation") {
		groups, err := c.hub.Integration.NonIntegres(r.Context(), r.compte.OrganismeID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(groups, func(g hub.NonIntegre) bool {
			return g.CodeFormation == q.Get("formation") && g.CodeAnnee == q.Get("annee") && g.CodeSite == q.Get("site") && g.CodePeriode == q.Get("periode") &&
				(!q.Has("motif") || string(g.Motif) == q.Get("motif"))
		})
		if i < 0 {
			return refus.New(refus.CodeNotFound, "Ces contrats sont intégrés entre-temps : il n’y a plus rien à faire pour eux.")
		}
		m = groups[i].Modele
	}
	return c.showModele(w, r, http.StatusOK, m, nil)
}

func (c *console) editModele(w http.ResponseWriter, r *request) error {
	m, err := named(r, c.hub.Integration.Modele)
	if err != nil {
		return err
	}
	return c.showModele(w, r, http.StatusOK, m, nil)
}

// showModele shows the form of a modèle with what saving it would change.
func (c *console) showModele(w http.ResponseWriter, r *request, status int, m domaine.Modele, refused error) error {
	p := modelePage{Modele: m, Erreurs: map[string]string{}, Adresse: "/modeles/nouveau"}
	title := "Nouveau modèle"
	if m.ID != 0 {
		p.Adresse = "/modeles/" + strconv.FormatInt(m.ID, 10)
		title = "Modèle « " + m.Nom + " »"
		if p.Version = r.PostFormValue("version"); p.Version == "" || changed(refused) {
			now, err := c.hub.Integration.Modele(r.Context(), r.compte.OrganismeID, m.ID)
			if err != nil {
				return err
			}
			p.Version = c.seen(now.Version())
		}
		if changed(refused) {
			var err error
			if p.Autre, err = c.meanwhile(r, "modele", m.ID, "Ce modèle", p.Adresse); err != nil {
				return err
			}
			refused = nil
		}
	}
	if err := p.read(refused); err != nil {
		return err
	}
	named := m
	if strings.TrimSpace(named.Nom) == "" {
		named.Nom = "sans nom" // a preview does not need one
	}
	if r.Header.Get("HX-Request") != "" {
		if len(m.Criteres) > 0 {
			var err error
			if p.Apercu, err = c.hub.Integration.PreviewModele(r.Context(), r.compte.OrganismeID, named); err != nil {
				if err := p.read(err); err != nil {
					return err
				}
			}
		}
		return c.renderPart(w, r, "modele", "apercu", p)
	}
	usage, apercu, noApercu, err := c.hub.Integration.UsageWith(r.Context(), r.compte.OrganismeID, named)
	if err != nil {
		return err
	}
	if len(m.Criteres) > 0 {
		p.Apercu = apercu
		if err := p.read(noApercu); err != nil {
			return err
		}
	}
	for _, critere := range criteres {
		form := critereForm{Champ: critere.champ, Nom: critere.nom, Erreur: p.Erreurs["criteres."+critere.champ]}
		chosen := m.Criteres[critere.champ]
		at, _ := passerelle.ChampIndex([]byte(critere.champ))
		same := func(a, b string) bool { return passerelle.Champs[at].Cle(a) == passerelle.Champs[at].Cle(b) }
		for _, v := range usage.Valeurs[critere.champ] {
			form.Options = append(form.Options, option{v, slices.ContainsFunc(chosen, func(code string) bool { return same(code, v.Code) })})
		}
		for _, code := range chosen {
			if !slices.ContainsFunc(form.Options, func(o option) bool { return same(o.Code, code) }) {
				form.Options = append(form.Options, option{hub.Valeur{Code: code, Nom: code}, true})
			}
		}
		form.Choisis = len(chosen)
		p.Criteres = append(p.Criteres, form)
	}
	return c.render(w, r, status, "modele", title, p)
}

// read keeps the errors of a refused modèle field by field, and returns any
// other error.
func (p *modelePage) read(err error) error {
	if err == nil {
		return nil
	}
	var refusal *hub.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	details, ok := refusal.Details.([]passerelle.Violation)
	if !ok {
		return err
	}
	for _, v := range details {
		if p.Erreurs[v.Field] == "" {
			p.Erreurs[v.Field] = v.Message
		}
	}
	if p.Erreurs["criteres"] != "" {
		p.Erreurs["criteres"] = "Cochez au moins une valeur : un modèle sans critère prendrait tous les contrats."
	}
	return nil
}

// modeleForm reads the form of a modèle.
func modeleForm(r *request) domaine.Modele {
	m := domaine.Modele{Nom: r.PostFormValue("nom"), Actif: r.PostFormValue("actif") != "", Criteres: passerelle.Criteres{}}
	for _, critere := range criteres {
		if values := r.PostForm[critere.champ]; len(values) > 0 {
			m.Criteres[critere.champ] = values
		}
	}
	return m
}

func (c *console) createModele(w http.ResponseWriter, r *request) error {
	return c.saveModele(w, r, modeleForm(r), "modele-cree", func(m domaine.Modele) error {
		_, err := c.hub.Integration.CreateModele(r.Context(), r.compte.OrganismeID, m)
		return err
	})
}

func (c *console) updateModele(w http.ResponseWriter, r *request, id int64) error {
	m := modeleForm(r)
	m.ID = id
	return c.saveModele(w, r, m, "modele", func(m domaine.Modele) error {
		return c.hub.Integration.UpdateModele(r.Context(), r.compte.OrganismeID, m, r.attendu())
	})
}

// saveModele saves the form, or only previews it where that is asked for.
func (c *console) saveModele(w http.ResponseWriter, r *request, m domaine.Modele, fait string, save func(domaine.Modele) error) error {
	if r.PostFormValue("action") != "enregistrer" {
		return c.showModele(w, r, http.StatusOK, m, nil)
	}
	err := save(m)
	var refusal *hub.Refusal
	if changed(err) {
		return c.showModele(w, r, http.StatusPreconditionFailed, m, err)
	}
	if errors.As(err, &refusal) && refusal.Kind() == refus.Invalid {
		return c.showModele(w, r, http.StatusUnprocessableEntity, m, err)
	}
	if err != nil {
		return err
	}
	return then(w, r, "/modeles", fait)
}

// deleteModeleForm asks before a modèle is removed; to the contracts that is the
// same as not using it.
func (c *console) deleteModeleForm(w http.ResponseWriter, r *request) error {
	m, err := named(r, c.hub.Integration.Modele)
	if err != nil {
		return err
	}
	without := m
	without.Actif = false
	apercu, err := c.hub.Integration.PreviewModele(r.Context(), r.compte.OrganismeID, without)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "supprimer", "Supprimer un modèle", modelePage{Modele: m, Apercu: apercu})
}

func (c *console) deleteModele(w http.ResponseWriter, r *request, id int64) error {
	if err := c.hub.Integration.DeleteModele(r.Context(), r.compte.OrganismeID, id, nil); err != nil {
		return err
	}
	return then(w, r, "/modeles", "modele-fini")
}
