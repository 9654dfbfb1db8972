// Package client calls the API of a Passerelle hub: contracts are streamed in
// both directions, what fails on the way is tried again, and refusals are typed.
//
//	c, err := client.New("https://hub.example", token, client.Options{})
//	diff, err := c.Diff(ctx, client.Contrats(contrats...))
//	result, err := c.Push(ctx, client.Contrats(contrats...), client.PushOptions{})
//
// A push is repeatable by nature: the same contracts again change nothing. That
// is why even a push whose answer was lost is safe to repeat, and is.
package client

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/sethvargo/go-retry"

	"github.com/passerelle-hub/passerelle"
)

// Options are what a client may be given; the zero value is fine.
type Options struct {
	Secret     string        // the partenaire's secret, where the token belongs to one
	Societe    string        // id of the société that accounting calls of a cabinet token are about
	HTTPClient *http.Client  // http.DefaultClient by default
	Attempts   int           // how often a call is tried, 8 by default: within a minute, since a database that changes servers takes up to half of one
	FirstWait  time.Duration // wait before the second try, 500 ms by default; it doubles each time
	UserAgent  string
	// Retried, where it is not nil, is told before each new try.
	Retried func(err error, wait time.Duration)
}

// Client calls one hub with one token. It is safe for use by several goroutines.
type Client struct {
	base    *url.URL
	token   string
	options Options
}

// New returns a client for the hub at base, such as https://hub.example.
func New(base, token string, options Options) (*Client, error) {
	parsed, err := url.Parse(strings.TrimRight(base, "/"))
	if err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" {
		return nil, fmt.Errorf("client: %q is not the address of a hub, expected such as https://hub.example", base)
	}
	if token == "" {
		return nil, errors.New("client: a token is needed")
	}
	if options.HTTPClient == nil {
		options.HTTPClient = http.DefaultClient
	}
	if options.Attempts < 1 {
		options.Attempts = 8
	}
	if options.FirstWait <= 0 {
		options.FirstWait = 500 * time.Millisecond
	}
	if options.UserAgent == "" {
		options.UserAgent = "passerelle-client-go"
	}
	return &Client{base: parsed, token: token, options: options}, nil
}

// Contrats returns a source of contracts for Push and its like, which may read
// it several times.
func Contrats(contrats ...passerelle.Contrat) iter.Seq[passerelle.Contrat] {
	return func(yield func(passerelle.Contrat) bool) {
		for _, c := range contrats {
			if !yield(c) {
				return
			}
		}
	}
}

// maxWait bounds the wait between two tries.
const maxWait = 30 * time.Second

// call is one request that can be sent several times.
type call struct {
	method, path string
	query        url.Values
	header       http.Header
	// body writes the body, compressed on its way; nil for none.
	body Body
	// once says that the call must not be repeated after an unclear outcome.
	once bool
}

// do sends a call until it is answered for good. The caller closes the body of
// the answer.
func (c *Client) do(ctx context.Context, call call) (*http.Response, error) {
	backoff := retry.WithMaxRetries(uint64(c.options.Attempts-1), retry.WithCappedDuration(maxWait, retry.WithJitterPercent(10, retry.NewExponential(c.options.FirstWait))))
	told := retry.BackoffFunc(func() (time.Duration, bool) { return backoff.Next() })
	var last error
	var wanted time.Duration // what the server asked to wait
	waits := retry.BackoffFunc(func() (time.Duration, bool) {
		wait, stop := told.Next()
		wait = max(wait, min(wanted, maxWait))
		if !stop && c.options.Retried != nil {
			c.options.Retried(last, wait)
		}
		return wait, stop
	})
	var answer *http.Response
	err := retry.Do(ctx, waits, func(ctx context.Context) error {
		response, err := c.send(ctx, call)
		if err != nil {
			last, wanted = err, 0
			if call.once || ctx.Err() != nil || !transient(err) {
				return err
			}
			return retry.RetryableError(err)
		}
		if response.StatusCode < 300 {
			answer = response
			return nil
		}
		err = readError(response)
		last, wanted = err, retryAfter(response)
		if again(response.StatusCode, call.once) {
			return retry.RetryableError(err)
		}
		return err
	})
	return answer, err
}

// again reports whether a status means that the call may be repeated. A call
// that must not be done twice is repeated only where it was not done at all.
func again(status int, once bool) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return !once
	}
	return false
}

