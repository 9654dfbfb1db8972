package compta

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/fichier"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
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

func fail(status int, code, format string, args ...any) error {
	return &web.HTTPError{Status: status, Code: code, Reason: fmt.Sprintf(format, args...)}
}

// wrong is one thing wrong with a request as it was sent.
func wrong(code string, index int, champ, format string, args ...any) fichier.Erreur {
	return fichier.Erreur{Erreur: comptable.Erreur{Code: code, Index: index, Champ: champ, Message: fmt.Sprintf(format, args...)}}
}

func refused(errs ...fichier.Erreur) error { return &hub.ExercicesRefuses{Erreurs: errs} }

func invalid(parameter, reason string) error {
	return refused(wrong(codeParameter, -1, parameter, "Paramètre « %s » : %s.", parameter, reason))
}

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

// statusOf returns the status, the code and the message of an error (reference 7).
func statusOf(err error, requestID string) (status int, code, message string) {
	var (
		rules     *hub.ExercicesRefuses
		tarifs    *hub.TarifsRefuses
		societe   *hub.SocieteError
		header    *web.HeaderError
		access    *hub.AccessError
		refusal   *hub.Refusal
		method    *web.MethodError
		shared    *web.HTTPError
		malformed *reception.Malformed
	)
	switch {
	case errors.As(err, &rules):
		first := rules.Erreurs[0]
		if first.Code == comptable.CodeImmatriculation {
			return http.StatusForbidden, first.Code, first.Message
		}
		return http.StatusBadRequest, first.Code, first.Message
	case errors.As(err, &tarifs):
		return http.StatusBadRequest, codeTarif, tarifs.Erreurs[0].Message
	case errors.As(err, &societe):
		if societe.Missing {
			return http.StatusBadRequest, "SOCIETE10", societe.Reason
		}
		return http.StatusBadRequest, "SOCIETE16", societe.Reason
	case errors.As(err, &header):
		return http.StatusUnauthorized, "ERR-INVALID-AUTH-HEADER", header.Reason
	case errors.As(err, &access):
		return http.StatusUnauthorized, accessCodes[access.Code], access.Reason
	case errors.As(err, &method):
		return http.StatusMethodNotAllowed, "ERR-METHOD-NOT-ALLOWED", "Cette méthode n’est pas possible ici : utilisez " + method.Allowed + "."
	case errors.Is(err, hub.ErrCleReprise):
		return http.StatusUnprocessableEntity, "ERR-IDEMPOTENCY-KEY-REUSED", "Cette clé Idempotency-Key a déjà servi à une autre demande : envoyez-en une nouvelle."
	case errors.As(err, &refusal) && refusal.Kind == hub.NotFound:
		return http.StatusBadRequest, codeParameter, refusal.Reason
	case errors.As(err, &malformed):
		return http.StatusBadRequest, codeBody, "JSON mal formé, " + malformed.Error()
	case errors.As(err, &shared):
		if strings.HasPrefix(shared.Code, "ERR-") {
			return shared.Status, shared.Code, shared.Reason
		}
		codes := map[int]string{http.StatusBadRequest: codeParameter, http.StatusForbidden: "ERR-FORBIDDEN-ROUTE", http.StatusNotFound: "ERR-ROUTE-NOT-FOUND", http.StatusUnsupportedMediaType: codeBody}
		if code, ok := codes[shared.Status]; ok {
			return shared.Status, code, shared.Reason
		}
	}
	status, code = web.StatusOf(err)
	switch status {
	case http.StatusRequestEntityTooLarge:
		return status, "ERR-BODY-TOO-LARGE", "Le corps dépasse la taille maximale pour cet appel."
	case http.StatusBadRequest:
		return status, codeBody, "Le corps n’a pas pu être lu jusqu’au bout : la compression ou l’envoi est incomplet, renvoyez-le."
	}
	known, ok := machineCodes[code]
	if !ok {
		return http.StatusInternalServerError, "ERR-INTERNAL", web.MachineReason(errors.New("unknown"), requestID)
	}
	return status, known, web.MachineReason(err, requestID)
}

// machineCodes are the codes of errors that are not the client's to correct, by
// those of the other dialects.
var machineCodes = map[string]string{
	"storage full": "ERR-STORAGE-FULL", "database unavailable": "ERR-DATABASE-UNAVAILABLE", "outcome unknown": "ERR-OUTCOME-UNKNOWN",
	"damaged data": "ERR-DAMAGED-DATA", "body too slow": "ERR-BODY-TOO-SLOW", "server busy": "ERR-SERVER-BUSY", "client left": "ERR-CLIENT-LEFT",
}

var accessCodes = map[hub.AccessCode]string{
	hub.TokenUnknown:  "ERR-API-TOKEN-NOT-FOUND",
	hub.TokenRevoked:  "ERR-API-TOKEN-NOT-FOUND",
	hub.TokenExpired:  "ERR-API-TOKEN-NOT-FOUND",
	hub.SecretMissing: "ERR-SECRET-HEADER-NOT-SET",
	hub.SecretInvalid: "ERR-INVALID-SECRET",
}

// describe returns the status of an error and the body that says it.
func (s *server) describe(r *http.Request, requestID string, err error) (int, errorAnswer) {
	status, code, message := statusOf(err, requestID)
	details := errorDetails{URL: safeURL(r), Method: r.Method, RequestID: requestID,
		RequestedAt: s.hub.Now().In(hub.Paris).Format("02 Jan 2006, 15:04:05")}
	var rules *hub.ExercicesRefuses
	if errors.As(err, &rules) {
		details.Errors = linesOf(rules.Erreurs)
		if len(rules.Avertissements) > 0 {
			details.Warnings = warningsOf(rules.Avertissements)
		}
	}
	var tarifs *hub.TarifsRefuses
	if errors.As(err, &tarifs) {
		details.Errors = tarifLines(tarifs.Erreurs)
	}
	return status, errorAnswer{errorBody{code, message, details}}
}

func (s *server) writeError(w http.ResponseWriter, r *http.Request, requestID string, err error) {
	status, body := s.describe(r, requestID, err)
	_ = web.WriteJSON(w, status, body) // an errorAnswer is always JSON
}

// safeURL returns the route of a request, and of its parameters those that this
// API knows, where their values look as they should: a query, or a path that is
// no route, could name a person.
func safeURL(r *http.Request) string {
	var kept []string
	for _, p := range parameters {
		if value := r.URL.Query().Get(p.name); value != "" && p.form.MatchString(value) {
			kept = append(kept, p.name+"="+value)
		}
	}
	if len(kept) == 0 {
		return r.Pattern
	}
	return r.Pattern + "?" + strings.Join(kept, "&")
}
