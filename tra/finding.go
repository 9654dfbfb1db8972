package tra

import "github.com/passerelle-hub/passerelle/compta"

// Severity says whether a finding makes the file unfit.
type Severity = compta.Severity

// The severities.
const (
	SeverityError   = compta.SeverityError
	SeverityWarning = compta.SeverityWarning
)

// Finding is one thing that the checker has to say about a file: the kind that all
// formats of accounting share.
type Finding = compta.Finding

// Rule is one rule of the checker.
type Rule = compta.Rule

// FormatError says why something is not a TRA file that can be read.
type FormatError = compta.FormatError

// Report is what a check found.
type Report struct {
	compta.Report
	Exercices []Exercice `json:"-"`
}

// findings collects what a checker finds.
type findings = compta.Collector

// at says where a field of a record stands.
func at(rec *Record, f *Field) Finding {
	return Finding{Line: rec.Line, Column: f.Pos, Record: rec.ID, Field: f.Name}
}

func atLine(rec *Record) Finding { return Finding{Line: rec.Line, Record: rec.ID} }