// transient reports whether an error of the connection may pass.
func transient(err error) bool {
	var source *sourceError
	if errors.As(err, &source) {
		return false
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func retryAfter(response *http.Response) time.Duration {
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

func (c *Client) send(ctx context.Context, call call) (*http.Response, error) {
	target := *c.base
	target.Path += call.path
	target.RawQuery = call.query.Encode()
	var body io.Reader
	if call.body != nil {
		reader, writer := io.Pipe()
		defer reader.Close() // ends the writer where the answer came early
		go func() {
			zip, _ := gzip.NewWriterLevel(writer, gzip.BestSpeed)
			err := call.body.write(zip)
			if err == nil {
				err = zip.Close()
			}
			writer.CloseWithError(err)
		}()
		body = reader
	}
	request, err := http.NewRequestWithContext(ctx, call.method, target.String(), body)
	if err != nil {
		return nil, err
	}
	for name, values := range call.header {
		request.Header[name] = values
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("User-Agent", c.options.UserAgent)
	if c.options.Secret != "" {
		request.Header.Set("X-Third-Party-Secret", c.options.Secret)
	}
	if call.body != nil {
		request.Header.Set("Content-Encoding", "gzip")
		if request.Header.Get("Content-Type") == "" {
			request.Header.Set("Content-Type", "application/json")
		}
	}
	return c.options.HTTPClient.Do(request)
}

// get fills dest with the answer to a call.
func (c *Client) get(ctx context.Context, call call, dest any) error {
	response, err := c.do(ctx, call)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if dest == nil {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	if err := json.UnmarshalRead(response.Body, dest); err != nil {
		return fmt.Errorf("client: read the answer of %s %s: %w", call.method, call.path, err)
	}
	return nil
}

// fetch makes a call and returns its answer, nil where it failed.
func fetch[T any](ctx context.Context, c *Client, call call) (*T, error) {
	answer := new(T)
	if err := c.get(ctx, call, answer); err != nil {
		return nil, err
	}
	return answer, nil
}

// jsonBody writes one JSON value.
func jsonBody(value any) Body {
	return func(w io.Writer) error { return json.MarshalWrite(w, value) }
}

// stream yields the elements of the list named in an answer {"total":…,"NAME":[…]},
// one by one as they arrive.
func stream[T any](ctx context.Context, c *Client, call call, name string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		response, err := c.do(ctx, call)
		if err != nil {
			yield(none, err)
			return
		}
		defer response.Body.Close()
		decoder := jsontext.NewDecoder(response.Body)
		if err := enter(decoder, name); err != nil {
			yield(none, fmt.Errorf("client: read the answer of %s: %w", call.path, err))
			return
		}
		for decoder.PeekKind() != ']' {
			var element T
			if err := json.UnmarshalDecode(decoder, &element); err != nil {
				yield(none, fmt.Errorf("client: read the answer of %s: %w", call.path, err))
				return
			}
			if !yield(element, nil) {
				return
			}
		}
		// The list must be whole: an answer that was cut short is an error.
		for range 2 {
			if _, err := decoder.ReadToken(); err != nil {
				yield(none, fmt.Errorf("client: read the answer of %s: %w", call.path, err))
				return
			}
		}
	}
}

// enter reads up to the first element of the list named.
func enter(decoder *jsontext.Decoder, name string) error {
	if _, err := decoder.ReadToken(); err != nil {
		return err
	}
	for decoder.PeekKind() == '"' {
		token, err := decoder.ReadToken()
		if err != nil {
			return err
		}
		if token.String() == name {
			_, err := decoder.ReadToken()
			return err
		}
		if err := decoder.SkipValue(); err != nil {
			return err
		}
	}
	return fmt.Errorf("there is no list %q", name)
}

// paged yields every element of a list that is answered in pages.
func paged[T any](ctx context.Context, c *Client, path, name string) iter.Seq2[T, error] {
	const limit = 1000
	return func(yield func(T, error) bool) {
		for page := 1; ; page++ {
			count := 0
			query := url.Values{"page": {strconv.Itoa(page)}, "limit": {strconv.Itoa(limit)}}
			for element, err := range stream[T](ctx, c, call{method: "GET", path: path, query: query}, name) {
				count++
				if !yield(element, err) || err != nil {
					return
				}
			}
			if count < limit {
				return
			}
		}
	}
}
