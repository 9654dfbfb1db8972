package faults_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

// PostgreSQL is stopped, or killed, and started again while an organisme pushes two
// sets of contracts in turn: what was answered with success is there, what is there is
// one of the two sets, and the server recovers by itself.
func TestPushesOutliveARestartOfPostgreSQL(t *testing.T) {
	t.Parallel()
	database := pgtest.Durable(t)
	s := apitest.New(t, "postgres", apitest.At(database.DSN()), apitest.Faulty())
	o := s.Production(t, "CFA Horizon")
	sets := [2][]byte{body(t, contrats(2_000, 0)), body(t, contrats(2_000, 1))}
	var lists [2]string
	for i := range sets {
		o.Post(t, pushPath, sets[i]).Want(t, 200)
		lists[i] = string(o.Get(t, listPath).Want(t, 200).Body)
	}
	statuses := map[int]int{}
	stop := make(chan struct{})
	var pushes sync.WaitGroup
	acknowledged, uncertain := 1, false // the set that was last answered with success; whether one more may be there
	pushes.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			answer := post(t, s, o, sets[i%2])
			statuses[answer.status]++
			switch answer.status {
			case 200:
				acknowledged, uncertain = i%2, false
			case 503, 504:
				if answer.header.Get("Retry-After") == "" || answer.refusal.Reason == "" || answer.refusal.RequestID == "" ||
					answer.refusal.Error != map[int]string{503: "database unavailable", 504: "outcome unknown"}[answer.status] {
					t.Errorf("%d: %v %+v", answer.status, answer.header, answer.refusal)
				}
				uncertain = uncertain || answer.status == 504
				time.Sleep(20 * time.Millisecond) // a patient client waits longer
			default:
				t.Errorf("a push is answered with %d %+v", answer.status, answer.refusal)
			}
		}
	})
	const rounds = 4
	for i := range rounds {
		time.Sleep(300*time.Millisecond + time.Duration(i)*57*time.Millisecond)
		if i%2 == 0 {
			database.Stop()
		} else {
			database.Kill()
		}
		o.Get(t, "/readyz").Want(t, 503)
		o.Get(t, "/healthz").Want(t, 200)
		o.Get(t, "/api/v1/society").Want(t, 503)
		database.Start()
	}
	time.Sleep(300 * time.Millisecond)
	close(stop)
	pushes.Wait()
	o.Get(t, "/readyz").Want(t, 200)
	switch left := string(o.Get(t, listPath).Want(t, 200).Body); {
	case left == lists[acknowledged], uncertain && left == lists[1-acknowledged]:
	default:
		t.Error("what is there is not what was acknowledged")
	}
	if statuses[200] == 0 || statuses[503]+statuses[504] == 0 {
		t.Errorf("statuses %v", statuses)
	}
	t.Logf("PostgreSQL stopped %d times: answers by status %v, nothing acknowledged lost", rounds, statuses)
}

type pushAnswer struct {
	status  int
	header  http.Header
	refusal struct{ Error, Reason, RequestID string }
}

// post pushes from a goroutine that is not the test's.
func post(t *testing.T, s *apitest.Server, o *apitest.Organisme, contents []byte) (answer pushAnswer) {
	request, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+pushPath, bytes.NewReader(contents))
	if err != nil {
		t.Error(err)
		return answer
	}
	request.Header.Set("Authorization", "Bearer "+o.Token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Error(err)
		return answer
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	answer.status, answer.header = response.StatusCode, response.Header
	if answer.status != 200 {
		if err := json.Unmarshal(text, &answer.refusal); err != nil {
			t.Errorf("%d %s: %v", answer.status, text, err)
		}
	}
	return answer
}
