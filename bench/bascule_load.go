package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/bench"
)

// caller pushes the whole set of an organisme again and again, each time with its
// number in every contract, and looks at what is there after each answer.
type caller struct {
	url, token string
	client     *http.Client
	contrats   []passerelle.Contrat

	number  int          // of the last push that was sent
	acked   int          // of the last one that was answered 200
	unknown map[int]bool // sent since then, of which nobody knows
	refused map[int]bool // sent since then, answered 503

	mu    sync.Mutex
	calls []callMade
	found findings
}

// callMade is one call.
type callMade struct {
	began, ended time.Time
	status       int // 0 where the connection broke
	push         bool
}

// findings are what must not be, and what was there.
type findings struct {
	acknowledged, looks, lost, partial, lied, failed int
	first                                            string // of what must not be
}

func newCaller(url, token string, contrats int, seed uint64) (*caller, error) {
	corpus, err := bench.NewCorpus(contrats, seed)
	if err != nil {
		return nil, err
	}
	return &caller{url: url, token: token, client: &http.Client{Timeout: 90 * time.Second, Transport: &http.Transport{}}, contrats: corpus.Contrats,
		unknown: map[int]bool{}, refused: map[int]bool{}}, nil
}

// work pushes until ctx ends.
func (c *caller) work(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := c.pushOnce(ctx); err != nil {
			return err
		}
		c.look(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(300 * time.Millisecond):
		}
	}
	return nil
}

func (c *caller) pushOnce(ctx context.Context) error {
	c.number++
	for i := range c.contrats {
		c.contrats[i].MissionTitle = "Envoi " + strconv.Itoa(c.number)
	}
	body, err := json.Marshal(c.contrats)
	if err != nil {
		return err
	}
	c.unknown[c.number] = true // until there is an answer
	status, _, own := c.call(ctx, "POST", "/api/sync/v1/contrats?confirmer=oui", string(body))
	switch {
	case status == http.StatusOK:
		c.acked = c.number
		clear(c.unknown)
		clear(c.refused)
		c.found.acknowledged++
	case status == http.StatusServiceUnavailable && own:
		delete(c.unknown, c.number)
		c.refused[c.number] = true
	}
	return nil
}

// look holds what is there against what was acknowledged.
func (c *caller) look(ctx context.Context) {
	status, body, _ := c.call(ctx, "GET", "/api/sync/v1/contrats-get-all", "")
	if status != http.StatusOK {
		return
	}
	var list struct {
		Contrats []struct{ MissionTitle string }
	}
	if json.Unmarshal(body, &list) != nil {
		return // it broke off, as a list does whose database leaves
	}
	c.found.looks++
	seen := map[string]bool{}
	for _, contrat := range list.Contrats {
		seen[contrat.MissionTitle] = true
	}
	number := 0
	for title := range seen {
		number, _ = strconv.Atoi(strings.TrimPrefix(title, "Envoi "))
	}
	switch {
	case len(list.Contrats) == 0 && c.acked == 0:
	case len(list.Contrats) != len(c.contrats) || len(seen) != 1:
		c.wrong(&c.found.partial, fmt.Sprintf("%d contracts of %d pushes", len(list.Contrats), len(seen)))
	case number == c.acked:
	case c.unknown[number]:
		c.acked = number // what was seen once must not go either
		delete(c.unknown, number)
	case c.refused[number]:
		c.wrong(&c.found.lied, fmt.Sprintf("push %d is there, which was answered 503", number))
	default:
		c.wrong(&c.found.lost, fmt.Sprintf("push %d is there, and %d was acknowledged", number, c.acked))
	}
}

func (c *caller) wrong(count *int, what string) {
	*count++
	if c.found.first == "" {
		c.found.first = time.Now().Format(time.TimeOnly) + " " + what
	}
}

// call returns the status, 0 where the connection broke, the body, and whether a hub
// answered and not what stands before it.
func (c *caller) call(ctx context.Context, method, path, body string) (status int, answer []byte, own bool) {
	made := callMade{began: time.Now(), push: method == "POST"}
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, strings.NewReader(body))
	if err == nil {
		request.Header.Set("Authorization", "Bearer "+c.token)
		request.Header.Set("Content-Type", "application/json")
		var response *http.Response
		if response, err = c.client.Do(request); err == nil {
			answer, err = io.ReadAll(response.Body)
			response.Body.Close()
			status, own = response.StatusCode, response.Header.Get("X-Request-Id") != ""
		}
	}
	if ctx.Err() != nil {
		return 0, nil, false // it is over
	}
	if err != nil {
		status = 0
	}
	made.ended, made.status = time.Now(), status
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, made)
	if status == http.StatusInternalServerError {
		c.wrong(&c.found.failed, fmt.Sprintf("500: %.200s", answer))
	}
	return status, answer, own
}

// outage is what a client saw of an event.
type outage struct {
	waited   time.Duration // from the first call that failed to the next push that succeeded
	longest  time.Duration // call
	statuses map[int]int   // of calls that failed
}

// between returns what the client saw from one moment to another.
func (c *caller) between(from, to time.Time) outage {
	c.mu.Lock()
	calls := slices.Clone(c.calls)
	c.mu.Unlock()
	o := outage{statuses: map[int]int{}}
	var since time.Time
	for _, made := range calls {
		if made.ended.Before(from) || made.began.After(to) {
			continue
		}
		o.longest = max(o.longest, made.ended.Sub(made.began))
		switch {
		case made.status != http.StatusOK:
			o.statuses[made.status]++
			if since.IsZero() {
				since = made.began
			}
		case made.push && !since.IsZero():
			o.waited = max(o.waited, made.ended.Sub(since))
			since = time.Time{}
		}
	}
	return o
}
