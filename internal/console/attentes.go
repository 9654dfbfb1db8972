package console

import (
	"net/http"
	"sync"
	"time"

	"github.com/passerelle-hub/passerelle/internal/hub"
)

// attentes keeps what the menu counts, for a few seconds: pages follow each other more
// quickly than the figures change. Nothing depends on it, so each process has its own. The zero
// value keeps nothing; it is safe for use by several goroutines.
type attentes struct {
	mu     sync.Mutex
	byOrg  map[int64]attente
	oldest time.Time // of what is kept
}

// attente is what waits in an organisme, as it was at a moment.
type attente struct {
	hub.Attentes
	Exercices int // sociétés with an exercice to close or to create now
	le        time.Time
}

// attentesAge is how old a figure of the menu may be.
const attentesAge = 5 * time.Second

func (a *attentes) get(organisme int64, now time.Time) (found attente, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found, ok = a.byOrg[organisme]
	age := now.Sub(found.le)
	return found, ok && age >= 0 && age < attentesAge
}

func (a *attentes) put(organisme int64, n attente) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byOrg == nil || n.le.Sub(a.oldest) > time.Minute {
		// What nobody looks at any more goes with the rest.
		a.byOrg, a.oldest = map[int64]attente{}, n.le
	}
	a.byOrg[organisme] = n
}

// forget drops what is kept of an organisme: somebody has just changed something there.
func (a *attentes) forget(organisme int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.byOrg, organisme)
}

// attend returns what waits in the organisme of a request. A page is not refused
// because its menu cannot count.
func (c *console) attend(r *request) attente {
	now := c.hub.Now()
	if kept, ok := c.attentes.get(r.compte.OrganismeID, now); ok {
		return kept
	}
	n := attente{le: now}
	var err error
	if n.Attentes, err = c.hub.Journal.Attentes(r.Context(), r.compte.OrganismeID); err == nil {
		var due []echeance
		if due, err = c.echeances(r, c.today()); err == nil {
			for _, e := range due {
				if e.Presse {
					n.Exercices++
				}
			}
		}
	}
	if err != nil {
		c.log.Debug("the menu does not count", "request", r.id, "error", err)
		return attente{}
	}
	c.attentes.put(r.compte.OrganismeID, n)
	return n
}

// changes reports whether a request may change what the menu counts: a search is sent
// as a form too.
func changes(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path != "/recherche" && r.URL.Path != "/contrats"
}
