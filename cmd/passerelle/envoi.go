package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// What can become of a file.
const (
	outcomePushed   = "pushed"
	outcomeDryRun   = "dry-run"
	outcomeDeclined = "declined" // by the person who was asked
	outcomeRefused  = "refused"  // something is wrong with the file
	outcomeHeld     = "held"     // by the guard: it would archive too much
)

// verdict is what became of a file: what `push --json` prints and what `watch`
// writes beside a file.
type verdict struct {
	File            string                   `json:"file"`
	Outcome         string                   `json:"outcome"`
	Reason          string                   `json:"reason,omitempty"`   // French, where the hub or the reader of files gave one
	Sheet           string                   `json:"sheet,omitempty"`    // the sheet that was read
	Contrats        int                      `json:"contrats,omitempty"` // read from a table
	Diff            *diffSummary             `json:"diff,omitempty"`
	Result          *client.PushResult       `json:"result,omitempty"`
	Synchronisation string                   `json:"synchronisation,omitempty"` // the held one
	Warnings        []faute                  `json:"warnings,omitempty"`        // what surprises, though it can be sent
	Unused          []string                 `json:"unused,omitempty"`          // columns that feed nothing
	Errors          []faute                  `json:"errors,omitempty"`
	ErrorsTotal     int                      `json:"errorsTotal,omitempty"`
	Refused         int                      `json:"refused,omitempty"` // contracts left out, with --partiel
	Mapping         []tableur.MappingProblem `json:"mapping,omitempty"` // why the mapping does not fit
}

// maxShown bounds the errors and changes that are kept of one file.
const maxShown = 10_000

// diffSummary is what a push would change: every count, and the first changes.
type diffSummary struct {
	Same    int          `json:"same"`
	Added   int          `json:"added"`
	Updated int          `json:"updated"`
	Removed int          `json:"removed"`
	Changes []changement `json:"changes"` // at most 10,000
}

type changement struct {
	Type        string               `json:"type"` // added, updated, removed
	CodeContrat string               `json:"codeContrat"`
	Apprenant   string               `json:"-"`
	Changes     []client.FieldChange `json:"changes,omitempty"`
}

// empty reports whether nothing would change.
func (d *diffSummary) empty() bool { return d.Added+d.Updated+d.Removed == 0 }

// envoi pushes files to one hub.
type envoi struct {
	api      *client.Client
	progress *progress
	partiel  bool // leave out what is invalid, send the rest
	delta    bool // add and correct, archive nobody
}

// try works out what pushing the file would change. A refusal that the file
// earned is in the verdict; an error is the machine's or the token's.
func (e *envoi) try(ctx context.Context, f *fichier) (*verdict, error) {
	v := &verdict{File: f.name}
	if err := e.know(ctx, f); err != nil {
		return v, v.judge(f, err)
	}
	reading := e.progress.start("reading", 0, contrats)
	faults, total, err := f.check(maxShown, reading.step)
	reading.end()
	if err != nil {
		return v, v.judge(f, err)
	}
	v.Contrats = len(f.rows)
	v.Errors, v.ErrorsTotal = fautesOf(faults), total
	if f.table != nil {
		v.Sheet, v.Warnings = f.table.Sheet, fautesOf(f.binding.Remarques())
		v.Unused = f.binding.Reste(f.table.Columns, f.sample)
	}
	if err := e.compare(ctx, f, v); err != nil || v.Outcome != "" {
		return v, err
	}
	if total > 0 && !e.partiel {
		v.Outcome, v.Diff = outcomeRefused, nil
		v.Reason = "Des valeurs du fichier ne peuvent pas être envoyées. Rien n’a été envoyé : corrigez-les puis recommencez."
	}
	return v, nil
}

// know gives the names of a table the codes that the hub has for them, where the
// mapping would make new ones.
func (e *envoi) know(ctx context.Context, f *fichier) error {
	if f.table == nil {
		return nil
	}
	needs, err := f.binding.Besoins(f.table)
	if err != nil || needs.Rien() {
		return err
	}
	return f.binding.Connaitre(func(yield func(*passerelle.Contrat)) error {
		for c, err := range e.api.Transmis(ctx) {
			if err != nil {
				return err
			}
			yield(&c)
		}
		return nil
	})
}

// compare asks the hub what the file would change, and what it finds wrong with it:
// what a cell and what a rule find wrong is told together.
func (e *envoi) compare(ctx context.Context, f *fichier, v *verdict) error {
	v.Diff = &diffSummary{Changes: []changement{}}
	comparing := e.start("comparing", f)
	defer comparing.end()
	names := map[string]string{}
	var refused, warned []client.Violation
	for item, err := range e.api.DiffItems(ctx, f.body(comparing.restart, comparing.step), client.DiffOptions{Merge: e.delta, Partial: e.partiel}) {
		if err != nil {
			v.Diff = nil
			return v.judge(f, err)
		}
		switch item.Kind {
		case client.DiffRefused:
			refused = append(refused, item.Detail)
		case client.DiffWarning:
			warned = append(warned, item.Detail)
		default:
			v.Diff.add(item, names)
		}
	}
	v.Warnings = append(v.Warnings, f.locate(warned)...)
	v.refuse(f, refused, len(refused))
	return nil
}

