package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

func TestListsAndJournalsAreReadFromTheReplica(t *testing.T) {
	t.Parallel()
	primary := pgtest.Durable(t)
	replica := primary.Replica()
	o := decode[map[string]any](t, must(t, "organisme", "create", "--nom", "CFA Test", "--db", primary.DSN(), "--json"))
	token, _ := o["token"].(string)

	ctx, stop := context.WithCancel(t.Context())
	logged, ended := &output{}, make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--addr", "127.0.0.1:0", "--db", primary.DSN(), "--db-read", replica.DSN()}, strings.NewReader(""), io.Discard, logged)
	}()
	defer func() {
		stop()
		if status := <-ended; status != exitDone {
			t.Errorf("serve ended with status %d:\n%s", status, logged)
		}
	}()
	url := servedAt(t, logged)
	call := func(method, path string, body []byte) string {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, url+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %d %s %v", method, path, response.StatusCode, text, err)
		}
		return string(text)
	}
	lists := []string{"/api/sync/v1/contrats-get-all", "/api/sync/v1/contrats", "/api/sync/v1/synchronisations", "/api/sync/v1/synchronisations/1", "/api/sync/v1/anomalies"}

	body, err := json.Marshal(map[string]any{"contrats": apitest.Numbered(30)})
	if err != nil {
		t.Fatal(err)
	}
	call("POST", "/api/sync/v1/contrats", body)
	for _, path := range lists {
		call("GET", path, nil)
	}
	if text := call("GET", lists[0], nil); strings.Count(text, `"codeContrat"`) != 30 {
		t.Errorf("the replica does not list what was just pushed: %s", text)
	}
	// A machine that is busy may leave the replica behind for a while.
	answered := regexp.MustCompile(`passerelle_replica_reads_total\{answered="replica"\} [1-9]`)
	for deadline := time.Now().Add(30 * time.Second); !answered.MatchString(call("GET", "/metrics", nil)); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the replica answers nothing")
		}
		call("GET", lists[0], nil)
	}

	replica.Stop()
	if text := call("GET", lists[0], nil); strings.Count(text, `"codeContrat"`) != 30 {
		t.Errorf("without the replica the list is %s", text)
	}
}

// servedAt waits until a server has logged its address.
func servedAt(t *testing.T, logged *output) string {
	t.Helper()
	address := regexp.MustCompile(`address=(http://\S+)`)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if found := address.FindStringSubmatch(logged.String()); found != nil {
			return found[1]
		}
	}
	t.Fatalf("no server after 20 s:\n%s", logged)
	return ""
}
