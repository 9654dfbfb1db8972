// Package web is what the HTTP dialects share: routes with the right that each
// asks for, authentication, bodies with their limits, JSON answers.
package web

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// Request is an HTTP request of a known token.
type Request struct {
	*http.Request
	ID    string // names the request in answers and logs
	Jeton domaine.Jeton
	limit int64 // largest body accepted, in bytes
}

// Acteur is who makes the request.
func (r *Request) Acteur() hub.Acteur {
	return hub.Acteur{Organisme: r.Jeton.OrganismeID, JetonID: r.Jeton.ID, Nom: r.Jeton.Acteur()}
}

// Handler answers a request or returns why it did not; it must not have written
// anything then.
type Handler func(w http.ResponseWriter, r *Request) error

// Route is one call of the API. The tables of routes are read by the server, the
// OpenAPI tests, the rights tests and key/info.
type Route struct {
	Method string
	Path   string        // pattern of http.ServeMux, such as /api/sync/v1/synchronisations/{id}
	Droit  domaine.Droit // the right that is asked for, "" where any token will do
	Ou     domaine.Droit // another right that does as well, "" for none
	Handle Handler
}

// Allows reports whether rights are enough for the call.
func (r *Route) Allows(droits domaine.Droits) bool {
	return r.Droit == "" || droits.Has(r.Droit) || r.Ou != "" && droits.Has(r.Ou)
}

// Dialect is one family of routes with the form of its errors.
type Dialect struct {
	Prefix string // such as /api/sync/
	Routes []Route
	// WriteError answers with the form that the clients of the dialect expect.
	WriteError func(w http.ResponseWriter, r *http.Request, requestID string, err error)
	// Wrap, where it is not nil, surrounds every handler and the check of its
	// right, after authentication.
	Wrap func(Route, Handler) Handler
	// CabinetAllowed lets tokens of a cabinet in.
	CabinetAllowed bool
}

// Options are what a server may be given.
type Options struct {
	Hub     *hub.Hub
	Log     *slog.Logger
	MaxBody int64 // bytes, compressed or not
}

// Mount adds the routes of a dialect to mux; what is under its prefix and not a
// route is answered in its form too.
func Mount(mux *http.ServeMux, d Dialect, options Options) {
	byPath := map[string][]Route{}
	var paths []string
	for _, route := range d.Routes {
		if byPath[route.Path] == nil {
			paths = append(paths, route.Path)
		}
		byPath[route.Path] = append(byPath[route.Path], route)
	}
	for _, path := range paths {
		mux.Handle(path, &endpoint{dialect: d, routes: byPath[path], options: options})
	}
	MountRest(mux, d.Prefix, d.WriteError)
}

// endpoint answers the methods of one path.
type endpoint struct {
	dialect Dialect
	routes  []Route
	options Options
}

// ServeHTTP finds the route, checks the token and its right, and runs the
// handler.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := RequestID(r.Context())
	tracked := &tracker{ResponseWriter: w}
	call := call{began: time.Now()}
	defer func() { e.note(&call, tracked.status) }()
	err := e.serve(tracked, r, id, &call)
	if err == nil {
		return
	}
	err = Left(r.Context(), err)
	if tracked.written {
		// The answer has begun: cutting it short is the only way to say that it
		// is not whole.
		LogFailure(e.options.Log, r, id, err)
		panic(http.ErrAbortHandler)
	}
	LogFailure(e.options.Log, r, id, err)
	refusal := RefusalOf(err)
	FailureHeaders(w, refusal)
	e.dialect.WriteError(tracked, r, id, err)
	if kind := refusal.Kind(); kind == refus.Busy || kind == refus.Unavailable {
		linger(w, r)
	}
}

// call is one request of a known token, for the page that lists the last ones.
type call struct {
	jeton domaine.Jeton
	route Route
	began time.Time
}

// note has a call remembered; one whose client left before the answer has no status.
func (e *endpoint) note(c *call, status int) {
	if status == 0 {
		status = StatusClientLeft
	}
	e.options.Hub.Jetons.NoteAppel(c.jeton, domaine.Appel{Methode: c.route.Method, Route: c.route.Path, Statut: status, Duree: time.Since(c.began)})
}

