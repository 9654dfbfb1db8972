package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

func (p *pays) markdown() string {
	o := p.options
	var b strings.Builder
	fmt.Fprintf(&b, "%s organismes, %s active contracts, %d synchronisations of history each, %d processes of the hub on one PostgreSQL. %s; "+
		"shared_buffers 1 GB; clients, hub and database share the machine.\n\n", thousands(o.organismes), thousands(o.contrats), o.synchronisations, o.processes, p.machine)
	fmt.Fprintf(&b, "Contracts and history came through the API in %s: %s synchronisations, %s contracts/s.\n\n", p.seeded.Round(time.Second),
		thousands(o.organismes*o.synchronisations), thousands(int(float64(o.contrats)/p.seeded.Seconds())))
	fmt.Fprintf(&b, "Every organisme pushes a delta of 1 %% within %s, each at a moment of its own, while %d readers list one organisme after the other "+
		"with %s between two calls:\n\n", o.window, o.readers, o.pause)
	p.paced.table(&b)
	fmt.Fprintf(&b, "\nThe same with %d organismes pushing at any time, one after the other without a pause:\n\n", o.pushers)
	p.burst.table(&b)
	fmt.Fprintf(&b, "\nThe database has %s MB:\n\n| table | rows | MB with indexes |\n| --- | ---: | ---: |\n", thousands(int(p.bytes/1e6)))
	for _, s := range p.sizes[:min(5, len(p.sizes))] {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.name, thousands(int(s.rows)), thousands(int(s.bytes/1e6)))
	}
	p.tellPlans(&b)
	return b.String()
}

// table writes how long calls took and what they cost.
func (l *load) table(b *strings.Builder) {
	b.WriteString("| call | calls | per second | p50, ms | p95, ms | p99, ms |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	for _, name := range called {
		fmt.Fprintf(b, "| %s | %s | %.1f |", name, thousands(len(l.taken[name])), float64(len(l.taken[name]))/l.elapsed.Seconds())
		for _, share := range []float64{0.50, 0.95, 0.99} {
			fmt.Fprintf(b, " %s |", milliseconds(float64(l.percentile(name, share))/1e6))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(b, "\nErrors: %d. In %s: %.1f MB/s read; processors used by the hub %.2f, by PostgreSQL %.2f, of %d; load of the machine at the end: %s.\n",
		l.failed, l.elapsed.Round(100*time.Millisecond), float64(l.bytes)/1e6/l.elapsed.Seconds(), l.hub.Seconds()/l.elapsed.Seconds(),
		l.database.Seconds()/l.elapsed.Seconds(), runtime.NumCPU(), l.busy)
}

// tellPlans writes the queries that were called most while organismes pushed
// within the window, each with a plan as it was run.
func (p *pays) tellPlans(b *strings.Builder) {
	fmt.Fprintf(b, "\nThe ten most frequent queries while every organisme pushed within the window. Of %d plans that were run and logged afterwards, "+
		"with %d organismes pushing and being read, %d read one of the tables that grow with the contracts (%s) from end to end.\n\n",
		p.plans, min(10, len(p.members)), len(p.scans), strings.Join(p.large(), ", "))
	b.WriteString("| # | query | calls | rows | mean, ms |\n| ---: | --- | ---: | ---: | ---: |\n")
	for i, q := range p.queries {
		text := []rune(strings.ReplaceAll(blanks.ReplaceAllString(q.text, " "), "|", "\\|"))
		if len(text) > 110 {
			text = append(text[:110], '…')
		}
		fmt.Fprintf(b, "| %d | `%s` | %s | %.1f | %.2f |\n", i+1, string(text), thousands(int(q.calls)), q.rows, q.mean)
	}
	b.WriteString("\n<details><summary>Their plans: EXPLAIN (ANALYZE, BUFFERS) as they were run</summary>\n\n```\n")
	for i, q := range p.queries {
		fmt.Fprintf(b, "-- %d\n%s\n", i+1, strings.TrimSpace(q.text))
		if q.plan == "" {
			b.WriteString("-- a bulk load has no plan\n\n")
			continue
		}
		for row := range strings.SplitSeq(strings.TrimRight(q.plan, "\n"), "\n") {
			if runes := []rune(row); len(runes) > 160 {
				row = string(runes[:160]) + "…"
			}
			fmt.Fprintf(b, "-- %s\n", row)
		}
		fmt.Fprintf(b, "-- %s\n\n", q.duration)
	}
	b.WriteString("```\n\n</details>\n")
}
