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
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

const ventilation = "/api/v1/mad/ventilation?version=1.0.0"

// push sends the whole set of contracts.
func (e *env) push(contrats ...passerelle.Contrat) {
	e.t.Helper()
	e.call("POST", "/api/sync/v1/contrats", apitest.Body(contrats...)).want(http.StatusOK)
}

// contrat is a contract of a formation with its dates (DD/MM/YYYY).
func contrat(code, formation, debut, fin string) passerelle.Contrat {
	c := apitest.Contrat(code)
	c.CodeFormation, c.NomFormation, c.DateDebut, c.DateFin = formation, "BTS "+formation, debut, fin
	c.CodeGroupe, c.NomGroupe = "G-"+formation, "Groupe "+formation
	return c
}

// spread is a société with two exercices and five contracts.
func (e *env) spread() []int64 {
	ids := e.create(year("2023"), year("2024"))
	e.push(
		contrat("K1", "MCO", "01/09/2023", "31/08/2024"), // 122 days, then 244
		contrat("K2", "MCO", "15/12/2024", "14/12/2025"), // 17 days, then outside
		contrat("K3", "=NDRC", "01/01/2023", "31/12/2023"),
		contrat("K4", "MCO", "01/01/2026", "31/12/2026"),
		contrat("K5", "MCO", "01/01/2024", ""),
	)
	return ids
}

func TestContractsAreSpreadOverAnExercice(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.spread()
		e.call("GET", ventilation+"&par=formation&exercice="+text(ids[1]), nil).want(http.StatusOK).wantJSON(`{
			"exercice":{"producerId":"` + text(ids[1]) + `","name":"N+1","period":{"start":"2024-01-01","end":"2024-12-31","duration":12,"closed":null},"state":"open","additionalProducerProperties":{"lettering":"MONO"}},
			"par":["formation"],
			"lignes":[{"cles":{"formation":{"code":"MCO","nom":"BTS MCO"}},"contrats":2,"apprenants":2,"jours":261,"mois":8.57,"part":100}],
			"total":{"contrats":2,"apprenants":2,"jours":261,"mois":8.57,"part":100},
			"sansDates":{"contrats":1,"codes":["K5"],"raisons":["date-fin-absente"]},
			"horsExercice":{"contrats":2,"codes":["K3","K4"],"raisons":["fini-avant","commence-apres"]},
			"finsPresumees":{"contrats":0,"codes":[],"jours":0}}`)
		e.call("GET", ventilation+"&par=site,formation&etat=integres&exercice="+text(ids[1]), nil).want(http.StatusOK).wantJSON(`{
			"exercice":{"producerId":"` + text(ids[1]) + `","name":"N+1","period":{"start":"2024-01-01","end":"2024-12-31","duration":12,"closed":null},"state":"open","additionalProducerProperties":{"lettering":"MONO"}},
			"par":["site","formation"],"lignes":[],
			"total":{"contrats":0,"apprenants":0,"jours":0,"mois":0,"part":0},
			"sansDates":{"contrats":0,"codes":[],"raisons":[]},"horsExercice":{"contrats":0,"codes":[],"raisons":[]},
			"finsPresumees":{"contrats":0,"codes":[],"jours":0}}`)
	})
}

type spreadAll struct {
	Exercices []struct {
		Lignes []struct {
			Cles  map[string]struct{ Code string }
			Jours int
			Part  float64
		}
		Total struct{ Jours int }
	}
	HorsExercices, SansDates struct{ Codes []string }
	Total                    int
	Contrats                 []struct {
		CodeContrat string
		Duree, Hors int
		Jours       []struct {
			Exercice string
			Jours    int
		}
	}
}

func TestEachContractIsSpreadOverEveryExerciceAndTheDaysOutside(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.spread()
		all := decode[spreadAll](e.call("GET", ventilation, nil).want(http.StatusOK))
		var got []string
		for _, c := range all.Contrats {
			sum := c.Hors
			for _, j := range c.Jours {
				sum += j.Jours
			}
			if sum != c.Duree {
				t.Errorf("%s: %d days in all, %d long", c.CodeContrat, sum, c.Duree)
			}
			got = append(got, fmt.Sprint(c.CodeContrat, c.Jours, c.Hors))
		}
		n, n1 := text(ids[0]), text(ids[1])
		want := []string{"K1[{" + n + " 122} {" + n1 + " 244}] 0", "K2[{" + n1 + " 17}] 348", "K3[{" + n + " 365}] 0", "K4[] 365"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if all.Total != 4 || all.Exercices[0].Total.Jours != 487 || all.Exercices[0].Lignes[0].Cles["formation"].Code != "=NDRC" || all.Exercices[0].Lignes[0].Part != 74.95 {
			t.Errorf("%+v", all)
		}
		if diff := cmp.Diff([]string{"K4"}, all.HorsExercices.Codes); diff != "" {
			t.Error(diff)
		}
		page := decode[spreadAll](e.call("GET", ventilation+"&page=2&limit=3", nil).want(http.StatusOK))
		if page.Total != 4 || len(page.Contrats) != 1 || page.Contrats[0].CodeContrat != "K4" {
			t.Errorf("page: %+v", page)
		}
	})
}