// Recovered is deferred by what answers a request: a panic becomes its error, but for the
// one that aborts the answer.
func Recovered(err *error) {
	if p := recover(); p != nil {
		if p == http.ErrAbortHandler {
			panic(p)
		}
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}

func (e *endpoint) serve(w http.ResponseWriter, r *http.Request, id string, called *call) (err error) {
	defer Recovered(&err)
	route, err := e.find(r)
	if err != nil {
		return err
	}
	jeton, err := e.authenticate(r)
	if err != nil {
		return err
	}
	handle := e.allowed(route)
	if e.dialect.Wrap != nil {
		handle = e.dialect.Wrap(route, handle)
	}
	called.jeton, called.route = jeton, route
	request := &Request{Request: r, ID: id, Jeton: jeton, limit: e.options.MaxBody}
	request.Request = r.WithContext(hub.AvecActeur(r.Context(), request.Acteur()))
	return handle(w, request)
}

// allowed returns the handler of a route behind the check of its right.
func (e *endpoint) allowed(route Route) Handler {
	return func(w http.ResponseWriter, r *Request) error {
		if !route.Allows(r.Jeton.Droits) && route.Ou != "" {
			return refus.New(refus.CodeForbidden, "Ce jeton n’a ni le droit « %s » ni le droit « %s », dont cet appel demande l’un.", route.Droit, route.Ou)
		}
		if !route.Allows(r.Jeton.Droits) {
			return refus.New(refus.CodeForbidden, "Ce jeton n’a pas le droit « %s », que cet appel demande.", route.Droit)
		}
		if r.Jeton.Cabinet() && !e.dialect.CabinetAllowed {
			return refus.New(refus.CodeForbidden, "Un jeton de cabinet n’a accès qu’aux sociétés : utilisez un jeton de l’organisme.")
		}
		return route.Handle(w, r)
	}
}

func (e *endpoint) find(r *http.Request) (Route, error) {
	var allowed []string
	for _, route := range e.routes {
		if route.Method == r.Method || route.Method == http.MethodGet && r.Method == http.MethodHead {
			return route, nil
		}
		allowed = append(allowed, route.Method)
	}
	if slices.Contains(allowed, http.MethodGet) {
		allowed = append(allowed, http.MethodHead)
	}
	slices.Sort(allowed)
	list := strings.Join(allowed, ", ")
	return Route{}, refus.New(refus.CodeMethod, "La méthode %s n’est pas possible ici : utilisez %s.", r.Method, list).With(Allowed(list))
}

// Allowed are the methods that a path answers, as the header Allow has them and as
// details of a refusal.
type Allowed string

// secretHeader carries the secret of a partenaire.
const secretHeader = "X-Third-Party-Secret"

func (e *endpoint) authenticate(r *http.Request) (domaine.Jeton, error) {
	for _, name := range []string{"Authorization", secretHeader} {
		if len(r.Header.Values(name)) > 1 {
			// Which of them counts would depend on who reads them: a proxy in front
			// may have looked at the other one.
			return domaine.Jeton{}, refus.New(refus.CodeHeaderInvalid, "L’en-tête %s figure plusieurs fois : envoyez-le une seule fois.", name)
		}
	}
	header := r.Header.Get("Authorization")
	if header == "" {
		return domaine.Jeton{}, refus.New(refus.CodeHeaderInvalid, "L’en-tête « Authorization: Bearer JETON » est obligatoire.")
	}
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return domaine.Jeton{}, refus.New(refus.CodeHeaderInvalid, "L’en-tête Authorization n’a pas la forme « Bearer JETON ».")
	}
	return e.options.Hub.Jetons.Authenticate(r.Context(), token, r.Header.Get(secretHeader))
}

// tracker remembers whether an answer has begun.
type tracker struct {
	http.ResponseWriter
	written bool
	status  int // 0 until the answer has begun
}

// WriteHeader notes that the answer has begun.
func (t *tracker) WriteHeader(status int) {
	t.written = true
	if t.status == 0 {
		t.status = status
	}
	t.ResponseWriter.WriteHeader(status)
}

// Write notes that the answer has begun.
func (t *tracker) Write(b []byte) (int, error) {
	t.written = true
	if t.status == 0 {
		t.status = http.StatusOK
	}
	return t.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController what is underneath.
func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// BodyError is a body whose sending broke off.
type BodyError struct{ Err error }

// Error says what happened to the connection.
func (b *BodyError) Error() string { return "read the body: " + b.Err.Error() }

// Unwrap returns the error of the connection.
func (b *BodyError) Unwrap() error { return b.Err }

// Refusal says it as every refusal is said.
func (b *BodyError) Refusal() *refus.Refusal {
	if errors.Is(b.Err, os.ErrDeadlineExceeded) {
		return refus.New(refus.CodeBodyTooSlow, "Le corps arrive trop lentement : vérifiez la connexion, puis renvoyez-le.").From(b.Err)
	}
	return refus.New(refus.CodeUnreadableBody, unreadableReason).From(b.Err)
}

// bodySource marks the errors of the connection, which are not the machine's.
type bodySource struct{ io.Reader }

// FormPart returns a part of a form to read: one that breaks off is an error of
// the body, as it is for a body that is no form.
func FormPart(part io.Reader) io.Reader { return bodySource{part} }

// Read passes the end and the size limit as they are.
func (b bodySource) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	var tooLarge *http.MaxBytesError
	if err != nil && err != io.EOF && !errors.As(err, &tooLarge) {
		err = &BodyError{err}
	}
	return n, err
}
