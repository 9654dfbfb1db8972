// Package server assembles the HTTP server: the dialects of the API, its
// documentation, the console, health and metrics.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	gosync "sync"
	"sync/atomic"
	"time"

	"github.com/passerelle-hub/passerelle/internal/api/admin"
	"github.com/passerelle-hub/passerelle/internal/api/compta"
	"github.com/passerelle-hub/passerelle/internal/api/docs"
	"github.com/passerelle-hub/passerelle/internal/api/openapi"
	"github.com/passerelle-hub/passerelle/internal/api/sync"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/console"
	"github.com/passerelle-hub/passerelle/internal/courriel"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/openid"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/traces"
	"github.com/passerelle-hub/passerelle/internal/webhook"
)

// Options are what a server is given.
type Options struct {
	Hub     *hub.Hub
	Log     *slog.Logger
	MaxBody int64 // largest body accepted, in bytes
	// RateLimit is how many accounting calls a token may make per 10 seconds; 0
	// for no limit.
	RateLimit int
	// Drain is how long, once it is asked to stop, a server still takes requests
	// while /readyz says that it is stopping: until those who send them know.
	Drain time.Duration
	// Drained, where there is one, ends that time once it is closed.
	Drained <-chan struct{}
	// NoSeries leaves the series of each organisme out of /metrics.
	NoSeries bool
	// Traces tells of requests as spans; nil for none.
	Traces *traces.Provider

	stopping *atomic.Bool
	taken    bool // Address has a path that is one of the server's own
	// Pace is how slow clients may be; the zero value is the usual one.
	Pace web.Pace
	// OpenID is where people may log in to the console beside the password; nil
	// for nowhere.
	OpenID *openid.Provider
	// Address is where clients find the server, where that is known.
	Address web.Address
	// Courriels says through which server people are told by e-mail; nil for none.
	Courriels *courriel.Options
}

// DefaultMaxBody is the largest body accepted unless another limit is set.
const DefaultMaxBody = 256 << 20

// Dialects returns every family of routes: the one list that the server, the
// OpenAPI tests and the rights tests read.
func Dialects(options Options) []web.Dialect {
	return []web.Dialect{sync.Dialect(options.Hub), admin.Dialect(options.Hub),
		compta.Dialect(compta.Options{Hub: options.Hub, RateLimit: options.RateLimit})}
}

// New returns the handler of the whole server.
func New(options Options) http.Handler {
	handler, _ := assemble(&options)
	return handler
}

// assemble completes the options and returns the handler with what it measures.
func assemble(options *Options) (http.Handler, *metrics) {
	if options.Log == nil {
		options.Log = slog.Default()
	}
	if options.MaxBody == 0 {
		options.MaxBody = DefaultMaxBody
	}
	options.stopping = &atomic.Bool{}
	mux := http.NewServeMux()
	web.MountRest(mux, "/api/", web.WritePlainError)
	for _, dialect := range Dialects(*options) {
		web.Mount(mux, dialect, web.Options{Hub: options.Hub, Log: options.Log, MaxBody: options.MaxBody})
	}
	mux.HandleFunc("GET /healthz", health)
	mux.HandleFunc("GET /readyz", ready(*options))
	mux.HandleFunc("GET /vivant", alive(*options))
	mux.Handle("GET /openapi.yaml", openapi.Handler(options.Address))
	mux.Handle("GET /api/schemas/", compta.Schemas())
	mux.Handle("GET /docs", docs.Handler())
	mux.Handle("GET /docs/", docs.Handler())
	console.Mount(mux, console.Options{Hub: options.Hub, Log: options.Log, OpenID: options.OpenID, Address: options.Address})
	metrics := newMetrics(options.Hub, !options.NoSeries)
	mux.Handle("GET /metrics", metrics.handler())
	route := func(r *http.Request) string {
		_, pattern := mux.Handler(r)
		return pattern
	}
	answer := options.Traces.Handler(logged(options.Log, web.CheckAddresses(mux, "/api/")), route)
	options.taken = taken(mux, options.Address)
	paced := web.Paced(web.WithRequestID(leaving(options.stopping, secure(metrics.measure(answer, mux)))), options.Pace)
	return web.Under(options.Address, paced), metrics
}

