package client

import (
	"fmt"
	"io"
	"net/http"

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
}

// Error returns the code with its reason.
func (e *Error) Error() string { return fmt.Sprintf("%s (HTTP %d): %s", e.Code, e.Status, e.Reason) }

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
		return e
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
