package web

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// PlainError is the error body of the synchronisation and administration
// dialects (design 3).
type PlainError struct {
	Error           string  `json:"error"`
	Reason          string  `json:"reason"`
	Details         []any   `json:"details,omitempty"`
	DetailsTotal    *int    `json:"detailsTotal,omitempty"`
	Synchronisation *string `json:"synchronisation,omitempty"`
	Active          *int    `json:"active,omitempty"`
	Removed         *int    `json:"removed,omitempty"`
	Seuil           *int    `json:"seuil,omitempty"`
	RequestID       string  `json:"requestId,omitempty"`
}

// Place is where a body is not what it should be.
type Place struct {
	Offset   int64  `json:"offset"`
	Line     int    `json:"line"`
	Expected string `json:"expected"`
}

// WritePlainError answers with a PlainError.
func WritePlainError(w http.ResponseWriter, r *http.Request, requestID string, err error) {
	status, code := StatusOf(err)
	body := PlainError{Error: code}
	var (
		httpError *HTTPError
		method    *MethodError
		refusal   *hub.Refusal
		rejected  *hub.RejectedPush
		held      *hub.HeldPush
		malformed *reception.Malformed
		file      *tableur.FileError
		mapping   *tableur.MappingError
	)
	switch {
	case errors.As(err, &httpError):
		body.Reason, body.Details = httpError.Reason, httpError.Details
	case errors.As(err, &method):
		body.Reason = fmt.Sprintf("La méthode %s n’est pas possible ici : utilisez %s.", r.Method, method.Allowed)
	case status == http.StatusUnauthorized:
		body.Reason = err.Error()
	case errors.As(err, &rejected):
		body.Reason = fmt.Sprintf("L’envoi est refusé en entier : %s. Rien n’a été enregistré, corrigez puis renvoyez.", plural(rejected.Total, "erreur"))
		body.Details, body.DetailsTotal = anyList(rejected.Violations), &rejected.Total
	case errors.As(err, &held):
		body.Reason = fmt.Sprintf("L’envoi archiverait %d des %d contrats actifs, plus que le seuil de %d %% : l’export est peut-être tronqué. "+
			"Rien n’a changé ; si c’est voulu, confirmez la synchronisation %d ou renvoyez avec ?confirmer=archivage.", held.Archives, held.Actifs, held.Seuil, held.Synchronisation)
		body.Synchronisation, body.Active, body.Removed, body.Seuil = IDOrNull(held.Synchronisation), &held.Actifs, &held.Archives, &held.Seuil
		body.Details = []any{map[string]int{"active": held.Actifs, "removed": held.Archives, "seuil": held.Seuil}}
	case errors.As(err, &malformed):
		body.Reason = fmt.Sprintf("JSON mal formé, %s", malformed.Error())
		body.Details = []any{Place{malformed.Offset, malformed.Line, malformed.Reason}}
	case errors.As(err, &file):
		if body.Reason = file.Message; file.Row > 0 {
			body.Details = []any{map[string]int{"row": file.Row}}
		}
	case errors.As(err, &mapping):
		body.Reason = "La matrice de correspondance ne convient pas à ce fichier : corrigez-la, ou refaites l’export avec les colonnes attendues."
		for _, problem := range mapping.Problems {
			body.Details = append(body.Details, problem)
		}
	case errors.As(err, &refusal):
		body.Reason = refusal.Reason
		if violations, ok := refusal.Details.([]passerelle.Violation); ok {
			for i := range violations {
				body.Details = append(body.Details, ProblemeOf(&violations[i]))
			}
		}
	default:
		if body.Reason = MachineReason(err, requestID); body.Reason == "" {
			body.Reason = reasonOf(status)
		}
		if status >= http.StatusInternalServerError {
			body.RequestID = requestID
		}
	}
	_ = WriteJSON(w, status, body) // a PlainError is always JSON
}

func reasonOf(status int) string {
	if status == http.StatusRequestEntityTooLarge {
		return "Le corps dépasse la taille maximale de ce serveur : découpez l’envoi (delta) ou demandez à l’exploitant de relever --max-body."
	}
	return unreadableReason
}

// unreadableReason is for a body that broke off.
const unreadableReason = "Le corps n’a pas pu être lu jusqu’au bout : la compression ou l’envoi est incomplet, renvoyez-le."

func plural(n int, word string) string {
	if n > 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}

func anyList(violations []passerelle.Violation) []any {
	list := make([]any, len(violations))
	for i, v := range Violations(violations) {
		list[i] = v
	}
	return list
}
