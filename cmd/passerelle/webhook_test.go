package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// A server is killed again and again while events wait, are under way, or were
// answered and not yet recorded: in the end each has arrived at least once, the
// first time in order.
func TestEventsSurviveTheKillOfTheServer(t *testing.T) {
	t.Parallel()
	binary := build(t)
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		c := &crash{T: t, binary: binary, location: d.Migrated(t), options: []string{"--webhooks-http", "--webhooks-private"}}
		kills := 8
		if testing.Short() {
			kills = 3
		}
		c.killWhileTelling(kills)
	})
}

func (c *crash) killWhileTelling(kills int) {
	var mu sync.Mutex
	var order []string // synchronisations as they first arrived
	seen := map[string]int{}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var event struct {
			Data struct{ Synchronisation string }
		}
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
			return // the sender was killed
		}
		mu.Lock()
		if seen[event.Data.Synchronisation]++; seen[event.Data.Synchronisation] == 1 {
			order = append(order, event.Data.Synchronisation)
		}
		mu.Unlock()
		time.Sleep(20 * time.Millisecond) // a kill may come before the answer
	}))
	c.Cleanup(receiver.Close)
	db, err := open.Database(c.Context(), c.location)
	if err != nil {
		c.Fatal(err)
	}
	h := hub.New(db, hub.Options{Webhooks: hub.PolitiqueWebhooks{HTTP: true}})
	o, err := h.Organismes.CreateOrganisme(c.Context(), "Événements", false)
	if err == nil {
		c.token = o.Token
		_, _, err = h.Webhooks.CreateWebhook(c.Context(), o.ID, domaine.Webhook{Nom: "Suivi", URL: receiver.URL, Actif: true,
			Evenements: []domaine.TypeEvenement{domaine.SynchronisationAppliquee}})
	}
	if err != nil {
		c.Fatal(err)
	}
	h.Close()
	if err := db.Close(); err != nil {
		c.Fatal(err)
	}
	c.bodies[0] = c.marshal(slices.Collect(demo.Generate(demo.Params{Contrats: 3, Seed: 1})))
	pushed := 0
	for i := range kills {
		s := c.serve()
		for range 10 {
			if err := s.push(c.Context(), 0); err != nil {
				c.Fatal(err)
			}
			pushed++
		}
		time.Sleep(time.Duration(i*17) * time.Millisecond)
		s.end(syscall.SIGKILL)
	}
	s := c.serve()
	// On PostgreSQL a killed process leaves a lease that runs out.
	deadline := time.Now().Add(2 * hub.DureeBail)
	for {
		mu.Lock()
		n := len(order)
		mu.Unlock()
		if n >= pushed {
			break
		}
		if time.Now().After(deadline) {
			c.Fatalf("%d of %d events arrived", n, pushed)
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.end(syscall.SIGTERM)
	mu.Lock()
	defer mu.Unlock()
	again := 0
	for i, id := range order {
		if id != fmt.Sprint(i+1) {
			c.Fatalf("event %d tells of synchronisation %s", i+1, id)
		}
		again += seen[id] - 1
	}
	c.Logf("%d kills, %d events: none lost, in order, %d delivered twice", kills, pushed, again)
}
