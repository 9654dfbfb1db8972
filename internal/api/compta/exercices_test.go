package compta_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	mad   = "/api/v1/mad/exercices?version=1.0.0"
	plat  = "/api/v1/society/exercice"
	close = "/api/v1/society/closeExercice"
)

// shortList is the list as "name start..end state" lines.
func (e *env) shortList(query string) []string {
	e.t.Helper()
	var lines []string
	for _, x := range decode[[]struct {
		Name   string
		Period struct{ Start, End string }
		State  string
	}](e.call("GET", mad+query, nil).want(http.StatusOK)) {
		lines = append(lines, x.Name+" "+x.Period.Start+".."+x.Period.End+" "+x.State)
	}
	return lines
}

func (e *env) wantList(query string, want ...string) {
	e.t.Helper()
	if diff := cmp.Diff(want, e.shortList(query)); diff != "" {
		e.t.Fatalf("the exercices differ (-want +got):\n%s", diff)
	}
}

// create creates exercices and returns the ids, in the order of items.
func (e *env) create(list ...item) []int64 {
	e.t.Helper()
	byStart := map[string]int64{}
	for _, x := range decode[[]struct {
		ID    int64  `json:"exercice_id"`
		Start string `json:"start_date"`
	}](e.call("POST", plat, items(list...)).want(http.StatusOK)) {
		byStart[x.Start] = x.ID
	}
	ids := make([]int64, len(list))
	for i, it := range list {
		ids[i] = byStart[date(it.Start).Compact()]
	}
	return ids
}

func (e *env) close(id int64, query string) *answer {
	return e.call("PUT", close+"?id_exercice="+text(id)+query, nil)
}

func text(n int64) string { return id(n) }

func TestExercicesAreCreatedMovedAndClosed(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.call("GET", mad, nil).want(http.StatusOK).wantJSON(`[]`)
		a := e.call("POST", plat, items(item{Start: "2022-06-15", End: "2023-12-31"}, year("2024"))).want(http.StatusOK)
		ids := decode[[]struct {
			ID int64 `json:"exercice_id"`
		}](a)
		a.wantJSON(`[{"exercice_id":` + text(ids[0].ID) + `,"start_date":"20240101","end_date":"20241231","label":"N+1","duration":12,"closed":false,"ca":0,"used_software":"Passerelle"},
			{"exercice_id":` + text(ids[1].ID) + `,"start_date":"20220615","end_date":"20231231","label":"N","duration":19,"closed":false,"ca":0,"used_software":"Passerelle"}]`)

		first, second := ids[1].ID, ids[0].ID
		e.call("PUT", plat, items(item{"2022-06-01", "2023-06-30", first}, item{"2023-07-01", "2024-06-30", second})).want(http.StatusOK).
			wantJSON(`[{"exercice_id":` + text(second) + `,"start_date":"20230701","end_date":"20240630","label":"N+1","duration":12,"closed":false,"ca":0,"used_software":"Passerelle"},
				{"exercice_id":` + text(first) + `,"start_date":"20220601","end_date":"20230630","label":"N","duration":13,"closed":false,"ca":0,"used_software":"Passerelle"}]`)

		e.close(first, "&lettering_method_id=2&carry_forward=true&id_review_model=7").want(http.StatusOK).wantJSON(`{"status":"success"}`)
		e.call("GET", plat, nil).want(http.StatusOK).wantJSON(`[
			{"exercice_id":` + text(second) + `,"label":"N","start_date":"20230701","end_date":"20240630","duration":12,"closed":false,"closed_at":null,"closed_by":null,
				"lettering_method_id":2,"result":0,"ca":0,"review_model":{"label":"","id_review_model":0}},
			{"exercice_id":` + text(first) + `,"label":"N-1","start_date":"20220601","end_date":"20230630","duration":13,"closed":true,"closed_at":"20240315","closed_by":` + text(e.jeton) + `,
				"lettering_method_id":2,"result":0,"ca":0,"review_model":{"label":"","id_review_model":7}}]`)
		e.call("GET", mad, nil).want(http.StatusOK).wantJSON(`[
			{"producerId":"` + text(second) + `","name":"N","period":{"start":"2023-07-01","end":"2024-06-30","duration":12,"closed":null},"state":"open","additionalProducerProperties":{"lettering":"MULTI"}},
			{"producerId":"` + text(first) + `","name":"N-1","period":{"start":"2022-06-01","end":"2023-06-30","duration":13,
				"closed":{"at":"2024-03-15","by":{"producerId":"` + text(e.jeton) + `","firstName":"BENOIT","lastName":"GARIAZZO"}}},"state":"closed","additionalProducerProperties":{"lettering":"MULTI"}}]`)
	})
}

