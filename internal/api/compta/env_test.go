package compta_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/server"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// noon is the moment at which the clock of tests starts.
var noon = time.Date(2024, 3, 15, 12, 0, 0, 0, hub.Paris)

// env is a server on a database with one organisme.
type env struct {
	t         testing.TB
	db        *store.DB
	hub       *hub.Hub
	handler   http.Handler
	clock     *apitest.Clock
	organisme *hub.NewOrganisme
	societe   domaine.Societe
	token     string // of Benoît Gariazzo, on the organisme
	jeton     int64  // its id
}

// each runs a test on every database.
func each(t *testing.T, rate int, test func(*testing.T, *env)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) { test(t, newEnv(t, d.Migrated(t), rate)) })
}

func newEnv(t testing.TB, location string, rate int) *env {
	t.Helper()
	ctx := context.Background()
	db, err := open.Database(ctx, location)
	must(t, err)
	e := &env{t: t, db: db, clock: apitest.ClockAt(noon)}
	log := slog.New(slog.DiscardHandler)
	e.hub = hub.New(db, hub.Options{Now: e.clock.Now, Log: log})
	t.Cleanup(func() {
		e.hub.Close()
		must(t, db.Close())
	})
	e.organisme, err = e.hub.Organismes.CreateOrganisme(ctx, "CFA des Dombes", false)
	must(t, err)
	e.jeton, e.token, err = e.hub.Jetons.CreateJeton(ctx, domaine.Jeton{OrganismeID: e.organisme.ID, Droits: domaine.TousDroits, Prenom: "BENOIT", Nom: "GARIAZZO"})
	must(t, err)
	e.societe, err = e.hub.Comptabilite.Societe(ctx, hub.AccesOperateur(id(e.organisme.SocieteID)))
	must(t, err)
	e.handler = server.New(server.Options{Hub: e.hub, Log: log, RateLimit: rate})
	return e
}

// insert puts exercices in the database as they are, with their events and
// closings.
func (e *env) insert(list ...domaine.Exercice) {
	e.t.Helper()
	ctx := context.Background()
	must(e.t, e.db.WriteOrganisme(ctx, e.organisme.ID, func(tx *store.Tx) error {
		var chain []comptable.Maillon
		for _, x := range list {
			id, err := tx.InsertExercice(ctx, e.societe, x)
			if err != nil {
				return err
			}
			x.ID = id
			if err := tx.InsertEvenements(ctx, e.societe, []comptable.Evenement{{Quand: e.clock.Now(), Genre: comptable.Creation, Exercice: x}}, 0, "test"); err != nil {
				return err
			}
			if !x.Clos() {
				continue
			}
			link := comptable.Link(chain, e.societe.ID, x, e.clock.Now(), comptable.Empreinte{})
			if err := tx.InsertMaillon(ctx, e.societe, link, store.SourceVentilation{}); err != nil {
				return err
			}
			chain = append(chain, link)
		}
		return nil
	}))
}

// answer is what the server answered.
type answer struct {
	*httptest.ResponseRecorder
	t testing.TB
}

// header is a header of a request, name then value.
type header [2]string

// call sends a request with the token of the organisme unless a header says
// otherwise; body is text, or a value for JSON.
func (e *env) call(method, path string, body any, headers ...header) *answer {
	e.t.Helper()
	var reader io.Reader
	var sent []byte
	kind := "application/json"
	switch body := body.(type) {
	case nil:
	case string:
		sent = []byte(body)
		if strings.Contains(strings.ToLower(path), "format=tra") {
			kind = "text/plain"
		}
	case io.Reader:
		reader = body
	default:
		sent = must1(json.Marshal(body))
	}
	if sent != nil {
		reader = bytes.NewReader(sent)
	}
	r := httptest.NewRequest(method, path, reader)
	r.Header.Set("Authorization", "Bearer "+e.token)
	if reader != nil {
		r.Header.Set("Content-Type", kind)
	}
	for _, h := range headers {
		r.Header.Del(h[0])
		if h[1] != "" {
			r.Header.Set(h[0], h[1])
		}
	}
	a := &answer{httptest.NewRecorder(), e.t}
	e.handler.ServeHTTP(a, r)
	if sent != nil || reader == nil {
		apitest.Check(e.t, r, sent, a.Code, a.Header(), a.Body.Bytes())
	}
	return a
}

func (a *answer) want(status int) *answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("status %d, want %d: %s", a.Code, status, a.Body)
	}
	return a
}

// wantJSON compares the body with a JSON text, as values.
func (a *answer) wantJSON(want string) *answer {
	a.t.Helper()
	if diff := cmp.Diff(value(a.t, want), value(a.t, a.Body.String())); diff != "" {
		a.t.Fatalf("the answer differs (-want +got):\n%s", diff)
	}
	return a
}

// refusal is the error body.
type refusal struct {
	Error struct {
		Code, Message string
		Details       struct {
			URL, Method, RequestedAt, RequestID string
			Errors                              []struct {
				Code, Message, Field, Suggestion, ExerciceID, Name, ConflictsWith, Rule string
				Index                                                                   *int
				Line, Column                                                            int
			}
		}
	}
}

// wantError compares the status, the code, and the codes of every error listed.
func (a *answer) wantError(status int, code string, all ...string) refusal {
	a.t.Helper()
	a.want(status)
	var got refusal
	must(a.t, json.Unmarshal(a.Body.Bytes(), &got))
	if got.Error.Code != code || got.Error.Message == "" || got.Error.Details.RequestID == "" {
		a.t.Fatalf("code %q, want %q: %s", got.Error.Code, code, a.Body)
	}
	if len(all) > 0 {
		var codes []string
		for _, e := range got.Error.Details.Errors {
			codes = append(codes, e.Code)
		}
		if diff := cmp.Diff(all, codes); diff != "" {
			a.t.Fatalf("the errors differ (-want +got):\n%s\n%s", diff, a.Body)
		}
	}
	return got
}

func decode[T any](a *answer) T {
	a.t.Helper()
	var v T
	must(a.t, json.Unmarshal(a.Body.Bytes(), &v))
	return v
}

func value(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("not JSON: %v: %s", err, text)
	}
	return v
}

func id(n int64) string { return string(must1(json.Marshal(n))) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// date reads a date of a test.
func date(text string) passerelle.Date { return must1(passerelle.ParseDate(text)) }

func periode(debut, fin string) passerelle.Periode {
	return passerelle.Periode{Debut: date(debut), Fin: date(fin)}
}

// item is an exercice as a client sends it.
type item struct {
	Start string `json:"start_date"`
	End   string `json:"end_date"`
	ID    int64  `json:"exercice_id,omitempty"`
}

func items(list ...item) map[string][]item { return map[string][]item{"exercice": list} }

// year is an item of a calendar year.
func year(y string) item { return item{Start: y + "-01-01", End: y + "-12-31"} }
