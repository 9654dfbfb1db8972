package compta_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

const echeanciers = "/api/v1/mad/echeanciers"

type bilan struct {
	Lignes []struct {
		CodeContrat      *string
		NumeroDossier    string
		Date, Etat       string
		Attendu, Annonce *string
		Ecart            string
	}
	AFacturer, EnRetard, Perdus []struct {
		CodeContrat, Date, Montant string
		Jours                      int
	}
	ARisque []struct {
		CodeContrat, Montant, AuPlusTard string
		JoursRestants                    int
	}
}

func (e *env) rapprochement(au string) bilan {
	e.t.Helper()
	return decode[bilan](e.call("GET", echeanciers+"/rapprochement?version=1.0.0&au="+au, nil).want(http.StatusOK))
}

const opcoLines = `{"lignes":[{"codeContrat":"K1","date":"01/09/2025","montant":"3200.00"},{"codeContrat":"K1","date":"01/03/2026","montant":"2400.00"},
	{"codeContrat":"K1","date":"01/06/2026","montant":"1600.50"},{"codeContrat":"K1","date":"01/09/2026","montant":800}]}`

func TestTheExampleOfAnOPCOAgainstE1(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.push(e1())
		e.call("POST", echeanciers+"?version=1.0.0", strings.NewReader(opcoLines)).want(http.StatusOK).wantJSON(`{"echeancier":"1","lignes":4,"contrats":1,"inconnus":[]}`)
		b := e.rapprochement("2026-11-28")
		var got []string
		for _, l := range b.Lignes {
			if l.Etat != "identique" {
				got = append(got, fmt.Sprint(*l.CodeContrat, " ", l.Date, " ", l.Etat, " ", l.Ecart))
			}
		}
		if diff := cmp.Diff([]string{"K1 2026-06-01 montant 0.50", "K1 2026-09-01 absent -3200.00"}, got); diff != "" || len(b.Lignes) != 5 {
			t.Errorf("-want +got\n%s", diff)
		}
		if l := b.Lignes[2]; *l.Attendu != "1600.00" || *l.Annonce != "1600.50" {
			t.Errorf("%+v", l)
		}
		if len(b.EnRetard) != 1 || b.EnRetard[0].Montant != "3200.00" || len(b.AFacturer)+len(b.ARisque)+len(b.Perdus) != 0 {
			t.Errorf("%+v", b)
		}
		if r := e.rapprochement("2027-12-01").ARisque; len(r) != 1 || r[0].CodeContrat != "K1" || r[0].Montant != "800.00" || r[0].AuPlusTard != "2027-12-31" || r[0].JoursRestants != 30 {
			t.Errorf("%+v", r)
		}
		if lost := e.rapprochement("2028-01-01"); len(lost.ARisque) != 0 || len(lost.Perdus) != 1 || lost.Perdus[0].Montant != "800.00" {
			t.Errorf("%+v", lost)
		}
		if csv := e.call("GET", echeanciers+"/rapprochement?version=1.0.0&au=2026-11-28&format=csv", nil).want(http.StatusOK).Body.String(); !strings.Contains(csv, "K1;;01/06/2026;montant;1600,00;1600,50;0,50;\r\n") {
			t.Error(csv)
		}
		book, err := excelize.OpenReader(bytes.NewReader(e.call("GET", echeanciers+"/rapprochement?version=1.0.0&au=2026-11-28&format=xlsx", nil).want(http.StatusOK).Body.Bytes()))
		must(t, err)
		if diff := cmp.Diff([]string{"Rapprochement", "À facturer", "En retard", "À risque", "Perdus"}, book.GetSheetList()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestADepositComesInAnyForm(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		k := e1()
		k.NumeroDeca = "075202509000123"
		e.push(k)
		e.call("POST", echeanciers+"?version=1.0.0", strings.NewReader("N° dossier;Date d’échéance;Montant TTC\n075202509000123;01/09/2025;3 200,00 €\nX9;01/09/2025;5\n"), header{"Content-Type", "text/csv"}).want(http.StatusOK).
			wantJSON(`{"echeancier":"1","lignes":2,"contrats":1,"inconnus":[{"codeContrat":null,"numeroDossier":"X9","date":"2025-09-01","montant":"5.00"}]}`)
		b := e.rapprochement("2025-12-31")
		if len(b.Lignes) != 2 || b.Lignes[0].CodeContrat != nil || b.Lignes[0].NumeroDossier != "X9" || b.Lignes[0].Etat != "inconnu" || *b.Lignes[1].CodeContrat != "K1" || b.Lignes[1].Etat != "identique" {
			t.Errorf("%+v", b.Lignes)
		}
		book := excelize.NewFile()
		for cell, value := range map[string]any{"A1": "Dossier", "B1": "Quand", "C1": "Montant", "A2": "075202509000123", "B2": "01/09/2025", "C2": 3200.5} {
			must(t, book.SetCellValue("Sheet1", cell, value))
		}
		var file bytes.Buffer
		must(t, book.Write(&file))
		e.call("POST", echeanciers+"?version=1.0.0&mapping="+url.QueryEscape(`{"date":"quand"}`), &file, header{"Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}).want(http.StatusOK)
		if b := e.rapprochement("2025-12-31"); len(b.Lignes) != 2 || b.Lignes[1].Etat != "montant" || b.Lignes[1].Ecart != "0.50" {
			t.Errorf("the last deposit stands: %+v", b.Lignes)
		}
	})
}

func TestADossierOfTwoContractsIsNamedAndGivenToNone(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		k, again := e1(), e1()
		k.NumeroDeca = "075202509000123"
		again.NumeroDeca, again.CodeContrat = k.NumeroDeca, "K2"
		e.push(k, again)
		const line = `{"numeroDossier":"075202509000123","date":"01/09/2025","montant":"3200"}`
		const named = "Le dossier 075202509000123 est celui de plusieurs contrats (K1, K2) : donnez leur codeContrat, ou corrigez leur numeroDeca."
		if got := e.call("POST", echeanciers+"?version=1.0.0", strings.NewReader(`{"lignes":[`+line+`]}`)).wantError(http.StatusBadRequest, "ERR-INVALID-ECHEANCIER"); got.Error.Message != named {
			t.Error(got.Error.Message)
		}
		e.call("POST", echeanciers+"?version=1.0.0", strings.NewReader(`{"lignes":[{"codeContrat":"K1","date":"01/09/2025","montant":"3200"},`+line+`]}`)).want(http.StatusOK).
			wantJSON(`{"echeancier":"1","lignes":2,"contrats":1,"inconnus":[{"codeContrat":null,"numeroDossier":"075202509000123","date":"2025-09-01","montant":"3200.00"}],"avertissements":["` + named + `"]}`)
		if b := e.rapprochement("2025-12-31"); len(b.Lignes) != 2 || b.Lignes[0].CodeContrat != nil || b.Lignes[0].Etat != "inconnu" || *b.Lignes[1].CodeContrat != "K1" || b.Lignes[1].Etat != "identique" {
			t.Errorf("%+v", b.Lignes)
		}
	})
}

