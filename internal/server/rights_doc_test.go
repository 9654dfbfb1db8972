package server_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the table of rights in docs/security.md")

func TestTheTableOfRightsIsTheRoutersOwn(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, route := range routes() {
		droit := string(route.Droit)
		if droit == "" {
			droit = "–"
		}
		if route.Ou != "" {
			droit += " or " + string(route.Ou)
		}
		lines = append(lines, fmt.Sprintf("| `%s` | %s | %s |\n", route.Path, route.Method, droit))
	}
	slices.Sort(lines)
	table := "\n| path | method | right |\n| --- | --- | --- |\n" + strings.Join(lines, "")
	const file, begin, end = "../../docs/security.md", "<!-- routes -->\n", "<!-- /routes -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	written, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the table", file)
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+table+"\n"+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if strings.TrimSpace(written) != strings.TrimSpace(table) {
		t.Error("the table of rights is not the router's: go test ./internal/server -run TableOfRights -update")
	}
}
