package sync

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// calendarBody is {"groupId","calendarUrl"}; a groupId may be a number, as other codes.
type calendarBody struct {
	GroupID     jsontext.Value `json:"groupId"`
	CalendarURL jsontext.Value `json:"calendarUrl"`
}

type calendarAnswer struct {
	Success    bool       `json:"success"`
	GroupID    string     `json:"groupId"`
	Evenements int        `json:"evenements"`
	LuLe       *time.Time `json:"luLe"`   // null: not read yet
	Erreur     *string    `json:"erreur"` // why it could not be read; null where it was
}

func (s *server) calendar(w http.ResponseWriter, r *web.Request) error {
	var sent calendarBody
	if err := read(w, r, &sent); err != nil {
		return err
	}
	f := fields{}
	groupe, address := f.code("groupId", sent.GroupID, true), f.text("calendarUrl", sent.CalendarURL, true, 2000)
	if err := f.refusal(refus.CodeInvalidCalendrier, "L’adresse du calendrier n’est pas enregistrée : corrigez ce qui est signalé."); err != nil {
		return err
	}
	c, err := s.hub.Integration.SetCalendrier(r.Context(), r.Acteur(), groupe, address)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, calendarAnswer{true, c.CodeGroupe, c.Evenements, c.LuLe, web.OrNull(c.Erreur)})
}

// absencesBody is {"email","data":[…]}. Both spellings that Campus Skills documented are
// read: dateDebut or dateStart, dateFin or dateEnd, isJusitifie or isJustifie; and
// studentId in the place of email, as it had first.
type absencesBody struct {
	Email     jsontext.Value `json:"email"`
	StudentID jsontext.Value `json:"studentId"`
	Data      jsontext.Value `json:"data"`
}

type absenceBody struct {
	DateDebut   jsontext.Value `json:"dateDebut"`
	DateStart   jsontext.Value `json:"dateStart"`
	DateFin     jsontext.Value `json:"dateFin"`
	DateEnd     jsontext.Value `json:"dateEnd"`
	Type        jsontext.Value `json:"type"`
	IsJusitifie jsontext.Value `json:"isJusitifie"`
	IsJustifie  jsontext.Value `json:"isJustifie"`
	Motif       jsontext.Value `json:"motif"`
}

type absencesAnswer struct {
	Success       bool   `json:"success"`
	CodeApprenant string `json:"codeApprenant"`
	Absences      int    `json:"absences"`
}

func (s *server) absences(w http.ResponseWriter, r *web.Request) error {
	var sent absencesBody
	if err := read(w, r, &sent); err != nil {
		return err
	}
	f := fields{}
	code := f.code("studentId", sent.StudentID, false)
	email := f.text("email", sent.Email, code == "", 500)
	list := f.absences(sent.Data)
	if err := f.refusal(refus.CodeInvalidAbsences, "Aucune absence n’est enregistrée : corrigez ce qui est signalé, et renvoyez la liste entière."); err != nil {
		return err
	}
	apprenant, err := s.hub.Contrats.SetAbsences(r.Context(), r.Acteur(), code, email, list)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, absencesAnswer{true, apprenant, len(list)})
}

// read reads a body whose unknown properties are ignored, as those of contracts are.
func read(w http.ResponseWriter, r *web.Request, dest any) error {
	body, err := web.SmallBody(w, r)
	if err != nil {
		return err
	}
	return reception.ReadValue(body, dest, jsonv2.RejectUnknownMembers(false))
}

// fields reads values and gathers what is wrong with them.
type fields struct{ wrong []passerelle.Violation }

func (f *fields) add(field string, code passerelle.Code, format string, args ...any) {
	f.wrong = append(f.wrong, passerelle.Violation{Field: field, Code: code, Message: fmt.Sprintf(format, args...)})
}

func (f *fields) refusal(code refus.Code, sentence string) error {
	if len(f.wrong) == 0 {
		return nil
	}
	return refus.New(code, "%s", sentence).With(f.wrong)
}

