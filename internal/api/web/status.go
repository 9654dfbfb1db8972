package web

import (
	"errors"
	"net/http"
	"os"
	"strconv"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// StatusClientLeft is for the log and the metrics: nobody reads the answer.
const StatusClientLeft = 499

// statuses are the HTTP statuses of refusals by their kind.
var statuses = map[refus.Kind]int{
	refus.Invalid:         http.StatusUnprocessableEntity,
	refus.NotFound:        http.StatusNotFound,
	refus.Conflict:        http.StatusConflict,
	refus.Outdated:        http.StatusPreconditionFailed,
	refus.Forbidden:       http.StatusForbidden,
	refus.Unauthenticated: http.StatusUnauthorized,
	refus.Unreadable:      http.StatusBadRequest,
	refus.Method:          http.StatusMethodNotAllowed,
	refus.Unsupported:     http.StatusUnsupportedMediaType,
	refus.TooSlow:         http.StatusRequestTimeout,
	refus.TooLarge:        http.StatusRequestEntityTooLarge,
	refus.TooMany:         http.StatusTooManyRequests,
	refus.Left:            StatusClientLeft,
	refus.Busy:            http.StatusServiceUnavailable,
	refus.Full:            http.StatusInsufficientStorage,
	refus.Unavailable:     http.StatusServiceUnavailable,
	refus.Uncertain:       http.StatusGatewayTimeout,
	refus.Damaged:         http.StatusInternalServerError,
	refus.Internal:        http.StatusInternalServerError,
}

// Status returns the HTTP status of a kind of refusal, unless a dialect has its own.
func Status(kind refus.Kind) int { return statuses[kind] }

// RefusalOf returns the refusal that an error is, those of net/http included; one
// that nobody foresaw is CodeInternal.
func RefusalOf(err error) *refus.Refusal {
	if left, ok := errors.AsType[*ClientLeft](err); ok {
		return left.Refusal()
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return reception.ErrTooLarge.From(tooLarge)
	} else if refus.Of(err) == nil && errors.Is(err, os.ErrDeadlineExceeded) {
		err = &BodyError{err}
	}
	return hub.RefusalOf(err)
}

// withReference adds the id of the request to what a person has to tell the operator.
func withReference(r *refus.Refusal, requestID string) string {
	switch r.Kind() {
	case refus.Internal:
		return "Erreur interne, rien n’a été enregistré : réessayez, et si elle persiste donnez la référence " + requestID + " à l’exploitant."
	case refus.Damaged:
		return "Des données enregistrées sont abîmées sur le disque du serveur et ne sont pas communiquées : prévenez l’exploitant, avec la référence " + requestID + "."
	}
	return r.Reason
}

// MachineReason is the French sentence for what is not the client's to correct, with
// the id of the request where the operator needs it; "" for any other refusal.
func MachineReason(r *refus.Refusal, requestID string) string {
	if !r.Kind().Machine() {
		return ""
	}
	return withReference(r, requestID)
}

// retryAfter is when what is busy or does not answer may be asked again, in seconds.
const retryAfter = 5

// FailureHeaders sets the headers that go with a refusal, whatever the dialect.
func FailureHeaders(w http.ResponseWriter, r *refus.Refusal) {
	switch r.Kind() {
	case refus.Method:
		if allowed, ok := r.Details.(Allowed); ok {
			w.Header().Set("Allow", string(allowed))
		}
	case refus.Unauthenticated:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case refus.Busy, refus.Unavailable, refus.Uncertain:
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	case refus.TooSlow:
		w.Header().Set("Connection", "close")
	}
}
