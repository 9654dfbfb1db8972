package faults_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// Every connection is a new one and waits until all are open.
func TestFiveHundredConnectionsAtOnceAreAllServed(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		const crowd = 500
		o := s.Production(t, "CFA Horizon")
		list := contrats(1_000, 0)
		o.Post(t, pushPath, body(t, list)).Want(t, 200)
		delta := func(i int) []byte {
			changed := list[i]
			changed.MissionTitle = fmt.Sprint("Mission ", i)
			return fmt.Appendf(nil, `{"changes":{"updated":%s}}`, body(t, []passerelle.Contrat{changed}))
		}
		transport := &http.Transport{MaxIdleConnsPerHost: crowd}
		defer transport.CloseIdleConnections()
		client := &http.Client{Transport: transport, Timeout: time.Minute}
		start := make(chan struct{})
		took := make([]time.Duration, crowd)
		var wait sync.WaitGroup
		for i := range crowd {
			method, path, contents := "GET", []string{"/api/sync/v1/test", listPath + "?limit=100", "/api/admin/v1/sessions", "/api/v1/society"}[i%4], []byte(nil)
			if i%10 == 0 {
				method, path, contents = "POST", "/api/sync/v2/contrats/changes", delta(i)
			}
			request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, bytes.NewReader(contents))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer "+o.Token)
			wait.Go(func() {
				<-start
				begun := time.Now()
				answer, err := client.Do(request)
				if err != nil {
					t.Errorf("%s %s: %v", method, path, err)
					return
				}
				defer answer.Body.Close()
				text, err := io.ReadAll(answer.Body)
				// A token has ten calls at once on one route of the accounting API.
				if limited := path == "/api/v1/society" && answer.StatusCode == 429; err != nil || answer.StatusCode != 200 && !limited {
					t.Errorf("%s %s: %d %v %.200s", method, path, answer.StatusCode, err, text)
				}
				took[i] = time.Since(begun)
			})
		}
		started := time.Now()
		close(start)
		wait.Wait()
		total := time.Since(started)
		slices.Sort(took)
		t.Logf("%d connections at once, a tenth of them writing: all answered in %v, median %v, slowest %v",
			crowd, total.Round(time.Millisecond), took[crowd/2].Round(time.Millisecond), took[crowd-1].Round(time.Millisecond))
	})
}
