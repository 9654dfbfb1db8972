package compta_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// fuzzEnv is a société with one closed and two open exercices. Changes are
// simulated, so that every input meets the same.
func fuzzEnv(f *testing.F) *env {
	e := newEnv(f, f.TempDir()+"/fuzz.db", 0)
	e.insert(seedExercices()...)
	return e
}

// try sends a request of a fuzzer: whatever it is, the answer is no failure, and
// JSON or a TRA file.
func (e *env) try(t *testing.T, method, path, query, body string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.URL.RawQuery = query
	r.Header.Set("Authorization", "Bearer "+e.token)
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, r)
	if w.Code >= 500 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") != json.Valid(w.Body.Bytes()) {
		t.Fatalf("neither JSON nor a file: %s", w.Body)
	}
	if w.Code == http.StatusOK {
		return
	}
	var got refusal
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Error.Code == "" || got.Error.Message == "" {
		t.Fatalf("the refusal says nothing: %v %s", err, w.Body)
	}
}

func FuzzExerciceBody(f *testing.F) {
	for _, body := range []string{
		`{"exercice":[{"start_date":"2025-01-01","end_date":"2025-12-31"}]}`,
		`{"exercice":[{"start_date":"20250101","end_date":"20261231","exercice_id":17957}]}`,
		`{"exercice":[{"start_date":"2024-01-01","end_date":"2024-06-30","exercice_id":"17957"},{"exercice_id":17956}]}`,
		`{"exercice":[{"start_date":null,"end_date":[],"exercice_id":1e99}]}`,
		`{"exercice":[{}],"exercice":[]}`, `{"exercice":null}`, `[]`, `"`, "\xef\xbb\xbf{}", `{"exercice":[{"start_date":"0001-01-01","end_date":"9999-12-31"}]}`,
		`{"exercice":[{"start_date":"9999-12-01","end_date":"9999-12-31","exercice_id":-9223372036854775808}]}`,
	} {
		f.Add(body)
	}
	e := fuzzEnv(f)
	f.Fuzz(func(t *testing.T, body string) {
		e.try(t, "POST", plat, "simulation=oui", body)
		e.try(t, "PUT", plat, "simulation=oui", body)
	})
}

func FuzzExerciceFile(f *testing.F) {
	for _, file := range []string{
		traFile(exo("N", "2023-01-01", "2023-12-31", "OUV", "H"), exo("N+1", "2024-01-01", "2024-12-31", "OUV", "OAN"), exo("N+2", "2025-01-01", "2025-12-31", "NON", "OAN")),
		traFile(exo("001", "2021-01-01", "2021-12-31", "CDE", "H")),
		traFile(exo("N", "2025-01-01", "2026-12-31", "CPR", "")),
		traFile("***EXON  0101202531122025OUV\n"),
		traFile(), "***", "%PDF-1.7", "", "   ", "***S5CLIDOSSTD\r\n***EXO", "\xff\xfe*", "***S5\n***EXO001010100013112999",
	} {
		f.Add(file)
	}
	e := fuzzEnv(f)
	f.Fuzz(func(t *testing.T, file string) {
		e.try(t, "POST", "/api/v1/mad/exercices", "version=1.0.0&format=tra&simulation=oui", file)
	})
}

func FuzzParameters(f *testing.F) {
	for _, query := range []string{
		"version=1.0.0", "version=1.0.0&format=tra&code=rang&dates=elargies&creation=cloture", "on=2024-02-29", "on=0000-00-00&version=",
		"id_exercice=17956&lettering_method_id=2&carry_forward=true&id_review_model=3", "id_exercice=-1&lettering_method_id=9999999999999999999",
		"mode=extended", "%zz", "a=%00&version=%F0%9F%98%80", "version=1.0.0;format=tra",
	} {
		f.Add(query)
	}
	e := fuzzEnv(f)
	f.Fuzz(func(t *testing.T, query string) {
		simulated := "simulation=oui&" + query
		if values, err := url.ParseQuery(simulated); err == nil && values.Get("simulation") != "oui" {
			t.Skip("the query does not simulate")
		}
		for _, path := range []string{"/api/v1/mad/exercices", plat, "/api/v1/key/info", "/api/v1/society"} {
			e.try(t, "GET", path, query, "")
		}
		e.try(t, "PUT", close, simulated, "")
	})
}
