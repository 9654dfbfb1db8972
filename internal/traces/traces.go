// Package traces tells of requests and of the phases of a push as OpenTelemetry
// spans, where an operator asks for it through the standard variables. Spans hold
// routes as patterns, methods, statuses and counts: no address, no query, no
// header and no body, which may name a person.
package traces

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// scope names the spans' origin.
const scope = "github.com/passerelle-hub/passerelle"

// Provider sends spans to a collector. A nil Provider makes none.
type Provider struct{ sdk *sdk.TracerProvider }

// Configured reports whether the variables ask for traces:
// OTEL_EXPORTER_OTLP_ENDPOINT, or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, unless
// OTEL_SDK_DISABLED is true or OTEL_TRACES_EXPORTER is none.
func Configured() bool {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || os.Getenv("OTEL_TRACES_EXPORTER") == "none" {
		return false
	}
	return os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}

// Start returns a Provider as the variables of OpenTelemetry describe it, nil
// where they ask for none. A collector that cannot be reached is told to failed
// and holds up nothing.
func Start(ctx context.Context, version string, failed func(error)) (*Provider, error) {
	if !Configured() {
		return nil, nil
	}
	if protocol := os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL"); protocol != "" && protocol != "http/protobuf" {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL: %q is not spoken here, http/protobuf is", protocol)
	}
	client, err := newClient()
	if err != nil {
		return nil, err
	}
	exporter, err := otlptrace.New(ctx, client)
	if err != nil {
		return nil, fmt.Errorf("export traces: %w", err)
	}
	// What the variables say of the service comes last, and wins.
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "passerelle"), attribute.String("service.version", version)), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("describe the service for traces: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(failed))
	return &Provider{sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))}, nil
}

// Stop sends what is left.
func (p *Provider) Stop(ctx context.Context) error {
	if p == nil {
		return nil
	}
	return p.sdk.Shutdown(ctx)
}

// Handler makes a span of each request to next, a child of the one that the
// request names. route returns the pattern that a request matches.
func (p *Provider) Handler(next http.Handler, route func(*http.Request) string) http.Handler {
	if p == nil {
		return next
	}
	tracer := p.sdk.Tracer(scope)
	propagator := propagation.TraceContext{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pattern := route(r)
		if _, path, ok := strings.Cut(pattern, " "); ok {
			pattern = path // without the method
		}
		method := r.Method
		switch method {
		case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete:
		default:
			method = "_OTHER" // a client must not write into traces
		}
		ctx := propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := tracer.Start(ctx, method+" "+pattern, trace.WithSpanKind(trace.SpanKindServer),
			trace.WithAttributes(attribute.String("http.request.method", method), attribute.String("http.route", pattern)))
		defer span.End() // in a panic too
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(recorder, r.WithContext(ctx))
		span.SetAttributes(attribute.Int("http.response.status_code", recorder.status))
		if recorder.status >= 500 {
			span.SetStatus(codes.Error, "")
		}
	})
}

// statusRecorder remembers what was answered.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers the status.
func (s *statusRecorder) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap gives http.ResponseController what is underneath.
func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// Phase begins a span inside that of ctx; the function returned ends it. Counts
// may be given to it, by name. Without a span in ctx it does nothing.
func Phase(ctx context.Context, name string) (end func(counts ...Count)) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return func(...Count) {}
	}
	_, span := parent.TracerProvider().Tracer(scope).Start(ctx, name)
	return func(counts ...Count) {
		for _, c := range counts {
			span.SetAttributes(attribute.Int(c.Name, c.N))
		}
		span.End()
	}
}

// Count is a number that a span carries.
type Count struct {
	Name string
	N    int
}

// ID returns the id of the trace of ctx, "" where there is none.
func ID(ctx context.Context) string {
	if of := trace.SpanContextFromContext(ctx); of.HasTraceID() {
		return of.TraceID().String()
	}
	return ""
}