// text reads a text; "" and null are absent.
func (f *fields) text(name string, v jsontext.Value, required bool, most int) string {
	value := ""
	switch v.Kind() {
	case '"':
		unquoted, _ := jsontext.AppendUnquote(nil, v)
		value = strings.TrimSpace(string(unquoted))
	case 'n', jsontext.KindInvalid: // null, absent
	default:
		f.add(name, passerelle.CodeType, "%s : un texte était attendu.", name)
		return ""
	}
	switch {
	case value == "" && required:
		f.add(name, passerelle.CodeRequired, "%s est obligatoire.", name)
	case len([]rune(value)) > most:
		f.add(name, passerelle.CodeTooLong, "%s a plus de %d caractères.", name, most)
	case !web.PlainText(value):
		f.add(name, passerelle.CodeType, "%s contient le caractère nul, retirez-le.", name)
	}
	return value
}

// code reads a code, which may be a whole number.
func (f *fields) code(name string, v jsontext.Value, required bool) string {
	if v.Kind() == '0' && !strings.ContainsAny(string(v), ".eE") {
		return string(v)
	}
	return f.text(name, v, required, 500)
}

func (f *fields) absences(v jsontext.Value) []domaine.Absence {
	if v.Kind() != '[' {
		f.add("data", passerelle.CodeRequired, "data est obligatoire : la liste entière des absences de l’apprenti, [] s’il n’en a aucune.")
		return nil
	}
	var sent []jsontext.Value
	if err := jsonv2.Unmarshal(v, &sent); err != nil || len(sent) > hub.MaxAbsences {
		f.add("data", passerelle.CodeTooLong, "data a plus de %d absences.", hub.MaxAbsences)
		return nil
	}
	list := make([]domaine.Absence, len(sent))
	for i, value := range sent {
		var one absenceBody
		if value.Kind() != '{' || jsonv2.Unmarshal(value, &one) != nil {
			f.add(fmt.Sprintf("data.%d", i), passerelle.CodeType, "data.%d : un objet était attendu.", i)
			continue
		}
		list[i] = f.absence(fmt.Sprintf("data.%d.", i), &one)
	}
	return list
}

func (f *fields) absence(at string, sent *absenceBody) (a domaine.Absence) {
	first := func(name, other string, v, w jsontext.Value) (string, jsontext.Value) {
		if v == nil && w != nil {
			return at + other, w
		}
		return at + name, v
	}
	start, startValue := first("dateDebut", "dateStart", sent.DateDebut, sent.DateStart)
	end, endValue := first("dateFin", "dateEnd", sent.DateFin, sent.DateEnd)
	before := len(f.wrong)
	a.Debut, a.Fin = f.moment(start, startValue), f.moment(end, endValue)
	if len(f.wrong) == before && a.Fin.Before(a.Debut) {
		f.add(end, passerelle.CodeDateOrder, "%s est avant %s.", end, start)
	}
	switch kind := f.text(at+"type", sent.Type, true, 500); domaine.NatureAbsence(strings.ToLower(kind)) {
	case domaine.NatureAbsente:
		a.Nature = domaine.NatureAbsente
	case domaine.NatureRetard:
		a.Nature = domaine.NatureRetard
	case "": // told
	default:
		f.add(at+"type", passerelle.CodeValue, "%stype : « absence » ou « retard » était attendu.", at)
	}
	name, justified := first("isJusitifie", "isJustifie", sent.IsJusitifie, sent.IsJustifie)
	switch justified.Kind() {
	case 't', 'f':
		a.Justifiee = justified.Kind() == 't'
	case 'n', jsontext.KindInvalid:
		f.add(name, passerelle.CodeRequired, "%s est obligatoire : true ou false.", name)
	default:
		f.add(name, passerelle.CodeType, "%s : true ou false était attendu.", name)
	}
	a.Motif = f.text(at+"motif", sent.Motif, false, 500)
	return a
}

// moment reads DD/MM/YYYY-HH:mm, an hour below ten with one digit or two.
func (f *fields) moment(name string, v jsontext.Value) time.Time {
	text := f.text(name, v, true, 500)
	if text == "" {
		return time.Time{}
	}
	at, err := time.ParseInLocation(domaine.FormeMoment, text, hub.Paris)
	if err != nil || at.Year() < 1900 || at.Year() > 9999 {
		f.add(name, passerelle.CodeDateFormat, "%s : une date et une heure qui existent, de la forme JJ/MM/AAAA-HH:mm, étaient attendues.", name)
	}
	return at
}
