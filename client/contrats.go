package client

import (
	"bytes"
	"context"
	"iter"
	"net/url"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/passerelle-hub/passerelle"
)

// PushOptions say what a push may do.
type PushOptions struct {
	Empty   bool // an empty push is meant: it archives everything
	Archive bool // archiving beyond the guard's thresholds is meant
	Confirm bool // whatever the guard finds is meant
	Merge   bool // add and correct, archive nobody: the set need not be whole
}

func (o PushOptions) query() url.Values {
	query := url.Values{}
	if o.Empty {
		query.Set("vide", "oui")
	}
	switch {
	case o.Confirm:
		query.Set("confirmer", "oui")
	case o.Archive:
		query.Set("confirmer", "archivage")
	}
	if o.Merge {
		query.Set("archiver", "non")
	}
	return query
}

// PushResult is what a push did, in contracts.
type PushResult struct {
	Total           int         `json:"total"` // active after the push
	Added           int         `json:"added"`
	Updated         int         `json:"updated"`
	Same            int         `json:"same"`
	Removed         int         `json:"removed"` // archived
	Integres        int         `json:"integres"`
	Synchronisation string      `json:"synchronisation"` // its id in the journal
	Warnings        []Violation `json:"warnings"`
}

// PartialResult is what a push contract by contract did.
type PartialResult struct {
	PushResult
	Success        bool                 `json:"success"` // every contract was valid
	Valid          []passerelle.Contrat `json:"validContrats"`
	Invalid        []InvalidContrat     `json:"invalidContrats"`
	UnknownRemoved []string             `json:"unknownRemoved"` // codes to remove that were not there; deltas only
}

// InvalidContrat is a contract that was refused, as it was sent, with what is
// wrong with it.
type InvalidContrat struct {
	Sent   []byte // JSON
	Errors []Violation
}

// UnmarshalJSON splits the contract from its errors.
func (i *InvalidContrat) UnmarshalJSON(data []byte) error {
	var errors struct {
		Errors []Violation `json:"errors"`
	}
	if err := json.Unmarshal(data, &errors); err != nil {
		return err
	}
	i.Sent, i.Errors = bytes.Clone(data), errors.Errors
	return nil
}

// Test returns the name of the organisme that the token belongs to.
func (c *Client) Test(ctx context.Context) (string, error) {
	var answer struct {
		Name string `json:"name"`
	}
	err := c.get(ctx, call{method: "GET", path: "/api/sync/v1/test"}, &answer)
	return answer.Name, err
}

// Push sends the whole set of active contracts, all or nothing. Contracts that
// it does not hold are archived.
func (c *Client) Push(ctx context.Context, contrats iter.Seq[passerelle.Contrat], options PushOptions) (*PushResult, error) {
	return fetch[PushResult](ctx, c, call{method: "POST", path: "/api/sync/v1/contrats", query: options.query(), body: contratsBody(contrats)})
}

// PushValid sends the whole set of active contracts; those that are invalid are
// left out and given back, the others are recorded.
func (c *Client) PushValid(ctx context.Context, contrats iter.Seq[passerelle.Contrat], options PushOptions) (*PartialResult, error) {
	return fetch[PartialResult](ctx, c, call{method: "POST", path: "/api/sync/v2/contrats", query: options.query(), body: contratsBody(contrats)})
}

// Delta is a change to the contracts that are there.
type Delta struct {
	Added   []passerelle.Contrat `json:"added"`
	Updated []passerelle.Contrat `json:"updated"`
	Removed []string             `json:"removed"` // codes
}

// Change sends a delta. Repeating one is harmless.
func (c *Client) Change(ctx context.Context, delta Delta, options PushOptions) (*PartialResult, error) {
	body := jsonBody(map[string]Delta{"changes": delta})
	return fetch[PartialResult](ctx, c, call{method: "POST", path: "/api/sync/v2/contrats/changes", query: options.query(), body: body})
}

// Diff is what a push would change.
type Diff struct {
	Same    []passerelle.Contrat `json:"same"`
	Added   []passerelle.Contrat `json:"added"`
	Updated []passerelle.Contrat `json:"updated"` // as they would be
	Removed []passerelle.Contrat `json:"removed"` // as they are
	Changes []ContratChange      `json:"changes"`
}

// ContratChange is what happens to one contract. Type is added, revived, updated
// or removed.
type ContratChange struct {
	CodeContrat string        `json:"codeContrat"`
	Type        string        `json:"type"`
	Changes     []FieldChange `json:"changes"`
}

// FieldChange is the old and the new value of one field, "" where there is none.
type FieldChange struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// Diff works out what Push would change, and records nothing.
func (c *Client) Diff(ctx context.Context, contrats iter.Seq[passerelle.Contrat]) (*Diff, error) {
	query := url.Values{"detail": {"champs"}}
	return fetch[Diff](ctx, c, call{method: "POST", path: "/api/sync/v1/contrats-diff", query: query, body: contratsBody(contrats)})
}

// Integres yields the integrated contracts, ordered by code, as they arrive.
func (c *Client) Integres(ctx context.Context) iter.Seq2[passerelle.Contrat, error] {
	return stream[passerelle.Contrat](ctx, c, call{method: "GET", path: "/api/sync/v1/contrats"}, "contrats")
}

// Transmis yields the transmitted contracts, ordered by code, as they arrive.
func (c *Client) Transmis(ctx context.Context) iter.Seq2[passerelle.Contrat, error] {
	return stream[passerelle.Contrat](ctx, c, call{method: "GET", path: "/api/sync/v1/contrats-get-all"}, "contrats")
}

