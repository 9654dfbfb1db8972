package admin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

const reglages = "/api/admin/v1/reglages"

// reglagesAnswer returns settings as a JSON object: one member for each, those with
// a point in their names inside the object before it.
func reglagesAnswer(r *domaine.Reglages) map[string]any {
	answer := map[string]any{}
	for i := range domaine.TousReglages {
		s := &domaine.TousReglages[i]
		into, cle := answer, s.Cle
		if group, name, ok := strings.Cut(s.Cle, "."); ok {
			inner, _ := answer[group].(map[string]any)
			if inner == nil {
				inner = map[string]any{}
				answer[group] = inner
			}
			into, cle = inner, name
		}
		into[cle] = s.Of(r)
		if n, err := strconv.Atoi(s.Of(r)); err == nil && s.Nombre {
			into[cle] = n
		}
	}
	return answer
}

func (s *server) reglages(w http.ResponseWriter, r *web.Request) error {
	o, err := s.hub.Organismes.Organisme(r.Context(), r.Jeton.OrganismeID)
	if err != nil {
		return err
	}
	web.SetETag(w, o.Reglages.Version())
	return web.WriteJSON(w, http.StatusOK, reglagesAnswer(&o.Reglages))
}

func (s *server) setReglages(w http.ResponseWriter, r *web.Request) error {
	values, err := readReglages(w, r)
	if err != nil {
		return err
	}
	attendu, err := web.IfMatch(r.Request)
	if err != nil {
		return err
	}
	set, err := s.hub.Organismes.SetReglages(r.Context(), r.Acteur(), r.Jeton.Droits, values, attendu)
	if err != nil {
		return err
	}
	web.SetETag(w, set.Version())
	return web.WriteJSON(w, http.StatusOK, reglagesAnswer(&set))
}

// readReglages reads the settings of a body: text, or a number where one is meant.
func readReglages(w http.ResponseWriter, r *web.Request) (values []hub.ValeurReglage, err error) {
	var body map[string]jsontext.Value
	if err := web.ReadJSON(w, r, &body); err != nil {
		return nil, err
	}
	if body == nil {
		return nil, &hub.ReglagesRefuses{Erreurs: []hub.ErreurReglage{{Cle: "reglages", Message: "Un objet { … } était attendu, avec les réglages à changer."}}}
	}
	var wrong []hub.ErreurReglage
	var read func(prefix string, members map[string]jsontext.Value)
	read = func(prefix string, members map[string]jsontext.Value) {
		for name, raw := range members {
			cle := prefix + name
			var inner map[string]jsontext.Value
			isGroup := prefix == "" && slices.ContainsFunc(domaine.TousReglages, func(s domaine.Reglage) bool { return strings.HasPrefix(s.Cle, cle+".") })
			switch {
			case isGroup && (json.Unmarshal(raw, &inner) != nil || inner == nil):
				wrong = append(wrong, hub.ErreurReglage{Cle: cle, Message: "Un objet { … } était attendu."})
			case isGroup:
				read(cle+".", inner)
			default:
				value, ok := textOf(raw)
				if !ok {
					wrong = append(wrong, hub.ErreurReglage{Cle: cle, Message: "Un texte ou un nombre était attendu."})
					continue
				}
				values = append(values, hub.ValeurReglage{Cle: cle, Valeur: value})
			}
		}
	}
	read("", body)
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b hub.ErreurReglage) int { return strings.Compare(a.Cle, b.Cle) })
		return nil, &hub.ReglagesRefuses{Erreurs: wrong}
	}
	slices.SortFunc(values, func(a, b hub.ValeurReglage) int { return strings.Compare(a.Cle, b.Cle) })
	return values, nil
}

// textOf returns a JSON text or number as text.
func textOf(raw jsontext.Value) (string, bool) {
	switch raw.Kind() {
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return strings.TrimSpace(text), err == nil
	case '0':
		return string(raw), true
	}
	return "", false
}

type reglageChange struct {
	Cle     string    `json:"reglage"`
	Avant   string    `json:"avant"`
	Apres   string    `json:"apres"`
	Par     string    `json:"par"`
	JetonID *string   `json:"jetonId"`
	Le      time.Time `json:"le"`
}

func (s *server) reglagesChanges(w http.ResponseWriter, r *web.Request) error {
	page, err := web.Page(r, 100)
	if err != nil {
		return err
	}
	found, total, err := s.hub.Organismes.ChangementsReglages(r.Context(), r.Jeton.OrganismeID, page)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, struct {
		Total       int             `json:"total"`
		Changements []reglageChange `json:"changements"`
	}{total, web.Each(found, reglageChangeOf)})
}

func reglageChangeOf(c *domaine.ChangementReglage) reglageChange {
	return reglageChange{Cle: c.Cle, Avant: c.Avant, Apres: c.Apres, Par: c.Par, JetonID: web.IDOrNull(c.JetonID), Le: c.Le}
}
