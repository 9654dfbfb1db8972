package client

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
)

// Error is a refusal of the hub.
type Error struct {
	Status  int    // HTTP status
	Code    string // stable: "invalid contrats", "mass archive", "push held", "EXERCICE4"…
	Reason  string // French, for the person who must act
	Details []Violation
	// DetailsTotal is how many violations there are; at most 10,000 are listed.
	DetailsTotal int
	// Synchronisation is the id of the push that the guard holds, for the codes
	// "mass archive" and "push held".
	Synchronisation string
	Motifs          []Motif // why the guard holds it
	// Apercu is the preview to look at, for a refused ConfirmImport.
	Apercu    *ImportPreview
	RequestID string
	// Proxy says that something between answered in the place of the hub: what it
	// answered is not the hub's. Code is then "proxy", and Reason says what to do.
	Proxy bool
}

// Error returns the code with its reason.
func (e *Error) Error() string { return fmt.Sprintf("%s (HTTP %d): %s", e.Code, e.Status, e.Reason) }

// proxied says what to do about an answer that is not the hub's.
func proxied(response *http.Response, body []byte) *Error {
	e := &Error{Status: response.StatusCode, Code: "proxy", Proxy: true, RequestID: response.Header.Get("X-Request-Id")}
	by := "Un serveur mandataire"
	if name := response.Header.Get("Server"); name != "" && len(name) <= 40 && !strings.ContainsFunc(name, unicode.IsControl) {
		by += " (" + name + ")"
	}
	switch e.Status {
	case http.StatusRequestEntityTooLarge:
		e.Reason = by + " refuse un envoi de cette taille avant qu’il arrive à Passerelle : faites augmenter sa limite (client_max_body_size pour nginx, request_body max_size pour Caddy)."
	case http.StatusBadGateway, http.StatusServiceUnavailable:
		e.Reason = by + " n’atteint pas Passerelle : vérifiez qu’elle tourne, puis recommencez."
	case http.StatusGatewayTimeout:
		e.Reason = by + " n’a pas attendu la réponse de Passerelle, qui a peut-être enregistré l’envoi : regardez les synchronisations, et faites augmenter son délai (proxy_read_timeout pour nginx)."
	case http.StatusNotFound:
		e.Reason = by + " répond à cette adresse, et non Passerelle : vérifiez l’adresse, avec son chemin."
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		e.Reason = by + " refuse l’accès avant Passerelle : demandez-le à la personne qui le gère."
	default:
		e.Reason = by + " a répondu à la place de Passerelle : vérifiez l’adresse, ou montrez ce code à la personne qui le gère."
	}
	if title := titleOf(body); title != "" {
		e.Reason += " Il dit : « " + title + " »."
	}
	return e
}

var title = regexp.MustCompile(`(?is)<title>([^<]{1,120})</title>`)

// titleOf is the title of a page of a proxy, "" where there is none.
func titleOf(body []byte) string {
	found := title.FindSubmatch(body)
	if found == nil {
		return ""
	}
	return strings.Join(strings.Fields(html.UnescapeString(string(found[1]))), " ")
}

// Violation is one broken rule of one contract, or a warning about it.
type Violation struct {
	Index         int    `json:"index"` // position in the array sent, from 0
	CodeContrat   string `json:"codeContrat"`
	Field         string `json:"field"` // "" where the contract as a whole is meant
	Code          string `json:"code"`  // stable: "email-shared", "required"…
	Message       string `json:"message"`
	ConflictsWith string `json:"conflictsWith"` // the contract that stands, "" where there is none
}

// maxErrorBody bounds what is read of an error's body.
const maxErrorBody = 32 << 20

// readError reads the body of a refusal in either dialect, and closes it.
func readError(response *http.Response) error {
	defer response.Body.Close()
	e := &Error{Status: response.StatusCode, Code: http.StatusText(response.StatusCode), RequestID: response.Header.Get("X-Request-Id")}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxErrorBody))
	if err != nil {
		return e
	}
	var accounting struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &accounting) == nil && accounting.Error.Code != "" {
		e.Code, e.Reason = accounting.Error.Code, accounting.Error.Message
		return e
	}
	var plain struct {
		Error           string `json:"error"`
		Reason          string `json:"reason"`
		DetailsTotal    int    `json:"detailsTotal"`
		Synchronisation string `json:"synchronisation"`
	}
	var held struct {
		Motifs []Motif `json:"motifs"`
	}
	if json.Unmarshal(body, &plain) != nil || plain.Error == "" {
		return proxied(response, body)
	}
	e.Code, e.Reason, e.DetailsTotal, e.Synchronisation = plain.Error, plain.Reason, plain.DetailsTotal, plain.Synchronisation
	if json.Unmarshal(body, &held) == nil {
		e.Motifs = held.Motifs
	}
	var preview struct {
		Apercu *ImportPreview `json:"apercu"`
	}
	if json.Unmarshal(body, &preview) == nil {
		e.Apercu = preview.Apercu
	}
	// Details of other refusals have other forms; those are left out.
	var listed struct {
		Details []Violation `json:"details"`
	}
	if json.Unmarshal(body, &listed) == nil {
		e.Details = listed.Details
	}
	return e
}
