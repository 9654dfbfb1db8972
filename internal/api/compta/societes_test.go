package compta_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/api/compta"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

const society = "/api/v1/society"

// company is a société as a client of MyUnisoft reads it.
type company struct {
	ID         int64 `json:"society_id"`
	Name       string
	SIRET      *string
	Registered *string `json:"registration_date"`
	Reference  *string `json:"folder_reference"`
}

// societies is a list of them.
type societies struct {
	company
	Rows  int       `json:"row_numbers"`
	Pages *int      `json:"pages_number"`
	Array []company `json:"society_array"`
}

func (s societies) names() []string {
	names := []string{}
	for _, c := range s.Array {
		names = append(names, c.Name)
	}
	return names
}

// office gives the hub a cabinet with four sociétés, the one of e being the first.
func office(t *testing.T, e *env) header {
	for i, s := range []domaine.Societe{
		{Nom: "Métiers de la Bresse", SIRET: "49401289100011", Reference: "ABC"},
		{Nom: "École des Dombes", SIRET: "49401289100029", Reference: "B12"},
		{Nom: "Atelier", SIRET: "50112156000013", Reference: "B12"},
	} {
		other, err := e.hub.Organismes.CreateOrganisme(t.Context(), fmt.Sprint("Organisme ", i), false)
		must(t, err)
		_, err = e.hub.Comptabilite.SetSociete(t.Context(), other.SocieteID, func(now *domaine.Societe) { now.Nom, now.SIRET, now.Reference = s.Nom, s.SIRET, s.Reference })
		must(t, err)
	}
	return e.newToken(domaine.Jeton{Droits: domaine.Droits{domaine.DroitExercices}})
}

func TestACabinetFindsItsSocietesAsAtMyUnisoft(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		cabinet := office(t, e)
		list := func(query string) societies {
			return decode[societies](e.call("GET", society+query, nil, cabinet).want(http.StatusOK))
		}
		for query, want := range map[string][]string{
			"":                      {"CFA des Dombes", "Métiers de la Bresse", "École des Dombes", "Atelier"},
			"?q=DOMBES":             {"CFA des Dombes", "École des Dombes"},
			"?q=ecole":              {"École des Dombes"},
			"?q=%25":                {},
			"?siret=494012891":      {"Métiers de la Bresse", "École des Dombes"},
			"?siret=50112156000013": {"Atelier"},
			"?siret=123456789":      {},
			"?sort=" + url.QueryEscape(`{"column":"name","direction":"asc"}`):           {"Atelier", "CFA des Dombes", "École des Dombes", "Métiers de la Bresse"},
			"?sort=" + url.QueryEscape(`{"column":"siret","direction":"desc"}`):         {"Atelier", "École des Dombes", "Métiers de la Bresse", "CFA des Dombes"},
			"?sort=" + url.QueryEscape(`{"column":"city","direction":"asc"}`):           {"CFA des Dombes", "Métiers de la Bresse", "École des Dombes", "Atelier"},
			"?q=dombes&sort=" + url.QueryEscape(`{"column":"name","direction":"desc"}`): {"École des Dombes", "CFA des Dombes"},
			"?limit=3&page=2": {"Atelier"},
			"?limit=3&page=9": {},
		} {
			if diff := cmp.Diff(want, list(query).names()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", query, diff)
			}
		}
		if all := list("?limit=3"); all.Rows != 4 || *all.Pages != 2 || len(all.Array) != 3 {
			t.Errorf("a page: %+v", all)
		}
		if all := list(""); all.Rows != 4 || all.Pages != nil || all.ID != 0 {
			t.Errorf("the whole list: %+v", all)
		}
		// There it is alone; it is at the top here, too.
		if one := list("?siret=50112156000013"); one.Name != "Atelier" || one.ID != one.Array[0].ID || *one.company.SIRET != "50112156000013" {
			t.Errorf("one SIRET: %+v", one)
		}
		for _, query := range []string{"?siret=12", "?sort=name", `?sort=` + url.QueryEscape(`{"column":"nom"}`), `?sort=` + url.QueryEscape(`{"column":"name","direction":"up"}`),
			"?limit=0", "?page=2", "?siren=494012891"} {
			e.call("GET", society+query, nil, cabinet).wantError(http.StatusBadRequest, "ERR-INVALID-PARAMETER")
		}
		// A token of one société that selects is given what it selects, not itself.
		if none := decode[societies](e.call("GET", society+"?siret=50112156000013", nil).want(http.StatusOK)); none.Rows != 0 || none.Array == nil {
			t.Errorf("another's SIRET: %+v", none)
		}
	})
}

func TestASocieteIsFoundByTheReferenceOfTheCabinet(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		cabinet := office(t, e)
		found := e.call("GET", society+"/search?reference=ABC", nil, cabinet).want(http.StatusOK)
		one := decode[company](found)
		found.wantJSON(`{"name":"Métiers de la Bresse","siret":"49401289100011","society_id":` + id(one.ID) + `}`)
		e.call("GET", society+"/search?reference=XYZ", nil, cabinet).wantError(http.StatusBadRequest, "SOCIETE16")
		e.call("GET", society+"/search?reference=B12", nil, cabinet).wantError(http.StatusBadRequest, "SOCIETE16") // of two
		e.call("GET", society+"/search?reference=ABC", nil).wantError(http.StatusBadRequest, "SOCIETE16")          // of another organisme
		e.call("GET", society+"/search", nil, cabinet).wantError(http.StatusBadRequest, "GBL18")
		e.call("GET", society+"/search?ref=ABC", nil, cabinet).wantError(http.StatusBadRequest, "ERR-INVALID-PARAMETER")
	})
}

func TestNoAccountingRouteTakesAParameterThatItDoesNotKnow(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		for _, route := range compta.Dialect(compta.Options{Hub: e.hub}).Routes {
			path := strings.ReplaceAll(route.Path, "{codeContrat}", "K1")
			for _, query := range []string{"?version=1.0.0&exercise=1", "?version=1.0.0&Par=site"} {
				a := e.call(route.Method, path+query, strings.NewReader("{}"))
				if a.Code != http.StatusBadRequest || !strings.Contains(a.Body.String(), "il n’existe pas ici") {
					t.Errorf("%s %s%s: %d %s", route.Method, path, query, a.Code, a.Body)
				}
			}
		}
	})
}

func TestAnErrorNamesThePathThatWasAskedFor(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		for asked, want := range map[string]string{
			"/api/v1/mad/financement/K1%2F2?version=1.0.0&au=2026-01-01": "/api/v1/mad/financement/K1%2F2?version=1.0.0&au=2026-01-01",
			"/api/v1/mad/exercises?version=1.0.0":                        "/api/v1/mad/exercises?version=1.0.0",
			"/api/v1/users_v2":                                           "/api/v1/users_v2",
			"/api/v1/L%C3%A9a/K1":                                        "/api/v1/…/K1",
			"/api/v1/society?siret=12345678x":                            "/api/v1/society",
		} {
			a := e.call("GET", asked, nil)
			if got := decode[refusal](a).Error.Details.URL; got != want {
				t.Errorf("%s: %s, want %s", asked, got, want)
			}
		}
	})
}