// refuse adds what the hub refuses to what was found wrong at the cells.
func (v *verdict) refuse(f *fichier, details []client.Violation, total int) {
	var dropped int
	v.Errors, dropped = f.join(v.Errors, details)
	v.ErrorsTotal += total - dropped
}

func (e *envoi) start(what string, f *fichier) *bar {
	counts := contrats
	if f.table == nil {
		counts = octets
	}
	return e.progress.start(what, f.length(), counts)
}

func (d *diffSummary) add(item client.DiffItem, names map[string]string) {
	c := &item.Contrat
	change := changement{Type: string(item.Kind), CodeContrat: c.CodeContrat, Apprenant: c.PrenomApprenant + " " + c.NomApprenant}
	switch item.Kind {
	case client.DiffSame:
		d.Same++
		return
	case client.DiffAdded:
		d.Added++
	case client.DiffRemoved:
		d.Removed++
	case client.DiffUpdated:
		if d.Updated++; len(names) < maxShown {
			names[c.CodeContrat] = change.Apprenant
		}
		return // its fields follow in the changes
	case client.DiffChanges:
		change = changement{Type: "updated", CodeContrat: item.Change.CodeContrat, Apprenant: names[item.Change.CodeContrat], Changes: item.Change.Changes}
	default:
		return
	}
	if len(d.Changes) < maxShown {
		d.Changes = append(d.Changes, change)
	}
}

// send pushes the file and completes the verdict.
func (e *envoi) send(ctx context.Context, f *fichier, v *verdict) error {
	sending := e.start("sending", f)
	options := client.PushOptions{Merge: e.delta}
	var result *client.PushResult
	var err error
	if body := f.body(sending.restart, sending.step); e.partiel {
		var partial *client.PartialResult
		if partial, err = e.api.PushValidBody(ctx, body, options); err == nil {
			result, v.Refused = &partial.PushResult, len(partial.Invalid)
		}
	} else {
		result, err = e.api.PushBody(ctx, body, options)
	}
	sending.end()
	if err != nil {
		return v.judge(f, err)
	}
	v.Outcome, v.Result = outcomePushed, result
	return nil
}

// judge takes an error into the verdict where the file earned it, and returns it
// where it did not.
func (v *verdict) judge(f *fichier, err error) error {
	var (
		refusal *client.Error
		file    *tableur.FileError
		mapping *tableur.MappingError
	)
	switch {
	case errors.As(err, &file):
		v.Outcome, v.Reason = outcomeRefused, file.Message
	case errors.As(err, &mapping):
		v.Outcome, v.Reason, v.Mapping = outcomeRefused, mapping.Error(), mapping.Problems
	case errors.As(err, &refusal) && (refusal.Code == "mass archive" || refusal.Code == "push held"):
		v.Outcome, v.Reason, v.Synchronisation = outcomeHeld, clientReason(refusal), refusal.Synchronisation
	case errors.As(err, &refusal) && earned(refusal.Status):
		v.Outcome, v.Reason = outcomeRefused, clientReason(refusal)
		if refusal.Status == http.StatusUnprocessableEntity {
			if v.refuse(f, refusal.Details, refusal.DetailsTotal); v.ErrorsTotal != refusal.DetailsTotal {
				// The hub counts what the cells are already told of.
				v.Reason = fmt.Sprintf("Le fichier est refusé en entier (erreurs : %d). Rien n’a été enregistré, corrigez-le puis recommencez.", v.ErrorsTotal)
			}
		} else {
			v.ErrorsTotal += refusal.DetailsTotal
		}
	default:
		return err
	}
	return nil
}

// earned reports whether a status means that the file is wrong.
func earned(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// failure is the error that a verdict ends a command with, nil for none.
func (v *verdict) failure() error {
	switch v.Outcome {
	case outcomeRefused:
		if v.ErrorsTotal > 0 {
			return fmt.Errorf("%s is refused: %d errors, nothing was recorded", v.File, v.ErrorsTotal)
		}
		return fmt.Errorf("%s is refused, nothing was recorded\n%s", v.File, v.Reason)
	case outcomeHeld:
		return fmt.Errorf("%s is held as synchronisation %s, nothing was changed\n%s\n"+
			"Look at it in the console, then confirm or drop it there, or with POST /api/sync/v1/synchronisations/%s/confirmer (or /abandonner)",
			v.File, v.Synchronisation, v.Reason, v.Synchronisation)
	case outcomeDeclined:
		return errors.New("not sent")
	}
	return nil
}
