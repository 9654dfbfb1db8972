package docs_test

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// The receivers of the guide take what is signed and refuse all else.
func TestTheReceiversOfTheGuideVerifySignatures(t *testing.T) {
	t.Parallel()
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw7mHkGe9Gv3k="
	for language, start := range map[string]func(file string) []string{
		"python": func(file string) []string { return []string{"python3", file} },
		"go": func(file string) []string {
			binary := file + ".bin"
			if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, file).CombinedOutput(); err != nil {
				t.Fatalf("build: %v\n%s", err, out)
			}
			return []string{binary}
		},
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "receiver."+map[string]string{"python": "py", "go": "go"}[language])
			if err := os.WriteFile(file, []byte(block(t, "webhooks.md", language)), 0o600); err != nil {
				t.Fatal(err)
			}
			command := start(file)
			if _, err := exec.LookPath(command[0]); err != nil {
				if os.Getenv("CI") != "" {
					t.Fatal(err)
				}
				t.Skipf("%s is not installed here", command[0])
			}
			free, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			address := free.Addr().String()
			free.Close()
			_, port, _ := net.SplitHostPort(address)
			running := exec.CommandContext(t.Context(), command[0], command[1:]...)
			running.Env = append(os.Environ(), "PORT="+port, "WEBHOOK_SECRET="+secret)
			if err := running.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = running.Process.Kill(); _ = running.Wait() })

			signer, err := standardwebhooks.NewWebhook(secret)
			if err != nil {
				t.Fatal(err)
			}
			body := []byte(`{"type":"webhook.essai","data":{"webhook":"1"}}`)
			send := func(at time.Time, sent []byte, before string) int {
				t.Helper()
				signature, err := signer.Sign("msg_1", at, body)
				if err != nil {
					t.Fatal(err)
				}
				for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
					request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/", bytes.NewReader(sent))
					if err != nil {
						t.Fatal(err)
					}
					request.Header.Set("webhook-id", "msg_1")
					request.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
					request.Header.Set("webhook-signature", before+signature)
					response, err := http.DefaultClient.Do(request)
					if err == nil {
						response.Body.Close()
						return response.StatusCode
					}
					if time.Now().After(deadline) {
						t.Fatal(err)
					}
				}
			}
			for what, try := range map[string]struct {
				at     time.Time
				body   []byte
				before string
				want   int
			}{
				"signed":                  {time.Now(), body, "", 204},
				"after another":           {time.Now(), body, "v1,bm9uZQ== ", 204},
				"changed":                 {time.Now(), bytes.Replace(body, []byte("1"), []byte("2"), 1), "", 401},
				"old":                     {time.Now().Add(-10 * time.Minute), body, "", 401},
				"of the future":           {time.Now().Add(10 * time.Minute), body, "", 401},
				"with a spoilt signature": {time.Now(), body, "x", 401},
			} {
				if got := send(try.at, try.body, try.before); got != try.want {
					t.Errorf("what is %s is answered %d, want %d", what, got, try.want)
				}
			}
		})
	}
}

func TestTheFlowForNodeREDVerifiesAsTheGuideShows(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../clients/node-red/flow.json")
	if err != nil {
		t.Fatal(err)
	}
	type node struct {
		ID, Type, URL, Func string
		SkipBodyParsing     bool
		Wires               [][]string
	}
	var flow []node
	if err := json.Unmarshal(text, &flow); err != nil {
		t.Fatal(err)
	}
	one := func(kind string) node {
		i := slices.IndexFunc(flow, func(n node) bool { return n.Type == kind })
		if i < 0 {
			t.Fatalf("the flow has no node %q", kind)
		}
		return flow[i]
	}
	in, verify := one("http in"), one("function")
	if !in.SkipBodyParsing || strings.Contains(in.URL, ":") || in.Wires[0][0] != verify.ID {
		t.Errorf("what comes is not verified as it came: %+v", in)
	}
	if want := strings.TrimSuffix(block(t, "webhooks.md", "javascript"), "\n"); verify.Func != want {
		t.Errorf("the guide shows another code than the flow has:\n%s", verify.Func)
	}
	if answer := one("http response"); len(verify.Wires) != 2 || verify.Wires[1][0] != answer.ID {
		t.Errorf("nobody is answered: %v", verify.Wires)
	}
}
