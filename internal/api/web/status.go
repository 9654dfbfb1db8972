package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// StatusClientLeft is for the log and the metrics: nobody reads the answer.
const StatusClientLeft = 499

// StatusOf returns the HTTP status of an error and its short code, shared by the
// dialects. What is not known here is 500.
func StatusOf(err error) (status int, code string) {
	var (
		httpError  *HTTPError
		method     *MethodError
		header     *HeaderError
		access     *hub.AccessError
		refusal    *hub.Refusal
		rejected   *hub.RejectedPush
		held       *hub.HeldPush
		malformed  *reception.Malformed
		encoding   *reception.BadEncoding
		tooLarge   *http.MaxBytesError
		unreadable *BodyError
		exercices  *hub.ExercicesRefuses
		societe    *hub.SocieteError
		file       *tableur.FileError
		mapping    *tableur.MappingError
		stale      *hub.StaleImport
		spoilt     *hub.RefusedImport
		left       *ClientLeft
	)
	if errors.As(err, &left) {
		return StatusClientLeft, "client left"
	}
	switch hub.FaultOf(err) {
	case hub.ErrFull:
		return http.StatusInsufficientStorage, "storage full"
	case hub.ErrBusy:
		return http.StatusServiceUnavailable, "server busy"
	case hub.ErrUnavailable:
		return http.StatusServiceUnavailable, "database unavailable"
	case hub.ErrUncertain:
		return http.StatusGatewayTimeout, "outcome unknown"
	case hub.ErrDamaged:
		return http.StatusInternalServerError, "damaged data"
	}
	switch {
	case errors.As(err, &httpError):
		return httpError.Status, httpError.Code
	case errors.As(err, &method):
		return http.StatusMethodNotAllowed, "method not allowed"
	case errors.As(err, &header), errors.As(err, &access):
		return http.StatusUnauthorized, "invalid token"
	case errors.As(err, &rejected):
		return http.StatusUnprocessableEntity, "invalid contrats"
	case errors.As(err, &held):
		return http.StatusConflict, "mass archive"
	case errors.As(err, &malformed):
		return http.StatusBadRequest, "malformed json"
	case errors.As(err, &encoding):
		return http.StatusBadRequest, "malformed gzip"
	case errors.As(err, &tooLarge), errors.Is(err, reception.ErrTooLarge):
		return http.StatusRequestEntityTooLarge, "body too large"
	case errors.As(err, &unreadable) && errors.Is(err, os.ErrDeadlineExceeded):
		return http.StatusRequestTimeout, "body too slow"
	case errors.As(err, &unreadable):
		return http.StatusBadRequest, "unreadable body"
	case errors.As(err, &file):
		if file.Code == tableur.FileTooLarge {
			return http.StatusRequestEntityTooLarge, string(file.Code)
		}
		return http.StatusUnprocessableEntity, string(file.Code)
	case errors.As(err, &mapping):
		return http.StatusUnprocessableEntity, "mapping mismatch"
	case errors.As(err, &stale):
		return http.StatusConflict, "preview outdated"
	case errors.As(err, &spoilt):
		return http.StatusUnprocessableEntity, "invalid contrats"
	case errors.Is(err, context.Canceled):
		return StatusClientLeft, "client left"
	case errors.As(err, &exercices):
		return http.StatusBadRequest, "invalid exercices"
	case errors.As(err, &societe):
		return http.StatusBadRequest, "unknown societe"
	case errors.Is(err, hub.ErrCleReprise):
		return http.StatusUnprocessableEntity, "idempotency key reused"
	case errors.As(err, &refusal):
		return map[hub.Kind]int{
			hub.Invalid: http.StatusUnprocessableEntity, hub.NotFound: http.StatusNotFound,
			hub.Conflict: http.StatusConflict, hub.Forbidden: http.StatusForbidden,
			hub.TooLarge: http.StatusRequestEntityTooLarge, hub.Busy: http.StatusServiceUnavailable,
		}[refusal.Kind], refusal.Code
	}
	return http.StatusInternalServerError, "internal error"
}

// retryAfter is when a database that does not answer may be asked again, in seconds.
const retryAfter = 5

// FailureHeaders sets the headers that go with the status of an error, whatever the
// dialect.
func FailureHeaders(w http.ResponseWriter, err error) {
	var method *MethodError
	if errors.As(err, &method) {
		w.Header().Set("Allow", method.Allowed)
	}
	switch status, _ := StatusOf(err); status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	case http.StatusRequestTimeout:
		w.Header().Set("Connection", "close")
	}
}

// MachineReason is the French sentence for an error that is not the client's to
// correct, or that is one of its connection; "" for any other.
func MachineReason(err error, requestID string) string {
	var busy *hub.Refusal
	switch status, code := StatusOf(err); {
	case errors.As(err, &busy) && busy.Kind == hub.Busy:
		return busy.Reason
	case status == http.StatusInsufficientStorage:
		return "Le serveur n’a plus de place sur son disque, rien n’a été enregistré : réessayez plus tard, et prévenez l’exploitant."
	case code == "server busy":
		return "D’autres enregistrements sont en cours et celui-ci a attendu trop longtemps, rien n’a été enregistré : réessayez dans quelques instants."
	case code == "database unavailable":
		return "La base de données ne répond pas pour le moment, rien n’a été enregistré : réessayez dans quelques instants."
	case status == http.StatusGatewayTimeout:
		return "La base de données s’est arrêtée pendant l’enregistrement, qui a pu avoir lieu ou non : vérifiez-le dans quelques instants. Un envoi de contrats peut être répété sans risque."
	case code == "damaged data":
		return fmt.Sprintf("Des données enregistrées sont abîmées sur le disque du serveur et ne sont pas communiquées : prévenez l’exploitant, avec la référence %s.", requestID)
	case status == http.StatusRequestTimeout:
		return "Le corps arrive trop lentement : vérifiez la connexion, puis renvoyez-le."
	case status == http.StatusInternalServerError:
		return fmt.Sprintf("Erreur interne, rien n’a été enregistré : réessayez, et si elle persiste donnez la référence %s à l’exploitant.", requestID)
	}
	return ""
}
