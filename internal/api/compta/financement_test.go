package compta_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/fec"
	"github.com/passerelle-hub/passerelle/tra"
)

const financement = "/api/v1/mad/financement"

func financed(route, more string) string { return financement + route + "?version=1.0.0" + more }

// funded is a contract with funding fields, "npec=8000 niveau=5".
func funded(code, debut, fin, fields string) passerelle.Contrat {
	c := contrat(code, "MCO", debut, fin)
	for word := range strings.FieldsSeq(fields) {
		name, value, _ := strings.Cut(word, "=")
		i, ok := passerelle.ChampIndex([]byte(name))
		if !ok {
			panic(name)
		}
		*passerelle.Champs[i].At(&c) = value
	}
	return c
}

func e1() passerelle.Contrat {
	return funded("K1", "01/09/2025", "31/08/2027", "dateConclusion=20/08/2025 npec=8000 niveau=5 rncp=38362")
}

func e3() passerelle.Contrat {
	return funded("K3", "01/09/2025", "05/09/2026", "dateConclusion=20/08/2025 npec=8000 niveau=5 rncp=RNCP38362")
}

type situation struct{ Montant, Produit, Facture, Pca, Fae, ARecouvrer string }

type financeOne struct {
	CodeContrat, Regime, MontantAnnuel, Source string
	Annees                                     []struct {
		Rang              int
		Debut, Fin        string
		Jours, JoursAnnee int
		Montant           string
	}
	Echeances []struct {
		Rang, Annee          int
		Nature, Payeur, Date string
		Montant              string
		AuPlusTard           *string
	}
	Regles, Avertissements []string
	Manque                 []string
	Message                string
	situation
}

func TestE1OverHTTPAtItsFourDates(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.push(e1())
		for au, want := range map[string]situation{
			"2025-12-31": {"16000.00", "2673.97", "3200.00", "526.03", "0.00", "0.00"},
			"2026-06-30": {"16000.00", "6641.10", "7200.00", "558.90", "0.00", "0.00"},
			"2026-08-31": {"16000.00", "8000.00", "7200.00", "0.00", "800.00", "0.00"},
			"2026-12-31": {"16000.00", "10673.97", "11200.00", "526.03", "0.00", "0.00"},
		} {
			one := decode[financeOne](e.call("GET", financed("/K1", "&au="+au), nil).want(http.StatusOK))
			if diff := cmp.Diff(want, one.situation); diff != "" {
				t.Errorf("%s: -want +got\n%s", au, diff)
			}
			list := decode[struct {
				Contrats []financeOne
				Total    struct {
					Contrats int
					situation
				}
			}](e.call("GET", financed("", "&au="+au), nil).want(http.StatusOK))
			want.ARecouvrer = ""
			if len(list.Contrats) != 1 || list.Contrats[0].Annees != nil || list.Total.Contrats != 1 || list.Total.situation != want {
				t.Errorf("%s: %+v", au, list)
			}
		}
		one := decode[financeOne](e.call("GET", financed("/K1", "&au=2025-12-31"), nil).want(http.StatusOK))
		var lines []string
		for _, y := range one.Annees {
			lines = append(lines, fmt.Sprintf("%d %s %s %d %d %s", y.Rang, y.Debut, y.Fin, y.Jours, y.JoursAnnee, y.Montant))
		}
		for _, i := range one.Echeances {
			line := fmt.Sprintf("%d %d %s %s %s %s", i.Rang, i.Annee, i.Nature, i.Payeur, i.Date, i.Montant)
			if i.AuPlusTard != nil {
				line += " avant " + *i.AuPlusTard
			}
			lines = append(lines, line)
		}
		if diff := cmp.Diff([]string{
			"1 2025-09-01 2026-08-31 365 365 8000.00", "2 2026-09-01 2027-08-31 365 365 8000.00",
			"1 1 avance opco 2025-09-01 3200.00", "2 1 acompte opco 2026-03-01 2400.00", "3 1 acompte opco 2026-06-01 1600.00", "4 1 solde opco 2026-09-01 800.00",
			"5 2 avance opco 2026-09-01 3200.00", "6 2 acompte opco 2027-03-01 2400.00", "7 2 acompte opco 2027-06-01 1600.00", "8 2 solde opco 2027-09-01 800.00 avant 2027-12-31",
		}, lines); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if one.Regime != "jour" || one.MontantAnnuel != "8000.00" || one.Source != "contrat" || one.Regles[0] != "R6332-25 III" || len(one.Avertissements) != 0 {
			t.Errorf("%+v", one)
		}
		e.push(funded("K1", "01/09/2025", "31/08/2027", "dateConclusion=20/08/2025 npec=8000 niveau=5 dateRupture=10/02/2026"))
		broken := decode[financeOne](e.call("GET", financed("/K1", "&au=2026-12-31"), nil).want(http.StatusOK))
		if broken.Annees[0].Jours != 163 || broken.Montant != "3572.60" || len(broken.Echeances) != 2 || broken.Echeances[1].Montant != "372.60" {
			t.Errorf("broken off: %+v", broken)
		}
	})
}

