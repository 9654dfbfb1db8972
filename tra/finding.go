package tra

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says whether a finding makes the file unfit.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Finding is one thing that the checker has to say about a file.
type Finding struct {
	Line     int      `json:"line"`             // from 1; 0 where the file as a whole is meant
	Column   int      `json:"column"`           // from 1, in characters; 0 where the line is meant
	Record   string   `json:"record,omitempty"` // ID of the record
	Field    string   `json:"field,omitempty"`  // name of the field
	Rule     string   `json:"rule"`             // stable code, see Rules
	Message  string   `json:"message"`          // French: what is wrong and what was expected
	Severity Severity `json:"severity"`
}

// String returns the finding as one line of text.
func (f Finding) String() string {
	place := "fichier"
	if f.Line > 0 {
		place = fmt.Sprintf("ligne %d", f.Line)
	}
	if f.Column > 0 {
		place += fmt.Sprintf(", colonne %d", f.Column)
	}
	what := f.Record
	if f.Field != "" {
		what += "." + f.Field
	}
	if what != "" {
		place += ", " + what
	}
	kind := "erreur"
	if f.Severity == SeverityWarning {
		kind = "avertissement"
	}
	return fmt.Sprintf("%s : %s [%s] %s", place, kind, f.Rule, f.Message)
}

// Report is what a check found.
type Report struct {
	Findings   []Finding      `json:"findings"` // by line; at most Options.Limit errors and as many warnings
	Errors     int            `json:"errors"`   // found, listed or not
	Warnings   int            `json:"warnings"`
	Lines      int            `json:"lines"`
	Records    map[string]int `json:"records"` // lines of each known record
	Encoding   string         `json:"encoding"`
	Debit      string         `json:"debit,omitempty"` // of the general entries in euro, such as 1234,50; "" where some have no euro amount
	Credit     string         `json:"credit,omitempty"`
	Exercices  []Exercice     `json:"-"`
	Incomplete bool           `json:"incomplete,omitempty"` // the reader refused the rest of the file
}

// OK says whether there are no errors.
func (r *Report) OK() bool { return r.Errors == 0 }

// findings collects up to limit errors and limit warnings and counts all.
type findings struct {
	limit            int
	list             []Finding
	errors, warnings int
	listedErrors     int
	listedWarnings   int
}

// add records a finding. The message is only made where it will be listed.
func (c *findings) add(rule *Rule, at Finding, format string, args ...any) {
	count, listed := &c.errors, &c.listedErrors
	if rule.Severity == SeverityWarning {
		count, listed = &c.warnings, &c.listedWarnings
	}
	*count++
	if *listed >= c.limit {
		return
	}
	*listed++
	at.Rule, at.Severity = rule.Code, rule.Severity
	at.Message = fmt.Sprintf(format, args...)
	c.list = append(c.list, at)
}

func (c *findings) sorted() []Finding {
	slices.SortStableFunc(c.list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule, b.Rule))
	})
	return c.list
}

// at says where a field of a record stands.
func at(rec *Record, f *Field) Finding {
	return Finding{Line: rec.Line, Column: f.Pos, Record: rec.ID, Field: f.Name}
}

func atLine(rec *Record) Finding { return Finding{Line: rec.Line, Record: rec.ID} }
