package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle"
)

// Body writes the JSON body of a push, {"contrats":[…]} or a bare array. It is
// called once for each try of a call and writes the same bytes each time. An
// error that does not come from the writer is the caller's own: it ends the call
// and comes back wrapped.
type Body func(io.Writer) error

// Stream returns the body of a push whose contracts come from a source that may
// fail, such as a file: only what is being sent is held in memory.
func Stream(contrats iter.Seq2[passerelle.Contrat, error]) Body {
	return func(w io.Writer) error {
		var out bytes.Buffer
		out.WriteString(`{"contrats":[`)
		separator := ""
		for contrat, err := range contrats {
			if err != nil {
				return err
			}
			out.WriteString(separator)
			separator = ","
			if err := json.MarshalWrite(&out, contrat); err != nil {
				return fmt.Errorf("contract %q cannot be sent: %w", contrat.CodeContrat, err)
			}
			if out.Len() >= 64<<10 {
				if _, err := out.WriteTo(w); err != nil {
					return err
				}
			}
		}
		out.WriteString("]}")
		_, err := out.WriteTo(w)
		return err
	}
}

// contratsBody writes {"contrats":[…]} from a source that cannot fail.
func contratsBody(contrats iter.Seq[passerelle.Contrat]) Body {
	return Stream(func(yield func(passerelle.Contrat, error) bool) {
		for c := range contrats {
			if !yield(c, nil) {
				return
			}
		}
	})
}

// sourceError is an error of what is to be sent, not of the connection.
type sourceError struct{ error }

// Unwrap returns the error of the source.
func (s *sourceError) Unwrap() error { return s.error }

// connection remembers whether it was the connection that failed a write.
type connection struct {
	io.Writer
	failed error
}

// Write passes b on.
func (c *connection) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	if err != nil {
		c.failed = err
	}
	return n, err
}

// write writes the body and tells errors of its source from those of w.
func (b Body) write(w io.Writer) error {
	c := &connection{Writer: w}
	if err := b(c); err != nil {
		if c.failed == nil {
			return &sourceError{fmt.Errorf("client: read what is to be sent: %w", err)}
		}
		return c.failed
	}
	return nil
}

// PushBody sends the whole set of active contracts, all or nothing, like Push.
func (c *Client) PushBody(ctx context.Context, body Body, options PushOptions) (*PushResult, error) {
	return fetch[PushResult](ctx, c, call{method: "POST", path: "/api/sync/v1/contrats", query: options.query(), body: body})
}

// PushValidBody sends the whole set of active contracts, contract by contract, like
// PushValid. The Valid of its result are left out, as they may be many.
func (c *Client) PushValidBody(ctx context.Context, body Body, options PushOptions) (*PartialResult, error) {
	var result struct {
		PushResult
		Success bool             `json:"success"`
		Invalid []InvalidContrat `json:"invalidContrats"`
	}
	err := c.get(ctx, call{method: "POST", path: "/api/sync/v2/contrats", query: options.query(), body: body}, &result)
	if err != nil {
		return nil, err
	}
	return &PartialResult{PushResult: result.PushResult, Success: result.Success, Invalid: result.Invalid}, nil
}

// DiffKind says which list of a diff an item stands in.
type DiffKind string

// The lists of a diff, in the order in which they arrive.
const (
	DiffSame    DiffKind = "same"
	DiffAdded   DiffKind = "added"
	DiffUpdated DiffKind = "updated" // as they would be
	DiffRemoved DiffKind = "removed" // as they are
	DiffChanges DiffKind = "changes" // the fields of the updated ones
	DiffRefused DiffKind = "details" // what would be refused, with DiffOptions.Partial
	DiffWarning DiffKind = "warnings"
)

// DiffItem is one element of a diff: a contract, or for DiffChanges what changes
// in one.
type DiffItem struct {
	Kind    DiffKind
	Contrat passerelle.Contrat
	Change  ContratChange
	Detail  Violation // of DiffRefused and DiffWarning
}

// DiffOptions say which push a diff stands for.
type DiffOptions struct {
	Merge   bool // it archives nobody
	Partial bool // it leaves out what is invalid, instead of being refused whole
}

// DiffItems works out what a push would change, like Diff, and yields it as it
// arrives. Of the contracts that stay the same only the number of items counts:
// their Contrat is empty. At most one DiffOptions is looked at.
func (c *Client) DiffItems(ctx context.Context, body Body, options ...DiffOptions) iter.Seq2[DiffItem, error] {
	return func(yield func(DiffItem, error) bool) {
		const path = "/api/sync/v1/contrats-diff"
		query := url.Values{"detail": {"champs"}, "avertissements": {"oui"}}
		for _, o := range options[:min(len(options), 1)] {
			if o.Merge {
				query.Set("archiver", "non")
			}
			if o.Partial {
				query.Set("partiel", "oui")
			}
		}
		response, err := c.do(ctx, call{method: "POST", path: path, query: query, body: body})
		if err != nil {
			yield(DiffItem{}, err)
			return
		}
		defer response.Body.Close()
		if err := eachDiffItem(jsontext.NewDecoder(response.Body), yield); err != nil && !errors.Is(err, errEnough) {
			yield(DiffItem{}, fmt.Errorf("client: read the answer of %s: %w", path, err))
		}
	}
}

// errEnough says that the caller wants no more.
var errEnough = errors.New("enough")

func eachDiffItem(d *jsontext.Decoder, yield func(DiffItem, error) bool) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		kind := DiffKind(name.String())
		if d.PeekKind() != '[' {
			if err := d.SkipValue(); err != nil {
				return err
			}
			continue
		}
		if _, err := d.ReadToken(); err != nil {
			return err
		}
		for d.PeekKind() != ']' {
			item := DiffItem{Kind: kind}
			switch kind {
			case DiffAdded, DiffUpdated, DiffRemoved:
				err = json.UnmarshalDecode(d, &item.Contrat)
			case DiffChanges:
				err = json.UnmarshalDecode(d, &item.Change)
			case DiffRefused, DiffWarning:
				err = json.UnmarshalDecode(d, &item.Detail)
			default:
				err = d.SkipValue()
			}
			if err != nil {
				return err
			}
			if !yield(item, nil) {
				return errEnough
			}
		}
		if _, err := d.ReadToken(); err != nil {
			return err
		}
	}
	_, err := d.ReadToken() // the end of an answer that was cut short is missing
	return err
}