func TestWhatEndedCountsAndWhatLacksIsNamed(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.clock.Set(noon.AddDate(1, 8, 26)) // 2025-12-11
		lacking := contrat("K5", "MCO", "01/09/2025", "")
		e.push(e1(), e3(), lacking, funded("K7", "01/09/2025", "31/08/2026", "dateConclusion=01/09/2025 npec=3650 niveau=3"))
		e.push(e1(), e3(), lacking)
		list := decode[struct {
			Contrats []struct{ CodeContrat string }
			Lignes   []struct {
				Cles map[string]struct{ Code, Nom string }
				situation
				Contrats int
			}
			Total struct {
				Contrats int
				situation
			}
			Incomplets []struct {
				CodeContrat string
				Manque      []string
			}
			FinsPresumees *struct {
				Contrats, Jours int
				Codes           []string
			}
		}](e.call("GET", financed("", "&au=2025-12-31&par=formation&page=2&limit=2"), nil).want(http.StatusOK))
		if len(list.Contrats) != 1 || list.Contrats[0].CodeContrat != "K7" || list.Total.Contrats != 3 || list.Total.Produit != "6357.94" || list.Total.Pca != "1052.06" || list.Total.ARecouvrer != "450.00" {
			t.Errorf("%+v", list)
		}
		if len(list.Lignes) != 1 || list.Lignes[0].Contrats != 3 || list.Lignes[0].Cles["formation"].Code != "MCO" || list.Lignes[0].situation != list.Total.situation {
			t.Errorf("lines: %+v", list.Lignes)
		}
		if f := list.FinsPresumees; f == nil || f.Contrats != 1 || f.Jours != 101 || cmp.Diff([]string{"K7"}, f.Codes) != "" {
			t.Errorf("presumed: %+v", f)
		}
		if i := list.Incomplets; len(i) != 1 || i[0].CodeContrat != "K5" || cmp.Diff([]string{"dateFin", "npec", "rncp", "idcc", "niveau"}, i[0].Manque) != "" {
			t.Errorf("incomplete: %+v", i)
		}
		one := decode[financeOne](e.call("GET", financed("/K5", ""), nil).want(http.StatusOK))
		if one.CodeContrat != "K5" || len(one.Manque) != 5 || one.Montant != "" {
			t.Errorf("%+v", one)
		}
		if ended := decode[financeOne](e.call("GET", financed("/K7", "&au=2026-01-01"), nil).want(http.StatusOK)); ended.Montant != "1010.00" || ended.ARecouvrer != "450.00" {
			t.Errorf("%+v", ended)
		}
		alone := decode[struct {
			Total         struct{ Contrats int }
			FinsPresumees *struct{}
		}](e.call("GET", financed("", "&archives=non"), nil).want(http.StatusOK))
		if alone.Total.Contrats != 2 || alone.FinsPresumees != nil {
			t.Errorf("active alone: %+v", alone)
		}
		e.call("GET", financed("/K7", "&archives=non"), nil).wantError(http.StatusNotFound, "ERR-CONTRAT-NOT-FOUND")
		e.call("GET", financed("/K7", "&synchronisation=1&au=2025-12-31"), nil).want(http.StatusOK)
		csv := e.call("GET", financed("", "&au=2025-12-31&format=csv"), nil).want(http.StatusOK).Body.String()
		if !strings.Contains(csv, "K1;01/09/2025;31/08/2027;jour;8000,00;contrat;16000,00;2673,97;3200,00;526,03;0,00;0,00;;\r\n") || !strings.Contains(csv, ";450,00;oui;\r\n") || !strings.Contains(csv, "\r\nK5;;;;;;;;;;;;;dateFin, npec, rncp, idcc, niveau\r\n") {
			t.Error(csv)
		}
		if csv := e.call("GET", financed("", "&au=2025-12-31&format=csv&par=formation"), nil).want(http.StatusOK).Body.String(); !strings.Contains(csv, "Total;;3;") || !strings.Contains(csv, "À compléter;;;;;;;;;K5;dateFin, npec, rncp, idcc, niveau\r\n") || !strings.Contains(csv, "Fin présumée;;;;;;;;;K7;\r\n") {
			t.Error(csv)
		}
		book, err := excelize.OpenReader(bytes.NewReader(e.call("GET", financed("", "&au=2025-12-31&format=xlsx&par=formation"), nil).want(http.StatusOK).Body.Bytes()))
		must(t, err)
		if diff := cmp.Diff([]string{"Par formation", "Contrats", "Échéances", "À compléter"}, book.GetSheetList()); diff != "" {
			t.Error(diff)
		}
		for place, want := range map[string]string{"Contrats!A2": "K1", "Contrats!J2": "526.03", "Échéances!G3": "2,400.00", "À compléter!B2": "dateFin, npec, rncp, idcc, niveau"} {
			sheet, cell, _ := strings.Cut(place, "!")
			if got, err := book.GetCellValue(sheet, cell); err != nil || got != want {
				t.Errorf("%s: %q %v", place, got, err)
			}
		}
	})
}

