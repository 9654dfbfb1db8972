package main

import (
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// faulty writes contracts of which the second has a value that cannot be sent and
// the third breaks a rule.
func faulty(t *testing.T) string {
	t.Helper()
	list := apitest.Contrats("K1", "K2", "K3", "K4")
	list[1].MissionTitle, list[2].EmailApprenant = "#N/A", "pas une adresse"
	return string(apitest.CSV(list))
}

func TestWhatCellsAndRulesFindWrongComesInOneAnswer(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	path := write(t, "contrats.csv", faulty(t))
	for _, args := range [][]string{{"--dry-run"}, {"--yes"}} {
		r := push(t, o, s.URL, append([]string{path}, args...)...)
		v := decode[verdict](t, r.stdout)
		if r.status != exitFailed || v.Outcome != outcomeRefused || v.ErrorsTotal != 2 || len(v.Errors) != 2 || v.Errors[0].Row != 3 || v.Errors[1].Row != 4 ||
			!strings.Contains(v.Errors[0].Message, "formule en erreur") || v.Errors[1].Code != "email-format" {
			t.Errorf("%v: status %d, %s", args, r.status, r.stdout)
		}
	}
	if n := len(transmis(t, o)); n != 0 {
		t.Errorf("%d contracts were recorded", n)
	}
}

func TestAPartOfAFileIsSentAndTheRestStays(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	if r := push(t, o, s.URL, table(t, apitest.Contrats("K2", "K9")), "--yes"); r.status != exitDone {
		t.Fatal(r.stderr)
	}
	path := write(t, "contrats.csv", faulty(t))
	dry := decode[verdict](t, push(t, o, s.URL, path, "--partiel", "--dry-run").stdout)
	if dry.Outcome != outcomeDryRun || dry.Diff.Added != 2 || dry.Diff.Removed != 1 || dry.ErrorsTotal != 2 {
		t.Errorf("the dry run: %+v", dry)
	}
	r := push(t, o, s.URL, path, "--partiel", "--yes")
	v := decode[verdict](t, r.stdout)
	if r.status != exitDone || v.Outcome != outcomePushed || v.Refused != 2 || v.Result.Added != 2 || v.Result.Removed != 1 || v.ErrorsTotal != 2 {
		t.Errorf("the push: status %d, %s", r.status, r.stdout)
	}
	var codes []string
	for _, c := range transmis(t, o) {
		codes = append(codes, c.CodeContrat)
		if c.CodeContrat == "K2" && (c.NomEntreprise == "" || c.MissionTitle == "#N/A") {
			t.Errorf("the contract that was refused changed: %+v", c)
		}
	}
	if got := strings.Join(codes, " "); got != "K1 K2 K4" {
		t.Errorf("active contracts %s", got)
	}
}

func TestADeltaArchivesNobody(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	if r := push(t, o, s.URL, table(t, apitest.Contrats("K1", "K2")), "--yes"); r.status != exitDone {
		t.Fatal(r.stderr)
	}
	list := apitest.Contrats("K2", "K3")
	list[0].MissionTitle = "Vendeuse"
	dry := decode[verdict](t, push(t, o, s.URL, table(t, list), "--delta", "--dry-run").stdout)
	if dry.Diff.Added != 1 || dry.Diff.Updated != 1 || dry.Diff.Removed != 0 {
		t.Errorf("the dry run: %+v", dry.Diff)
	}
	v := decode[verdict](t, push(t, o, s.URL, table(t, list), "--delta", "--yes").stdout)
	if v.Outcome != outcomePushed || v.Result.Total != 3 || v.Result.Removed != 0 || len(v.Warnings) > 0 {
		t.Errorf("the push: %+v", v)
	}
}

func TestRefusedRowsOfAWatchedFileStandBesideItsReport(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	w := watch(t, t.TempDir(), s.URL, o, "--partiel")
	put(t, w.dir, "export.csv", faulty(t))
	w.appears(t, "done/export.csv")
	report, refused := w.appears(t, "done/export.csv.rapport.csv"), w.appears(t, "done/export.csv.refuses.csv")
	if n := strings.Count(report, "\r\n"); n != 5 {
		t.Errorf("the report has %d rows: %s", n, report)
	}
	if rows := strings.Split(strings.TrimSpace(refused), "\r\n"); len(rows) != 3 || !strings.Contains(rows[1], "K2") || !strings.Contains(rows[2], "K3") || !strings.Contains(rows[2], "E-mail") {
		t.Errorf("the refused rows: %q", rows)
	}
	w.end(t)
	if n := len(transmis(t, o)); n != 2 {
		t.Errorf("%d contracts are active", n)
	}
}
