package faults_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// The usual pace is 30 seconds and 16 KiB/s; here it is hundreds of times as fast,
// so that the test need not wait.
var quick = apitest.Pace(web.Pace{Grace: 400 * time.Millisecond, Rate: 1 << 20})

// head begins a request on a connection of its own.
func head(t *testing.T, s *apitest.Server, o *apitest.Organisme, line string, headers ...string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: passerelle\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n", line, o.Token, strings.Join(headers, "\r\n"))
	return conn
}

// drip sends one byte at a time, for the test as slowly as one a second is for the
// usual pace, until the other side hangs up.
func drip(conn net.Conn, contents []byte) {
	for i := range contents {
		if _, err := conn.Write(contents[i : i+1]); err != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestAClientThatSendsOneByteAtATimeIsCutOff(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		contents := append([]byte(`{"contrats":[`), bytes.Repeat([]byte(" "), 500_000)...)
		for path, code := range map[string]string{"/api/sync/v2/contrats": "body too slow", "/api/v1/society/exercice": "ERR-BODY-TOO-SLOW"} {
			conn := head(t, s, o, "POST "+path, "Content-Type: application/json", fmt.Sprintf("Content-Length: %d", len(contents)))
			started := time.Now()
			go drip(conn, contents)
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			text, _ := io.ReadAll(answer.Body)
			took := time.Since(started)
			if answer.StatusCode != 408 || !strings.Contains(string(text), `"`+code+`"`) || !strings.Contains(string(text), "trop lentement") || took > 20*time.Second {
				t.Errorf("%s: %d after %v: %s", path, answer.StatusCode, took, text)
			}
			t.Logf("%s: a client that drips is answered with %d after %v (grace %v)", path, answer.StatusCode, took.Round(time.Millisecond), 400*time.Millisecond)
		}
		// What nobody asked to read is not waited for either: a login form, a body where none belongs.
		for _, line := range []string{"POST /connexion", "GET /healthz"} {
			conn := head(t, s, o, line, "Content-Type: application/x-www-form-urlencoded", "Content-Length: 20000")
			started := time.Now()
			go drip(conn, bytes.Repeat([]byte("a"), 20_000))
			_, _ = io.Copy(io.Discard, conn)
			if took := time.Since(started); took > 20*time.Second {
				t.Errorf("%s: the connection is held for %v", line, took)
			}
		}
		o.Get(t, listPath).WantJSON(t, 200, `{"total":0,"contrats":[]}`)
	}, quick)
}

func TestAnHonestSlowLineGetsTheTimeThatItNeeds(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		contents := body(t, contrats(3_000, 0))
		conn := head(t, s, o, "POST "+pushPath, "Content-Type: application/json", fmt.Sprintf("Content-Length: %d", len(contents)))
		started := time.Now()
		go func() { // 1.5 times the least rate, however exactly the machine sleeps
			for sent := 0; sent < len(contents); time.Sleep(5 * time.Millisecond) {
				due := min(len(contents), int(time.Since(started).Seconds()*1.5*(1<<20)))
				if _, err := conn.Write(contents[sent:due]); err != nil {
					return
				}
				sent = due
			}
		}()
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != 200 {
			t.Errorf("%d %s", answer.StatusCode, text)
		}
		t.Logf("%d kB in %v, %d times the grace: accepted", len(contents)/1000, time.Since(started).Round(time.Millisecond), time.Since(started)/(400*time.Millisecond))
	}, quick)
}

func TestClientsThatNeverReadAreCutOffAndHoldNobodyUp(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, first *apitest.Server) {
		o := first.Production(t, "CFA Horizon")
		// More than the buffers of a connection hold.
		list := contrats(600, 0)
		for i := range list {
			list[i].MissionDetails = strings.Repeat("x", 19_000)
		}
		o.Post(t, pushPath, body(t, list)).Want(t, 200)
		s := apitest.New(t, first.Database, apitest.At(first.Location), apitest.Pace(web.Pace{Grace: 400 * time.Millisecond, Rate: 8 << 20}), apitest.Faulty())
		o = &apitest.Organisme{Client: s.Client(o.Token)}
		const deaf = 20
		started := time.Now()
		for range deaf {
			conn := head(t, s, o, "GET "+listPath)
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetReadBuffer(4 << 10)
			}
		}
		ended := func() int { return strings.Count(s.Log.String(), "route="+listPath+" status=200") }
		var wait sync.WaitGroup
		var slowest time.Duration
		wait.Go(func() {
			for ended() < deaf && time.Since(started) < time.Minute {
				asked := time.Now()
				o.Get(t, "/api/sync/v1/test").Want(t, 200)
				slowest = max(slowest, time.Since(asked))
				time.Sleep(20 * time.Millisecond)
			}
		})
		wait.Wait()
		if n := ended(); n < deaf {
			t.Errorf("%d of %d clients that never read are still served", deaf-n, deaf)
		}
		t.Logf("%d clients that never read a list of 11 MB: all cut off after %v; others waited for %v at most meanwhile", deaf, time.Since(started).Round(time.Millisecond), slowest.Round(time.Millisecond))
		var read struct{ Contrats []json.RawMessage }
		if err := json.Unmarshal(o.Get(t, listPath).Want(t, 200).Body, &read); err != nil || len(read.Contrats) != len(list) {
			t.Errorf("one that reads gets %d contracts, %v", len(read.Contrats), err)
		}
	})
}
