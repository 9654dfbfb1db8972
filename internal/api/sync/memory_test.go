package sync_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

func TestAPushOfTooManyContractsIsRefusedWithTheLimit(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
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
	if status, again := sendsBeforeItReads(t, s.URL, second.Token, 16<<20); status != 503 || again == "" {
		t.Errorf("who sends everything before it reads is answered %d, Retry-After %q", status, again)
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

// sendsBeforeItReads pushes contracts as a simple client does, which looks at the answer once
// the body is sent.
func sendsBeforeItReads(t *testing.T, url, token string, size int) (status int, again string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := text(t, apitest.Body(apitest.Numbered(900)...))
	body = "[" + strings.Repeat(strings.Trim(body, "[]")+",", size/len(body)) + strings.Trim(body, "[]") + "]"
	if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: hub.example\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", v1, token, len(body), body); err != nil {
		t.Fatalf("the connection is closed on what is sent: %v", err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode, response.Header.Get("Retry-After")
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
