package fec_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
)

// FuzzCheck gives the reader and the checker anything: they never panic, refuse with
// a FormatError, find only rules that are declared, at places that exist, and every
// value that is read without a finding can be written.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		join(good(), "\t", "\r\n"), join(good(), "|", "\n"), "\ufeff" + join(good(), "\t", "\r\n") + "\x1a", header + "\n\n\t\t\n", "",
		"JournalCode|EcritureNum|Montant|Sens\nA|1|1e3|-1\nA|1|-,5|+\n", "\"JournalCode\"\t\"EcritureNum\"\n\"a\"\t\"999999999999999999999\"\n",
	} {
		f.Add([]byte(seed))
	}
	rules := map[string]bool{}
	for _, r := range fec.Rules() {
		rules[r.Code] = true
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		report, err := fec.Check(bytes.NewReader(src), fec.Options{Limit: 50, Name: name})
		var refused *compta.FormatError
		if err != nil {
			if !errors.As(err, &refused) || refused.Message == "" {
				t.Fatal(err)
			}
			return
		}
		for _, finding := range report.Findings {
			if !rules[finding.Rule] || finding.Message == "" || finding.Line < 0 || finding.Line > report.Lines+1 || finding.Column < 0 {
				t.Fatalf("%+v", finding)
			}
		}
		r := fec.NewReader(bytes.NewReader(src))
		h, err := r.Header()
		if err != nil {
			t.Fatal(err)
		}
		w, row := fec.NewWriter(io.Discard), &fec.Row{}
		for {
			l, err := r.Read()
			if err != nil {
				break
			}
			row.Reset()
			for _, c := range fec.Columns() {
				if h.Rank(c.ID) > 0 && c.ID < fec.Montant {
					_ = row.Set(c.ID, h.Value(l, c.ID))
				}
			}
			var field *fec.FieldError
			if err := w.Write(row); err != nil && !errors.As(err, &field) {
				t.Fatal(err)
			}
		}
	})
}
