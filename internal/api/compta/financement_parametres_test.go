package compta_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func TestACertificationIsOneLineOfTheFundingHoweverItWasSent(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		one, two, three := e1(), e1(), e1()
		two.CodeContrat, two.RNCP = "K2", "RNCP38362"
		three.CodeContrat, three.RNCP = "K3", "rncp 38362"
		e.push(one, two, three)
		list := decode[struct {
			Lignes []struct {
				Cles     map[string]struct{ Code, Nom string }
				Contrats int
			}
		}](e.call("GET", financed("", "&par=rncp"), nil).want(http.StatusOK))
		if len(list.Lignes) != 1 || list.Lignes[0].Contrats != 3 || list.Lignes[0].Cles["rncp"].Code != "RNCP38362" {
			t.Errorf("%+v", list.Lignes)
		}
		if csv := e.call("GET", financed("", "&par=rncp&format=csv"), nil).want(http.StatusOK).Body.String(); !strings.Contains(csv, "\r\nRNCP38362;RNCP38362;3;") || !strings.Contains(csv, "\r\nTotal;;3;") {
			t.Error(csv)
		}
	})
}

func TestTheFundingOfWhatIsIntegratedAlone(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		other := e3()
		other.CodeFormation, other.NomFormation = "NDRC", "BTS NDRC"
		e.push(e1(), other)
		_, err := e.hub.Integration.CreateModele(t.Context(), e.organisme.ID, domaine.Modele{Nom: "MCO", Actif: true, Criteres: passerelle.Criteres{"codeFormation": {"MCO"}}})
		must(t, err)
		type list struct {
			Contrats []struct{ CodeContrat string }
		}
		if all := decode[list](e.call("GET", financed("", "&etat=transmis"), nil).want(http.StatusOK)); len(all.Contrats) != 2 {
			t.Errorf("%+v", all)
		}
		if some := decode[list](e.call("GET", financed("", "&etat=integres"), nil).want(http.StatusOK)); len(some.Contrats) != 1 || some.Contrats[0].CodeContrat != "K1" {
			t.Errorf("%+v", some)
		}
		e.call("GET", financed("", "&etat=integres&synchronisation=1"), nil).wantError(http.StatusBadRequest, "ERR-INVALID-PARAMETER")
		e.call("GET", financed("", "&etat=valides"), nil).wantError(http.StatusBadRequest, "ERR-INVALID-PARAMETER")
	})
}

func TestAParameterThatARouteOfFundingDoesNotHaveIsRefusedByName(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.push(e1())
		id := text(e.create(year("2025"))[0])
		for _, route := range []string{financed("", ""), financed("/K1", ""), financed("/ecritures", "&exercice="+id), "/api/v1/mad/campagne?version=1.0.0&annee=2025", echeanciers + "/rapprochement?version=1.0.0"} {
			e.call("GET", route, nil).want(http.StatusOK)
			for more, name := range map[string]string{"&maison=1": "maison", "&Au=2025-12-31": "Au", "&version=1.0.0": "version", "&archives=oui&archives=non": "archives", "&lea%40cfa.example=1": "…"} {
				got := e.call("GET", route+more, nil).wantError(http.StatusBadRequest, "ERR-INVALID-PARAMETER")
				if len(got.Error.Details.Errors) != 1 || !strings.Contains(got.Error.Message, "« "+name+" »") {
					t.Errorf("%s%s: %+v", route, more, got.Error)
				}
			}
		}
		e.call("POST", echeanciers+"?version=1.0.0&maping=x", strings.NewReader(opcoLines)).wantError(http.StatusBadRequest, "ERR-INVALID-PARAMETER")
		if got := e.call("GET", financed("/ecritures", ""), nil).wantError(http.StatusBadRequest, "GBL18"); strings.Contains(got.Error.Message, "clôturer") {
			t.Error(got.Error.Message)
		}
	})
}

func TestTheFigureOfAnOPCOThatIsWrongIsRefusedInOneWay(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.push(e1())
		for body, word := range map[string]string{
			`{}`:                          "obligatoire",
			`{"montantAnnuel":null}`:      "obligatoire",
			`{"montant":"8000"}`:          "obligatoire",
			`{"montantAnnuel":""}`:        "montantAnnuel",
			`{"montantAnnuel":"cher"}`:    "n’est pas un montant",
			`{"montantAnnuel":-1}`:        "montantAnnuel",
			`{"montantAnnuel":0}`:         "plus de 0",
			`{"montantAnnuel":10000001}`:  "10000000,00",
			`{"montantAnnuel":"1e400"}`:   "montantAnnuel",
			`{"montantAnnuel":["8000"]}`:  "montantAnnuel",
			`{"montantAnnuel":{"a":"8"}}`: "montantAnnuel",
		} {
			got := e.call("PUT", financed("/K1/opco", ""), strings.NewReader(body)).wantError(http.StatusBadRequest, "ERR-INVALID-PARAMETER")
			if !strings.Contains(got.Error.Message, word) {
				t.Errorf("%s: %s", body, got.Error.Message)
			}
		}
		// Nothing is recorded by a request that cannot be answered.
		e.call("PUT", financed("/K1/opco", "&au=hier"), strings.NewReader(`{"montantAnnuel":"1"}`)).wantError(http.StatusBadRequest, "GBL2")
		if one := decode[financeOne](e.call("GET", financed("/K1", ""), nil).want(http.StatusOK)); one.Source != "contrat" {
			t.Errorf("%+v", one)
		}
	})
}

