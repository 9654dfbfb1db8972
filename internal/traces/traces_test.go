package traces_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/traces"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// collected is what a collector got.
type collected struct {
	mu    sync.Mutex
	busy  int
	text  bytes.Buffer // all of it as JSON, where the bytes of ids do not look like letters
	spans []*otlp.Span
}

// ServeHTTP takes spans in OTLP over HTTP.
func (c *collected) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	var request otlp.TracesData
	if err == nil {
		err = proto.Unmarshal(raw, &request)
	}
	text, textErr := protojson.Marshal(&request)
	if err == nil {
		err = textErr
	}
	c.mu.Lock()
	c.busy++
	busy := c.busy == 1
	c.mu.Unlock()
	if busy {
		w.WriteHeader(http.StatusServiceUnavailable) // it is sent again
		return
	}
	if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("api-key") != "clé" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text.Write(text)
	for _, resource := range request.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			c.spans = append(c.spans, scope.Spans...)
		}
	}
}

func TestATraceOfAPushArrivesAndNamesNobody(t *testing.T) {
	got := &collected{}
	server := httptest.NewServer(got)
	t.Cleanup(server.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=cl%C3%A9,x=y")
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=essai")
	for _, database := range apitest.Databases {
		provider, err := traces.Start(t.Context(), "1.2.3", func(err error) { t.Error(err) })
		if err != nil || provider == nil {
			t.Fatal(err)
		}
		got.mu.Lock()
		got.spans, got.text = nil, bytes.Buffer{}
		got.mu.Unlock()
		s := apitest.New(t, database, apitest.Traces(provider))
		o := s.Production(t, "CFA Horizon")
		const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
		o.Post(t, "/api/sync/v1/contrats?vide=oui", apitest.Body(apitest.Contrats("K-SECRET", "K2")...), apitest.Header("traceparent", parent),
			apitest.Header("User-Agent", "Duvallon"), apitest.Wrong()).Want(t, 200)
		o.Get(t, "/contrats/K-SECRET?q=Martin")
		o.Do(t, "DUVALLON", "/api/sync/v1/Duvallon", nil)
		if err := provider.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}

		names, parents := map[string]*otlp.Span{}, map[string]string{}
		byID := map[string]string{"\xb7\xad\x6b\x71\x69\x20\x33\x31": "the caller"}
		for _, span := range got.spans {
			names[span.Name], byID[string(span.SpanId)] = span, span.Name
			for _, a := range span.Attributes {
				if !strings.HasPrefix(a.Key, "http.") && !strings.HasPrefix(a.Key, "passerelle.") {
					t.Errorf("%s carries %s", span.Name, a.Key)
				}
			}
		}
		for _, span := range got.spans {
			parents[span.Name] = byID[string(span.ParentSpanId)]
		}
		const push = "POST /api/sync/v1/contrats"
		want := map[string]string{push: "the caller", "push.read": push, "push.wait": push, "push.compare": push, "push.write": push, "GET /contrats/{code}": "", "GET /connexion": "", "_OTHER /api/sync/": ""}
		if d := cmp.Diff(want, parents); d != "" {
			t.Fatalf("%s: spans and their parents (- wanted, + got):\n%s", database, d)
		}
		values := map[string]string{}
		for _, name := range []string{push, "push.read", "push.write"} {
			for _, a := range names[name].Attributes {
				values[a.Key] = a.Value.String()
			}
		}
		if d := cmp.Diff(map[string]string{
			"http.request.method": `string_value:"POST"`, "http.route": `string_value:"/api/sync/v1/contrats"`, "http.response.status_code": "int_value:200",
			"passerelle.contrats": "int_value:2", "passerelle.ajoutes": "int_value:2", "passerelle.modifies": "int_value:0", "passerelle.archives": "int_value:0",
		}, values); d != "" {
			t.Errorf("attributes (- wanted, + got):\n%s", d)
		}
		sent := got.text.String()
		for _, word := range []string{"K-SECRET", "Martin", "Duvallon", "DUVALLON", "Durand", "@", "127.0.0.1", "vide", o.Token} {
			if strings.Contains(sent, word) {
				t.Errorf("the collector is told of %q", word)
			}
		}
		for _, word := range []string{"passerelle", "1.2.3", "essai"} {
			if !strings.Contains(sent, word) {
				t.Errorf("the collector is not told of %q", word)
			}
		}
		if line := "trace_id=0af7651916cd43dd8448eb211c80319c"; strings.Count(s.Log.String(), line) != 1 {
			t.Errorf("the log does not name the trace once: %s", s.Log)
		}
	}
}

func TestTracesAreOffUnlessAskedFor(t *testing.T) {
	for name, variables := range map[string]map[string]string{
		"nothing is set":      {},
		"the SDK is disabled": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"},
		"no exporter":         {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"},
	} {
		t.Run(name, func(t *testing.T) {
			for key, value := range variables {
				t.Setenv(key, value)
			}
			provider, err := traces.Start(t.Context(), "", func(error) {})
			if provider != nil || err != nil {
				t.Fatalf("%v, %v", provider, err)
			}
			next := http.NotFoundHandler()
			if provider.Handler(next, nil) == nil || provider.Stop(t.Context()) != nil || traces.ID(t.Context()) != "" {
				t.Error("something is traced")
			}
			traces.Phase(t.Context(), "push.read")(traces.Count{Name: "passerelle.contrats", N: 1})
		})
	}
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
	if _, err := traces.Start(t.Context(), "", func(error) {}); err == nil || !strings.Contains(err.Error(), "http/protobuf") {
		t.Errorf("error %v", err)
	}
}

func TestACollectorThatIsDownHoldsUpNothing(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
	t.Setenv("OTEL_BSP_EXPORT_TIMEOUT", "300")
	provider, err := traces.Start(t.Context(), "", func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	s := apitest.New(t, "sqlite", apitest.Traces(provider))
	o := s.Production(t, "CFA Horizon")
	for range 20 {
		o.Get(t, "/api/sync/v1/test").Want(t, 200)
	}
	_ = provider.Stop(t.Context())
}
