package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// Body returns the body of r, decompressed, within the limit of size.
func Body(w http.ResponseWriter, r *Request) (io.Reader, error) {
	if r.ContentLength > r.limit {
		return nil, &http.MaxBytesError{Limit: r.limit}
	}
	body := bodySource{http.MaxBytesReader(w, r.Request.Body, r.limit)}
	switch encoding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		return reception.Gunzip(body, r.limit), nil
	default:
		return nil, refus.New(refus.CodeUnsupportedEncoding, "La compression « %.50s » n’est pas connue : envoyez le corps tel quel ou en gzip.", encoding)
	}
}

// MaxPage is the largest page of a list.
const MaxPage = 100_000

// Page reads ?page (from 1) and ?limit; without limit it is defaultLimit, where
// 0 is the whole list.
func Page(r *Request, defaultLimit int) (hub.Page, error) {
	limit, err := number(r, "limit", defaultLimit)
	if err != nil {
		return hub.Page{}, err
	}
	if limit > MaxPage {
		return hub.Page{}, badParameter("limit", fmt.Sprintf("au plus %d par page", MaxPage))
	}
	page, err := number(r, "page", 1)
	if err != nil {
		return hub.Page{}, err
	}
	if limit == 0 {
		if page > 1 {
			return hub.Page{}, badParameter("limit", "il est obligatoire avec « page »")
		}
		return hub.Page{}, nil
	}
	return hub.Page{Limit: limit, Offset: (page - 1) * limit}, nil
}

func number(r *Request, name string, absent int) (int, error) {
	if !r.URL.Query().Has(name) {
		return absent, nil
	}
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < 1 || n > math.MaxInt32 {
		return 0, badParameter(name, "un nombre entier à partir de 1 était attendu")
	}
	return n, nil
}

func badParameter(name, reason string) error {
	return refus.New(refus.CodeInvalidParameter, "Paramètre « %s » : %s.", name, reason).With(Parametre{name})
}

// Flag reads a parameter whose only meaningful value is given, such as
// vide=oui; any other value is an error.
func Flag(r *Request, name, value string) (bool, error) {
	switch r.URL.Query().Get(name) {
	case value:
		return true, nil
	case "":
		return false, nil
	}
	return false, badParameter(name, "la seule valeur possible est « "+value+" »")
}

// Confirmed reads ?confirmer: archivage lets through what the guard finds about
// archiving, oui everything.
func Confirmed(r *Request) (archives, all bool, err error) {
	switch r.URL.Query().Get("confirmer") {
	case "":
	case "archivage":
		archives = true
	case "oui":
		all = true
	default:
		err = badParameter("confirmer", "les valeurs possibles sont « archivage » et « oui »")
	}
	return archives, all, err
}

// OfID is what answers about the thing whose {id} is in the path; a value that is no id
// names nothing.
func OfID(handle func(w http.ResponseWriter, r *Request, id int64) error) Handler {
	return func(w http.ResponseWriter, r *Request) error {
		id, err := ParseID(r.PathValue("id"))
		if err != nil {
			return err
		}
		return handle(w, r, id)
	}
}

// ParseID reads an id; a value that is none names nothing.
func ParseID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, refus.New(refus.CodeNoRoute, "Cet identifiant n’existe pas : un nombre était attendu.")
	}
	return id, nil
}

// SmallBody returns the body of r, decompressed, within a limit that is enough
// for what a person or a form sends.
func SmallBody(w http.ResponseWriter, r *Request) (io.Reader, error) {
	const small = 1 << 20
	r.limit = min(r.limit, small)
	return Body(w, r)
}

// ReadJSON reads a small JSON body into dest, refusing members that dest does
// not have.
func ReadJSON(w http.ResponseWriter, r *Request, dest any) error {
	body, err := SmallBody(w, r)
	if err != nil {
		return err
	}
	return reception.ReadValue(body, dest)
}

// MarshalJSON returns a value as answers carry it.
func MarshalJSON(value any) ([]byte, error) {
	body, err := json.Marshal(value, json.Deterministic(true), json.FormatNilSliceAsNull(false), jsontext.EscapeForHTML(false))
	if err != nil {
		return nil, fmt.Errorf("write the answer: %w", err)
	}
	return body, nil
}

// WriteJSON answers with a JSON value.
func WriteJSON(w http.ResponseWriter, status int, value any) error {
	body, err := MarshalJSON(value)
	if err != nil {
		return err
	}
	return WriteRawJSON(w, status, body)
}

// Each writes the elements of a list as the wire has them; a list of none is empty, not
// null.
func Each[A, W any](list []A, wire func(*A) W) []W {
	written := make([]W, len(list))
	for i := range list {
		written[i] = wire(&list[i])
	}
	return written
}

// NoContent answers that what was asked is done, and that nothing is left to say.
func NoContent(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// WriteRawJSON answers with a JSON value that is written already.
func WriteRawJSON(w http.ResponseWriter, status int, body []byte) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have left
	return nil
}

type requestIDKey struct{}

// WithRequestID gives every request an id, which the answer carries too.
func WithRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var bits [8]byte
		_, _ = rand.Read(bits[:]) // never fails
		id := "req-" + hex.EncodeToString(bits[:])
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// RequestID returns the id of the request that ctx belongs to.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}