// Reset forgets every contract of a sandbox and returns how many were active.
func (c *Client) Reset(ctx context.Context) (int, error) {
	var answer struct {
		Removed int `json:"removed"`
	}
	err := c.get(ctx, call{method: "DELETE", path: "/api/sync/v1/contrats"}, &answer)
	return answer.Removed, err
}

// Synchronisation is a line of the journal.
type Synchronisation struct {
	ID       string    `json:"id"`
	Origine  string    `json:"origine"` // v1, v2, changes, import, confirmation, annulation, remise-a-zero
	Etat     string    `json:"etat"`    // appliquee, retenue, confirmee, abandonnee, remplacee, expiree, refusee
	Lien     string    `json:"lien"`    // the one that it undoes or confirms, "" for none
	Date     time.Time `json:"date"`
	DureeMs  int64     `json:"dureeMs"`
	Total    int       `json:"total"`
	Added    int       `json:"added"`
	Revived  int       `json:"revived"`
	Updated  int       `json:"updated"`
	Same     int       `json:"same"`
	Removed  int       `json:"removed"`
	Invalid  int       `json:"invalid"`
	Refuses  int       `json:"refuses"` // contracts that were refused; Invalid is the same
	Integres int       `json:"integres"`
	Par      struct {
		Jeton string `json:"jeton"`
		Nom   string `json:"nom"`
	} `json:"par"`
}

// Synchronisations yields the journal, latest first.
func (c *Client) Synchronisations(ctx context.Context) iter.Seq2[Synchronisation, error] {
	return paged[Synchronisation](ctx, c, "/api/sync/v1/synchronisations", "synchronisations")
}

// SynchronisationDetail is a line of the journal with what it changed.
type SynchronisationDetail struct {
	Synchronisation
	ChangesTotal int             `json:"changesTotal"`
	Changes      []ContratChange `json:"changes"` // one page of them
	Details      []Violation     `json:"details"` // what was wrong with a push that was refused whole, the first of it
	Motifs       []Motif         `json:"motifs"`  // why the guard held the push, or would have had nobody confirmed
}

// Motif is one reason why the guard holds a push.
type Motif struct {
	Regle    string `json:"regle"`    // archivage, moitie, codes, valeurs
	Champ    string `json:"champ"`    // the field that is meant, "" for none
	Contrats int    `json:"contrats"` // how many it concerns
	Sur      int    `json:"sur"`      // of how many
	Seuil    int    `json:"seuil"`    // percent
	Message  string `json:"message"`  // French sentence with the numbers
}

// Synchronisation returns one line of the journal with a page (from 1) of limit
// changed contracts.
func (c *Client) Synchronisation(ctx context.Context, id string, page, limit int) (*SynchronisationDetail, error) {
	query := url.Values{"page": {strconv.Itoa(page)}, "limit": {strconv.Itoa(limit)}}
	return fetch[SynchronisationDetail](ctx, c, call{method: "GET", path: "/api/sync/v1/synchronisations/" + url.PathEscape(id), query: query})
}

// UndoPreview is what an undo would change.
type UndoPreview struct {
	Total        int             `json:"total"` // active after it
	Added        int             `json:"added"`
	Updated      int             `json:"updated"`
	Same         int             `json:"same"`
	Removed      int             `json:"removed"` // archived
	Integres     int             `json:"integres"`
	ChangesTotal int             `json:"changesTotal"` // on all pages
	Changes      []ContratChange `json:"changes"`
}

// PreviewUndo returns what Undo would change, with a page of the contracts that it
// concerns, from 1. Nothing is recorded.
func (c *Client) PreviewUndo(ctx context.Context, id string, page, limit int) (*UndoPreview, error) {
	query := url.Values{"simulation": {"oui"}, "page": {strconv.Itoa(page)}, "limit": {strconv.Itoa(limit)}}
	return fetch[UndoPreview](ctx, c, call{method: "POST", path: "/api/sync/v1/synchronisations/" + url.PathEscape(id) + "/annuler", query: query})
}

// Undo makes the contracts again what they were before a synchronisation: it takes
// back that one and all that came after it, as one synchronisation.
func (c *Client) Undo(ctx context.Context, id string) (*PushResult, error) {
	return fetch[PushResult](ctx, c, call{method: "POST", path: "/api/sync/v1/synchronisations/" + url.PathEscape(id) + "/annuler", once: true})
}

// Confirm applies a push that the guard holds.
func (c *Client) Confirm(ctx context.Context, id string) (*PushResult, error) {
	return fetch[PushResult](ctx, c, call{method: "POST", path: "/api/sync/v1/synchronisations/" + url.PathEscape(id) + "/confirmer", once: true})
}

// Drop abandons a push that the guard holds.
func (c *Client) Drop(ctx context.Context, id string) error {
	return c.get(ctx, call{method: "POST", path: "/api/sync/v1/synchronisations/" + url.PathEscape(id) + "/abandonner", once: true}, nil)
}

// Anomalie is one thing that the sender has to correct at its source.
type Anomalie struct {
	CodeContrat   string    `json:"codeContrat"`
	Nature        string    `json:"nature"` // refus, avertissement, non-integre
	Index         *int      `json:"index"`
	Field         string    `json:"field"`
	Code          string    `json:"code"`
	Message       string    `json:"message"`
	ConflictsWith string    `json:"conflictsWith"`
	Since         time.Time `json:"since"`
}

// Anomalies yields what the sender has to correct, ordered by contract.
func (c *Client) Anomalies(ctx context.Context) iter.Seq2[Anomalie, error] {
	return paged[Anomalie](ctx, c, "/api/sync/v1/anomalies", "anomalies")
}
