package tra_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/tra"
	"github.com/passerelle-hub/passerelle/tra/tratest"
)

// FuzzReader gives the reader anything: it never panics, refuses with a
// FormatError, and what it accepts it writes back unchanged, also through JSON. The
// checker finds only rules that it declares, at places that exist.
func FuzzReader(f *testing.F) {
	var file bytes.Buffer
	if err := tratest.Write(&file, 4); err != nil {
		f.Fatal(err)
	}
	long := strings.Replace(header, "STD", "ETE", 1)
	for _, seed := range []string{
		file.String(), header, long + "\r\n" + string(bytes.Repeat([]byte("VTE01012025"), 40)), "\ufeff" + header + "\n***PS1é\xe9\n",
		"***", "", "%PDF-1.7", "JournalCode\tx", strings.Repeat(" ", 100), header + "\r\n***EXO", header + "\n\n\r\r\n***QQQ\x00\x1a",
	} {
		f.Add([]byte(seed))
	}
	rules := map[string]bool{}
	for _, r := range tra.Rules() {
		rules[r.Code] = true
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		report, checkErr := tra.Check(bytes.NewReader(src), tra.Options{Limit: 50})
		back, err := copyFile(src)
		var refused *tra.FormatError
		if err != nil {
			if !errors.As(err, &refused) || refused.Message == "" {
				t.Fatal(err)
			}
			if checkErr == nil && !report.Incomplete {
				t.Fatalf("the checker accepts what the reader refuses: %v", err)
			}
			return
		}
		if !bytes.Equal(src, back) {
			t.Fatalf("written back as %q", back)
		}
		if through, doc, err := throughJSON(src); err != nil || !bytes.Equal(src, through) {
			t.Fatalf("%v, through JSON %q\n%s", err, through, doc)
		}
		if checkErr != nil {
			t.Fatal(checkErr)
		}
		for _, finding := range report.Findings {
			if !rules[finding.Rule] || finding.Message == "" || finding.Line < 0 || finding.Line > report.Lines+1 {
				t.Fatalf("%+v", finding)
			}
		}
		if _, _, err := tra.ReadExercices(bytes.NewReader(src)); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzFromJSON gives the JSON form anything: it never panics, and what it accepts
// is a file that the reader either refuses or takes.
func FuzzFromJSON(f *testing.F) {
	for _, seed := range []string{
		`{"lignes":[]}`, `{"bom":true,"finLigne":"\n","lignes":[{"enregistrement":"HEADER","champs":{"IDENTIFIANT":"S5"}}]}`,
		`{"lignes":[{"enregistrement":"ECR","bloc":"ECR1","champsBloc":{"REFEXTERNE":"x"},"longueur":300}]}`,
		`{"lignes":[{"brut":"KioqUFMx","finLigne":""}]}`, `[`, `{"lignes":[{"enregistrement":"PS1","champs":{"CAPITAL":1e5,"NOM":true}}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var out bytes.Buffer
		if err := tra.FromJSON(bytes.NewReader(doc), &out); err != nil {
			var je *tra.JSONError
			var fe *tra.FieldError
			var other *compta.FormatError // another kind of file
			if !errors.As(err, &je) && !errors.As(err, &fe) && !errors.As(err, &other) {
				t.Fatal(err)
			}
			return
		}
		_, _ = tra.Check(&out, tra.Options{Limit: 50})
	})
}
