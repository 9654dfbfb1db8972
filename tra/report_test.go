package tra_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/tra"
)

func TestTheLongFormatChecksItsBlocks(t *testing.T) {
	t.Parallel()
	lines := dossier(t)
	set(lines, "HEADER", 1, "FORMAT", "ETE")
	lines[22] += strings.Repeat(" ", 43) + "31022025"
	var got []string
	for _, f := range check(t, lines).Findings {
		if f.Line == 23 {
			got = append(got, fmt.Sprintf("%s %s %d", f.Rule, f.Field, f.Column))
		}
	}
	want := []string{"date DATECREATION 266", "obligatoire-bloc ECRANOUVEAU 302", "obligatoire-bloc TVAENCAISSEMENT 386", "obligatoire-bloc ETATLETTRAGE 1021"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAReportIsBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(header + "\n")
	for i := range 30_000 {
		fmt.Fprintf(&b, "J%02d01012025FC%06d\n", i%100, i)
	}
	report, err := tra.Check(strings.NewReader(b.String()), tra.Options{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if report.Errors < 30_000 || len(report.Findings) > 20 {
		t.Errorf("%d errors, %d warnings, %d listed", report.Errors, report.Warnings, len(report.Findings))
	}
	if !strings.Contains(strings.Join(places(report, ""), "; "), "controle-partiel@0:0") {
		t.Error("nothing says that the cross references are partial")
	}
}

func TestEveryRuleIsTested(t *testing.T) {
	t.Parallel()
	var source []byte
	for _, name := range []string{"check_test.go", "form_test.go", "report_test.go"} {
		part, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, part...)
	}
	for _, r := range tra.Rules() {
		if !bytes.Contains(source, []byte(r.Code+"@")) && !bytes.Contains(source, []byte(r.Code+" ")) {
			t.Errorf("no test shows rule %s", r.Code)
		}
	}
}

// TestReports compares whole reports with files that a person has read.
func TestReports(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/check/*.tra")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			report, err := tra.Check(bytes.NewReader(src), tra.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			for _, f := range report.Findings {
				fmt.Fprintln(&b, f)
			}
			fmt.Fprintln(&b)
			enc := json.NewEncoder(&b)
			enc.SetIndent("", "  ")
			report.Findings = report.Findings[:0]
			if err := enc.Encode(report); err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(name, ".tra")+".golden", b.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-update rewrites it):\n%s", name, diff)
	}
}
