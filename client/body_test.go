package client_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
)

func TestABodyOfTheCallersOwnIsSent(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, failing(1, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	tries := 0
	c := h.client(t, client.Options{Retried: func(error, time.Duration) { tries++ }})
	body := client.Body(func(w io.Writer) error {
		_, err := io.WriteString(w, `[{"codeContrat":"K1"}]`)
		return err
	})
	var refused *client.Error
	if _, err := c.PushBody(t.Context(), body, client.PushOptions{}); !errors.As(err, &refused) || refused.Status != 422 || tries != 1 {
		t.Errorf("%v after %d new tries", err, tries)
	}
}

func TestASourceThatFailsIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	h := newTestHub(t, nil)
	tries := 0
	c := h.client(t, client.Options{Retried: func(error, time.Duration) { tries++ }})
	gone := errors.New("the disk is gone")
	body := client.Stream(func(yield func(passerelle.Contrat, error) bool) {
		for _, contrat := range generated(200) {
			if !yield(contrat, nil) {
				return
			}
		}
		yield(passerelle.Contrat{}, gone)
	})
	if _, err := c.PushBody(t.Context(), body, client.PushOptions{}); !errors.Is(err, gone) || tries != 0 {
		t.Errorf("%v after %d new tries", err, tries)
	}
	if journal := collect(t, c.Synchronisations(t.Context())); len(journal) != 0 {
		t.Errorf("a part of a push was recorded: %+v", journal)
	}
}

func TestADiffIsYieldedAsItArrives(t *testing.T) {
	t.Parallel()
	contrats := generated(20)
	c := holding(t, contrats...)
	contrats[1].MissionTitle = "Autre mission"
	changed := append(contrats[1:], generated(21)[20])
	got := map[client.DiffKind]int{}
	source := client.Stream(func(yield func(passerelle.Contrat, error) bool) {
		for _, c := range changed {
			if !yield(c, nil) {
				return
			}
		}
	})
	for item, err := range c.DiffItems(t.Context(), source) {
		if err != nil {
			t.Fatal(err)
		}
		got[item.Kind]++
	}
	want := map[client.DiffKind]int{client.DiffSame: 18, client.DiffAdded: 1, client.DiffUpdated: 1, client.DiffRemoved: 1, client.DiffChanges: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for range c.DiffItems(t.Context(), source) {
		break // leaving early is no error
	}
}

func TestADiffThatIsCutShortIsAnError(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`{"same":[{}],"added":[{"codeContrat":"K1"}`, `{"same":[],"added":[],"updated":[],"removed":[]`} {
		h := newTestHub(t, func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				fmt.Fprint(w, answer)
			})
		})
		var last error
		for _, err := range h.client(t, client.Options{}).DiffItems(t.Context(), func(w io.Writer) error {
			_, err := io.Copy(w, strings.NewReader("[]"))
			return err
		}) {
			last = err
		}
		if last == nil {
			t.Errorf("%s is taken for a whole diff", answer)
		}
	}
}
