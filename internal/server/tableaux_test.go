package server_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pb33f/go-yaml"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// packaged reads a file of the folder packaging.
func packaged(t *testing.T, path ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "packaging"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var metricName = regexp.MustCompile(`\b(?:passerelle|process|go)_[a-z_]+\b`)

// TestTheDashboardAndTheAlertsUseMetricsThatThereAre holds what is packaged for
// Grafana and Prometheus against what a server in use shows at /metrics.
func TestTheDashboardAndTheAlertsUseMetricsThatThereAre(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite", apitest.InsideWebhooks())
	o := s.Production(t, "CFA Horizon")
	told := make(chan struct{}, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { told <- struct{}{} }))
	t.Cleanup(receiver.Close)
	o.Post(t, "/api/admin/v1/webhooks", map[string]any{"nom": "Suivi", "url": receiver.URL, "evenements": []string{"synchronisation.appliquee"}}).Want(t, 201)
	o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Contrats("K1")...)).Want(t, 200)
	<-told
	metrics := func() string { return string(s.Client("").Get(t, "/metrics").Want(t, 200).Body) }
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(metrics(), "passerelle_webhook_attempts_total{") && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	exposed, labels := map[string]bool{}, map[string]bool{"le": true, "job": true, "instance": true}
	for line := range strings.Lines(metrics()) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		exposed[line[:strings.IndexAny(line, "{ ")]] = true
		for _, label := range regexp.MustCompile(`([a-z_]+)="`).FindAllStringSubmatch(line, -1) {
			labels[label[1]] = true
		}
	}
	used := map[string]bool{}
	check := func(where, expression string) {
		t.Helper()
		for _, name := range metricName.FindAllString(expression, -1) {
			used[name] = true
			if !exposed[name] {
				t.Errorf("%s uses %s, which is not at /metrics", where, name)
			}
		}
		for _, list := range regexp.MustCompile(`(?:by|on) \(([^)]*)\)`).FindAllStringSubmatch(expression, -1) {
			for label := range strings.SplitSeq(list[1], ", ") {
				if !labels[label] {
					t.Errorf("%s groups by %s, which no metric has", where, label)
				}
			}
		}
		for _, label := range regexp.MustCompile(`[{,]([a-z_]+)=~?"`).FindAllStringSubmatch(expression, -1) {
			if !labels[label[1]] {
				t.Errorf("%s filters by %s, which no metric has", where, label[1])
			}
		}
		if strings.Count(expression, "(") != strings.Count(expression, ")") || strings.Count(expression, "{") != strings.Count(expression, "}") {
			t.Errorf("%s: brackets do not match in %s", where, expression)
		}
	}

	var dashboard struct {
		UID, Title string
		Panels     []struct {
			ID                       int
			Type, Title, Description string
			Targets                  []struct{ Expr string }
			GridPos                  struct{ X, Y, W, H int }
		}
		Templating struct {
			List []struct {
				Name  string
				Query any
			}
		}
	}
	if err := json.Unmarshal(packaged(t, "grafana", "passerelle.json"), &dashboard); err != nil {
		t.Fatal(err)
	}
	ids, cells := map[int]bool{}, map[[2]int]string{}
	for _, p := range dashboard.Panels {
		if ids[p.ID] || p.Type != "row" && (len(p.Targets) == 0 || p.Description == "") {
			t.Errorf("the panel %q needs an id of its own, a description and a query", p.Title)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := cells[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("the panels %q and %q overlap", p.Title, other)
				}
				cells[[2]int{x, y}] = p.Title
			}
		}
		for _, target := range p.Targets {
			check("the panel "+p.Title, target.Expr)
		}
	}
	for _, v := range dashboard.Templating.List {
		text, err := json.Marshal(v.Query)
		if err != nil {
			t.Fatal(err)
		}
		check("the variable "+v.Name, strings.ReplaceAll(string(text), `\"`, `"`))
	}

	var alerts struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(packaged(t, "prometheus", "alerts.yml")))
	decoder.KnownFields(true)
	if err := decoder.Decode(&alerts); err != nil {
		t.Fatal(err)
	}
	rules := 0
	for _, group := range alerts.Groups {
		for _, rule := range group.Rules {
			rules++
			if rule.Alert == "" || rule.Labels["severity"] == "" || rule.Annotations["summary"] == "" || rule.Annotations["description"] == "" {
				t.Errorf("the alert %q needs a severity, a summary and a description", rule.Alert)
			}
			check("the alert "+rule.Alert, rule.Expr)
		}
	}
	for name := range exposed {
		if base := strings.TrimSuffix(strings.TrimSuffix(name, "_sum"), "_count"); strings.HasPrefix(name, "passerelle_") && base == name && !used[name] {
			t.Errorf("neither the dashboard nor an alert uses %s", name)
		}
	}
	t.Logf("%d panels and %d alerts use %d metrics", len(dashboard.Panels), rules, len(used))
}
