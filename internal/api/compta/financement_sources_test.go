package compta_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec/npectest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// edition imports an edition that reigns from a day on, with amounts of RNCP38362 in
// the commissions 12, 14 and 15.
func (e *env) edition(depuis passerelle.Date, amounts ...any) {
	e.t.Helper()
	var b bytes.Buffer
	must(e.t, npectest.Write(&b, func(i int) []any {
		if i < len(amounts) {
			return []any{"RNCP38362", "BTS MCO", "Ministère", "BTS", []int{12, 14, 15}[i], "", amounts[i], "A", ""}
		}
		return nil
	}, [][]any{{12, "Commerce", "3237"}, {14, "Spectacle vivant", "3252"}, {15, "Audiovisuel", "3252"}}))
	_, _, err := e.hub.Comptabilite.ImportNPEC(e.t.Context(), hub.DemandeImportNPEC{Fichier: "npec.xlsx", Par: "Ada", Depuis: depuis}, bytes.NewReader(b.Bytes()), int64(b.Len()))
	must(e.t, err)
}

// pca is the deferred income of the organisme at a day.
func (e *env) pca(au, more string) string {
	e.t.Helper()
	return decode[struct{ Total struct{ PCA string } }](e.call("GET", financed("", "&au="+au+more), nil).want(http.StatusOK)).Total.PCA
}

func TestTheAmountComesFromTheEditionOfTheConclusion(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.edition(passerelle.NewDate(2024, 7, 15), 8000, 7000, 7500)
		e.edition(passerelle.NewDate(2025, 9, 1), 9000, 7000, 7500)
		e.push(
			funded("K1", "01/09/2025", "31/08/2026", "dateConclusion=31/08/2025 rncp=38362 idcc=3237 niveau=5"),
			funded("K2", "01/09/2025", "31/08/2026", "dateConclusion=01/09/2025 rncp=RNCP38362 codeCpne=0012 niveau=5"),
			funded("K3", "01/09/2025", "31/08/2026", "dateConclusion=01/09/2025 rncp=38362 idcc=3252 niveau=5"),
			funded("K4", "01/09/2025", "31/08/2026", "dateConclusion=01/09/2025 rncp=38362 idcc=3252 codeCpne=15 niveau=5"),
		)
		for code, want := range map[string]string{"K1": "npec 8000.00", "K2": "npec 9000.00", "K4": "npec 7500.00"} {
			one := decode[financeOne](e.call("GET", financed("/"+code, ""), nil).want(http.StatusOK))
			if got := one.Source + " " + one.MontantAnnuel; got != want {
				t.Errorf("%s: %s, want %s", code, got, want)
			}
		}
		asked := decode[financeOne](e.call("GET", financed("/K3", ""), nil).want(http.StatusOK))
		if cmp.Diff([]string{"npec", "idcc"}, asked.Manque) != "" || !strings.Contains(asked.Message, "14 (Spectacle vivant), 15 (Audiovisuel)") {
			t.Errorf("%+v", asked)
		}
		list := decode[struct {
			Contrats   []struct{ CodeContrat, MontantAnnuel string }
			Incomplets []struct{ CodeContrat string }
			Npec       string
		}](e.call("GET", financed("", "&npec=1"), nil).want(http.StatusOK))
		if list.Npec != "1" || len(list.Contrats) != 3 || list.Contrats[1].MontantAnnuel != "8000.00" || len(list.Incomplets) != 1 || list.Incomplets[0].CodeContrat != "K3" {
			t.Errorf("as of the first edition: %+v", list)
		}
	})
}

