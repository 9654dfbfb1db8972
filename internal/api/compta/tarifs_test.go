package compta_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

const tarifs = "/api/v1/mad/tarifs?version=1.0.0"

// prices are 7,300 euros a year for MCO, 20 a day, and 3,650 for the other.
const prices = "par;code;montant annuel;debut;fin\r\nformation;MCO;7 300,00;01/01/2023;31/12/2025\r\nformation;'=NDRC;3650;;\r\n"

func (e *env) putCSV(text string) *answer {
	e.t.Helper()
	return e.call("PUT", tarifs, text, header{"Content-Type", "text/csv"})
}

type tarifList struct {
	ID, CreeLe *string
	ImportePar string
	Tarifs     int
	Simulation bool
	Entrees    []struct {
		Par, Code  string
		Montant    float64
		Debut, Fin *string
	}
	Listes []struct{ ID *string }
}

func TestPricesAreImportedAndOlderListsKept(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.call("GET", tarifs, nil).want(http.StatusOK).wantJSON(`{"id":null,"creeLe":null,"importePar":"","tarifs":0,"entrees":[],"listes":[]}`)
		if got := decode[tarifList](e.call("PUT", tarifs+"&simulation=oui&format=csv", prices, header{"Content-Type", "text/csv"}).want(http.StatusOK)); !got.Simulation || got.ID != nil || got.Tarifs != 2 || len(got.Listes) != 0 {
			t.Errorf("simulation: %+v", got)
		}
		first := `{"id":"1","creeLe":"2024-03-15T11:00:00Z","importePar":"BENOIT GARIAZZO","tarifs":2,"entrees":[
			{"par":"formation","code":"MCO","montant":7300.00,"debut":"2023-01-01","fin":"2025-12-31"},
			{"par":"formation","code":"=NDRC","montant":3650.00,"debut":null,"fin":null}],
			"listes":[{"id":"1","creeLe":"2024-03-15T11:00:00Z","importePar":"BENOIT GARIAZZO","tarifs":2}]}`
		e.putCSV(prices).want(http.StatusOK).wantJSON(first)
		// What was read can be sent back, in both forms, and changes nothing.
		e.call("PUT", tarifs, value(t, e.call("GET", tarifs, nil).want(http.StatusOK).Body.String())).want(http.StatusOK).wantJSON(first)
		e.putCSV(e.call("GET", tarifs+"&format=csv", nil).want(http.StatusOK).Body.String()).want(http.StatusOK).wantJSON(first)

		second := decode[tarifList](e.call("PUT", tarifs, `{"entrees":[{"par":"rncp","code":"38362","montant":"8000,5","debut":"01/09/2024"}]}`).want(http.StatusOK))
		if *second.ID != "2" || len(second.Listes) != 2 || second.Entrees[0].Montant != 8000.5 || *second.Entrees[0].Debut != "2024-09-01" {
			t.Errorf("%+v", second)
		}
		if got := decode[tarifList](e.call("GET", tarifs+"&liste=1", nil).want(http.StatusOK)); got.Tarifs != 2 || got.Entrees[0].Code != "MCO" {
			t.Errorf("the older list: %+v", got)
		}
	})
}

func TestAWrongPriceListIsRefusedWhole(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.putCSV(prices).want(http.StatusOK)
		got := e.putCSV("par;code;montant annuel;debut;fin\nformation;MCO;cher;31/02/2024;\nsite;S1;1;;\n").
			wantError(400, "ERR-INVALID-TARIF", "ERR-INVALID-TARIF", "ERR-INVALID-TARIF", "ERR-INVALID-TARIF")
		var places []string
		for _, x := range got.Error.Details.Errors {
			places = append(places, fmt.Sprint(x.Line, ":", x.Column, " ", x.Field, " ", *x.Index))
		}
		if diff := cmp.Diff([]string{"2:3 montant annuel 0", "2:4 debut 0", "3:1 par 1"}, places); diff != "" {
			t.Error(diff)
		}
		got = e.call("PUT", tarifs, `{"entrees":[{"par":"formation","code":"F1","montant":1e3},{"par":"rncp","code":"1","montant":1},{"par":"rncp","code":"1","montant":2}]}`).
			wantError(400, "ERR-INVALID-TARIF", "ERR-INVALID-TARIF", "ERR-INVALID-TARIF")
		if x := got.Error.Details.Errors; *x[0].Index != 0 || x[0].Field != "montant" || *x[1].Index != 2 || x[1].Line != 0 {
			t.Errorf("%+v", x)
		}
		e.call("PUT", tarifs, `{"entrees":[]}`).wantError(400, "ERR-INVALID-TARIF")
		e.call("PUT", tarifs, `{"entrees":`).wantError(400, "ERR-INVALID-BODY")
		e.call("GET", tarifs+"&liste=9", nil).wantError(400, "ERR-INVALID-PARAMETER")
		e.call("GET", "/api/v1/mad/tarifs", nil).wantError(400, "ERR-INVALID-VERSION")
		if got := decode[tarifList](e.call("GET", tarifs, nil).want(http.StatusOK)); *got.ID != "1" || len(got.Listes) != 1 {
			t.Errorf("something was recorded: %+v", got)
		}
	})
}