func TestEachRuleHasItsCodeAndRecordsNothing(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.create(year("2022"), year("2023"), year("2024"))
		e.close(ids[0], "&lettering_method_id=2").want(http.StatusOK)
		before := e.shortList("")
		for name, c := range map[string]struct {
			method, path string
			body         any
			code         string
			all          []string
		}{
			"a day that belongs to an exercice":   {"POST", plat, items(item{Start: "2024-12-01", End: "2025-12-31"}), "EXERCICE3", []string{"EXERCICE3"}},
			"a gap":                               {"POST", plat, items(item{Start: "2025-02-01", End: "2025-12-31"}), "EXERCICE4", []string{"EXERCICE4"}},
			"a period reversed":                   {"POST", plat, items(item{Start: "2025-12-31", End: "2025-01-01"}), "EXERCICE13", nil},
			"a period of 25 months":               {"POST", plat, items(item{Start: "2025-01-01", End: "2027-01-31"}), "EXERCICE13", []string{"EXERCICE13"}},
			"an exercice before a closed one":     {"POST", plat, items(year("2021")), "EXERCICE13", []string{"EXERCICE13"}},
			"no exercice":                         {"POST", plat, items(), "EXERCICE13", []string{"EXERCICE13"}},
			"several errors, all of them":         {"POST", plat, items(item{Start: "2025-02-01", End: "2025-12-31"}, item{Start: "2027-01-01", End: "2026-01-01"}), "EXERCICE4", []string{"EXERCICE4", "EXERCICE13", "EXERCICE4"}},
			"a missing start and a missing end":   {"POST", plat, `{"exercice":[{"end_date":"2025-12-31"},{"start_date":"2025-01-01","end_date":null}]}`, "GBL21", []string{"GBL21", "GBL22"}},
			"29 February of a common year":        {"POST", plat, `{"exercice":[{"start_date":"2025-02-29","end_date":20251231}]}`, "GBL2", []string{"GBL2", "GBL2"}},
			"an id on creation":                   {"POST", plat, items(item{"2025-01-01", "2025-12-31", 4}), "EXERCICE13", []string{"EXERCICE13"}},
			"a move without id":                   {"PUT", plat, items(year("2025")), "GBL18", []string{"GBL18"}},
			"a move of an unknown exercice":       {"PUT", plat, items(item{"2025-01-01", "2025-12-31", 999}), "EXERCICE10", []string{"EXERCICE10"}},
			"a move of an id that is a word":      {"PUT", plat, `{"exercice":[{"start_date":"2025-01-01","end_date":"2025-12-31","exercice_id":"N"}]}`, "EXERCICE10", []string{"EXERCICE10"}},
			"a move of a closed exercice":         {"PUT", plat, items(item{"2022-01-01", "2022-11-30", ids[0]}), "EXERCICE14", nil},
			"a closed year bypassed by the next":  {"PUT", plat, items(item{"2022-07-01", "2023-12-31", ids[1]}), "EXERCICE3", nil},
			"a move that leaves a gap":            {"PUT", plat, items(item{"2024-02-01", "2024-12-31", ids[2]}), "EXERCICE4", []string{"EXERCICE4"}},
			"a move over the next":                {"PUT", plat, items(item{"2023-01-01", "2024-01-31", ids[1]}), "EXERCICE3", []string{"EXERCICE3"}},
			"closing twice":                       {"PUT", close + "?id_exercice=" + text(ids[0]), nil, "EXERCICE6", []string{"EXERCICE6"}},
			"closing an unknown exercice":         {"PUT", close + "?id_exercice=999", nil, "EXERCICE10", []string{"EXERCICE10"}},
			"closing something that is no number": {"PUT", close + "?id_exercice=N", nil, "EXERCICE10", []string{"EXERCICE10"}},
			"closing nothing":                     {"PUT", close, nil, "GBL18", []string{"GBL18"}},
			"an unknown lettering method":         {"PUT", close + "?lettering_method_id=3&id_exercice=" + text(ids[1]), nil, "EXERCICE12", []string{"EXERCICE12"}},
			"closing out of order":                {"PUT", close + "?id_exercice=" + text(ids[2]), nil, "EXERCICE13", []string{"EXERCICE13"}},
			"no way back to MONO":                 {"PUT", close + "?lettering_method_id=1&id_exercice=" + text(ids[1]), nil, "LETTRAGE7", []string{"LETTRAGE7"}},
			"out of order and back to MONO":       {"PUT", close + "?lettering_method_id=1&id_exercice=" + text(ids[2]), nil, "EXERCICE13", []string{"EXERCICE13", "LETTRAGE7"}},
			"a carry_forward that is neither":     {"PUT", close + "?carry_forward=peut-etre&id_exercice=" + text(ids[1]), nil, "ERR-INVALID-PARAMETER", nil},
			"no version":                          {"GET", "/api/v1/mad/exercices", nil, "ERR-INVALID-VERSION", nil},
			"another version":                     {"GET", "/api/v1/mad/exercices?version=2.0.0", nil, "ERR-INVALID-VERSION", nil},
			"several parameters wrong":            {"GET", "/api/v1/mad/exercices?on=hier&format=pdf", nil, "ERR-INVALID-VERSION", []string{"ERR-INVALID-VERSION", "GBL2", "ERR-INVALID-PARAMETER"}},
			"a day that does not exist":           {"GET", plat + "?on=2024-02-30", nil, "GBL2", nil},
			"a simulation that is neither":        {"PUT", close + "?simulation=1&id_exercice=" + text(ids[1]), nil, "ERR-INVALID-PARAMETER", nil},
			"an import that is not TRA":           {"POST", mad, "***", "ERR-INVALID-PARAMETER", nil},
			"a body that is not JSON":             {"POST", plat, "exercice=1", "ERR-INVALID-BODY", nil},
			"a body that is a list":               {"POST", plat, "[]", "ERR-INVALID-BODY", nil},
			"a body that is cut":                  {"PUT", plat, `{"exercice":[{"start_date":`, "ERR-INVALID-BODY", nil},
		} {
			a := e.call(c.method, c.path, c.body)
			got := a.wantError(http.StatusBadRequest, c.code, c.all...)
			if got.Error.Details.Method != c.method {
				t.Errorf("%s: method %q", name, got.Error.Details.Method)
			}
			if diff := cmp.Diff(before, e.shortList("")); diff != "" {
				t.Fatalf("%s was recorded:\n%s", name, diff)
			}
		}
		if got := e.call("POST", plat, items(item{Start: "2025-02-01", End: "2025-12-31"})).wantError(400, "EXERCICE4"); got.Error.Details.Errors[0].Suggestion != "2025-01-01" {
			t.Errorf("the nearest date is not suggested: %+v", got)
		}
	})
}