func TestTheVentilationHasTheAmountsOfTheSchedule(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.create(year("2025"), year("2026"))
		early := funded("K9", "01/02/2026", "31/01/2027", "dateConclusion=01/01/2026 npec=3650 niveau=3 dateEntreeFormation=22/12/2025")
		early.CodeFormation, early.NomFormation = "NDRC", "BTS NDRC"
		e.push(e1(), contrat("K5", "MCO", "01/09/2025", "31/08/2026"), early)
		type table struct {
			Lignes []struct {
				Cles                       map[string]struct{ Code string }
				Contrats, Jours            int
				Produit, Avance, ARecevoir float64
			}
			Total     struct{ Produit, Avance, ARecevoir float64 }
			SansTarif struct{ Codes, Raisons []string }
		}
		route := ventilation + "&montants=oui&exercice=" + text(ids[0])
		for _, more := range []string{"", "&facturation=opco"} {
			v := decode[table](e.call("GET", route+more, nil).want(http.StatusOK))
			if v.Total.Produit != 2773.97 || v.Total.Avance != 526.03 || v.Total.ARecevoir != 100 {
				t.Errorf("%s: %+v", more, v)
			}
			if len(v.Lignes) != 2 || v.Lignes[0].Contrats != 2 || v.Lignes[0].Jours != 244 || v.Lignes[1].Contrats != 0 || v.Lignes[1].Produit != 100 {
				t.Errorf("%s: %+v", more, v.Lignes)
			}
			if cmp.Diff([]string{"K5"}, v.SansTarif.Codes) != "" || v.SansTarif.Raisons[0] != "financement-incomplet" {
				t.Errorf("%s: %+v", more, v.SansTarif)
			}
		}
		all := decode[struct {
			Contrats []struct {
				CodeContrat          string
				Montant, HorsProduit float64
				Jours                []struct{ Produit float64 }
			}
		}](e.call("GET", ventilation+"&montants=oui", nil).want(http.StatusOK))
		if c := all.Contrats[0]; c.CodeContrat != "K1" || c.Montant != 16000 || c.HorsProduit != 5326.03 || c.Jours[0].Produit != 2673.97 || c.Jours[1].Produit != 8000 {
			t.Errorf("%+v", c)
		}
		// What was there before is still there: a year of the price on its first day.
		e.call("PUT", "/api/v1/mad/tarifs?version=1.0.0", strings.NewReader("par;code;montant annuel;debut;fin\nformation;MCO;8000;;\n"), header{"Content-Type", "text/csv"}).want(http.StatusOK)
		annual := decode[table](e.call("GET", route+"&facturation=annuelle", nil).want(http.StatusOK))
		if annual.Lignes[0].Avance != 2*5326.03 {
			t.Errorf("annuelle: %+v", annual.Lignes)
		}
	})
}

func TestTheFundingOfAClosingIsProvedYearsLater(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.clock.Set(noon.AddDate(2, 0, 0))
		ids := e.create(year("2025"), year("2026"))
		e.edition(passerelle.NewDate(2024, 7, 15), 8000, 7000, 7500)
		byEdition := funded("K4", "01/09/2025", "31/08/2027", "dateConclusion=20/08/2025 rncp=38362 codeCpne=12 niveau=5")
		byPrice := funded("K5", "01/09/2025", "31/08/2027", "dateConclusion=20/08/2025 niveau=5")
		prices := func(amount string) {
			t.Helper()
			e.call("PUT", "/api/v1/mad/tarifs?version=1.0.0", strings.NewReader("par;code;montant annuel;debut;fin\nformation;MCO;"+amount+";;\n"), header{"Content-Type", "text/csv"}).want(http.StatusOK)
		}
		prices("7300")
		e.push(e1(), e3(), byEdition, byPrice)
		e.call("PUT", financed("/K3/opco", ""), strings.NewReader(`{"montantAnnuel":"8000.50"}`)).want(http.StatusOK)
		// 526.03 each of K1 and K4, 526.06 of K3 and 480.00 of K5.
		if got := e.pca("2025-12-31", ""); got != "2058.12" {
			t.Errorf("at the closing: %s", got)
		}
		e.close(ids[0], "&lettering_method_id=1&carry_forward=false").want(http.StatusOK)
		holds := func(when string, want bool) {
			t.Helper()
			v, err := e.hub.Comptabilite.VerifyClotures(t.Context(), e.access())
			must(t, err)
			if v.Rupture != nil || len(v.Preuves) != 1 || v.Preuves[0].Tient != want {
				t.Errorf("%s: %+v", when, v)
			}
		}
		holds("at once", true)
		e.call("DELETE", financed("/K3/opco", ""), nil).want(http.StatusOK)
		prices("1")
		e.edition(passerelle.NewDate(2024, 7, 15), 9999, 7000, 7500) // the same first day: it is right from now on
		k := e1()
		k.NPEC = "9000"
		e.push(k, e3(), byEdition, byPrice)
		_, err := e.hub.Organismes.SetReglages(t.Context(), hub.Acteur{Organisme: e.organisme.ID}, domaine.TousDroits, []hub.ValeurReglage{{Cle: "baseJours", Valeur: "365"}, {Cle: "partEmployeur", Valeur: "non"}}, nil)
		must(t, err)
		holds("after everything changed", true)
		if got := e.pca("2025-12-31", ""); got == "2058.12" {
			t.Error("nothing changed: the closing proves nothing")
		}
		// But for the settings and what the OPCO's figure was, asked for by hand, it is as it was.
		if got := e.pca("2025-12-31", "&synchronisation=1&tarifs=1&npec=1"); got != "2058.09" {
			t.Errorf("as of the closing: %s", got)
		}
		must(t, e.db.Write(t.Context(), func(tx *store.Tx) error { return tx.ForgetContrats(t.Context(), e.organisme.ID) }))
		holds("after the contracts were forgotten", false)
	})
}

