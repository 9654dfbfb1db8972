package console

import (
	"errors"
	"net/http"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// reglagesPage is what reglages.html shows.
type reglagesPage struct {
	Groupes     []reglagesGroupe
	Changements []domaine.ChangementReglage // the latest ones
	PeutAgir    bool                        // change one at least
	Erreur      bool
	Version     string
	Autre       *entretemps
	Changes     int // settings that are not as they were at first
	Rythme      rythmeForm
}

type reglagesGroupe struct {
	Titre  string
	Champs []reglageChamp
}

// reglageChamp is one setting as a field of the form.
type reglageChamp struct {
	*domaine.Reglage
	Valeur, Erreur string
	Modifiable     bool
	Options        []reglageOption
}

type reglageOption struct{ Valeur, Texte string }

// lastChanges is how many changes of settings the page shows.
const lastChanges = 20

// droitsReglages are the rights that a role has on settings.
func droitsReglages(role domaine.Role) (droits domaine.Droits) {
	if role.Integre() {
		droits = append(droits, domaine.DroitIntegration)
	}
	if role.Compte() {
		droits = append(droits, domaine.DroitExercices)
	}
	return droits
}

func (c *console) reglages(w http.ResponseWriter, r *request) error {
	o, err := c.hub.Organismes.Organisme(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	return c.showReglages(w, r, http.StatusOK, func(s *domaine.Reglage) string { return s.Of(&o.Reglages) }, nil, rythmeForm{})
}

func (c *console) showReglages(w http.ResponseWriter, r *request, status int, value func(*domaine.Reglage) string, wrong map[string]string, rythme rythmeForm) error {
	droits := droitsReglages(r.compte.Role)
	p := reglagesPage{PeutAgir: len(droits) > 0, Erreur: len(wrong) > 0,
		Groupes: []reglagesGroupe{{Titre: "Contrats et garde des envois"}, {Titre: "Comptabilité"}}}
	for i := range domaine.TousReglages {
		s := &domaine.TousReglages[i]
		champ := reglageChamp{Reglage: s, Valeur: value(s), Erreur: wrong[s.Cle], Modifiable: droits.Has(s.Droit)}
		for k, choix := range s.Choix {
			champ.Options = append(champ.Options, reglageOption{choix, s.Textes[k]})
		}
		group := &p.Groupes[0]
		if s.Droit == domaine.DroitExercices {
			group = &p.Groupes[1]
		}
		group.Champs = append(group.Champs, champ)
	}
	o, err := c.hub.Organismes.Organisme(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	p.Version = c.seen(o.Reglages.Version())
	first := domaine.ReglagesDefaut()
	for i := range domaine.TousReglages {
		if s := &domaine.TousReglages[i]; s.Of(&o.Reglages) != s.Of(&first) {
			p.Changes++
		}
	}
	if o.Rythme != 0 {
		p.Changes++
	}
	if p.Rythme = rythme; !rythme.Saisi {
		p.Rythme = rythmeOf(o.Rythme)
	}
	p.Rythme.Modifiable, p.Rythme.Version = r.compte.Role.Integre(), c.seen(o.Rythme.String())
	if p.Rythme.Silence, err = c.hub.Journal.Silence(r.Context(), r.compte.OrganismeID); err != nil {
		return err
	}
	if status == http.StatusPreconditionFailed {
		if p.Autre, err = c.meanwhile(r, "reglage", nil, "Un réglage", "/reglages"); err != nil {
			return err
		}
	}
	if p.Changements, _, err = c.hub.Organismes.ChangementsReglages(r.Context(), r.compte.OrganismeID, hub.Page{Limit: lastChanges}); err != nil {
		return err
	}
	return c.render(w, r, status, "reglages", "Réglages", p)
}

func (c *console) setReglages(w http.ResponseWriter, r *request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	var values []hub.ValeurReglage
	for i := range domaine.TousReglages {
		if cle := domaine.TousReglages[i].Cle; r.PostForm.Has(cle) {
			values = append(values, hub.ValeurReglage{Cle: cle, Valeur: r.PostForm.Get(cle)})
		}
	}
	_, err := c.hub.Organismes.SetReglages(r.Context(), r.acteur(), droitsReglages(r.compte.Role), values, r.attendu())
	var refused *hub.ReglagesRefuses
	stale := changed(err)
	if errors.As(err, &refused) || stale {
		wrong := map[string]string{}
		if stale {
			refused = &hub.ReglagesRefuses{}
		}
		for _, e := range refused.Erreurs {
			wrong[e.Cle] = e.Message
		}
		o, err := c.hub.Organismes.Organisme(r.Context(), r.compte.OrganismeID)
		if err != nil {
			return err
		}
		status := http.StatusUnprocessableEntity
		if stale {
			status = http.StatusPreconditionFailed
		}
		return c.showReglages(w, r, status, func(s *domaine.Reglage) string {
			if r.PostForm.Has(s.Cle) {
				return r.PostForm.Get(s.Cle)
			}
			return s.Of(&o.Reglages)
		}, wrong, rythmeForm{})
	}
	if err != nil {
		return err
	}
	return then(w, r, "/reglages", "reglages")
}
