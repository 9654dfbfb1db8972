package postgres_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/store/postgres"
)

// Two organismes: one of 40,000 contracts after three pushes, and a smaller one.
// The third push changed 400 contracts, added 300 and archived 300.
// It is committed for good, without which VACUUM does not take it for visible.
const sizeable = `
SET synchronous_commit = on;
INSERT INTO organisme (id, nom, sandbox, cree_le) VALUES (1, 'Grand', 0, 0), (2, 'Petit', 0, 0);
INSERT INTO session (organisme_id, cle, code_site, nom_site, code_periode, nom_periode, code_formation, nom_formation, code_annee, nom_annee, code_groupe, nom_groupe, cree_le)
SELECT 1, decode(md5(i::text), 'hex'), 'S' || i % 20, '', 'P' || i % 3, '', 'F' || i % 40, '', 'A1', '', 'G' || i, '', 0 FROM generate_series(1, 2000) i;
INSERT INTO profil (organisme_id, id, cle, code_groupe, nom_groupe, code_site, nom_site, code_periode, nom_periode, code_formation, nom_formation, code_annee, nom_annee,
    code_marque, nom_marque, month_start, rncp, effectif, session_id, motif, modeles, motif_depuis)
SELECT CASE WHEN i > 2000 THEN 2 ELSE 1 END, i, decode(md5(i::text), 'hex'), 'G' || i, '', 'S' || i % 20, '', 'P' || i % 3, '', 'F' || i % 40, '', 'A1', '', '', '', '', '',
    20, CASE WHEN i % 50 = 0 THEN NULL ELSE i END, CASE WHEN i % 50 = 0 THEN 'aucun-modele' ELSE '' END, '[]', 0 FROM generate_series(1, 2200) i;
INSERT INTO contrat (organisme_id, code_contrat, depuis, jusqua, empreinte, profil_id, document)
SELECT 1, 'K' || i, 1, CASE WHEN i <= 700 THEN 3 END, decode(md5(i::text), 'hex'), 1 + i % 2000, repeat(md5(i::text), 24) FROM generate_series(1, 40000) i
UNION ALL SELECT 1, 'K' || i, 3, NULL, decode(md5(i::text), 'hex'), 1 + i % 2000, repeat(md5(i::text), 24) FROM generate_series(1, 400) i
UNION ALL SELECT 1, 'N' || i, 3, NULL, decode(md5(i::text), 'hex'), 1 + i % 2000, repeat(md5(i::text), 24) FROM generate_series(1, 300) i
UNION ALL SELECT 2, 'K' || i, 1, NULL, decode(md5(i::text), 'hex'), 2001 + i % 200, repeat(md5(i::text), 24) FROM generate_series(1, 4000) i;
INSERT INTO personne (organisme_id, code, role, email, nom, prenom, effectif)
SELECT 1, 'P' || i, i % 3, 'p' || i || '@cfa.example', 'N' || i, 'P', 1 FROM generate_series(1, 60000) i;
INSERT INTO anomalie (organisme_id, rang, nature, position, code_contrat, champ, code, message, oppose_a, depuis)
SELECT 1, i, 'refus', i, 'K' || i * 7, 'dateDebut', 'date-format', 'Écrivez la date autrement.', '', 0 FROM generate_series(1, 2000) i;
`

// list is a JSON array of n codes or ids.
func list(n int, value func(i int) any) string {
	values := make([]any, n)
	for i := range values {
		values[i] = value(i + 1)
	}
	text, err := json.Marshal(values)
	if err != nil {
		panic(err)
	}
	return string(text)
}

var (
	codes  = list(50, func(i int) any { return fmt.Sprint("K", i*13) })
	people = list(150, func(i int) any { return fmt.Sprint("P", i*13) })
	emails = list(150, func(i int) any { return fmt.Sprintf("p%d@cfa.example", i*13) })
	some   = list(30, func(i int) any { return i * 3 })
)