func TestAnEditionIsImportedOverHTTPForOneOrganismeAlone(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		const route = "/api/v1/mad/npec?version=1.0.0"
		e.call("GET", route, nil).want(http.StatusOK).wantJSON(`{"editions":[]}`)
		book := func(amount any) *bytes.Reader {
			var b bytes.Buffer
			must(t, npectest.Write(&b, func(i int) []any {
				return [][]any{{"RNCP38362", "BTS MCO", "Ministère", "BTS", 12, "", amount, "A", 45488}, nil}[min(i, 1)]
			}, [][]any{{12, "Commerce", "3237"}}))
			return bytes.NewReader(b.Bytes())
		}
		type edition struct {
			ID, Depuis        string
			Commune, Nouvelle bool
			Montants          int
		}
		first := decode[edition](e.call("POST", route, book(8000)).want(http.StatusOK))
		if first.Depuis != "2024-07-15" || first.Commune || !first.Nouvelle || first.Montants != 1 {
			t.Errorf("%+v", first)
		}
		if again := decode[edition](e.call("POST", route, book(8000)).want(http.StatusOK)); again.Nouvelle || again.ID != first.ID {
			t.Errorf("again: %+v", again)
		}
		if later := decode[edition](e.call("POST", route+"&depuis=2025-09-01", book(9000)).want(http.StatusOK)); later.Depuis != "2025-09-01" {
			t.Errorf("%+v", later)
		}
		if list, err := e.hub.Comptabilite.EditionsNPEC(t.Context(), 0); err != nil || len(list) != 0 {
			t.Errorf("other organismes have %+v %v", list, err)
		}
		e.push(funded("K1", "01/09/2025", "31/08/2026", "dateConclusion=31/08/2025 rncp=38362 idcc=3237 niveau=5"))
		if one := decode[financeOne](e.call("GET", financed("/K1", ""), nil).want(http.StatusOK)); one.Source+" "+one.MontantAnnuel != "npec 8000.00" {
			t.Errorf("%+v", one)
		}
		// What the operator imports is every organisme’s.
		e.edition(passerelle.NewDate(2024, 7, 15), 7000)
		list := decode[struct{ Editions []edition }](e.call("GET", route, nil).want(http.StatusOK))
		if len(list.Editions) != 3 || list.Editions[0].Depuis != "2025-09-01" || !list.Editions[1].Commune {
			t.Errorf("%+v", list)
		}
		e.call("POST", route, strings.NewReader("pas un classeur")).wantError(http.StatusBadRequest, "ERR-INVALID-NPEC")
		if wrong := e.call("POST", route, book("beaucoup")).want(http.StatusBadRequest); !strings.Contains(wrong.Body.String(), `"cell":"G4"`) {
			t.Error(wrong.Body)
		}
		e.call("POST", route+"&depuis=hier", book(1)).want(http.StatusBadRequest)
	})
}
