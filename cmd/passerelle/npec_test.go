package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/comptable/npec/npectest"
)

func TestEditionsOfAmountsAreManagedFromTheCommandLine(t *testing.T) {
	directory := newSocieteForTest(t)
	write := func(name string, rows ...[]any) string {
		t.Helper()
		path := filepath.Join(directory, name)
		file, err := os.Create(path)
		if err == nil {
			err = errors.Join(npectest.Write(file, func(i int) []any {
				if i < len(rows) {
					return rows[i]
				}
				return nil
			}, [][]any{{12, "Commerce", "3237"}, {14, "Spectacle vivant", "3252"}, {15, "Audiovisuel", "3252"}}), file.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("npec.xlsx", []any{"RNCP38362", "BTS MCO", "Ministère", "BTS", 12, "Commerce", 8000, "CPNE", 45488}, []any{"RNCP38362", "BTS MCO", "Ministère", "BTS", 14, "Spectacle vivant", 7000, "CPNE", 45488}, []any{"RNCP38362", "BTS MCO", "Ministère", "BTS", 15, "Audiovisuel", 7500, "CPNE", 45488})
	if got := must(t, "npec", "import", good); got != "edition 1 from 2024-07-15: 3 rows, 3 amounts, 1 certifications\n" {
		t.Error(got)
	}
	if got := must(t, "npec", "import", good); !strings.HasPrefix(got, "already there, edition 1 ") {
		t.Error(got)
	}
	if got := must(t, "npec", "import", good, "--depuis", "2025-09-01"); !strings.HasPrefix(got, "edition 2 from 2025-09-01") {
		t.Error(got)
	}
	bad := write("bad.xlsx", []any{"BTS", "", "", "", 12, "", 8000, "", 45488}, []any{"RNCP1", "", "", "", 12, "", "cher", "", 45488})
	if r := command(t, "npec", "import", bad); r.status != exitFailed || !strings.Contains(r.stderr, "A4: ") || !strings.Contains(r.stderr, "G5: ") || !strings.Contains(r.stderr, "2 errors, nothing was imported") {
		t.Errorf("%+v", r)
	}
	if list := decode[[]map[string]any](t, must(t, "npec", "list", "--json")); len(list) != 2 || list[0]["id"] != "2" || list[0]["depuis"] != "2025-09-01" {
		t.Errorf("%v", list)
	}
	shown := must(t, "npec", "show", "38362", "--idcc", "3237")
	if !strings.Contains(shown, "RNCP38362 BTS MCO") || !strings.Contains(shown, "8000.00") || strings.Contains(shown, "7000.00") {
		t.Error(shown)
	}
	several := command(t, "npec", "show", "RNCP38362", "--idcc", "3252", "--json")
	if rows := decode[[]map[string]any](t, several.stdout); len(rows) != 2 || rows[0]["montant"] != "7000.00" || !strings.Contains(several.stderr, "2 branches") {
		t.Errorf("%+v", several)
	}
	for name, args := range map[string][]string{"no file": {"npec", "import"}, "no certification": {"npec", "show"}, "no day": {"npec", "import", good, "--depuis", "hier"}} {
		if r := command(t, args...); r.status != exitUsage {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := command(t, "npec", "show", "999"); r.status != exitFailed || !strings.Contains(r.stderr, "RNCP999") {
		t.Errorf("%+v", r)
	}
}
