package apitest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/api/openapi/openapitest"
)

// Client speaks to the server with one token.
type Client struct {
	server *Server
	Token  string // "" for none
	Secret string // X-Third-Party-Secret, "" for none
}

// Client returns a client that uses a token, or none for "".
func (s *Server) Client(token string) *Client { return &Client{server: s, Token: token} }

// WithSecret returns the client with a partenaire's secret.
func (c *Client) WithSecret(secret string) *Client {
	return &Client{server: c.server, Token: c.Token, Secret: secret}
}

// Tune changes how one request is sent or checked.
type Tune func(*exchange)

type exchange struct {
	header http.Header
	wrong  bool
	gzip   bool
}

// Wrong says that a request does not follow the OpenAPI document on purpose,
// although the answer does not refuse it as a whole: only the answer is checked.
func Wrong() Tune { return func(e *exchange) { e.wrong = true } }

// Header adds a header to the request.
func Header(name, value string) Tune { return func(e *exchange) { e.header.Set(name, value) } }

// Gzip compresses the body of the request.
func Gzip() Tune { return func(e *exchange) { e.gzip = true } }

// Answer is what the server answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte

	request string
}

// Get sends a GET request.
func (c *Client) Get(t testing.TB, path string, tunes ...Tune) *Answer {
	t.Helper()
	return c.Do(t, http.MethodGet, path, nil, tunes...)
}

// Post sends a POST request (see Do for body).
func (c *Client) Post(t testing.TB, path string, body any, tunes ...Tune) *Answer {
	t.Helper()
	return c.Do(t, http.MethodPost, path, body, tunes...)
}

// Put sends a PUT request (see Do for body).
func (c *Client) Put(t testing.TB, path string, body any, tunes ...Tune) *Answer {
	t.Helper()
	return c.Do(t, http.MethodPut, path, body, tunes...)
}

// Delete sends a DELETE request.
func (c *Client) Delete(t testing.TB, path string, tunes ...Tune) *Answer {
	t.Helper()
	return c.Do(t, http.MethodDelete, path, nil, tunes...)
}

// Do sends a request and holds it and its answer against the OpenAPI document.
// body is nil, text that is sent as it is (string, []byte), an io.Reader that is
// sent in chunks and not checked, or a value that is sent as JSON. The request
// itself is not checked where the answer says that it is malformed.
func (c *Client) Do(t testing.TB, method, path string, body any, tunes ...Tune) *Answer {
	t.Helper()
	e := &exchange{header: http.Header{}}
	if c.Token != "" {
		e.header.Set("Authorization", "Bearer "+c.Token)
	}
	if c.Secret != "" {
		e.header.Set("X-Third-Party-Secret", c.Secret)
	}
	plain, stream := bodyOf(t, body)
	if plain != nil || stream != nil {
		e.header.Set("Content-Type", "application/json")
	}
	for _, tune := range tunes {
		tune(e)
	}
	sent := stream
	if plain != nil {
		sent = bytes.NewReader(plain)
		if e.gzip {
			sent = bytes.NewReader(Compress(t, plain))
			e.header.Set("Content-Encoding", "gzip")
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), method, c.server.URL+path, sent)
	if err != nil {
		t.Fatalf("make a request: %v", err)
	}
	request.Header = e.header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	contents, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s %s: read the answer: %v", method, path, err)
	}
	answer := &Answer{Status: response.StatusCode, Header: response.Header, Body: contents, request: method + " " + path}
	if answer.Status >= 500 && !c.server.faulty {
		t.Errorf("%s %s: the server failed: %d %s", method, path, answer.Status, contents)
	}
	Document(t).Check(t, request, plain, e.wrong || stream != nil, openapitest.Answer{Status: answer.Status, Header: answer.Header, Body: answer.Body})
	return answer
}

func bodyOf(t testing.TB, body any) (plain []byte, stream io.Reader) {
	t.Helper()
	switch body := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return body, nil
	case string:
		return []byte(body), nil
	case io.Reader:
		return nil, body
	}
	plain, err := json.Marshal(body)
	if err != nil {
		t.Fatalf("write the body of a request: %v", err)
	}
	return plain, nil
}

// Compress returns text as gzip.
func Compress(t testing.TB, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if _, err := zip.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Want fails the test where the status is another one.
func (a *Answer) Want(t testing.TB, status int) *Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%s: status %d, want %d: %.2000s", a.request, a.Status, status, a.Body)
	}
	return a
}

// WantJSON fails the test where the status is another one, or the body is not
// the same JSON as want.
func (a *Answer) WantJSON(t testing.TB, status int, want string) *Answer {
	t.Helper()
	a.Want(t, status)
	var expected any
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		t.Fatalf("the expected body is not JSON: %v", err)
	}
	if diff := cmp.Diff(expected, Decode[any](t, a)); diff != "" {
		t.Fatalf("%s: the answer differs (- wanted, + got):\n%s", a.request, diff)
	}
	return a
}

// WantRefusal fails the test where the answer is not an error of the plain
// dialects with a status and a code, whose French reason holds all of the words.
func (a *Answer) WantRefusal(t testing.TB, status int, code string, words ...string) *Answer {
	t.Helper()
	a.Want(t, status)
	refusal := Decode[struct{ Error, Reason string }](t, a)
	if refusal.Error != code {
		t.Fatalf("%s: error %q, want %q: %s", a.request, refusal.Error, code, a.Body)
	}
	for _, word := range words {
		if !strings.Contains(refusal.Reason, word) {
			t.Fatalf("%s: the reason does not say %q: %s", a.request, word, refusal.Reason)
		}
	}
	return a
}

// Decode reads the body of an answer.
func Decode[T any](t testing.TB, a *Answer) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(a.Body, &value); err != nil {
		t.Fatalf("%s: the answer is not the expected JSON: %v: %.2000s", a.request, err, a.Body)
	}
	return value
}
