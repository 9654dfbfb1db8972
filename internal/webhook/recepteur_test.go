package webhook_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	webhooks = "/api/admin/v1/webhooks"
	patience = 20 * time.Second // for what should happen at once
)

// event is the body of a webhook.
type event struct {
	Type, Organisme string
	Timestamp       time.Time
	Data            map[string]any
}

// call is one request that a receiver got.
type call struct {
	event
	ID     string // webhook-id
	Header http.Header
	Body   []byte
	Status int // what was answered
}

// receiver is the software that is told.
type receiver struct {
	*httptest.Server
	t testing.TB

	mu     sync.Mutex
	calls  []call
	answer func(w http.ResponseWriter, n int) int // status of the nth answer, from 0; nil for 204
}

func newReceiver(t testing.TB) *receiver {
	t.Helper()
	r := &receiver{t: t}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// ServeHTTP keeps the call and answers.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		r.t.Errorf("read a webhook: %v", err)
	}
	c := call{Header: request.Header, Body: body, ID: request.Header.Get("webhook-id"), Status: http.StatusNoContent}
	if err := json.Unmarshal(body, &c.event); err != nil {
		r.t.Errorf("a webhook is not JSON: %v", err)
	}
	r.mu.Lock()
	if r.answer != nil {
		c.Status = r.answer(w, len(r.calls))
	}
	r.calls = append(r.calls, c)
	r.mu.Unlock()
	w.WriteHeader(c.Status)
}

// answers sets what is answered from now on.
func (r *receiver) answers(answer func(w http.ResponseWriter, n int) int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func always(status int) func(http.ResponseWriter, int) int {
	return func(http.ResponseWriter, int) int { return status }
}

// got returns the calls so far.
func (r *receiver) got() []call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.calls)
}

// wait returns the calls once there are n of them.
func (r *receiver) wait(n int) []call {
	r.t.Helper()
	until(r.t, "webhooks", func() bool { return len(r.got()) >= n })
	return r.got()
}

func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain for %s", patience, what)
		}
	}
}

func types(calls []call) (list []string) {
	for _, c := range calls {
		list = append(list, c.Type)
	}
	return list
}

// hook is a webhook as the API shows it.
type hook struct {
	ID, Nom, URL, Secret       string
	Evenements                 []string
	Actif, EnEchec             bool
	EnAttente, Echecs          int
	EchecDepuis, ProchainEssai *time.Time
	Motif                      *string
}

func create(t testing.TB, o *apitest.Organisme, url string, evenements ...string) hook {
	t.Helper()
	return apitest.Decode[hook](t, o.Post(t, webhooks, map[string]any{"nom": "Suivi", "url": url, "evenements": evenements}).Want(t, 201))
}

func read(t testing.TB, o *apitest.Organisme, id string) hook {
	t.Helper()
	return apitest.Decode[hook](t, o.Get(t, webhooks+"/"+id).Want(t, 200))
}

// delivery is a delivery as the API shows it.
type delivery struct {
	ID, Evenement, Type, Etat string
	Essais                    int
	Statut                    *int
	Erreur, Message           *string
}

func deliveries(t testing.TB, o *apitest.Organisme, id, query string) []delivery {
	t.Helper()
	answer := apitest.Decode[struct {
		Total      int
		Livraisons []delivery
	}](t, o.Get(t, webhooks+"/"+id+"/livraisons"+query).Want(t, 200))
	return answer.Livraisons
}

// verified fails the test where a call is not signed with a secret.
func verified(t testing.TB, c call, secret string) {
	t.Helper()
	w, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	// The clock of the tests stands in the past.
	if err := w.VerifyIgnoringTimestamp(c.Body, c.Header); err != nil {
		t.Errorf("%s: %v", c.Type, err)
	}
}

// push sends contracts and wants a status.
func push(t testing.TB, o *apitest.Organisme, status int, codes ...string) {
	t.Helper()
	o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Contrats(codes...)...)).Want(t, status)
}