func TestAChangeMayBeSimulatedAndRecordsNothing(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.call("POST", plat+"?simulation=oui", items(year("2023"))).want(http.StatusOK).wantJSON(`{"simulation":true,"warnings":[],"exercices":[
			{"producerId":"0","name":"N","period":{"start":"2023-01-01","end":"2023-12-31","duration":12,"closed":null},"state":"open","additionalProducerProperties":{"lettering":"MONO"}}]}`)
		e.wantList("")
		ids := e.create(year("2023"), year("2024"))
		want := []string{"N+1 2024-01-01..2024-12-31 open", "N 2023-01-01..2023-12-31 open"}
		type simulated struct {
			Exercices []struct{ Name, State string }
			Warnings  []struct{ Code string }
		}
		s := decode[simulated](e.close(ids[0], "&simulation=oui").want(http.StatusOK))
		if s.Exercices[1].Name != "N-1" || s.Exercices[1].State != "closed" {
			t.Errorf("the timeline after closing is not answered: %+v", s)
		}
		e.wantList("", want...)
		s = decode[simulated](e.call("PUT", plat+"?simulation=oui", items(item{"2024-01-01", "2025-06-30", ids[1]})).want(http.StatusOK))
		if len(s.Warnings) != 1 || s.Warnings[0].Code != "duree-12-mois" {
			t.Errorf("the long exercice is not warned of: %+v", s)
		}
		e.wantList("", want...)
		e.call("PUT", plat+"?simulation=oui", items(item{"2024-02-01", "2024-12-31", ids[1]})).wantError(400, "EXERCICE4")
		e.wantList("", want...)
		file := e.call("GET", mad+"&format=tra", nil).want(http.StatusOK).Body.String()
		other, err := e.hub.Organismes.CreateOrganisme(t.Context(), "Autre", false)
		must(t, err)
		e.call("POST", mad+"&format=tra&simulation=oui", file, header{"Authorization", "Bearer " + other.Token}).want(http.StatusOK)
		e.call("GET", mad, nil, header{"Authorization", "Bearer " + other.Token}).want(http.StatusOK).wantJSON(`[]`)
	})
}