func TestARequestOfFundingThatIsWrongSaysWhat(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.push(e1())
		for more, code := range map[string]string{
			"&au=2025-02-30":      "GBL2",
			"&au=hier":            "GBL2",
			"&par=maison":         "ERR-INVALID-PARAMETER",
			"&detail=peut-etre":   "ERR-INVALID-PARAMETER",
			"&format=pdf":         "ERR-INVALID-PARAMETER",
			"&synchronisation=99": "ERR-INVALID-PARAMETER",
			"&tarifs=1":           "ERR-INVALID-PARAMETER",
			"&npec=1":             "ERR-INVALID-PARAMETER",
			"&npec=x":             "ERR-INVALID-PARAMETER",
			"&page=2":             "ERR-INVALID-PARAMETER",
		} {
			e.call("GET", financed("", more), nil).wantError(http.StatusBadRequest, code)
		}
		e.call("GET", financement, nil).wantError(http.StatusBadRequest, "ERR-INVALID-VERSION")
		e.call("GET", financed("/K9", ""), nil).wantError(http.StatusNotFound, "ERR-CONTRAT-NOT-FOUND")
		e.call("GET", "/api/v1/mad/campagne?version=1.0.0", nil).wantError(http.StatusBadRequest, "ERR-INVALID-PARAMETER")
		e.call("GET", "/api/v1/mad/campagne?version=1.0.0&annee=deux", nil).wantError(http.StatusBadRequest, "ERR-INVALID-PARAMETER")
		e.call("GET", financed("/ecritures", ""), nil).wantError(http.StatusBadRequest, "GBL18")
		e.call("GET", financed("/ecritures", "&exercice=99"), nil).want(http.StatusBadRequest)
	})
}

