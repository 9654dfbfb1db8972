package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/passerelle-hub/passerelle"
)

// Societe is an accounting folder.
type Societe struct {
	ID               int64  `json:"society_id"`
	Nom              string `json:"name"`
	SIRET            string `json:"siret"`
	RegistrationDate string `json:"registration_date"` // "" where it is not known
	Reference        string `json:"folder_reference"`  // in the software of its accountants
}

// Exercice is a fiscal year, as accounting software reads it.
type Exercice struct {
	ProducerID string  `json:"producerId"`
	Name       string  `json:"name"` // N, N+1, N-1…; computed
	Period     Periode `json:"period"`
	State      string  `json:"state"` // open, closed
	Additional struct {
		Lettering string `json:"lettering"` // MONO, MULTI
	} `json:"additionalProducerProperties"`
}

// Periode is the days of an exercice, YYYY-MM-DD, both included.
type Periode struct {
	Start    string   `json:"start"`
	End      string   `json:"end"`
	Duration *int     `json:"duration"` // whole months, nil where it is none
	Closed   *Cloture `json:"closed"`   // nil while it is open
}

// Cloture says who closed an exercice, and on what day.
type Cloture struct {
	At string `json:"at"`
	By struct {
		ProducerID string `json:"producerId"`
		FirstName  string `json:"firstName"`
		LastName   string `json:"lastName"`
	} `json:"by"`
}

// ExerciceDates are the days of an exercice to create, or of the one with an ID to
// move.
type ExerciceDates struct {
	ID         int64 // 0 for a new one
	Debut, Fin passerelle.Date
}

// ExerciceCourt is what a creation or a move answers.
type ExerciceCourt struct {
	ID        int64  `json:"exercice_id"`
	StartDate string `json:"start_date"` // YYYYMMDD
	EndDate   string `json:"end_date"`   // YYYYMMDD
	Label     string `json:"label"`
	Duration  int    `json:"duration"` // months, begun ones included
	Closed    bool   `json:"closed"`
}

// Route is a call that the token may make.
type Route struct {
	Path   string `json:"path"`
	Method string `json:"method"`
}

const (
	madExercices     = "/api/v1/mad/exercices"
	societyExercices = "/api/v1/society/exercice"
	madVersion       = "1.0.0"
)

// accounting is a call about the société of the options.
func (c *Client) accounting(method, path string, query url.Values) call {
	header := http.Header{}
	if c.options.Societe != "" {
		header.Set("Society-Id", c.options.Societe)
	}
	return call{method: method, path: path, query: query, header: header}
}

// Societes returns the sociétés that the token reaches.
func (c *Client) Societes(ctx context.Context) (found []Societe, err error) {
	var answer struct {
		*Societe           // where the call is about one
		Array    []Societe `json:"society_array"`
	}
	if err := c.get(ctx, c.accounting("GET", "/api/v1/society", nil), &answer); err != nil {
		return nil, err
	}
	if answer.Array == nil && answer.Societe != nil {
		return []Societe{*answer.Societe}, nil
	}
	return answer.Array, nil
}

// Routes returns the calls that the token may make.
func (c *Client) Routes(ctx context.Context) (found []Route, err error) {
	err = c.get(ctx, c.accounting("GET", "/api/v1/key/info", nil), &found)
	return found, err
}

// Exercices returns the exercices of the société, the most recent first.
func (c *Client) Exercices(ctx context.Context) ([]Exercice, error) {
	return c.exercices(ctx, url.Values{"version": {madVersion}})
}

// ExercicesOn returns the exercices as they stood, with their names, at the end of
// a day.
func (c *Client) ExercicesOn(ctx context.Context, day passerelle.Date) ([]Exercice, error) {
	return c.exercices(ctx, url.Values{"version": {madVersion}, "on": {day.String()}})
}

func (c *Client) exercices(ctx context.Context, query url.Values) (found []Exercice, err error) {
	err = c.get(ctx, c.accounting("GET", madExercices, query), &found)
	return found, err
}

// CreateExercices adds exercices to the société. All are created, or none.
func (c *Client) CreateExercices(ctx context.Context, dates ...ExerciceDates) ([]ExerciceCourt, error) {
	return c.changeExercices(ctx, "POST", dates)
}

// MoveExercices gives open exercices other dates. All are moved, or none.
func (c *Client) MoveExercices(ctx context.Context, dates ...ExerciceDates) ([]ExerciceCourt, error) {
	return c.changeExercices(ctx, "PUT", dates)
}

func (c *Client) changeExercices(ctx context.Context, method string, dates []ExerciceDates) (changed []ExerciceCourt, err error) {
	err = c.get(ctx, c.changeCall(method, dates), &changed)
	return changed, err
}

func (c *Client) changeCall(method string, dates []ExerciceDates) call {
	type item struct {
		ID    int64  `json:"exercice_id,omitzero"`
		Start string `json:"start_date"`
		End   string `json:"end_date"`
	}
	items := make([]item, len(dates))
	for i, d := range dates {
		items[i] = item{d.ID, d.Debut.String(), d.Fin.String()}
	}
	request := c.accounting(method, societyExercices, nil)
	request.body, request.once = jsonBody(map[string]any{"exercice": items}), true
	return request
}

// CloseOptions say how an exercice is closed.
type CloseOptions struct {
	Lettering    string // MONO, MULTI, or "" to keep what there is
	CarryForward bool   // à-nouveaux are generated automatically
}

// CloseExercice closes the oldest open exercice, which id must name. That is
// final.
func (c *Client) CloseExercice(ctx context.Context, id int64, options CloseOptions) error {
	request, err := c.closeCall(id, options)
	if err != nil {
		return err
	}
	return c.get(ctx, request, nil)
}

func (c *Client) closeCall(id int64, options CloseOptions) (call, error) {
	query := url.Values{"id_exercice": {strconv.FormatInt(id, 10)}, "carry_forward": {strconv.FormatBool(options.CarryForward)}}
	switch options.Lettering {
	case "":
	case "MONO":
		query.Set("lettering_method_id", "1")
	case "MULTI":
		query.Set("lettering_method_id", "2")
	default:
		return call{}, fmt.Errorf("client: lettering %q is neither MONO nor MULTI", options.Lettering)
	}
	request := c.accounting("PUT", "/api/v1/society/closeExercice", query)
	request.once = true
	return request, nil
}

// ExportTRA copies the TRA file of the exercices to w.
func (c *Client) ExportTRA(ctx context.Context, w io.Writer) error {
	return c.copyTo(ctx, c.accounting("GET", madExercices, url.Values{"version": {madVersion}, "format": {"tra"}}), w)
}

// ImportTRA creates the exercices of a TRA file that are missing. Importing the
// same file again changes nothing.
func (c *Client) ImportTRA(ctx context.Context, file []byte) error {
	return c.get(ctx, c.traCall(file), nil)
}

func (c *Client) traCall(file []byte) call {
	request := c.accounting("POST", madExercices, url.Values{"version": {madVersion}, "format": {"tra"}})
	request.header.Set("Content-Type", "text/plain")
	request.body = func(w io.Writer) error {
		_, err := w.Write(file)
		return err
	}
	return request
}
