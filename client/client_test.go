package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/server"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// testHub is a server on an empty database with one sandbox.
type testHub struct {
	*httptest.Server
	hub   *hub.Hub
	token string
}

// newTestHub starts a server; wrap may put something between it and its clients.
func newTestHub(tb testing.TB, wrap func(http.Handler) http.Handler) *testHub {
	tb.Helper()
	h := hub.New(storetest.Of("sqlite").New(tb), hub.Options{})
	organisme, err := h.Organismes.CreateOrganisme(tb.Context(), "CFA Test", true)
	if err != nil {
		tb.Fatal(err)
	}
	handler := server.New(server.Options{Hub: h, Log: slog.New(slog.DiscardHandler)})
	if wrap != nil {
		handler = wrap(handler)
	}
	s := httptest.NewServer(handler)
	tb.Cleanup(func() {
		s.Close()
		h.Close()
	})
	return &testHub{s, h, organisme.Token}
}

func (h *testHub) client(tb testing.TB, options client.Options) *client.Client {
	tb.Helper()
	if options.FirstWait == 0 {
		options.FirstWait = time.Millisecond
	}
	c, err := client.New(h.URL, h.token, options)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func generated(n int) []passerelle.Contrat {
	return slices.Collect(demo.Generate(demo.Params{Contrats: n, Seed: 7, Organisme: "CFA Test"}))
}

// holding returns a client of a new hub that holds contracts.
func holding(t *testing.T, contrats ...passerelle.Contrat) *client.Client {
	t.Helper()
	c := newTestHub(t, nil).client(t, client.Options{})
	if _, err := c.Push(t.Context(), client.Contrats(contrats...), client.PushOptions{}); err != nil {
		t.Fatal(err)
	}
	return c
}

func collect[T any](tb testing.TB, list func(func(T, error) bool)) []T {
	tb.Helper()
	var all []T
	for element, err := range list {
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, element)
	}
	return all
}

func TestWhatIsPushedIsReadBack(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, nil)
	c := h.client(t, client.Options{})
	if nom, err := c.Test(t.Context()); err != nil || nom != "CFA Test" {
		t.Fatalf("test: %q, %v", nom, err)
	}
	contrats := generated(300)
	diff, err := c.Diff(t.Context(), slices.Values(contrats))
	if err != nil || len(diff.Added) != 300 || len(diff.Same)+len(diff.Updated)+len(diff.Removed) != 0 {
		t.Fatalf("diff of a first push: %v", err)
	}
	result, err := c.Push(t.Context(), slices.Values(contrats), client.PushOptions{})
	if err != nil || result.Added != 300 || result.Synchronisation != "1" {
		t.Fatalf("push: %+v, %v", result, err)
	}
	if diff := cmp.Diff(contrats, collect(t, c.Transmis(t.Context()))); diff != "" {
		t.Error(diff)
	}
	if integres := collect(t, c.Integres(t.Context())); len(integres) != 0 {
		t.Errorf("%d contracts are integrated without a modèle", len(integres))
	}
	changed := slices.Clone(contrats[1:])
	changed[0].MissionTitle = "Autre mission"
	diff, err = c.Diff(t.Context(), slices.Values(changed))
	if err != nil {
		t.Fatal(err)
	}
	want := []client.ContratChange{{CodeContrat: changed[0].CodeContrat, Type: "updated", Changes: []client.FieldChange{
		{Field: "missionTitle", Old: contrats[1].MissionTitle, New: "Autre mission"}}}}
	if diff := cmp.Diff(want, diff.Changes); diff != "" {
		t.Error(diff)
	}
	partial, err := c.Change(t.Context(), client.Delta{Removed: []string{contrats[0].CodeContrat, "nowhere"}}, client.PushOptions{})
	if err != nil || partial.Removed != 1 || !slices.Equal(partial.UnknownRemoved, []string{"nowhere"}) {
		t.Fatalf("delta: %+v, %v", partial, err)
	}
	detail, err := c.Synchronisation(t.Context(), "2", 1, 10)
	if err != nil || detail.ChangesTotal != 1 || detail.Changes[0].Type != "removed" {
		t.Fatalf("detail: %+v, %v", detail, err)
	}
	if _, err := c.Undo(t.Context(), "2"); err != nil {
		t.Fatal(err)
	}
	journal := collect(t, c.Synchronisations(t.Context()))
	if len(journal) != 3 || journal[0].Origine != "annulation" || journal[0].Lien != "2" || journal[2].Origine != "v1" {
		t.Errorf("journal: %+v", journal)
	}
	if removed, err := c.Reset(t.Context()); err != nil || removed != 300 {
		t.Errorf("reset: %d, %v", removed, err)
	}
}