func TestPricesBelongToTheOrganisme(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.putCSV(prices).want(http.StatusOK)
		other, err := e.hub.Organismes.CreateOrganisme(t.Context(), "CFA de la Bresse", false)
		must(t, err)
		theirs := header{"Authorization", "Bearer " + other.Token}
		if got := decode[tarifList](e.call("GET", tarifs, nil, theirs).want(http.StatusOK)); got.ID != nil {
			t.Errorf("prices of another organisme: %+v", got)
		}
		e.call("GET", tarifs+"&liste=1", nil, theirs).wantError(400, "ERR-INVALID-PARAMETER")
		sync := e.newToken(domaine.Jeton{OrganismeID: e.organisme.ID, Droits: domaine.Droits{domaine.DroitContrats}})
		e.call("PUT", tarifs, prices, sync, header{"Content-Type", "text/csv"}).wantError(403, "ERR-FORBIDDEN-ROUTE")
	})
}

func TestAVentilationGivesAmounts(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.spread()
		e.call("GET", ventilation+"&montants=oui", nil).wantError(400, "ERR-INVALID-PARAMETER") // no prices yet
		e.putCSV(prices).want(http.StatusOK)
		e.call("GET", ventilation+"&tarifs=1", nil).wantError(400, "ERR-INVALID-PARAMETER")
		e.call("GET", ventilation+"&facturation=unique", nil).wantError(400, "ERR-INVALID-PARAMETER")
		e.call("GET", ventilation+"&montants=oui&tarifs=7", nil).wantError(400, "ERR-INVALID-PARAMETER")
		type table struct {
			Tarifs string
			Total  struct{ Produit, Avance, ARecevoir float64 }
			SansTarif,
			SansDates struct{ Codes []string }
		}
		// K1: 122 days at 20 euros, then 244 of which 29 February counts nothing: 2,440 + 4,860.
		// K2: 17 days in 2024: 340; billed 7,300 on its first day, so 6,960 in advance.
		for query, want := range map[string]string{
			"&montants=oui": "5200 6960 0",
			"&montants=oui&facturation=annuelle&tarifs=1": "5200 6960 0",
			"&montants=oui&facturation=echue":             "5200 0 340",
		} {
			got := decode[table](e.call("GET", ventilation+query+"&exercice="+text(ids[1]), nil).want(http.StatusOK))
			if sums := fmt.Sprint(got.Total.Produit, got.Total.Avance, got.Total.ARecevoir); sums != want || got.Tarifs != "1" || len(got.SansTarif.Codes) != 0 {
				t.Errorf("%s: %s, want %s (%+v)", query, sums, want, got)
			}
		}
		all := decode[struct {
			SansTarif struct{ Codes, Raisons []string }
			Contrats  []struct {
				CodeContrat          string
				Montant, HorsProduit *float64
				Jours                []struct{ Produit *float64 }
			}
		}](e.call("GET", ventilation+"&montants=oui", nil).want(http.StatusOK))
		if diff := cmp.Diff([]string{"K4", "tarif-hors-validite"}, append(all.SansTarif.Codes, all.SansTarif.Raisons...)); diff != "" {
			t.Error(diff)
		}
		for _, c := range all.Contrats {
			if c.CodeContrat == "K4" {
				if c.Montant != nil {
					t.Error("a contract without price has an amount")
				}
				continue
			}
			sum := *c.HorsProduit
			for _, j := range c.Jours {
				sum += *j.Produit
			}
			if sum != *c.Montant || *c.Montant < 3650 {
				t.Errorf("%s is worth %v, its parts add up to %v", c.CodeContrat, *c.Montant, sum)
			}
		}
	})
}

