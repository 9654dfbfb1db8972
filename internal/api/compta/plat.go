package compta

import (
	"net/http"
	"strconv"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func (s *server) platExercices(w http.ResponseWriter, r *web.Request) error {
	p := parametersOf(r, "on")
	on := p.on()
	if err := p.err(); err != nil {
		return err
	}
	list, err := s.hub.Comptabilite.Exercices(r.Context(), acces(r), on)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, comptable.ToPlat(list))
}

func (s *server) createExercices(w http.ResponseWriter, r *web.Request) error {
	c, items, err := s.readChange(w, r, false)
	if err != nil {
		return err
	}
	periodes := make([]passerelle.Periode, len(items))
	for i, item := range items {
		periodes[i] = item.Periode
	}
	return c.serve(w, func(d hub.DemandeExercices) (*hub.ResultatExercices, error) {
		return s.hub.Comptabilite.CreateExercices(r.Context(), d, periodes)
	})
}

func (s *server) moveExercices(w http.ResponseWriter, r *web.Request) error {
	c, items, err := s.readChange(w, r, true)
	if err != nil {
		return err
	}
	return c.serve(w, func(d hub.DemandeExercices) (*hub.ResultatExercices, error) {
		return s.hub.Comptabilite.MoveExercices(r.Context(), d, items)
	})
}

// readChange reads a change of exercices; withID where it names those that are there.
func (s *server) readChange(w http.ResponseWriter, r *web.Request, withID bool) (*change, []comptable.Mouvement, error) {
	if err := onlySimulation(r); err != nil {
		return nil, nil, err
	}
	c := s.newChange(r, changedExercices)
	items, err := readItems(w, r, c, withID)
	return c, items, err
}

// onlySimulation refuses any other parameter of a change, before its body is read.
func onlySimulation(r *web.Request) error {
	p := parametersOf(r, "simulation")
	return p.err()
}

// changedExercices is the short form of those exercices that a request changed.
func changedExercices(res *hub.ResultatExercices) any {
	changed := map[int64]bool{}
	for _, c := range res.Changements {
		changed[c.Apres.ID] = true
	}
	return comptable.ToPlatCourt(res.Exercices, func(e domaine.Exercice) bool { return changed[e.ID] })
}

type closeAnswer struct {
	Status   string          `json:"status"`
	Warnings []warningAnswer `json:"warnings,omitempty"`
}

func (s *server) closeExercice(w http.ResponseWriter, r *web.Request) error {
	p := parametersOf(r, "id_exercice", "lettering_method_id", "id_review_model", "carry_forward", "simulation")
	f := comptable.DemandeCloture{ReportANouveau: p.one("carry_forward", "false", "true") == "true"}
	switch id := p.value("id_exercice"); id {
	case "":
		p.fail(codeEmpty, "id_exercice", "Le paramètre id_exercice est obligatoire : l’identifiant de l’exercice à clôturer.")
	default:
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			p.fail(comptable.CodeInconnu, "id_exercice", "Paramètre « id_exercice » : cet exercice n’existe pas, un nombre entier était attendu.")
		}
		f.ID = n
	}
	if method := p.value("lettering_method_id"); method != "" {
		n, _ := strconv.Atoi(method) // 0 is no method either
		lettrage, _ := domaine.LettrageOf(n)
		f.Lettrage = &lettrage
	}
	if model := p.value("id_review_model"); model != "" {
		n, err := strconv.ParseInt(model, 10, 64)
		if err != nil || n < 0 {
			p.fail(codeParameter, "id_review_model", "Paramètre « id_review_model » : un nombre entier était attendu.")
		}
		f.ReviewModel.ID = n
	}
	if err := p.err(); err != nil {
		return err
	}
	c := s.newChange(r, func(res *hub.ResultatExercices) any { return closeAnswer{"success", warningsOf(res.Avertissements)} })
	return c.serve(w, func(d hub.DemandeExercices) (*hub.ResultatExercices, error) {
		return s.hub.Comptabilite.CloseExercice(r.Context(), d, f)
	})
}