func TestTheListAnswersAsOfTheEndOfAnyDay(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.create(year("2022"), year("2023")) // on 15 March 2024
		e.clock.Set(noon.AddDate(0, 0, 10))
		e.close(ids[0], "").want(http.StatusOK)
		// 23:30 in Paris on 1 April is the end of the day there, not in UTC.
		e.clock.Set(noon.AddDate(0, 0, 17).Add(11*time.Hour + 30*time.Minute))
		e.create(year("2024"))
		e.wantList("&on=2024-03-14")
		e.wantList("&on=2024-03-15", "N+1 2023-01-01..2023-12-31 open", "N 2022-01-01..2022-12-31 open")
		e.wantList("&on=2024-03-24", "N+1 2023-01-01..2023-12-31 open", "N 2022-01-01..2022-12-31 open")
		e.wantList("&on=2024-03-25", "N 2023-01-01..2023-12-31 open", "N-1 2022-01-01..2022-12-31 closed")
		e.wantList("&on=2024-03-31", "N 2023-01-01..2023-12-31 open", "N-1 2022-01-01..2022-12-31 closed")
		e.wantList("&on=2024-04-01", "N+1 2024-01-01..2024-12-31 open", "N 2023-01-01..2023-12-31 open", "N-1 2022-01-01..2022-12-31 closed")
		e.call("GET", plat+"?on=2024-03-14", nil).want(http.StatusOK).wantJSON(`[]`)
		e.call("GET", mad+"&format=tra&on=2024-03-14", nil).wantError(400, "EXERCICE1")
	})
}

func TestAClosingIsChainedAndCanBeVerified(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		ids := e.create(year("2021"), year("2022"), year("2023"))
		e.close(ids[0], "").want(http.StatusOK)
		a := decode[struct {
			Status   string
			Warnings []struct{ Code string }
		}](e.close(ids[1], "&lettering_method_id=2").want(http.StatusOK))
		if a.Status != "success" || len(a.Warnings) != 0 {
			t.Errorf("closing answered %+v", a)
		}
		v, err := e.hub.Comptabilite.VerifyClotures(t.Context(), e.access())
		must(t, err)
		if v.Clotures != 2 || v.Rupture != nil || v.Derniere.String() == "" {
			t.Fatalf("the chain does not hold: %+v", v)
		}
		e.tamper(ids[0], func(x *exercice) { x.Periode.Fin-- })
		if v, err = e.hub.Comptabilite.VerifyClotures(t.Context(), e.access()); err != nil || v.Rupture == nil || v.Rupture.Exercice != ids[0] {
			t.Fatalf("a closed exercice was changed behind the hub's back, unnoticed: %+v %v", v, err)
		}
	})
}

func TestAnExerciceDoesNotStartBeforeTheRegistration(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		s := e.societe
		day := date("2023-03-01")
		s.Nom, s.Immatriculation = "Filiale", &day
		s, err := e.hub.Comptabilite.CreateSociete(t.Context(), s)
		must(t, err)
		h := header{"society-id", id(s.ID)}
		e.call("POST", plat, items(year("2023")), h).wantError(http.StatusForbidden, "EXERCICE5", "EXERCICE5")
		e.call("POST", plat, items(item{Start: "2023-03-01", End: "2023-12-31"}), h).want(http.StatusOK)
	})
}