func TestIntegration(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, nil)
	c := h.client(t, client.Options{})
	if _, err := c.Push(t.Context(), slices.Values(generated(200)), client.PushOptions{}); err != nil {
		t.Fatal(err)
	}
	groups, err := c.NonIntegres(t.Context())
	if err != nil || len(groups) == 0 {
		t.Fatalf("non-integres: %v", err)
	}
	apercu, err := c.PreviewModele(t.Context(), groups[0].Modele)
	if err != nil || apercu.Contrats != groups[0].Contrats || apercu.Nouveaux != groups[0].Contrats {
		t.Fatalf("preview: %+v, %v", apercu, err)
	}
	created, err := c.CreateModele(t.Context(), groups[0].Modele)
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := c.Sessions(t.Context())
	if err != nil || len(sessions) != len(apercu.Sessions) {
		t.Fatalf("sessions: %d, %v", len(sessions), err)
	}
	if contrats := collect(t, c.SessionContrats(t.Context(), sessions[0].ID)); len(contrats) != sessions[0].Effectif {
		t.Errorf("%d contracts in a session of %d", len(contrats), sessions[0].Effectif)
	}
	created.Actif = false
	if updated, err := c.UpdateModele(t.Context(), created); err != nil || updated.Actif {
		t.Errorf("update: %+v, %v", updated, err)
	}
	if read, err := c.Modele(t.Context(), created.ID); err != nil || cmp.Diff(created, read) != "" {
		t.Errorf("modele: %+v, %v", read, err)
	}
	if err := c.DeleteModele(t.Context(), created.ID); err != nil {
		t.Error(err)
	}
	if left, err := c.Modeles(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("modeles: %+v, %v", left, err)
	}
	if anomalies := collect(t, c.Anomalies(t.Context())); len(anomalies) != 200 || anomalies[0].Code != "aucun-modele" {
		t.Errorf("%d anomalies", len(anomalies))
	}
}

func TestRefusalsAreTyped(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, nil)
	c := h.client(t, client.Options{})
	contrats := generated(40)
	if _, err := c.Push(t.Context(), slices.Values(contrats), client.PushOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Run("an invalid contract is named", func(t *testing.T) {
		wrong := slices.Clone(contrats)
		wrong[3].EmailApprenant = "nobody"
		var refused *client.Error
		_, err := c.Push(t.Context(), slices.Values(wrong), client.PushOptions{})
		if !errors.As(err, &refused) || refused.Status != 422 || refused.DetailsTotal != 1 {
			t.Fatalf("%v", err)
		}
		if v := refused.Details[0]; v.Index != 3 || v.CodeContrat != wrong[3].CodeContrat || v.Field != "emailApprenant" || v.Code != "email-format" {
			t.Errorf("%+v", v)
		}
		partial, err := c.PushValid(t.Context(), slices.Values(wrong), client.PushOptions{})
		if err != nil || partial.Success || len(partial.Valid) != 39 || len(partial.Invalid) != 1 {
			t.Fatalf("%+v, %v", partial, err)
		}
		if invalid := partial.Invalid[0]; invalid.Errors[0].Code != "email-format" || !strings.Contains(string(invalid.Sent), wrong[3].CodeContrat) {
			t.Errorf("%+v", invalid)
		}
	})
	t.Run("a held push is named and confirmed", func(t *testing.T) {
		var refused *client.Error
		_, err := c.Push(t.Context(), slices.Values(contrats[:5]), client.PushOptions{})
		if !errors.As(err, &refused) || refused.Code != "mass archive" || refused.Synchronisation == "" {
			t.Fatalf("%v", err)
		}
		if result, err := c.Confirm(t.Context(), refused.Synchronisation); err != nil || result.Removed != 35 {
			t.Errorf("%+v, %v", result, err)
		}
	})
	t.Run("an empty push has to be meant", func(t *testing.T) {
		var refused *client.Error
		if _, err := c.Push(t.Context(), client.Contrats(), client.PushOptions{}); !errors.As(err, &refused) || refused.Code != "empty push" {
			t.Errorf("%v", err)
		}
		if result, err := c.Push(t.Context(), client.Contrats(), client.PushOptions{Empty: true, Archive: true}); err != nil || result.Total != 0 {
			t.Errorf("%+v, %v", result, err)
		}
	})
	t.Run("a wrong token is not tried again", func(t *testing.T) {
		tries := 0
		other, err := client.New(h.URL, "wrong", client.Options{Retried: func(error, time.Duration) { tries++ }})
		if err != nil {
			t.Fatal(err)
		}
		var refused *client.Error
		if _, err := other.Test(t.Context()); !errors.As(err, &refused) || refused.Status != 401 || tries != 0 {
			t.Errorf("%v after %d tries", err, tries)
		}
	})
}

