package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// frequentQuery is one of the queries that were called most.
type frequentQuery struct {
	text     string
	calls    int64
	mean     float64 // milliseconds in the database
	total    float64 // the same, of all calls together
	rows     float64 // of one call
	plan     string  // as it was run, "" for what has none
	duration string
}

// tableSize is one of the largest tables.
type tableSize struct {
	name  string
	rows  int64
	bytes int64 // with its indexes
}

// frequentQueries returns the queries called most often since the figures were
// reset, without those that only begin and end transactions.
func frequentQueries(ctx context.Context, dsn string, n int) ([]frequentQuery, error) {
	return collect(ctx, dsn, `
		SELECT query, calls, mean_exec_time, total_exec_time, rows::float8 / calls FROM pg_stat_statements
		WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND query !~* '^\s*(begin|commit|rollback|set|select 1$|discard|deallocate|--|create|show)' AND query !~ 'pg_stat_statements'
		ORDER BY calls DESC, total_exec_time DESC LIMIT $1`, func(row pgx.CollectableRow) (q frequentQuery, err error) {
		return q, row.Scan(&q.text, &q.calls, &q.mean, &q.total, &q.rows)
	}, n)
}

func collect[T any](ctx context.Context, dsn, query string, scan pgx.RowToFunc[T], args ...any) ([]T, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

// lookInside finds how large the database is, and how it answers the queries: it
// has every plan logged as it is run while some organismes push and are read.
func (p *pays) lookInside(ctx context.Context) (err error) {
	p.sizes, err = collect(ctx, p.dsn, `
		SELECT relname, GREATEST(reltuples, 0)::bigint, pg_total_relation_size(oid) FROM pg_class
		WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 3 DESC`,
		func(row pgx.CollectableRow) (s tableSize, err error) { return s, row.Scan(&s.name, &s.rows, &s.bytes) })
	if err != nil {
		return err
	}
	for _, s := range p.sizes {
		p.bytes += s.bytes
	}
	progress("looking at plans")
	l := &load{taken: map[string][]time.Duration{}}
	if err := p.logPlans(ctx, "0"); err != nil {
		return err
	}
	for i := range min(10, len(p.members)) {
		p.push(ctx, l, i, roundPlans)
		for _, what := range reads {
			if _, err := call(ctx, p.client, "GET", p.servers[i%len(p.servers)].url+what.path, p.members[i].token, nil, nil); err != nil {
				return err
			}
		}
	}
	if l.first != nil {
		return l.first
	}
	if err := p.logPlans(ctx, "-1"); err != nil {
		return err
	}
	return p.readPlans(ctx)
}

// logPlans has queries logged with their plans that take so many milliseconds or
// more, none for -1, and waits until every session has heard of it.
func (p *pays) logPlans(ctx context.Context, milliseconds string) error {
	if err := execute(ctx, p.dsn, "ALTER SYSTEM SET auto_explain.log_min_duration = "+milliseconds); err != nil {
		return err
	}
	if err := execute(ctx, p.dsn, "SELECT pg_reload_conf()"); err != nil {
		return err
	}
	time.Sleep(500 * time.Millisecond)
	return nil
}

var (
	loggedPlan = regexp.MustCompile(`(?s)^duration: ([0-9.]+ ms)  plan:\nQuery Text: (.*?)\n((?:[A-Z][^\n]*cost=).*)$`)
	seqScan    = regexp.MustCompile(`Seq Scan on (\w+)`)
	constant   = regexp.MustCompile(`\$\d+|'[^']*'|\b\d+\b`)
	blanks     = regexp.MustCompile(`\s+`)
)

// shape is the text of a query without its constants, which the statistics
// replace by parameters.
func shape(query string) string {
	return blanks.ReplaceAllString(constant.ReplaceAllString(strings.ToLower(strings.TrimSpace(query)), "?"), " ")
}

// readPlans reads the plans from the log of the server, gives the frequent
// queries theirs, and looks for sequential scans of tables that grow with the
// contracts.
func (p *pays) readPlans(ctx context.Context) error {
	path, err := p.ask(ctx, "SELECT current_setting('data_directory') || '/' || pg_current_logfile('jsonlog')")
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	large := p.large()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var entry struct{ Message string }
		if err := json.Unmarshal(lines.Bytes(), &entry); err != nil {
			return fmt.Errorf("the log of PostgreSQL: %w", err)
		}
		found := loggedPlan.FindStringSubmatch(entry.Message)
		if found == nil {
			continue
		}
		p.plans++
		for i := range p.queries {
			if q := &p.queries[i]; q.plan == "" && shape(q.text) == shape(found[2]) {
				q.duration, q.plan = found[1], found[3]
			}
		}
		for _, table := range scanned(found[3], large) {
			text := table + " in " + blanks.ReplaceAllString(found[2], " ")
			if !slices.Contains(p.scans, text) {
				p.scans = append(p.scans, text)
			}
		}
	}
	return lines.Err()
}

// scanned returns those of the tables that a plan reads from end to end.
func scanned(plan string, tables []string) []string {
	var found []string
	for _, scan := range seqScan.FindAllStringSubmatch(plan, -1) {
		if slices.Contains(tables, scan[1]) {
			found = append(found, scan[1])
		}
	}
	return found
}

// large returns the tables that have at least one row for every other contract.
func (p *pays) large() []string {
	var names []string
	for _, s := range p.sizes {
		if s.rows >= int64(p.options.contrats/2) {
			names = append(names, s.name)
		}
	}
	slices.Sort(names)
	return names
}
