package postgres_test

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/store/postgres"
)

// The schema can be spread over several servers by organisme_id. PostgreSQL is the
// judge: it must accept every table partitioned by organisme_id with its unique
// constraints, and plan every query on the partition of one organisme.

// Tables that are the same for every organisme, and why. They are small, and
// would stand on every server, or on one.
var global = map[string]string{
	"organisme":        "the list of organismes itself",
	"partenaire":       "a third-party application serves several organismes",
	"jeton":            "is found by its digest before it is known whose it is; a cabinet token belongs to none",
	"compte":           "is found by its e-mail before it is known whose it is",
	"acces":            "is found by its account, which opens several organismes",
	"flux":             "is found by the key of an address before it is known whose it is",
	"session_console":  "is found by its cookie before it is known whose it is",
	"echec_connexion":  "counts logins of addresses and of accounts that need not exist",
	"quota":            "belongs to a token, a cabinet's too, and is worth ten seconds",
	"goose_db_version": "the version of the schema",

	"npec_edition":       "what France compétences publishes is the same for every organisme",
	"npec_montant":       "belongs to an edition",
	"npec_certification": "belongs to an edition",
	"npec_cpne":          "belongs to an edition",
}

// Queries that go to every organisme on purpose, and why.
var everywhere = map[string]string{
	"societe-all":                  "a cabinet token reaches every société",
	"societe-get":                  "a cabinet token names a société, which says whose it is",
	"synchronisation-retenues-all": "housekeeping, once an hour: held pushes that nobody confirmed",
	"import-waiting-all":           "housekeeping, once an hour: imports that nobody confirmed",
	"reponse-expire":               "housekeeping, once an hour: answers kept for repeated requests",
	"livraison-give-up-all":        "housekeeping, once an hour: events that no webhook took in time",
	"livraison-purge-all":          "housekeeping, once an hour: events delivered long ago",
	"webhook-counts-all":           "metrics of the process",
	"webhook-organismes-all":       "the organismes whose silence webhooks are told of",
	"webhook-due-all":              "what the process has to deliver next",
	"webhook-free-all":             "on SQLite alone: leases of a process that is gone",
	"courriel-dus":                 "what the process has to send next",
	"portion-organismes":           "at the start, on SQLite alone: pushes that a crash left half stored",
	"reecriture-organismes":        "at the start: organismes of which versions are to be kept anew",
}

// spread is a database whose tables are partitioned by organisme_id, with a
// partition for each of two organismes.
type spread struct {
	conn    *pgx.Conn
	tenants []string
}

// newSpread partitions the tables of the schema in another one, which hides
// them. It returns what PostgreSQL refuses.
func newSpread(t *testing.T, dsn string, isGlobal func(table string) bool) (*spread, error) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	rows, err := conn.Query(t.Context(), "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	s := &spread{conn, slices.DeleteFunc(tables, isGlobal)}
	statements := []string{"CREATE SCHEMA reparti", "SET search_path = reparti, public", "SET plan_cache_mode = force_custom_plan"}
	for _, table := range s.tenants {
		statements = append(statements,
			fmt.Sprintf("CREATE TABLE reparti.%[1]s (LIKE public.%[1]s INCLUDING ALL EXCLUDING IDENTITY) PARTITION BY LIST (organisme_id)", table),
			fmt.Sprintf("CREATE TABLE reparti.%[1]s_1 PARTITION OF reparti.%[1]s FOR VALUES IN (1)", table),
			fmt.Sprintf("CREATE TABLE reparti.%[1]s_2 PARTITION OF reparti.%[1]s FOR VALUES IN (2)", table))
	}
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			return nil, fmt.Errorf("%s: %w", statement, err)
		}
	}
	return s, nil
}

