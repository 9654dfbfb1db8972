package sync_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

func TestAPushOfTooManyContractsIsRefusedWithTheLimit(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o := s.Production(t, "CFA Horizon")
		list := apitest.Numbered(6)
		o.Post(t, v1, apitest.Body(list[:5]...)).Want(t, 200)
		wantUnchanged(t, o, func() {
			for _, path := range []string{v1, v2, diff} {
				o.Post(t, path, apitest.Body(list...)).WantRefusal(t, 413, "too many contrats", "plus de 5 contrats", "--max-contrats")
			}
			o.Post(t, changes, `{"changes":{"added":[{},{},{}],"removed":["A","B","C"]}}`).WantRefusal(t, 413, "too many contrats")
		})
	}, apitest.MaxContrats(5))
}

func TestAPushThatNeedsMoreMemoryThanThereIsIsRefused(t *testing.T) {
	s := apitest.New(t, "sqlite", apitest.Memory(2<<20, time.Second))
	o := s.Production(t, "CFA Horizon")
	o.Post(t, v1, apitest.Body(apitest.Numbered(100)...)).Want(t, 200)
	wantUnchanged(t, o, func() {
		o.Post(t, v1, apitest.Body(apitest.Numbered(5000)...)).WantRefusal(t, 413, "body too large", "--memory")
	})
	if taken, highest, total := s.Hub.Memory(); taken != 0 || highest > total {
		t.Errorf("%d bytes are still taken, %d were at most, of %d", taken, highest, total)
	}
}

func TestAPushWaitsForMemoryAndIsToldToComeAgain(t *testing.T) {
	s := apitest.New(t, "sqlite", apitest.Memory(4<<20, 300*time.Millisecond), apitest.Faulty())
	first, second := s.Production(t, "CFA Horizon"), s.Production(t, "CFA des Deux Rives")
	// The first sends much of its push, and then thinks.
	body, writer := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+v1, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+first.Token)
	sent := make(chan error, 1)
	go func() {
		response, err := http.DefaultClient.Do(request)
		if err == nil && response.StatusCode != http.StatusOK {
			err = fmt.Errorf("the first push: %d", response.StatusCode)
		}
		if err == nil {
			err = response.Body.Close()
		}
		sent <- err
	}()
	whole := text(t, apitest.Body(apitest.Numbered(1600)...))
	cut := strings.LastIndexByte(whole, '{')
	if _, err := io.WriteString(writer, whole[:cut]); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if taken, _, _ := s.Hub.Memory(); taken >= 2<<20 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the first push holds no memory")
		}
	}
	answer := second.Post(t, v1, apitest.Body(apitest.Numbered(1600)...))
	answer.WantRefusal(t, 503, "server busy", "renvoyez-le")
	if answer.Header.Get("Retry-After") == "" {
		t.Error("the answer does not say when to come again")
	}
	second.Post(t, v1, apitest.Body(apitest.Numbered(10)...)).Want(t, 200) // fits beside
	if _, err := io.WriteString(writer, whole[cut:]); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	second.Post(t, v1, apitest.Body(apitest.Numbered(900)...)).Want(t, 200)
}

func TestAnInvalidContractIsGivenBackAsSentHoweverManyThereAre(t *testing.T) {
	s := apitest.New(t, "sqlite")
	o := s.Production(t, "CFA Horizon")
	const n = 3000
	answer := o.Post(t, v2+"?vide=oui", "["+strings.Repeat(`{"x":"y"},`, n-1)+"{}]", apitest.Wrong()).Want(t, 200)
	got := apitest.Decode[struct {
		Success         bool
		InvalidContrats []struct {
			X      string
			Errors []struct{ Field string }
		}
		DetailsTotal int
	}](t, answer)
	if len(got.InvalidContrats) != n || got.InvalidContrats[0].X != "y" || got.InvalidContrats[n-2].X != "y" {
		t.Fatalf("%d contracts are given back, want %d as sent", len(got.InvalidContrats), n)
	}
	listed, each := 0, len(got.InvalidContrats[0].Errors)
	for _, c := range got.InvalidContrats {
		listed += len(c.Errors)
	}
	if listed != 10_000 || got.DetailsTotal != n*each {
		t.Errorf("%d errors are listed of %d, want 10000 of %d", listed, got.DetailsTotal, n*each)
	}
}
