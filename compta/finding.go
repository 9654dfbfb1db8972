package compta

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

// Finding is one thing that a checker has to say about a file.
type Finding struct {
	Line     int      `json:"line"`             // from 1; 0 where the file as a whole is meant
	Column   int      `json:"column"`           // from 1: the character in a TRA file, the rank of the column in a FEC; 0 where the line is meant
	Record   string   `json:"record,omitempty"` // ID of the record, of a TRA file
	Field    string   `json:"field,omitempty"`  // name of the field or of the column
	Rule     string   `json:"rule"`             // stable code
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
	switch {
	case f.Record == "":
		what = f.Field
	case f.Field != "":
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

// Rule is one rule of a checker.
type Rule struct {
	Code     string // stable
	Severity Severity
	About    string // French
	First    bool   // listed before the others of its severity, because it explains them
}

// DefaultLimit is how many errors, and how many warnings, a report lists unless
// the caller says otherwise.
const DefaultLimit = 1000

// Report is what a check found.
type Report struct {
	Findings   []Finding      `json:"findings"` // errors first, then by line; at most the limit of each severity
	Errors     int            `json:"errors"`   // found, listed or not
	Warnings   int            `json:"warnings"`
	Lines      int            `json:"lines"`
	Records    map[string]int `json:"records"` // TRA: lines of each known record; FEC: lignes, ecritures, comptes, tiers, journaux
	Encoding   string         `json:"encoding"`
	Debit      string         `json:"debit,omitempty"` // in euro, such as 1234,50; "" where some lines have no euro amount
	Credit     string         `json:"credit,omitempty"`
	Incomplete bool           `json:"incomplete,omitempty"` // the reader refused the rest of the file
}

// OK says whether there are no errors.
func (r *Report) OK() bool { return r.Errors == 0 }

// Refused is the report on a file that could not be read at all.
func Refused(e *FormatError) Report {
	return Report{Errors: 1, Incomplete: true, Records: map[string]int{}, Encoding: "", Findings: []Finding{{
		Line: e.Line, Rule: e.Kind, Message: e.Message, Severity: SeverityError}}}
}

// Collector keeps what a checker finds: up to Limit errors and as many warnings are
// listed, all are counted. The zero Collector lists DefaultLimit of each.
type Collector struct {
	Limit int

	list             []found
	errors, warnings int
	listedErrors     int
	listedWarnings   int
	told             map[string]bool
}

type found struct {
	Finding
	rule *Rule
}

// Add records a finding. The message is only made where it will be listed.
func (c *Collector) Add(rule *Rule, at Finding, format string, args ...any) {
	count, listed := &c.errors, &c.listedErrors
	if rule.Severity == SeverityWarning {
		count, listed = &c.warnings, &c.listedWarnings
	}
	*count++
	limit := c.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	if *listed >= limit {
		return
	}
	*listed++
	at.Rule, at.Severity = rule.Code, rule.Severity
	at.Message = fmt.Sprintf(format, args...)
	c.list = append(c.list, found{at, rule})
}

// maxTold bounds the memory of Once where a file has endless subjects.
const maxTold = 10_000

// Once records a finding the first time that its rule meets the subject.
func (c *Collector) Once(rule *Rule, subject string, at Finding, format string, args ...any) {
	key := rule.Code + " " + subject
	if c.told[key] || len(c.told) > maxTold {
		return
	}
	if c.told == nil {
		c.told = map[string]bool{}
	}
	c.told[key] = true
	c.Add(rule, at, format, args...)
}

// Errors returns the number of errors found so far.
func (c *Collector) Errors() int { return c.errors }

// Findings returns what is listed: errors, then warnings, each by line, column and
// rule, after those that explain the others.
func (c *Collector) Findings() []Finding {
	order := func(f found) int {
		n := 0
		if f.Severity != SeverityError {
			n += 2
		}
		if !f.rule.First {
			n++
		}
		return n
	}
	slices.SortStableFunc(c.list, func(a, b found) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule, b.Rule))
	})
	out := make([]Finding, len(c.list))
	for i, f := range c.list {
		out[i] = f.Finding
	}
	return out
}

// Report returns a report with the findings and their counts; the rest is the
// caller's to fill.
func (c *Collector) Report() Report {
	return Report{Findings: c.Findings(), Errors: c.errors, Warnings: c.warnings, Records: map[string]int{}}
}