// failing answers the first requests with a fault.
func failing(n int32, fault http.HandlerFunc) func(http.Handler) http.Handler {
	var count atomic.Int32
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if count.Add(1) <= n {
				fault(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestWhatFailsOnTheWayIsTriedAgain(t *testing.T) {
	t.Parallel()
	hangUp := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for _, test := range []struct {
		name  string
		fault http.HandlerFunc
	}{
		{"a connection that breaks", hangUp},
		{"a body that is read and not answered", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler)
		}},
		{"too many requests", status(429)},
		{"a proxy without server", status(502)},
		{"a server that starts", status(503)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newTestHub(t, failing(2, test.fault))
			tries := 0
			c := h.client(t, client.Options{Retried: func(error, time.Duration) { tries++ }})
			result, err := c.Push(t.Context(), slices.Values(generated(50)), client.PushOptions{})
			if err != nil || result.Total != 50 || tries != 2 {
				t.Errorf("%+v, %v after %d new tries", result, err, tries)
			}
		})
	}
}

func TestTriesEnd(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, failing(1000, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }))
	tries := 0
	c := h.client(t, client.Options{Attempts: 3, Retried: func(error, time.Duration) { tries++ }})
	var refused *client.Error
	if _, err := c.Test(t.Context()); !errors.As(err, &refused) || refused.Status != 503 || tries != 2 {
		t.Errorf("%v after %d new tries", err, tries)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Test(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestAnUndoWithoutAnswerIsNotRepeated(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	h := newTestHub(t, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			tries.Add(1)
			panic(http.ErrAbortHandler)
		})
	})
	if _, err := h.client(t, client.Options{}).Undo(t.Context(), "1"); err == nil || tries.Load() != 1 {
		t.Errorf("%v after %d tries", err, tries.Load())
	}
}

func TestAListThatIsCutShortIsAnError(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"total":2,"contrats":[{"codeContrat":"K1"},`)
		})
	})
	var codes []string
	var last error
	for contrat, err := range h.client(t, client.Options{}).Transmis(t.Context()) {
		if last = err; err == nil {
			codes = append(codes, contrat.CodeContrat)
		}
	}
	if last == nil || !slices.Equal(codes, []string{"K1"}) {
		t.Errorf("%v, %v", codes, last)
	}
}

func TestABadAddressOrTokenIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "hub.example", "ftp://hub.example", "http://"} {
		if _, err := client.New(base, "t", client.Options{}); err == nil {
			t.Errorf("%q is taken for an address", base)
		}
	}
	if _, err := client.New("http://hub.example", "", client.Options{}); err == nil {
		t.Error("an empty token is accepted")
	}
}
