package sqlite

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3/driver"
)

// A page of the console looks at a few rows: its queries find contracts by an
// index. Only what builds the text of searches reads them all.
func TestTheConsolesQueriesFindContractsByIndex(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "plans.db")
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	raw, err := driver.Open("file:" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	// What a page shows, or a search reads.
	shown := regexp.MustCompile(`^(recherche-.*|synchronisation-last|session-(sites|of-site|get)|contrat-(changed.*|first-depuis|history)|anomalie-(regles|of-regle|of-contrat))$`)
	for _, file := range []string{"recherche.sql", "contrat.sql", "synchronisation.sql"} {
		text, err := os.ReadFile(filepath.Join("..", "queries", file))
		if err != nil {
			t.Fatal(err)
		}
		for block := range strings.SplitSeq("\n"+string(text), "\n-- name: ") {
			name, query, _ := strings.Cut(block, "\n")
			if !shown.MatchString(name) {
				continue
			}
			plan := planOf(t, raw, query)
			t.Logf("%s\n%s", name, plan)
			if scan := regexp.MustCompile(`SCAN (c|o|contrat|profil|p)\b`).FindString(plan); scan != "" {
				t.Errorf("%s reads a whole table:\n%s", name, plan)
			}
		}
	}
}

func planOf(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	args := make([]any, 0, 9)
	for i := 1; strings.Contains(query, fmt.Sprintf("$%d", i)); i++ {
		args = append(args, "1")
	}
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+dialect{}.Rewrite(strings.TrimRight(strings.TrimSpace(query), ";")), args...)
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan.WriteString("  " + detail + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