func TestAVentilationIsGivenAsOfAPastSynchronisation(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.spread()
		before := e.call("GET", ventilation+"&exercice="+text(ids[0]), nil).want(http.StatusOK).Body.String()
		e.push(contrat("K1", "MCO", "01/10/2023", "31/08/2024"))
		if after := e.call("GET", ventilation+"&exercice="+text(ids[0]), nil).want(http.StatusOK).Body.String(); after == before {
			t.Fatal("the push changed nothing")
		}
		e.call("GET", ventilation+"&synchronisation=1&exercice="+text(ids[0]), nil).want(http.StatusOK).wantJSON(before)
	})
}

func TestAWrongVentilationRequestSaysWhy(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		for query, code := range map[string]string{
			"par=formateur":                   "ERR-INVALID-PARAMETER",
			"par=site,site":                   "ERR-INVALID-PARAMETER",
			"par=site,annee,rncp":             "ERR-INVALID-PARAMETER",
			"exercice=99":                     "EXERCICE10",
			"exercice=N":                      "EXERCICE10",
			"etat=archives":                   "ERR-INVALID-PARAMETER",
			"format=pdf":                      "ERR-INVALID-PARAMETER",
			"synchronisation=99":              "ERR-INVALID-PARAMETER",
			"synchronisation=1&etat=integres": "ERR-INVALID-PARAMETER",
			"limit=0":                         "ERR-INVALID-PARAMETER",
		} {
			e.call("GET", ventilation+"&"+query, nil).wantError(400, code)
		}
		e.call("GET", "/api/v1/mad/ventilation", nil).wantError(400, "ERR-INVALID-VERSION")
	})
}

func TestAVentilationIsAFileForASpreadsheet(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.spread()
		a := e.call("GET", ventilation+"&format=csv", nil).want(http.StatusOK)
		want := "\ufeff" + strings.Join([]string{
			"Exercice;Début;Fin;Code formation;Nom formation;Contrats;Apprenants;Jours;Mois;Part (%)",
			"N;2023-01-01;2023-12-31;'=NDRC;BTS =NDRC;1;1;365;11,99;74,95",
			"N;2023-01-01;2023-12-31;MCO;BTS MCO;1;1;122;4,01;25,05",
			"N;2023-01-01;2023-12-31;Total;;2;2;487;16,00;100,00",
			"N+1;2024-01-01;2024-12-31;MCO;BTS MCO;2;2;261;8,57;100,00",
			"N+1;2024-01-01;2024-12-31;Total;;2;2;261;8,57;100,00", ""}, "\r\n")
		if diff := cmp.Diff(want, a.Body.String()); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		a = e.call("GET", ventilation+"&format=xlsx&exercice="+text(ids[0]), nil).want(http.StatusOK)
		book, err := excelize.OpenReader(bytes.NewReader(a.Body.Bytes()))
		must(t, err)
		defer book.Close()
		if diff := cmp.Diff([]string{"N 2023-01-01", "À part"}, book.GetSheetList()); diff != "" {
			t.Fatal(diff)
		}
		for cell, want := range map[string]string{"A2": "=NDRC", "E2": "365", "F2": "11.99", "E3": "122"} {
			if got, err := book.GetCellValue("N 2023-01-01", cell); err != nil || got != want {
				t.Errorf("%s is %q, want %q (%v)", cell, got, want, err)
			}
		}
		for cell, want := range map[string]string{"C4": "SUM(C2:C3)", "E4": "SUM(E2:E3)", "F4": "ROUND(E4/(365.25/12),2)", "G4": "SUM(G2:G3)", "A2": ""} {
			if got, err := book.GetCellFormula("N 2023-01-01", cell); err != nil || got != want {
				t.Errorf("the formula of %s is %q, want %q (%v)", cell, got, want, err)
			}
		}
		if got, err := book.CalcCellValue("N 2023-01-01", "E4"); err != nil || got != "487" {
			t.Errorf("the total of days is %s (%v)", got, err)
		}
	})
}

func TestAClosingProvesItsVentilation(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.spread()
		e.close(ids[0], "").want(http.StatusOK)
		v, err := e.hub.Comptabilite.VerifyClotures(t.Context(), e.access())
		must(t, err)
		if len(v.Preuves) != 1 || v.Preuves[0].Synchronisation != 1 || !v.Preuves[0].Tient {
			t.Fatalf("the ventilation is not proved: %+v", v)
		}
		e.push(contrat("K1", "MCO", "01/10/2023", "31/08/2024")) // what is pushed later changes nothing
		if v, err = e.hub.Comptabilite.VerifyClotures(t.Context(), e.access()); err != nil || !v.Preuves[0].Tient {
			t.Fatalf("a later push breaks the proof: %+v %v", v, err)
		}
	})
}