// asked says, for each query over contracts or people that serves a page or a
// small change, what a large organisme asks.
var asked = map[string][][]any{
	"recherche-codes":                 {{1, 50, 0}, {1, 50, 39_000}},
	"recherche-codes-of":              {{1, some, 50, 0}, {1, list(1, func(int) any { return 7 }), 50, 0}},
	"recherche-rows":                  {{1, codes}},
	"recherche-rows-archives":         {{1, codes}},
	"recherche-archives-begun":        {{1, 2}},
	"recherche-index-begun":           {{1, 2}},
	"recherche-index-ended":           {{1, 2}},
	"contrat-changed-all-added":       {{1, 1, 50, 39_000}, {1, 3, 50, 0}},
	"contrat-changed-all-archived":    {{1, 3, 50, 0}},
	"contrat-changed-added":           {{1, 3, 50, 0}},
	"contrat-changed-updated":         {{1, 3, 50, 0}},
	"contrat-changed-archived":        {{1, 3, 50, 0}},
	"contrat-actifs-of":               {{1, codes}},
	"contrat-documents-of":            {{1, codes}},
	"contrat-documents-page":          {{1, 50, 0}, {1, 50, 39_000}},
	"contrat-codes-after":             {{1, "", 1000}, {1, "K25", 1000}},
	"contrat-last-change":             {{1}},
	"contrat-documents-integres-page": {{1, 50, 0}},
	"contrat-documents-session":       {{1, 12, 50, 0}},
	"contrat-close":                   {{1, 4, codes}},
	"contrat-archived-before":         {{1, codes}},
	"contrat-history":                 {{1, "K13"}},
	"contrat-changed":                 {{1, 3, 50, 0}},
	"contrat-changed-count":           {{1, 3}},
	"contrat-changed-versions":        {{1, 3, codes}},
	"contrat-first-depuis":            {{1, codes}},
	"contrat-begun-at":                {{1, 3}},
	"contrat-begun-since":             {{1, 3}},
	"contrat-lost-since":              {{1, 3}},
	"contrat-versions-since":          {{1, 3}},
	"contrat-rewrite":                 {{1, "K13", 1, "{}", []byte("x")}},
	"contrat-keep":                    {{1, "K13", 1, "{}"}},
	"reecriture-actifs":               {{1, "K13", 200}},
	"reecriture-clos":                 {{1, "K13", 2, 200}},
	"personne-of":                     {{1, people}},
	"personne-of-emails":              {{1, emails}},
	"personne-delete":                 {{1, people}},
	"anomalie-page":                   {{1, 100, 0}},
	"contrat-ended-at":                {{1, 3}},
	"portion-forget-contrats":         {{1, 3}},
	"vie-document-of":                 {{1, 3, codes}},
	"vie-documents-apprenants":        {{1, people}},
}

// whole lists the queries that read every contract or person of an organisme,
// because that is what they are for.
var whole = []string{
	"recherche-index", "recherche-archives", "contrat-actifs", "contrat-actifs-profils", "contrat-any-archived", "contrat-documents", "contrat-documents-as-of", "contrat-documents-integres",
	"contrat-documents-integres-unordered", "contrat-documents-unordered", "contrat-forget", "contrat-purge", "contrat-purge-count",
	"contrat-versions-all", "personne-forget", "portion-forget-personnes", "verification-contrats",
	"vie-documents", "vie-documents-as-of", "vie-purge", "decision-fin-purge",
}

// vacuumed leaves the tables as PostgreSQL has them after a while: analysed, and known to be visible
// to all. A page is not while something else of the same database, such as autovacuum that
// analyses, began before it was written.
func vacuumed(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		// Alone: a VACUUM runs in no transaction.
		if _, err := conn.Exec(t.Context(), "VACUUM ANALYZE"); err != nil {
			t.Fatal(err)
		}
		var hidden int
		if err := conn.QueryRow(t.Context(), "SELECT sum(relpages - relallvisible) FROM pg_class WHERE relname IN ('contrat', 'personne')").Scan(&hidden); err != nil {
			t.Fatal(err)
		}
		if hidden == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d pages are visible to some only after a minute", hidden)
		}
	}
}

func TestQueriesOverContractsFindThemByIndexOnPostgreSQL(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dsn := pgtest.DSN(t)
	db, err := postgres.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sizeable); err != nil {
		t.Fatal(err)
	}
	vacuumed(t, conn)
	large := regexp.MustCompile(`(?:FROM|JOIN|UPDATE|INTO) (?:contrat|personne)\b`)
	scan := regexp.MustCompile(`Seq Scan on (contrat|personne)\b`)
	for name, query := range db.Queries() {
		if !large.MatchString(query) || strings.HasPrefix(query, "INSERT") || slices.Contains(whole, name) {
			continue
		}
		if asked[name] == nil {
			t.Errorf("%s reads contracts or people: say here what it is asked, or that it reads them all", name)
		}
		for _, args := range asked[name] {
			rows, err := conn.Query(ctx, "EXPLAIN "+query, args...)
			if err != nil {
				t.Fatal(err)
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			plan := strings.Join(lines, "\n")
			t.Logf("%s\n%s", name, plan)
			if scan.MatchString(plan) {
				t.Errorf("%s reads a whole table:\n%s", name, plan)
			}
		}
	}
}
