package storetest

import (
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/store/open"
)

// Each row: table, index (or key), its first column.
const (
	postgresKeys = `
SELECT t.relname, i.relname, a.attname
FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]`
	sqliteKeys = `
SELECT m.name, l.name, c.name
FROM sqlite_schema m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) c ON c.seqno = 0
WHERE m.type = 'table'`
	// Tables of which every row belongs to an organisme.
	postgresTables = `
SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'organisme_id' AND is_nullable = 'NO'`
	sqliteTables = `
SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON c.name = 'organisme_id' AND c."notnull" WHERE m.type = 'table'`
)

// What looks at rows of every organisme on purpose.
var housekeeping = []string{
	"reponse_age", "reponse-expire", // answers that are kept for repeated requests, and forgotten by age
}

// Tables found by what somebody shows before it is known whose they are.
var shown = []string{"compte", "acces", "flux"}

var (
	tableOfQuery = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)`)
	sameTenant   = regexp.MustCompile(`(\w+)\.organisme_id = (\w+)\.organisme_id`)
)

func (d Database) keyedByOrganisme(t *testing.T) {
	t.Parallel()
	location := d.Location(t)
	queries := d.Open(t, location).Queries()
	below := raw(t, location)
	keys, tables := sqliteKeys, sqliteTables
	if open.IsPostgres(location) {
		keys, tables = postgresKeys, postgresTables
	}
	tenants := slices.DeleteFunc(texts(t, below, tables), func(table string) bool { return slices.Contains(shown, table) })
	if !slices.Contains(tenants, "contrat") {
		t.Fatalf("tables that belong to organismes: %v", tenants)
	}
	keyed := map[string]bool{}
	rows, err := below.QueryContext(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table, index, column string
		if err := rows.Scan(&table, &index, &column); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(tenants, table) || slices.Contains(housekeeping, index) {
			continue
		}
		if column != "organisme_id" {
			t.Errorf("%s: the key %s begins with %s, not with the organisme", table, index, column)
		}
		keyed[table] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, table := range tenants {
		if !keyed[table] {
			t.Errorf("%s has no key that begins with the organisme", table)
		}
	}
	for name, query := range queries {
		checkTenant(t, name, query, tenants)
	}
}

// checkTenant refuses a query that reads or writes rows of several organismes,
// unless its name says that it means to: those end in -all.
func checkTenant(t *testing.T, name, query string, tenants []string) {
	t.Helper()
	n := 0
	for _, found := range tableOfQuery.FindAllStringSubmatch(query, -1) {
		if slices.Contains(tenants, found[1]) {
			n++
		}
	}
	if n == 0 || strings.HasSuffix(name, "-all") || slices.Contains(housekeeping, name) {
		return
	}
	if !strings.Contains(query, "organisme_id") {
		t.Errorf("query %s does not say of which organisme", name)
	}
	joins := strings.Count(query, " JOIN ")
	if joins > 0 && n > 1 && len(sameTenant.FindAllString(query, -1)) < min(joins, n-1) {
		t.Errorf("query %s joins rows of several organismes", name)
	}
}

func texts(t *testing.T, db *sql.DB, query string) (found []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		found = append(found, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}
