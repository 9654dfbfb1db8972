package compta_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec/fectest"
	"github.com/passerelle-hub/passerelle/internal/conversion"
	"github.com/passerelle-hub/passerelle/tra/tratest"
)

const (
	controle = "/api/v1/mad/controle?version=1.0.0"
	convert  = "/api/v1/mad/conversion?version=1.0.0"
)

var plain = header{"Content-Type", "text/plain"}

func madeFEC(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := fectest.Write(&b, 20); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func madeTRA(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := tratest.Write(&b, 20); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFilesAreCheckedOverHTTP(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		good := madeFEC(t)
		report := decode[compta.Report](e.call("POST", controle+"&format=fec", good, plain).want(http.StatusOK))
		if report.Errors != 0 || report.Lines != 21 || report.Debit == "" || report.Records["ecritures"] != 8 {
			t.Errorf("%+v", report)
		}
		report = decode[compta.Report](e.call("POST", controle+"&format=fec&exercice=2024-01-01..2024-12-31", good, plain).want(http.StatusOK))
		if f := report.Findings[0]; f.Rule != "hors-exercice" || f.Line != 2 || f.Column != 4 || f.Field != "EcritureDate" || f.Severity != "error" {
			t.Errorf("%+v", report)
		}
		if report = decode[compta.Report](e.call("POST", controle+"&format=tra", madeTRA(t), plain).want(http.StatusOK)); report.Errors != 0 || report.Records["ECR"] != 20 {
			t.Errorf("%+v", report)
		}
		// A file of another kind is an answer.
		for format, file := range map[string]string{"tra": good, "fec": "%PDF-1.4", "mad": "PK\x03\x04"} {
			report := decode[compta.Report](e.call("POST", controle+"&format="+format, file, plain).want(http.StatusOK))
			if report.Errors != 1 || !report.Incomplete || report.Findings[0].Message == "" {
				t.Errorf("%s: %+v", format, report)
			}
		}
		for _, query := range []string{"", "&format=csv", "&format=fec&exercice=2024", "&format=fec&exercice=2024-02-31..2024-12-31"} {
			e.call("POST", controle+query, good, plain).want(http.StatusBadRequest)
		}
	})
}

func TestFilesAreConvertedOverHTTP(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		good := madeFEC(t)
		a := e.call("POST", convert+"&de=fec&vers=tra", good, plain).want(http.StatusOK)
		if report := decode[compta.Report](e.call("POST", controle+"&format=tra", a.Body.String(), plain).want(http.StatusOK)); len(report.Findings) > 0 {
			t.Errorf("%+v", report.Findings)
		}
		var pertes []conversion.Perte
		if err := json.Unmarshal([]byte(a.Header().Get("X-Passerelle-Pertes")), &pertes); err != nil || len(pertes) != 1 || pertes[0].Ce != "date-lettrage" {
			t.Errorf("%v %v", err, pertes)
		}
		rapport := decode[conversion.Rapport](e.call("POST", convert+"&de=tra&vers=fec&rapport=oui", madeTRA(t), plain).want(http.StatusOK))
		if rapport.Lignes != 15 || len(rapport.Pertes) == 0 || rapport.Pertes[0] != (conversion.Perte{Ce: "analytique", Lignes: 5, Premiere: 25}) || rapport.Avertissements[0].Rule != "provisoire" {
			t.Errorf("%+v", rapport)
		}
		e.call("POST", convert+"&de=fec&vers=mad", good, plain).want(http.StatusOK)
		bad := strings.Replace(good, "120,00", "121,00", 1)
		refused := decode[struct {
			Error struct {
				Code    string
				Details struct {
					Errors []struct {
						Code, Rule, Field string
						Line, Column      int
					}
				}
			}
		}](e.call("POST", convert+"&de=fec&vers=tra", bad, plain).want(http.StatusBadRequest))
		if first := refused.Error.Details.Errors[0]; refused.Error.Code != "ERR-INVALID-FILE" || first.Line == 0 || first.Column == 0 || first.Rule == "" {
			t.Errorf("%+v", refused)
		}
		e.call("POST", convert+"&de=fec&vers=tra&force=oui", bad, plain).want(http.StatusOK)
		e.call("POST", convert+"&de=fec&vers=tra&strict=oui", good, plain).want(http.StatusBadRequest)
		for _, query := range []string{"", "&de=fec", "&de=fec&vers=fec", "&de=fec&vers=csv", "&de=fec&vers=tra&rapport=1"} {
			e.call("POST", convert+query, good, plain).want(http.StatusBadRequest)
		}
		e.call("POST", convert+"&de=fec&vers=tra", "%PDF", plain).want(http.StatusBadRequest)
	})
}
