package main

import (
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// needPostgres skips a test where there is no PostgreSQL to start.
func needPostgres(t *testing.T) {
	t.Helper()
	if err := pgtest.Installed(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

func TestTheSuiteWritesTheTableTheGoalsAndThePlot(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	docs := t.TempDir()
	if err := os.Mkdir(filepath.Join(docs, "images"), 0o755); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(docs, "performance.md")
	if err := os.WriteFile(page, []byte("before\n<!-- suite: begin -->\nold\n<!-- suite: end -->\nafter\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := inWorkshop(t.Context(), func(w *workshop) error {
		return runSuite(t.Context(), w, suiteOptions{sizes: []int{30, 200}, runs: 1, docs: docs, traLines: 1000})
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"before\n", "\nafter\n", "| first push | 30 |", "| list | 200 |", "| start on an empty SQLite database"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "old") {
		t.Error("the old text is still there")
	}
	svg, err := os.Open(filepath.Join(docs, "images", "performance.svg"))
	if err != nil {
		t.Fatal(err)
	}
	defer svg.Close()
	lines := 0
	for d := xml.NewDecoder(svg); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "polyline" {
			lines++
		}
	}
	// Two databases with their limits in three panels, without limits in that of
	// the delta, and the legend.
	if want := 3*4 + 2 + 5; lines != want {
		t.Errorf("%d lines are drawn, want %d", lines, want)
	}
}

func TestThePeerStaysOutOfTheProductsModule(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-m", "all")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), "pocketbase") {
		t.Error("PocketBase is among the modules of the product")
	}
}
