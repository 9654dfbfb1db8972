package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/passerelle-hub/passerelle/internal/refus"
)

// ClientLeft is what became of a request whose client closed the connection before
// it had the answer. What the database makes of that says nothing about the machine.
type ClientLeft struct{ Err error }

// Error says what was going on.
func (c *ClientLeft) Error() string { return "the client left: " + c.Err.Error() }

// Unwrap returns the error that this led to.
func (c *ClientLeft) Unwrap() error { return c.Err }

// Refusal says it as every refusal is said.
func (c *ClientLeft) Refusal() *refus.Refusal {
	return refus.New(refus.CodeClientLeft, "La demande a été abandonnée.").From(c.Err)
}

// Left returns err as a ClientLeft where the context of its request has ended,
// whatever a driver calls that. What may have been recorded all the same stays what
// it is, and so does a body that broke off or is too slow: its client may still read the answer.
func Left(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	switch RefusalOf(err).Code {
	case refus.CodeOutcomeUnknown, refus.CodeUnreadableBody, refus.CodeBodyTooSlow:
		return err
	}
	return &ClientLeft{err}
}

// LogFailure writes a line about a request that failed for a reason that is not its
// client's, and none about a refusal, whose text may repeat what was sent.
func LogFailure(log *slog.Logger, r *http.Request, id string, err error) {
	line := []any{"request", id, "method", r.Method, "route", r.Pattern, "error", err}
	var send *SendError
	refusal := RefusalOf(err)
	switch {
	case errors.As(err, &send):
		log.Info("answer not read to its end", line...)
	case refusal.Kind() == refus.Left:
		log.Info("client left", line[:len(line)-2]...)
	case refusal.Kind() == refus.Busy:
		log.Warn("told to come again", append(line[:len(line)-1], refusal.Code.String())...)
	case refusal.Kind() == refus.Unavailable: // the outage has its own line
	case refusal.Kind().Machine():
		log.Error("request failed", line...)
	}
}