func TestAmountsAreInTheFilesToo(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.spread()
		e.putCSV(prices).want(http.StatusOK)
		text := e.call("GET", ventilation+"&montants=oui&format=csv&exercice="+text(ids[1]), nil).want(http.StatusOK).Body.String()
		want := "\ufeff" + strings.Join([]string{
			"Exercice;Début;Fin;Code formation;Nom formation;Contrats;Apprenants;Jours;Mois;Part (%);Produit (€);Perçu d’avance (€);À recevoir (€)",
			"N+1;2024-01-01;2024-12-31;MCO;BTS MCO;2;2;261;8,57;100,00;5200,00;6960,00;0,00",
			"N+1;2024-01-01;2024-12-31;Total;;2;2;261;8,57;100,00;5200,00;6960,00;0,00", ""}, "\r\n")
		if diff := cmp.Diff(want, text); diff != "" {
			t.Error(diff)
		}
		a := e.call("GET", ventilation+"&montants=oui&format=xlsx", nil).want(http.StatusOK)
		book, err := excelize.OpenReader(bytes.NewReader(a.Body.Bytes()))
		must(t, err)
		defer book.Close()
		const sheet = "N 2023-01-01"
		for cell, want := range map[string]string{"H4": "SUM(H2:H3)", "I4": "SUM(I2:I3)", "J4": "SUM(J2:J3)"} {
			if got, err := book.GetCellFormula(sheet, cell); err != nil || got != want {
				t.Errorf("the formula of %s is %q, want %q (%v)", cell, got, want, err)
			}
		}
		if got, err := book.CalcCellValue(sheet, "H4"); err != nil || got != "6,090.00" { // 3,650 and 2,440
			t.Errorf("the total of incomes is %s (%v)", got, err)
		}
		if got, err := book.GetCellValue("À part", "B4"); err != nil || got != "tarif-hors-validite" {
			t.Errorf("the contract without price is not told: %q %v", got, err)
		}
	})
}

func TestAClosingProvesItsAmounts(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.spread()
		e.putCSV(prices).want(http.StatusOK)
		figures := e.call("GET", ventilation+"&montants=oui&par=site,formation&exercice="+text(ids[0]), nil).want(http.StatusOK).Body.String()
		e.close(ids[0], "").want(http.StatusOK)
		e.push(contrat("K1", "MCO", "01/10/2023", "31/08/2024"))
		e.putCSV("par;code;montant annuel;debut;fin\nformation;MCO;9000;;\n").want(http.StatusOK)
		v, err := e.hub.Comptabilite.VerifyClotures(t.Context(), e.access())
		must(t, err)
		if len(v.Preuves) != 1 || v.Preuves[0].Tarifs != 1 || v.Preuves[0].Synchronisation != 1 || !v.Preuves[0].Tient {
			t.Fatalf("the amounts are not proved: %+v", v)
		}
		again := e.call("GET", ventilation+"&montants=oui&par=site,formation&synchronisation=1&tarifs=1&exercice="+text(ids[0]), nil).want(http.StatusOK).Body.String()
		cut := func(s string) any { return value(t, s).(map[string]any)["total"] }
		if diff := cmp.Diff(cut(figures), cut(again)); diff != "" {
			t.Errorf("the figures of the closing are not given again:\n%s", diff)
		}
	})
}

func TestTotalsAreEqualWhateverTheDimensions(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.spread()
		e.putCSV(prices).want(http.StatusOK)
		dimensions := []string{"formation", "site", "rncp", "periode", "annee", "groupe", "entreprise", "marque"}
		type answer struct {
			Exercices []struct{ Total map[string]float64 }
			Contrats  any
		}
		want := decode[answer](e.call("GET", ventilation+"&montants=oui", nil).want(http.StatusOK))
		rapid.Check(t, func(r *rapid.T) {
			par := rapid.Permutation(dimensions).Draw(r, "par")[:rapid.IntRange(1, 2).Draw(r, "n")]
			got := decode[answer](e.call("GET", ventilation+"&montants=oui&par="+strings.Join(par, ","), nil).want(http.StatusOK))
			if diff := cmp.Diff(want, got); diff != "" {
				r.Fatal(diff)
			}
		})
	})
}
