package compta

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// maxConcurrent is how many calls of a token one route answers at the same time
// (reference 7).
const maxConcurrent = 10

// calls counts the calls under way. It protects this process, so that each
// process counts its own; the rate of calls is counted where all processes see it.
type calls struct {
	mu    sync.Mutex
	count map[call]int
}

type call struct {
	jeton        int64
	method, path string
}

func (c *calls) enter(key call) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count[key] >= maxConcurrent {
		return false
	}
	if c.count == nil {
		c.count = map[call]int{}
	}
	c.count[key]++
	return true
}

func (c *calls) leave(key call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count[key]--; c.count[key] == 0 {
		delete(c.count, key)
	}
}

// limited keeps the calls of a token within its rate and the calls at once on a
// route within theirs, and says in headers what is left.
func (s *server) limited(route web.Route, next web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		if s.rateLimit > 0 {
			n, end, err := s.hub.Jetons.CountCall(r.Context(), r.Jeton.ID)
			if err != nil {
				return err
			}
			reset := ceilUnix(end)
			header := w.Header()
			header.Set("X-Rate-Limit-Total", strconv.Itoa(s.rateLimit))
			header.Set("X-Rate-Limit-Remaining", strconv.Itoa(max(0, s.rateLimit-n)))
			header.Set("X-Rate-Limit-Reset", strconv.FormatInt(reset, 10))
			if n > s.rateLimit {
				header.Set("Retry-After", strconv.FormatInt(max(1, reset-s.hub.Now().Unix()), 10))
				return refus.New(refus.CodeTooManyCalls, "Ce jeton a dépassé %d appels en %d secondes : attendez l’heure donnée par X-Rate-Limit-Reset.",
					s.rateLimit, int(hub.RateWindow.Seconds()))
			}
		}
		key := call{r.Jeton.ID, route.Method, route.Path}
		if !s.calls.enter(key) {
			w.Header().Set("Retry-After", "1")
			return refus.New(refus.CodeTooManyAtOnce, "Ce jeton a déjà %d appels en cours sur cette route : attendez la fin de l’un d’eux.", maxConcurrent)
		}
		defer s.calls.leave(key)
		return next(w, r)
	}
}

// ceilUnix returns t in Unix seconds, rounded up.
func ceilUnix(t time.Time) int64 { return t.Add(time.Second - time.Nanosecond).Unix() }