var (
	planned = regexp.MustCompile(`"Relation Name": "(\w+)"`)
	reads   = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|UPDATE)\s+([a-z_]+)`)
)

// crosses says how a query leaves the organisme 1, which all its numbers name; ""
// where it does not.
func (s *spread) crosses(t *testing.T, name, query string) string {
	t.Helper()
	statement, err := s.conn.Prepare(t.Context(), name, query)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	values := make([]string, len(statement.ParamOIDs))
	for i, oid := range statement.ParamOIDs {
		values[i] = value(oid)
	}
	execute := `EXPLAIN (FORMAT JSON) EXECUTE "` + name + `"`
	if len(values) > 0 {
		execute += "(" + strings.Join(values, ", ") + ")"
	}
	var plan string
	if err := s.conn.QueryRow(t.Context(), execute, pgx.QueryExecModeSimpleProtocol).Scan(&plan); err != nil {
		t.Fatalf("%s: %v", execute, err)
	}
	var touched []string
	for _, found := range planned.FindAllStringSubmatch(plan, -1) {
		if strings.HasSuffix(found[1], "_2") {
			return "it reads " + strings.TrimSuffix(found[1], "_2") + " of every organisme"
		}
		touched = append(touched, found[1])
	}
	// A plan that reads nothing would prove nothing.
	for _, found := range reads.FindAllStringSubmatch(query, -1) {
		if slices.Contains(s.tenants, found[1]) && !slices.Contains(touched, found[1]+"_1") {
			return "its plan does not show that it reads " + found[1] + " of one organisme"
		}
	}
	return ""
}

// value writes a constant of a type: 1 for every number, so that whichever of them
// is the organisme is the first.
func value(oid uint32) string {
	switch oid {
	case pgtype.Int8OID, pgtype.Int4OID, pgtype.NumericOID:
		return "1"
	case pgtype.ByteaOID:
		return `'\x00'`
	case pgtype.TextOID, pgtype.JSONOID:
		return `'["1"]'`
	default:
		return "'{}'" // an array
	}
}

func migrated(t *testing.T) (dsn string, queries map[string]string) {
	t.Helper()
	dsn = pgtest.DSN(t)
	db, err := postgres.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return dsn, db.Queries()
}

func isGlobal(table string) bool { return global[table] != "" }

func TestTheSchemaAndTheQueriesCanBeSpreadOverServersByOrganisme(t *testing.T) {
	t.Parallel()
	dsn, queries := migrated(t)
	s, err := newSpread(t, dsn, isGlobal)
	if err != nil {
		t.Fatalf("a table or a constraint of it crosses organismes: %v", err)
	}
	if len(s.tenants) < 15 {
		t.Errorf("only %v are spread", s.tenants)
	}
	s.checkKeys(t)
	if found := foreignKeys(t, s.conn); len(found) > 0 {
		t.Errorf("foreign keys cross organismes: %v", found)
	}
	for _, name := range slices.Sorted(maps.Keys(queries)) {
		how := s.crosses(t, name, queries[name])
		switch {
		case how != "" && everywhere[name] == "":
			t.Errorf("query %s: %s", name, how)
		case how == "" && everywhere[name] != "":
			t.Errorf("query %s stays in one organisme: it is no exception", name)
		}
	}
	for name := range everywhere {
		if queries[name] == "" {
			t.Errorf("the exception %s is no query", name)
		}
	}
}

// checkKeys wants organisme_id first in a unique key of every table.
func (s *spread) checkKeys(t *testing.T) {
	t.Helper()
	for _, table := range s.tenants {
		var keys int
		var others []string
		err := s.conn.QueryRow(t.Context(), `
			SELECT count(*) FILTER (WHERE a.attname = 'organisme_id'),
			       array_remove(array_agg(CASE WHEN a.attname <> 'organisme_id' THEN i.relname::text END), NULL)
			FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
			WHERE x.indisunique AND x.indrelid = ('public.' || quote_ident($1))::regclass`, table).Scan(&keys, &others)
		if err != nil {
			t.Fatal(err)
		}
		if keys == 0 || len(others) > 0 {
			t.Errorf("%s: %d unique keys begin with organisme_id, these do not: %v", table, keys, others)
		}
	}
}

// foreignKeys returns the foreign keys to tables of organismes that do not tie
// the organisme itself.
func foreignKeys(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		SELECT c.conrelid::regclass || ' ' || c.conname FROM pg_constraint c
		WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
		AND NOT (c.confrelid::regclass::text = ANY ($1)) AND NOT EXISTS (
			SELECT 1 FROM generate_subscripts(c.conkey, 1) k
			JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[k] AND a.attname = 'organisme_id'
			JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[k] AND f.attname = 'organisme_id')`,
		slices.Collect(maps.Keys(global)))
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestWhatCrossesOrganismesIsSeen(t *testing.T) {
	t.Parallel()
	dsn, _ := migrated(t)
	s, err := newSpread(t, dsn, isGlobal)
	if err != nil {
		t.Fatal(err)
	}
	for name, query := range map[string]string{
		"a query without organisme":            "SELECT document FROM contrat WHERE code_contrat = $1",
		"one that only shows the organisme":    "SELECT organisme_id, id FROM societe WHERE id = $1",
		"a join that forgets it on one side":   "SELECT c.document FROM contrat c JOIN profil p ON p.id = c.profil_id WHERE c.organisme_id = $1",
		"a subquery that forgets it":           "SELECT document FROM contrat WHERE organisme_id = $1 AND profil_id IN (SELECT id FROM profil WHERE session_id = $2)",
		"an organisme that is one choice of 2": "SELECT document FROM contrat WHERE organisme_id = $1 OR code_contrat = $2",
		"an update of every organisme":         "UPDATE profil SET effectif = 0 WHERE effectif < $1",
		"a deletion in every organisme":        "DELETE FROM reponse WHERE cree_le < $1",
		"a plan that reads nothing":            "SELECT document FROM contrat WHERE organisme_id = $1 AND 1 = 2",
	} {
		if s.crosses(t, name, query) == "" {
			t.Errorf("%s is not seen", name)
		}
	}
	if how := s.crosses(t, "good", "SELECT c.document FROM contrat c JOIN profil p ON p.organisme_id = c.organisme_id AND p.id = c.profil_id WHERE c.organisme_id = $1"); how != "" {
		t.Errorf("a query of one organisme is refused: %s", how)
	}

	execute := func(statement string) {
		t.Helper()
		if _, err := s.conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	execute("CREATE TABLE public.ville (organisme_id BIGINT NOT NULL, id BIGINT NOT NULL, code TEXT NOT NULL, PRIMARY KEY (organisme_id, id))")
	execute("CREATE TABLE public.rue (organisme_id BIGINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (id, organisme_id))")
	execute("ALTER TABLE public.ville ADD UNIQUE (id)")
	execute("ALTER TABLE public.rue ADD CONSTRAINT rue_ville FOREIGN KEY (id) REFERENCES public.ville (id)")
	if diff := cmp.Diff([]string{"rue rue_ville"}, foreignKeys(t, s.conn)); diff != "" {
		t.Errorf("a foreign key that crosses is not seen: %s", diff)
	}
	execute("DROP SCHEMA reparti CASCADE")
	if _, err := newSpread(t, dsn, isGlobal); err == nil || !strings.Contains(err.Error(), "ville") {
		t.Errorf("a code that is unique among all organismes is accepted: %v", err)
	}
}