func TestTheClosingEntriesOfE1(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.create(year("2025"))
		e.push(e1())
		route := financed("/ecritures", "&exercice="+text(ids[0]))
		type answer struct {
			Ecritures []struct {
				Date, Nature string
				Extourne     bool
				CodeContrat  *string
				Lignes       []struct{ Compte, Debit, Credit string }
			}
			Avertissements []string
		}
		alone := decode[answer](e.call("GET", route, nil).want(http.StatusOK))
		if len(alone.Ecritures) != 1 || len(alone.Avertissements) != 1 || !strings.Contains(alone.Avertissements[0], "extourne") {
			t.Errorf("without the next exercice: %+v", alone)
		}
		e.create(year("2026"))
		both := decode[answer](e.call("GET", route, nil).want(http.StatusOK))
		var got []string
		for _, w := range both.Ecritures {
			got = append(got, fmt.Sprintf("%s %s %t %v", w.Date, *w.CodeContrat, w.Extourne, w.Lignes))
		}
		if diff := cmp.Diff([]string{"2025-12-31 K1 false [{706100 526.03 0.00} {487000 0.00 526.03}]", "2026-01-01 K1 true [{487000 526.03 0.00} {706100 0.00 526.03}]"}, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if len(both.Avertissements) != 0 {
			t.Error(both.Avertissements)
		}
		file := e.call("GET", route+"&format=tra", nil).want(http.StatusOK)
		if name := file.Header().Get("Content-Disposition"); !strings.Contains(name, "_ECRITURES_20251231.TRA") || file.Header().Get("X-Passerelle-Avertissements") != "" {
			t.Error(name, file.Header())
		}
		report, err := tra.Check(bytes.NewReader(file.Body.Bytes()), tra.Options{})
		must(t, err)
		if len(report.Findings) != 0 {
			t.Errorf("the checker says: %v", report.Findings)
		}
		var lines []string
		reader := tra.NewReader(bytes.NewReader(file.Body.Bytes()))
		for {
			rec, err := reader.Read()
			if err != nil {
				break
			}
			if rec.ID == "ECR" {
				lines = append(lines, fmt.Sprint(rec.Field("JOURNAL"), " ", rec.Field("DATECOMPTABLE"), " ", rec.Field("GENERAL"), " ", rec.Field("SENS"), " ", rec.Field("MONTANT1"), " ", rec.Field("LIBELLE")))
			}
		}
		if diff := cmp.Diff([]string{"OD 31122025 706100 D 526,03 PCA K1", "OD 31122025 487000 C 526,03 PCA K1", "OD 01012026 487000 D 526,03 Extourne PCA K1", "OD 01012026 706100 C 526,03 Extourne PCA K1"}, lines); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		accounts := e.call("GET", route+"&format=fec", nil).want(http.StatusOK).Body.Bytes()
		found, err := fec.Check(bytes.NewReader(accounts), fec.Options{})
		must(t, err)
		if found.Errors != 0 || bytes.Count(accounts, []byte("\n")) != 5 || !bytes.Contains(accounts, []byte("20251231\t706100")) {
			t.Errorf("%+v\n%s", found, accounts)
		}
		byLine := decode[struct {
			Ecritures []struct{ Objet, CodeContrat *string }
		}](e.call("GET", route+"&detail=non", nil).want(http.StatusOK))
		if len(byLine.Ecritures) != 2 || *byLine.Ecritures[0].Objet != "NPEC des contrats" || byLine.Ecritures[0].CodeContrat != nil {
			t.Errorf("%+v", byLine)
		}
	})
}

func TestTheCampagne2025OfE1AndE3(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.push(e1(), e3())
		e.call("GET", "/api/v1/mad/campagne?version=1.0.0&annee=2025", nil).want(http.StatusOK).wantJSON(`{"annee":2025,
			"lignes":[{"cles":{"certification":{"code":"RNCP38362","nom":"RNCP38362"},"niveau":{"code":"5","nom":"Niveau 5"},"site":{"code":"` + e1().CodeSite + `","nom":"` + e1().NomSite + `"}},
				"contrats":2,"apprenants":2,"jours":244,"moyenne":0.67,"presents":2,"ruptures":0,"produit":"5347.94","part":100}],
			"total":{"contrats":2,"apprenants":2,"jours":244,"moyenne":0.67,"presents":2,"ruptures":0,"produit":"5347.94","part":100},
			"incomplets":[],"totalIncomplets":0,"finsPresumees":{"contrats":0,"codes":[],"jours":0}}`)
		csv := e.call("GET", "/api/v1/mad/campagne?version=1.0.0&annee=2025&format=csv", nil).want(http.StatusOK).Body.String()
		if !strings.Contains(csv, "Total;;;;2;2;244;0,67;2;0;5347,94;100,00;;\r\n") {
			t.Error(csv)
		}
		book, err := excelize.OpenReader(bytes.NewReader(e.call("GET", "/api/v1/mad/campagne?version=1.0.0&annee=2025&format=xlsx", nil).want(http.StatusOK).Body.Bytes()))
		must(t, err)
		if got, err := book.GetCellValue("Définitions", "A2"); err != nil || got != "Contrats" {
			t.Error(got, err)
		}
	})
}