// taken reports whether the path of an address is one of the server's own: behind a
// proxy that takes it off nobody could tell them apart.
func taken(mux *http.ServeMux, a web.Address) bool {
	if a.Base == "" {
		return false
	}
	_, pattern := mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: a.Base}})
	return pattern != "/"
}

func health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// alive says that this process serves, whatever the database does: a load balancer that
// goes by the status asks here, so that it does not take out every process at once.
func alive(options Options) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if options.stopping.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte("stopping\n"))
			return
		}
		_, _ = w.Write([]byte("vivant\n"))
	}
}

// readyWithin is how long the database may take to answer while a server is ready.
const readyWithin = 2 * time.Second

func ready(options Options) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
		defer cancel()
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if options.stopping.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte("stopping\n"))
			return
		}
		if err := options.Hub.Ready(ctx); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			switch {
			case hub.RefusalOf(err).Code == refus.CodeDamagedData:
				_, _ = w.Write([]byte("database damaged\n"))
			case hub.ReadsOnly(err):
				_, _ = w.Write([]byte("database only reads: it is a standby, or default_transaction_read_only is on\n"))
			default:
				_, _ = w.Write([]byte("database out of reach\n"))
			}
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	}
}

// leaving asks clients of a server that stops to make another connection for
// their next request.
func leaving(stopping *atomic.Bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if stopping.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// secure sets the headers that every answer carries.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// logged writes one line for each request. Routes are logged as patterns and
// queries not at all: they could name a person.
func logged(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			line := []any{"request", web.RequestID(r.Context()), "method", r.Method, "route", r.Pattern,
				"status", recorder.status, "bytes", recorder.bytes, "ms", time.Since(started).Milliseconds()}
			if id := traces.ID(r.Context()); id != "" {
				line = append(line, "trace_id", id)
			}
			log.Info("request", line...)
		}()
		next.ServeHTTP(recorder, r)
	})
}

// statusRecorder remembers what was answered.
type statusRecorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader remembers the status.
func (s *statusRecorder) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (s *statusRecorder) Write(b []byte) (int, error) {
	n, err := s.ResponseWriter.Write(b)
	s.bytes += int64(n)
	return n, err
}

// Unwrap gives http.ResponseController what is underneath.
func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// stopTime is how long requests under way may take to finish at a stop.
const stopTime = 30 * time.Second

// Serve answers on listener until ctx ends; then it is no longer ready, takes
// requests for as long as it drains, and lets those under way finish.
func Serve(ctx context.Context, listener net.Listener, options Options) error {
	handler, metrics := assemble(&options)
	if options.taken {
		return fmt.Errorf("the public URL %s ends with a path of the server's own: take another, such as %s/passerelle", options.Address, options.Address.Origin)
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(options.Log.Handler(), slog.LevelWarn),
	}
	var beside gosync.WaitGroup // what works beside the requests
	besideCtx, stopBeside := context.WithCancel(ctx)
	defer beside.Wait()
	defer stopBeside()
	beside.Go(func() { keepHouse(besideCtx, options) })
	beside.Go(func() { watchSilence(besideCtx, options) })
	beside.Go(func() { watchRisques(besideCtx, options) })
	beside.Go(func() { placeAgain(besideCtx, options) })
	beside.Go(func() { keepAnew(besideCtx, options) })
	if options.Courriels != nil {
		beside.Go(func() { courriel.New(options.Hub, options.Log, *options.Courriels).Run(besideCtx) })
	}
	beside.Go(func() { webhook.New(options.Hub, options.Log, metrics.delivered).Run(besideCtx) })
	crowd := newCrowd(listener, maxConnections)
	server.ConnState = crowd.state
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(crowd) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	options.stopping.Store(true)
	select {
	case err := <-failed:
		return err
	case <-options.Drained:
	case <-time.After(options.Drain):
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	err := server.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(errors.New("some requests did not finish in time"), server.Close())
	}
	return err
}

