package server

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Starting answers on a listener while the database is not there yet.
type Starting struct {
	server   *http.Server
	listener deadliner
	ended    chan struct{}
}

// ServeStarting tells who asks on listener to come again, until it is stopped; the
// listener goes on.
func ServeStarting(listener net.Listener) *Starting {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", health)
	mux.HandleFunc("GET /vivant", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("vivant\n")) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "5")
		if r.URL.Path == "/readyz" {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte("database out of reach\n"))
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"error":"database unavailable","reason":"La base de données ne répond pas pour le moment, rien n’a été enregistré : réessayez dans quelques instants."}`))
	})
	lends, ok := listener.(deadliner)
	if !ok {
		return &Starting{} // who asks has to wait
	}
	s := &Starting{listener: lends, server: &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}, ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		_ = s.server.Serve(&lent{lends})
	}()
	return s
}

// Stop lets the listener go to another server.
func (s *Starting) Stop() {
	if s.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = s.server.Shutdown(ctx)
	_ = s.server.Close()
	<-s.ended
	_ = s.listener.SetDeadline(time.Time{})
}

// lent is a listener that stays open when the server that uses it is closed.
type lent struct{ deadliner }

// deadliner is a listener whose Accept can be ended.
type deadliner interface {
	net.Listener
	SetDeadline(time.Time) error
}

// Close ends the Accept that is under way.
func (l *lent) Close() error { return l.SetDeadline(time.Now()) }
