package compta

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/fichier"
	"github.com/passerelle-hub/passerelle/internal/reception"
)

// itemsBody is {"exercice":[{"start_date","end_date","exercice_id"}]}. Its values
// are read one by one, so that everything wrong is told at once; what else a
// client sends is ignored, as it may send back what it was given.
type itemsBody struct {
	Exercice []itemBody `json:"exercice"`
}

type itemBody struct {
	Start jsontext.Value `json:"start_date"`
	End   jsontext.Value `json:"end_date"`
	ID    jsontext.Value `json:"exercice_id"`
}

// maxItems is how many exercices a body may hold.
const maxItems = 1000

// readItems reads the body of a creation or, where withID, of a move. It is JSON
// whatever its Content-Type says: curl --data announces a form.
func readItems(w http.ResponseWriter, r *web.Request, c *change, withID bool) ([]comptable.Mouvement, error) {
	body, err := web.SmallBody(w, r)
	if err != nil {
		return nil, err
	}
	var sent itemsBody
	if err := reception.ReadValue(c.through(body), &sent, json.RejectUnknownMembers(false)); err != nil {
		return nil, err
	}
	if len(sent.Exercice) > maxItems {
		return nil, refused(wrong(comptable.CodeInvalide, -1, "exercice", "La demande contient plus de %d exercices : envoyez-les en plusieurs fois.", maxItems))
	}
	var errs []fichier.Erreur
	items := make([]comptable.Mouvement, len(sent.Exercice))
	for i, item := range sent.Exercice {
		read := itemReader{index: i, subject: "exercice " + strconv.Itoa(i+1)}
		items[i].Periode.Debut = read.date(comptable.ChampDebut, item.Start, codeNoStart)
		items[i].Periode.Fin = read.date(comptable.ChampFin, item.End, codeNoEnd)
		items[i].ID = read.id(item.ID, withID)
		errs = append(errs, read.errs...)
	}
	if len(errs) > 0 {
		return nil, refused(errs...)
	}
	return items, nil
}

type itemReader struct {
	index   int
	subject string
	errs    []fichier.Erreur
}

func (r *itemReader) fail(code, champ, format string, args ...any) {
	r.errs = append(r.errs, wrong(code, r.index, champ, r.subject+" de la demande, « "+champ+" » : "+format, args...))
}

func absent(v jsontext.Value) bool {
	return len(v) == 0 || v.Kind() == 'n' || v.Kind() == '"' && strings.TrimSpace(unquote(v)) == ""
}

func unquote(v jsontext.Value) string {
	text, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return ""
	}
	return string(text)
}

// date reads YYYY-MM-DD, or the YYYYMMDD that this dialect answers.
func (r *itemReader) date(champ string, v jsontext.Value, missing string) passerelle.Date {
	if absent(v) {
		r.fail(missing, champ, "la date est obligatoire, sous la forme AAAA-MM-JJ.")
		return 0
	}
	if v.Kind() == '"' {
		text := strings.TrimSpace(unquote(v))
		if d, err := passerelle.ParseDate(text); err == nil {
			return d
		}
		if d, err := passerelle.ParseDateCompact(text); err == nil {
			return d
		}
	}
	r.fail(codeDate, champ, "une date existante de la forme AAAA-MM-JJ était attendue.")
	return 0
}

// id reads a number, or the text of one.
func (r *itemReader) id(v jsontext.Value, wanted bool) int64 {
	switch {
	case absent(v) && !wanted:
		return 0
	case absent(v):
		r.fail(codeEmpty, comptable.ChampID, "l’identifiant de l’exercice à déplacer est obligatoire.")
		return 0
	case !wanted:
		r.fail(comptable.CodeInvalide, comptable.ChampID, "un nouvel exercice n’a pas encore d’identifiant ; pour déplacer un exercice, utilisez PUT.")
		return 0
	}
	text := string(v)
	if v.Kind() == '"' {
		text = strings.TrimSpace(unquote(v))
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		r.fail(comptable.CodeInconnu, comptable.ChampID, "cet exercice n’existe pas, un nombre entier était attendu.")
	}
	return id
}
