package docs_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/passerelle-hub/passerelle/internal/api/docs"
)

func serve(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/docs", docs.Handler())
	mux.Handle("/docs/", docs.Handler())
	mux.HandleFunc("GET /openapi.yaml", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join("testdata", "openapi.yaml"))
	})
	mux.HandleFunc("GET /api/sync/v1/test", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"value":"token valid","name":"CFA"}`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func TestAssetsAreServedToEveryClient(t *testing.T) {
	t.Parallel()
	server := serve(t)
	for _, tt := range []struct {
		path, accept string
		encoding     string
		contentType  string
		contains     string
	}{
		{"/docs", "", "", "text/html", "docs/swagger-ui-bundle.js"},
		{"/docs/", "", "", "text/html", "docs/swagger-ui-bundle.js"},
		{"/docs/page.js", "gzip", "", "javascript", "validatorUrl: null"},
		{"/docs/swagger-ui-bundle.js", "gzip", "gzip", "javascript", "\x1f\x8b"},
		{"/docs/swagger-ui-bundle.js", "identity", "", "javascript", "SwaggerUIBundle"},
		{"/docs/swagger-ui.css", "identity", "", "text/css", ".swagger-ui"},
	} {
		t.Run(tt.path+" "+tt.accept, func(t *testing.T) {
			t.Parallel()
			res, body := get(t, server.URL+tt.path, tt.accept)
			if res.StatusCode != http.StatusOK || res.Header.Get("Content-Encoding") != tt.encoding ||
				!strings.Contains(res.Header.Get("Content-Type"), tt.contentType) || !strings.Contains(body, tt.contains) {
				t.Errorf("status %d, headers %v, %d bytes", res.StatusCode, res.Header, len(body))
			}
			if !strings.HasPrefix(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Error("no content security policy")
			}
		})
	}
	if res, _ := get(t, server.URL+"/docs/nothing.js", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown file answers %d, want 404", res.StatusCode)
	}
}

func get(t *testing.T, url, accept string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if accept != "" {
		req.Header.Set("Accept-Encoding", accept)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestThePageRendersTriesACallAndFetchesNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	server := serve(t)
	ctx := browser(t)

	var mu sync.Mutex
	var asked int
	var elsewhere, complaints []string
	const answerSelector = ".live-responses-table tbody .response-col_description"
	err := chromedp.Listen(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			asked++
			if u := e.Request.URL; !strings.HasPrefix(u, server.URL+"/") && !strings.HasPrefix(u, "data:") {
				elsewhere = append(elsewhere, u)
			}
		case *log.EventEntryAdded:
			complaints = append(complaints, e.Entry.Text)
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatalf("start Chromium: %v", err)
	}

	err = chromedp.Do(ctx,
		chromedp.EmulateViewport(1200, 1000),
		chromedp.Navigate(server.URL+"/docs"),
		chromedp.Click(chromedp.CSS(".opblock-summary-control")),
		chromedp.Click(chromedp.CSS(".try-out__btn")),
		chromedp.Click(chromedp.CSS(".btn.execute")),
		chromedp.WaitVisible(chromedp.CSS(answerSelector)),
	)
	var answer string
	if err == nil {
		answer, err = chromedp.Run(ctx, chromedp.Text(chromedp.CSS(answerSelector)))
	}
	if dir := os.Getenv("PASSERELLE_TEST_SCREENSHOTS"); dir != "" {
		page, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Error(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "docs.png"), page, 0o644); err != nil {
			t.Error(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if err != nil {
		t.Fatalf("the page did not answer: %v; it complains: %q", err, complaints)
	}
	if !strings.Contains(answer, "token valid") {
		t.Errorf("trying a call shows %q", answer)
	}
	if len(elsewhere) > 0 || asked < 5 {
		t.Errorf("the page asks %d times, elsewhere for %q", asked, elsewhere)
	}
	if len(complaints) > 0 {
		t.Errorf("the browser complains: %q", complaints)
	}
}

// browser starts a headless Chromium with a new profile.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("this test needs Chromium, and CI is set: %v", err)
		}
		t.Skipf("this test needs Chromium (Debian: apt-get install chromium): %v", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}
