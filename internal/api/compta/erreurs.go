package compta

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/fichier"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// Codes of requests that are wrong before any rule of exercices is asked
// (reference 7).
const (
	codeDate      = "GBL2"  // not a date
	codeEmpty     = "GBL18" // a value is missing
	codeNoStart   = "GBL21"
	codeNoEnd     = "GBL22"
	codeParameter = "ERR-INVALID-PARAMETER"
	codeVersion   = "ERR-INVALID-VERSION"
	codeBody      = "ERR-INVALID-BODY"
)

// wrong is one thing wrong with a request as it was sent.
func wrong(code string, index int, champ, format string, args ...any) fichier.Erreur {
	return fichier.Erreur{Erreur: comptable.Erreur{Code: code, Index: index, Champ: champ, Message: fmt.Sprintf(format, args...)}}
}

func refused(errs ...fichier.Erreur) error { return &hub.ExercicesRefuses{Erreurs: errs} }

type errorAnswer struct {
	Error errorBody `json:"error"`
}

type errorBody struct {
	Code    string       `json:"code"`
	Message string       `json:"message"`
	Details errorDetails `json:"details"`
}

type errorDetails struct {
	URL         string          `json:"url"` // without what could name a person
	Method      string          `json:"method"`
	RequestedAt string          `json:"requestedAt"` // "07 Jul 2023, 17:58:18", in France
	RequestID   string          `json:"requestId"`
	Errors      []errorLine     `json:"errors,omitempty"` // everything that is wrong, the first one included
	Warnings    []warningAnswer `json:"warnings,omitempty"`
}

type errorLine struct {
	Code          string  `json:"code"`
	Message       string  `json:"message"`
	Index         *int    `json:"index,omitempty"` // position of the item in the request, from 0
	Field         string  `json:"field,omitempty"`
	Suggestion    *string `json:"suggestion,omitempty"` // the nearest date that would do, YYYY-MM-DD
	ExerciceID    string  `json:"exerciceId,omitempty"`
	Name          string  `json:"name,omitempty"`
	ConflictsWith string  `json:"conflictsWith,omitempty"` // id of the exercice that stands in the way
	Line          int     `json:"line,omitzero"`           // of the file, from 1
	Cell          string  `json:"cell,omitempty"`          // of a table, such as C12
	Column        int     `json:"column,omitzero"`         // from 1: character of a TRA file, column of a price list
	Rule          string  `json:"rule,omitempty"`          // of the TRA checker
}

type warningAnswer struct {
	Code       string `json:"code"`
	Message    string `json:"message"`
	Index      *int   `json:"index,omitempty"`
	ExerciceID string `json:"exerciceId,omitempty"`
}

func warningsOf(list []comptable.Avertissement) []warningAnswer {
	wire := make([]warningAnswer, len(list))
	for i, a := range list {
		wire[i] = warningAnswer{Code: a.Code, Message: a.Message, Index: indexOrNil(a.Index), ExerciceID: idText(a.Exercice)}
	}
	return wire
}

func indexOrNil(i int) *int {
	if i < 0 {
		return nil
	}
	return &i
}

func idText(id int64) string {
	if id == 0 {
		return ""
	}
	return web.ID(id)
}

func linesOf(list []fichier.Erreur) []errorLine {
	wire := make([]errorLine, len(list))
	for i, e := range list {
		wire[i] = errorLine{Code: e.Code, Message: e.Message, Index: indexOrNil(e.Index), Field: e.Champ, ExerciceID: idText(e.Exercice),
			Name: e.Nom, ConflictsWith: idText(e.Voisin), Line: e.Ligne, Column: e.Colonne, Rule: e.Regle}
		if e.Suggestion != nil {
			wire[i].Suggestion = web.OrNull(e.Suggestion.String())
		}
	}
	return wire
}

// answer is how this dialect calls a refusal (reference 7).
type answer struct {
	status int // 0 for that of every dialect
	code   string
	reason func(*refus.Refusal) string // nil for what every dialect says
}

// byKind are the answers to refusals by their kind, where no code has its own.
var byKind = map[refus.Kind]answer{
	refus.Invalid:         {http.StatusBadRequest, codeParameter, nil},
	refus.NotFound:        {http.StatusBadRequest, codeParameter, nil},
	refus.Conflict:        {0, "ERR-CONFLICT", nil},
	refus.Outdated:        {0, "ERR-PRECONDITION-FAILED", nil},
	refus.Forbidden:       {0, "ERR-FORBIDDEN-ROUTE", nil},
	refus.Unauthenticated: {0, "ERR-API-TOKEN-NOT-FOUND", nil},
	refus.Unreadable:      {0, codeBody, nil},
	refus.Method: {0, "ERR-METHOD-NOT-ALLOWED", func(r *refus.Refusal) string {
		return fmt.Sprintf("Cette méthode n’est pas possible ici : utilisez %s.", r.Details)
	}},
	refus.Unsupported: {0, codeBody, nil},
	refus.TooSlow:     {0, "ERR-BODY-TOO-SLOW", nil},
	refus.TooLarge:    {0, "ERR-BODY-TOO-LARGE", says("Le corps dépasse la taille maximale pour cet appel.")},
	refus.TooMany:     {0, "ERR-TOO-MANY-REQUEST", nil},
	refus.Left:        {0, "ERR-CLIENT-LEFT", nil},
	refus.Busy:        {0, "ERR-SERVER-BUSY", nil},
	refus.Full:        {0, "ERR-STORAGE-FULL", nil},
	refus.Unavailable: {0, "ERR-DATABASE-UNAVAILABLE", nil},
	refus.Uncertain:   {0, "ERR-OUTCOME-UNKNOWN", nil},
	refus.Damaged:     {0, "ERR-DAMAGED-DATA", nil},
	refus.Internal:    {0, "ERR-INTERNAL", nil},
}

