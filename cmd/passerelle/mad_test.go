package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec/fectest"
)

func TestAMADDocumentIsCheckedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, made := filepath.Join(dir, fectest.Name), filepath.Join(dir, "ecritures.json")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := fectest.Write(out, 20); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	must(t, "convert", file, made)
	if report := decode[compta.Report](t, must(t, "mad", "check", made, "--json")); report.Errors+report.Warnings != 0 || report.Lines != 20 {
		t.Errorf("%+v", report)
	}
	text, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "faux.json")
	if err := os.WriteFile(broken, []byte(strings.Replace(string(text), `"debit":`, `"debit":1`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := command(t, "mad", "check", broken); r.status != exitFailed || !strings.Contains(r.stdout, "equilibre-ecriture") {
		t.Errorf("an entry that does not balance: %d %s", r.status, r.stdout)
	}
	if r := command(t, "mad", "check", file); r.status != exitFailed || !strings.Contains(r.stdout, "C’est un FEC") {
		t.Errorf("a FEC: %d %s", r.status, r.stdout)
	}
}