// keepHouse drops, every hour, held pushes that nobody confirmed in time and
// what was kept for a time only: answers for replays, console sessions, deliveries.
func keepHouse(ctx context.Context, options Options) {
	every(ctx, time.Hour, func() (done bool) {
		if n, err := options.Hub.Contrats.ExpireHeld(ctx); err != nil && ctx.Err() == nil {
			options.Log.Error("held pushes not expired", "error", err)
		} else if n > 0 {
			options.Log.Info("held pushes expired", "count", n)
		}
		if _, err := options.Hub.Imports.ExpireImports(ctx); err != nil && ctx.Err() == nil {
			options.Log.Error("waiting imports not expired", "error", err)
		}
		if _, err := options.Hub.Comptabilite.ExpireReponses(ctx); err != nil && ctx.Err() == nil {
			options.Log.Error("kept answers not expired", "error", err)
		}
		if n, err := options.Hub.Webhooks.ExpireLivraisons(ctx); err != nil && ctx.Err() == nil {
			options.Log.Error("deliveries not expired", "error", err)
		} else if n > 0 {
			options.Log.Warn("events given up that no webhook took", "count", n)
		}
		if err := options.Hub.Comptes.ExpireConsole(ctx); err != nil && ctx.Err() == nil {
			options.Log.Error("console sessions not expired", "error", err)
		}
		return false
	})
}

// every does what is to be done now and then at each period, until it is done with or
// told to end.
func every(ctx context.Context, period time.Duration, do func() (done bool)) {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for !do() {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// placeAgain places contracts as a migration said, until all are, and takes away what
// pushes have left that a process did not finish.
func placeAgain(ctx context.Context, options Options) {
	if n, err := options.Hub.Contrats.ForgetPortions(ctx); err != nil && ctx.Err() == nil {
		options.Log.Warn("what is left of pushes that were not finished stays until the next one", "error", err)
	} else if n > 0 {
		options.Log.Info("what was left of pushes that were not finished is gone", "organismes", n)
	}
	every(ctx, time.Minute, func() (done bool) {
		n, err := options.Hub.Integration.PlaceAgain(ctx)
		if n > 0 {
			options.Log.Info("contracts placed again after an upgrade", "organismes", n)
		}
		if err == nil || ctx.Err() != nil {
			return true
		}
		options.Log.Error("contracts not placed again, it is tried again in a minute", "error", err)
		return false
	})
}

// keepAnew has contracts kept as this release keeps them, until all are.
func keepAnew(ctx context.Context, options Options) {
	if n, err := options.Hub.Contrats.ToKeepAnew(ctx); n > 0 && err == nil {
		options.Log.Info("contracts of before an upgrade are kept anew in the background", "organismes", n)
	}
	every(ctx, time.Minute, func() (done bool) {
		n, err := options.Hub.Contrats.KeepAnew(ctx)
		if n > 0 && ctx.Err() == nil {
			options.Log.Info("versions of contracts kept anew after an upgrade", "count", n)
		}
		if err == nil || ctx.Err() != nil {
			return true
		}
		options.Log.Error("contracts not kept anew, it is tried again in a minute", "error", err)
		return false
	})
}

// watchSilence tells, every minute, of organismes that have fallen silent.
func watchSilence(ctx context.Context, options Options) {
	every(ctx, time.Minute, func() (done bool) {
		if _, err := options.Hub.Journal.TellSilences(ctx); err != nil && ctx.Err() == nil {
			options.Log.Error("silences not told", "error", err)
		}
		return false
	})
}

// watchRisques tells, every six hours, of balances that are lost soon.
func watchRisques(ctx context.Context, options Options) {
	every(ctx, 6*time.Hour, func() (done bool) {
		if _, err := options.Hub.Comptabilite.TellRisques(ctx); err != nil && ctx.Err() == nil {
			options.Log.Error("balances at risk not told", "error", err)
		}
		return false
	})
}
