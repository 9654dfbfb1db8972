package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// watched is a folder that `passerelle watch` looks at.
type watched struct {
	dir   string
	log   *output
	stop  func()
	ended chan int
	o     *apitest.Organisme
}

func watch(t *testing.T, dir, url string, o *apitest.Organisme, args ...string) *watched {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	w := &watched{dir: dir, log: &output{}, stop: stop, ended: make(chan int, 1), o: o}
	go func() {
		args := append([]string{"watch", dir, "--url", url, "--token", o.Token, "--interval", "20ms"}, args...)
		w.ended <- run(ctx, args, strings.NewReader(""), w.log, w.log)
	}()
	t.Cleanup(stop)
	return w
}

// end stops the watcher.
func (w *watched) end(t *testing.T) {
	t.Helper()
	w.stop()
	if status := <-w.ended; status != exitDone {
		t.Errorf("status %d: %s", status, w.log)
	}
}

// appears waits for a file and returns what it holds.
func (w *watched) appears(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(w.dir, name)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if text, err := os.ReadFile(path); err == nil {
			return string(text)
		}
	}
	t.Fatalf("%s does not appear: %s", name, w.log)
	return ""
}

func drop(t *testing.T, dir, name string, list []passerelle.Contrat) {
	t.Helper()
	text, err := os.ReadFile(table(t, list))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, name, string(text))
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFilesThatLandArePushedAndFiled(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	w := watch(t, t.TempDir(), s.URL, o)

	drop(t, w.dir, "export.csv", apitest.Numbered(60))
	w.appears(t, "done/export.csv")
	v := decode[verdict](t, w.appears(t, "done/export.csv.rapport.json"))
	if v.Outcome != outcomePushed || v.Result.Added != 60 || len(transmis(t, o)) != 60 {
		t.Fatalf("%+v", v)
	}
	t.Run("the next file of the same name does not replace the first", func(t *testing.T) {
		drop(t, w.dir, "export.csv", apitest.Numbered(61))
		w.appears(t, "done/export-2.csv")
		if n := len(transmis(t, o)); n != 61 {
			t.Errorf("%d contracts", n)
		}
	})
	t.Run("a wrong table comes back with what is wrong", func(t *testing.T) {
		list := apitest.Numbered(61)
		list[2].EmailApprenant = "nobody"
		drop(t, w.dir, "faux.csv", list)
		w.appears(t, "refused/faux.csv")
		lines := strings.Split(w.appears(t, "refused/faux.csv.rapport.csv"), "\r\n")
		if !strings.HasSuffix(lines[0], ";Erreurs à corriger") || !strings.Contains(lines[3], "O4 : ") || strings.Contains(lines[2], "O3") {
			t.Errorf("the report:\n%s", strings.Join(lines[:5], "\n"))
		}
	})
	t.Run("a truncated file is held, and says what to do", func(t *testing.T) {
		drop(t, w.dir, "tronque.csv", apitest.Numbered(4))
		w.appears(t, "refused/tronque.csv")
		v := decode[verdict](t, w.appears(t, "refused/tronque.csv.rapport.json"))
		if v.Outcome != outcomeHeld || v.Synchronisation == "" || !strings.Contains(v.Reason, "archiverait 57 des 61") {
			t.Errorf("%+v", v)
		}
	})
	t.Run("a file of another kind is refused", func(t *testing.T) {
		put(t, w.dir, "contrats.xls", "%PDF-1.7")
		if report := w.appears(t, "refused/contrats.xls.rapport.json"); !strings.Contains(report, "document PDF") {
			t.Error(report)
		}
	})
	t.Run("JSON is pushed too", func(t *testing.T) {
		text, err := json.Marshal(apitest.Numbered(62))
		if err != nil {
			t.Fatal(err)
		}
		put(t, w.dir, "contrats.json", string(text))
		w.appears(t, "done/contrats.json")
		if n := len(transmis(t, o)); n != 62 {
			t.Errorf("%d contracts", n)
		}
	})
	t.Run("hidden and unfinished files are left alone", func(t *testing.T) {
		names := []string{".cache", "export.csv.part", "~$classeur.xlsx", "upload.tmp"}
		for _, name := range names {
			put(t, w.dir, name, "x")
		}
		drop(t, w.dir, "apres.csv", apitest.Numbered(62))
		w.appears(t, "done/apres.csv")
		for _, name := range names {
			if free(filepath.Join(w.dir, name)) {
				t.Errorf("%s was taken", name)
			}
		}
	})
	w.end(t)
	if strings.Contains(w.log.String(), "@") {
		t.Errorf("an address is in the log: %s", w.log)
	}
}

func TestAFileStillBeingWrittenWaits(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	// Looks are far enough apart that no pause of the writer spans two of them, on
	// a busy machine either.
	w := watch(t, t.TempDir(), s.URL, o, "--interval", "800ms")
	text, err := os.ReadFile(table(t, apitest.Numbered(40)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(w.dir, "lent.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for len(text) > 0 {
		n := min(len(text), 1500)
		if _, err := file.Write(text[:n]); err != nil {
			t.Fatal(err)
		}
		text = text[n:]
		time.Sleep(150 * time.Millisecond)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	w.appears(t, "done/lent.csv")
	w.end(t)
	if n := len(transmis(t, o)); n != 40 {
		t.Errorf("%d contracts", n)
	}
	if entries, _ := os.ReadDir(filepath.Join(w.dir, refusedFolder)); len(entries) != 0 {
		t.Errorf("half a file was refused: %v", entries)
	}
}

func TestAFileWaitsForItsHubAcrossRestarts(t *testing.T) {
	t.Parallel()
	s, o := sandbox(t)
	var up atomic.Bool
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !up.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprint(w, `{"error":"internal error","reason":"…"}`)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	dir := t.TempDir()
	first := watch(t, dir, proxy.URL, o)
	drop(t, dir, "export.csv", apitest.Numbered(3))
	first.appears(t, workFolder+"/export.csv")
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(first.log.String(), "tried again") && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	first.end(t)
	if free(filepath.Join(dir, workFolder, "export.csv")) {
		t.Fatalf("the file is lost: %s", first.log)
	}
	up.Store(true)
	second := watch(t, dir, proxy.URL, o)
	second.appears(t, "done/export.csv")
	second.end(t)
	if n := len(transmis(t, o)); n != 3 {
		t.Errorf("%d contracts", n)
	}
}

func TestWatchExitStatuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		args []string
		want int
	}{
		{"no folder is wrong usage", []string{"watch"}, exitUsage},
		{"no hub is wrong usage", []string{"watch", t.TempDir()}, exitUsage},
		{"no interval is wrong usage", []string{"watch", t.TempDir(), "--url", "http://h", "--token", "t", "--interval", "0s"}, exitUsage},
		{"a folder that is not there fails", []string{"watch", "/nowhere", "--url", "http://h", "--token", "t"}, exitFailed},
	} {
		if r := command(t, test.args...); r.status != test.want {
			t.Errorf("%s: status %d: %s", test.name, r.status, r.stderr)
		}
	}
}
