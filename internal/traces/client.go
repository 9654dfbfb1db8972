package traces

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/sethvargo/go-retry"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// client sends spans in OTLP over HTTP. OpenTelemetry's own brings gRPC with it,
// which nobody would call and every process would keep in memory.
type client struct {
	endpoint string
	headers  http.Header
	http     *http.Client
}

// newClient reads the variables of the OTLP exporter, those of traces before those
// of every signal.
func newClient() (*client, error) {
	c := &client{headers: http.Header{}, endpoint: os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")}
	if c.endpoint == "" {
		c.endpoint = strings.TrimSuffix(os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"), "/") + "/v1/traces"
	}
	if address, err := url.Parse(c.endpoint); err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, errors.New("OTEL_EXPORTER_OTLP_ENDPOINT is not an address such as http://localhost:4318")
	}
	for pair := range strings.SplitSeq(variable("HEADERS"), ",") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			continue
		}
		if plain, err := url.PathUnescape(strings.TrimSpace(value)); err == nil {
			c.headers.Set(strings.TrimSpace(name), plain)
		}
	}
	timeout := 10 * time.Second
	if ms, err := strconv.Atoi(variable("TIMEOUT")); err == nil && ms > 0 {
		timeout = time.Duration(ms) * time.Millisecond
	}
	c.http = &http.Client{Timeout: timeout}
	return c, nil
}

// variable reads OTEL_EXPORTER_OTLP_TRACES_ and a name, or else
// OTEL_EXPORTER_OTLP_ and it.
func variable(name string) string {
	if value := os.Getenv("OTEL_EXPORTER_OTLP_TRACES_" + name); value != "" {
		return value
	}
	return os.Getenv("OTEL_EXPORTER_OTLP_" + name)
}

// Start has nothing to do: connections are made when there is something to send.
func (c *client) Start(context.Context) error { return nil }

// Stop closes what is open.
func (c *client) Stop(context.Context) error {
	c.http.CloseIdleConnections()
	return nil
}

// UploadTraces sends spans, again where the collector asks for it.
func (c *client) UploadTraces(ctx context.Context, spans []*otlp.ResourceSpans) error {
	// On the wire TracesData is the request of the collector's service.
	body, err := proto.Marshal(&otlp.TracesData{ResourceSpans: spans})
	if err != nil {
		return fmt.Errorf("write spans: %w", err)
	}
	backoff := retry.WithMaxRetries(4, retry.WithJitterPercent(20, retry.NewExponential(time.Second)))
	return retry.Do(ctx, backoff, func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header = c.headers.Clone()
		request.Header.Set("Content-Type", "application/x-protobuf")
		response, err := c.http.Do(request)
		if err != nil {
			var failed *url.Error
			if errors.As(err, &failed) {
				err = failed.Err // without the address, which may hold a password
			}
			return retry.RetryableError(fmt.Errorf("send spans: %w", err))
		}
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
		switch code := response.StatusCode; code {
		case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return retry.RetryableError(fmt.Errorf("send spans: the collector answers %d", code))
		default:
			if code < 200 || code >= 300 {
				return fmt.Errorf("send spans: the collector answers %d", code)
			}
		}
		return nil
	})
}