func TestWhatNoOPCOSpokeOfIsAtRiskAndThenLost(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.push(e1())
		if b := e.rapprochement("2027-12-31"); len(b.ARisque) != 1 || b.ARisque[0].JoursRestants != 0 || len(b.Perdus) != 0 {
			t.Errorf("the last day: %+v", b)
		}
		b := e.rapprochement("2028-01-01")
		if len(b.ARisque)+len(b.EnRetard)+len(b.AFacturer) != 0 || len(b.Perdus) != 1 {
			t.Fatalf("the day after: %+v", b)
		}
		if diff := cmp.Diff([]string{"K1", "2027-09-01", "800.00"}, []string{b.Perdus[0].CodeContrat, b.Perdus[0].Date, b.Perdus[0].Montant}); diff != "" || b.Perdus[0].Jours != 122 {
			t.Error(diff, b.Perdus[0].Jours)
		}
		if later := e.rapprochement("2035-01-01"); len(later.Perdus) != 1 {
			t.Errorf("for good: %+v", later)
		}
	})
}

func TestDaysThatAreThereAreNotSaidToLack(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.push(e1(), funded("K2", "01/01/0001", "31/12/9999", "npec=8000"), funded("K4", "01/09/2025", "01/09/2045", "npec=8000"), contrat("K5", "MCO", "01/09/2025", ""))
		list := decode[struct {
			Incomplets []struct {
				CodeContrat     string
				Manque          []string
				Raison, Message string
			}
			TotalIncomplets int
		}](e.call("GET", financed("", ""), nil).want(http.StatusOK))
		if list.TotalIncomplets != 3 || len(list.Incomplets) != 3 || list.Incomplets[2].Manque[0] != "dateFin" {
			t.Fatalf("%+v", list)
		}
		for _, i := range list.Incomplets[:2] {
			if i.Manque == nil || len(i.Manque) != 0 || i.Raison != "duree-impossible" || !strings.Contains(i.Message, "20 ans") {
				t.Errorf("%+v", i)
			}
		}
		csv := e.call("GET", "/api/v1/mad/campagne?version=1.0.0&annee=2025&format=csv", nil).want(http.StatusOK).Body.String()
		if !strings.Contains(csv, "\r\nÀ compléter;;;;;;;;;;;;K2;") || !strings.Contains(csv, "\r\nÀ compléter;;;;;;;;;;;;K5;dateFin, npec, rncp, idcc, niveau\r\n") {
			t.Error(csv)
		}
		if one := decode[financeOne](e.call("GET", financed("/K2", ""), nil).want(http.StatusOK)); len(one.Manque) != 0 || !strings.Contains(one.Message, "31/12/9999") {
			t.Errorf("%+v", one)
		}
	})
}

func TestADepositNamesWhatIsBelowZeroAndWhatIsSaidTwice(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.push(e1())
		got := e.call("POST", echeanciers+"?version=1.0.0", strings.NewReader("codeContrat;date;montant\nK1;01/09/2025;3200\nK1;01/03/2026;-2400,00\n")).wantError(http.StatusBadRequest, "ERR-INVALID-ECHEANCIER")
		if len(got.Error.Details.Errors) != 1 || !strings.Contains(got.Error.Message, "négatif") {
			t.Errorf("%+v", got.Error)
		}
		if body := e.call("POST", echeanciers+"?version=1.0.0", strings.NewReader("codeContrat;date;montant\nK1;01/09/2025;3200\nK1;01/03/2026;-2400,00\n")).Body.String(); !strings.Contains(body, `"cell":"C3"`) {
			t.Error(body)
		}
		twice := decode[struct {
			Lignes         int
			Avertissements []string
		}](e.call("POST", echeanciers+"?version=1.0.0", strings.NewReader(`{"lignes":[{"codeContrat":"K1","date":"01/09/2025","montant":"3200"},{"codeContrat":"K1","date":"01/09/2025","montant":"3200.00"}]}`)).want(http.StatusOK))
		if twice.Lignes != 2 || len(twice.Avertissements) != 1 || !strings.Contains(twice.Avertissements[0], "ligne 2") {
			t.Errorf("%+v", twice)
		}
	})
}