// byCode are the answers to refusals that this dialect has its own words for.
var byCode = map[refus.Code]answer{
	refus.CodeNoRoute:           {0, "ERR-ROUTE-NOT-FOUND", nil},
	refus.CodeInvalidParameter:  {0, codeParameter, nil},
	refus.CodeNoContrat:         {http.StatusNotFound, codeContratAbsent, nil},
	refus.CodeInvalidTarifs:     {http.StatusBadRequest, codeTarif, nil},
	refus.CodeInvalidEcheancier: {http.StatusBadRequest, codeEcheancier, nil},
	refus.CodeInvalidNPEC:       {http.StatusBadRequest, codeNPEC, nil},
	refus.CodeMissingSociete: {0, "SOCIETE10", func(r *refus.Refusal) string {
		return strings.TrimSuffix(r.Reason, ".") + " dans l’en-tête society-id."
	}},
	refus.CodeUnknownSociete: {0, "SOCIETE16", nil},
	refus.CodeHeaderInvalid:  {0, "ERR-INVALID-AUTH-HEADER", nil},
	refus.CodeSecretMissing:  {0, "ERR-SECRET-HEADER-NOT-SET", nil},
	refus.CodeSecretInvalid:  {0, "ERR-INVALID-SECRET", nil},
	refus.CodeKeyReused:      {http.StatusUnprocessableEntity, "ERR-IDEMPOTENCY-KEY-REUSED", says("Cette clé Idempotency-Key a déjà servi à une autre demande : envoyez-en une nouvelle.")},
	refus.CodeTooManyAtOnce:  {0, "ERR-TOO-MANY-CONCURRENT-REQUESTS", nil},
}

func says(sentence string) func(*refus.Refusal) string {
	return func(*refus.Refusal) string { return sentence }
}

// answerTo returns the status, the code and the message for a refusal.
func answerTo(r *refus.Refusal, requestID string) (status int, code, message string) {
	if rules, ok := r.Details.(*hub.ExercicesRefuses); ok {
		first := rules.Erreurs[0]
		if first.Code == comptable.CodeImmatriculation {
			return http.StatusForbidden, first.Code, first.Message
		}
		return http.StatusBadRequest, first.Code, first.Message
	}
	a, ok := byCode[r.Code]
	if !ok {
		a = byKind[r.Kind()]
	}
	if a.status == 0 {
		a.status = web.Status(r.Kind())
	}
	if a.reason == nil {
		return a.status, a.code, web.PlainReason(r, requestID)
	}
	return a.status, a.code, a.reason(r)
}

// describe returns the status of an error and the body that says it.
func (s *server) describe(r *http.Request, requestID string, err error) (int, errorAnswer) {
	refusal := web.RefusalOf(err)
	status, code, message := answerTo(refusal, requestID)
	details := errorDetails{URL: safeURL(r), Method: r.Method, RequestID: requestID,
		RequestedAt: s.hub.Now().In(hub.Paris).Format("02 Jan 2006, 15:04:05")}
	switch d := refusal.Details.(type) {
	case *hub.ExercicesRefuses:
		details.Errors = linesOf(d.Erreurs)
		if len(d.Avertissements) > 0 {
			details.Warnings = warningsOf(d.Avertissements)
		}
	case *hub.ListeRefusee:
		for _, e := range d.Erreurs {
			details.Errors = append(details.Errors, errorLine{Code: code, Message: e.Message, Index: indexOrNil(e.Index), Field: e.Champ, Line: e.Ligne, Column: e.Colonne, Cell: e.Cellule})
		}
	case *npec.Refus:
		for _, e := range d.Erreurs {
			details.Errors = append(details.Errors, errorLine{Code: code, Message: e.Message, Field: e.Feuille, Cell: e.Cellule})
		}
	}
	return status, errorAnswer{errorBody{code, message, details}}
}

func (s *server) writeError(w http.ResponseWriter, r *http.Request, requestID string, err error) {
	status, body := s.describe(r, requestID, err)
	_ = web.WriteJSON(w, status, body) // an errorAnswer is always JSON
}

// safeURL returns the path that was asked for, and of its parameters those that this
// API knows, where their values look as they should: a query, or a path that is no
// route, could name a person.
func safeURL(r *http.Request) string {
	asked := r.URL.EscapedPath()
	if strings.HasSuffix(r.Pattern, "/") { // no route
		asked = safePath(asked)
	}
	var kept []string
	for _, p := range parameters {
		if value := r.URL.Query().Get(p.name); value != "" && p.form.MatchString(value) {
			kept = append(kept, p.name+"="+value)
		}
	}
	if len(kept) == 0 {
		return asked
	}
	return asked + "?" + strings.Join(kept, "&")
}

// plainSegment is the form of what may stand in the path of a route.
var plainSegment = regexp.MustCompile(`^[A-Za-z0-9_-]{0,40}$`)

// safePath returns a path that is no route with … for what is not the name of one.
func safePath(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if !plainSegment.MatchString(s) {
			segments[i] = "…"
		}
	}
	return strings.Join(segments, "/")
}
