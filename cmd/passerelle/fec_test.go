package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec/fectest"
	"github.com/passerelle-hub/passerelle/internal/conversion"
)

func TestAFECIsCheckedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, fectest.Name)
	var made bytes.Buffer
	if err := fectest.Write(&made, 20); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, made.String())
	if got := must(t, "fec", "check", file); got != "" {
		t.Error(got)
	}
	if report := decode[compta.Report](t, must(t, "fec", "check", file, "--json")); report.Errors != 0 || report.Records["ecritures"] != 8 || report.Lines != 21 {
		t.Errorf("%+v", report)
	}
	r := command(t, "fec", "check", file, "--exercice", "2024-01-01..2024-12-31", "--json")
	report := decode[compta.Report](t, r.stdout)
	if r.status != exitFailed || report.Errors == 0 || report.Findings[0].Rule != "hors-exercice" || report.Findings[0].Column != 4 || report.Findings[0].Field != "EcritureDate" {
		t.Errorf("%d %+v", r.status, report)
	}
	tra := filepath.Join(dir, "faux.TRA")
	write(tra, made.String())
	if r := command(t, "tra", "check", tra); r.status != exitFailed || !strings.Contains(r.stdout, "passerelle fec check") {
		t.Errorf("a FEC named .TRA: %d %s", r.status, r.stdout)
	}
	pdf := filepath.Join(dir, "fec.pdf")
	write(pdf, "%PDF-1.7")
	if r := command(t, "convert", pdf, tra); r.status != exitFailed || !strings.Contains(r.stderr, "document PDF") || strings.Contains(r.stderr, "--de") {
		t.Errorf("a PDF: %d %s", r.status, r.stderr)
	}
	for what, args := range map[string][]string{"no file": {"fec", "check"}, "a period that is none": {"fec", "check", file, "--exercice", "2024"}} {
		if r := command(t, args...); r.status != exitUsage {
			t.Errorf("%s: %d", what, r.status)
		}
	}
}

func TestFilesAreConvertedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	var made bytes.Buffer
	if err := fectest.Write(&made, 20); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at(fectest.Name), made.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	r := command(t, "convert", at(fectest.Name), at("a.tra"), "--rapport", at("rapport.json"))
	if r.status != exitDone || !strings.Contains(r.stderr, "date-lettrage") {
		t.Fatalf("%d %s", r.status, r.stderr)
	}
	text, _ := os.ReadFile(at("rapport.json"))
	rapport := decode[conversion.Rapport](t, string(text))
	if len(rapport.Pertes) != 1 || rapport.Pertes[0] != (conversion.Perte{Ce: "date-lettrage", Lignes: 8, Premiere: 2}) {
		t.Errorf("%s", text)
	}
	if got := must(t, "tra", "check", at("a.tra")); got != "" {
		t.Error(got)
	}
	must(t, "convert", at("a.tra"), at("a.json"))
	must(t, "convert", at("a.json"), at("b.txt"))
	if got := must(t, "convert", at("a.json"), "-", "--vers", "fec"); !strings.HasPrefix(got, "JournalCode\t") {
		t.Error(got)
	}
	if r := command(t, "convert", at("a.tra"), at("a.json")); r.status != exitFailed {
		t.Errorf("a file that is there is written over: %d", r.status)
	}
	r = command(t, "convert", at(fectest.Name), at("strict.tra"), "--strict")
	if _, err := os.Stat(at("strict.tra")); r.status != exitFailed || err == nil {
		t.Errorf("a strict loss: %d %v", r.status, err)
	}
	if err := os.WriteFile(at("faux.txt"), bytes.Replace(made.Bytes(), []byte("120,00"), []byte("121,00"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := command(t, "convert", at("faux.txt"), at("faux.tra"), "--rapport", at("refus.json")); r.status != exitFailed || !strings.Contains(r.stderr, "equilibre-ecriture") {
		t.Errorf("a source with errors: %d %s", r.status, r.stderr)
	}
	must(t, "convert", at("faux.txt"), at("faux.tra"), "--force")
	for what, args := range map[string][]string{
		"one file": {"convert", at("a.tra")}, "an unknown extension": {"convert", at("a.tra"), at("b.xyz")}, "an unknown format": {"convert", at("a.tra"), at("b.json"), "--vers", "csv"},
		"the same format": {"convert", at("a.tra"), at("b.tra")},
	} {
		if r := command(t, args...); r.status != exitUsage {
			t.Errorf("%s: %d %s", what, r.status, r.stderr)
		}
	}
}