func TestADepositThatIsWrongSaysWhereAndRecordsNothing(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.push(e1())
		for body, word := range map[string]string{
			`{"lignes":[]}`: "aucune ligne",
			`{"lignes":[{"codeContrat":"K9","date":"01/09/2025","montant":"3200"}]}`:    "Aucune ligne ne correspond",
			`{"lignes":[{"numeroDossier":"075","date":"01/09/2025","montant":"3200"}]}`: "Aucune ligne ne correspond",
			`{"lignes":[{"date":"01/09/2025","montant":"3200"}]}`:                       "Le contrat manque",
			`{"lignes":[{"codeContrat":"K1","date":"2025-02-30","montant":"3200"}]}`:    "n’est pas une date",
			`{"lignes":[{"codeContrat":"K1","date":"01/09/2025","montant":"cher"}]}`:    "n’est pas un montant",
			"codeContrat;date;montant\nK1;01/09/2025;12,345\n":                          "n’est pas un montant",
			"Nom;Prénom\nMartin;Léa\n":                                                  "Aucune colonne ne donne",
			"PK\x03\x04 cut":                                                            "",
		} {
			got := e.call("POST", echeanciers+"?version=1.0.0", strings.NewReader(body)).wantError(http.StatusBadRequest, "ERR-INVALID-ECHEANCIER")
			if !strings.Contains(got.Error.Message, word) || len(got.Error.Details.Errors) == 0 {
				t.Errorf("%s: %+v", body, got.Error)
			}
		}
		e.call("POST", echeanciers+"?version=1.0.0", strings.NewReader(`{"lignes":[`)).wantError(http.StatusBadRequest, "ERR-INVALID-BODY")
		e.call("POST", echeanciers+"?version=1.0.0&mapping=x", strings.NewReader(opcoLines)).wantError(http.StatusBadRequest, "ERR-INVALID-PARAMETER")
		if b := e.rapprochement("2026-11-28"); len(b.Lignes) != 0 {
			t.Errorf("%+v", b)
		}
	})
}

func TestAPersonTakesTheFigureOfTheOPCO(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.push(e1())
		taken := decode[struct {
			financeOne
			Opco []struct {
				MontantAnnuel *string
				Par           string
			}
		}](e.call("PUT", financed("/K1/opco", "&au=2025-12-31"), strings.NewReader(`{"montantAnnuel":"8000,50"}`)).want(http.StatusOK))
		if taken.Source != "opco" || taken.MontantAnnuel != "8000.50" || len(taken.Opco) != 1 || *taken.Opco[0].MontantAnnuel != "8000.50" {
			t.Errorf("%+v", taken)
		}
		e.push(e1()) // nothing changes
		back := decode[financeOne](e.call("DELETE", financed("/K1/opco", ""), nil).want(http.StatusOK))
		if back.Source != "contrat" || back.MontantAnnuel != "8000.00" {
			t.Errorf("%+v", back)
		}
		e.call("PUT", financed("/K9/opco", ""), strings.NewReader(`{"montantAnnuel":"1"}`)).wantError(http.StatusNotFound, "ERR-CONTRAT-NOT-FOUND")
		e.call("PUT", financed("/K1/opco", ""), strings.NewReader(`{"montantAnnuel":"-1"}`)).wantError(http.StatusBadRequest, "ERR-INVALID-PARAMETER")
		e.call("PUT", financed("/K1/opco", ""), strings.NewReader(`{}`)).wantError(http.StatusBadRequest, "ERR-INVALID-PARAMETER")
	})
}
