package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

// contreOptions say which revision the hub is held against, and at which sizes.
type contreOptions struct {
	revision string
	sizes    []int
	runs     int
}

// The measures, in the order of the table. Those of processor time are the hub's and
// the database's together.
const (
	ofTime    = ", time"
	ofCPU     = ", processor time"
	opVentile = "ventilation, 2 dimensions, 5 exercices"
	opBytes   = "bytes of the database for each contract"
	opLog     = "bytes of log for each contract of a first push"
	opPeak    = "peak memory of a first push above idle"
	opIdle    = "idle memory"
	opStart   = "start"
)

// measure is a line of the table: its unit, and the goal as a ratio to the other
// revision or, where it is more than 2, as a figure.
type measure struct {
	what, unit string
	goal       float64
}

func measures() []measure {
	list := []measure{}
	for _, op := range []struct {
		what      string
		time, cpu float64
	}{{opFirst, 0.55, 0.6}, {opUnchanged, 0.6, 0.6}, {opDelta, 0.7, 0}, {opList, 1, 0}, {opVentile, 0.6, 0}} {
		list = append(list, measure{op.what + ofTime, "ms", op.time}, measure{op.what + ofCPU, "ms", op.cpu})
	}
	return append(list, measure{opBytes, "bytes", 0.5}, measure{opLog, "bytes", 0.5}, measure{opPeak, "MB", 80}, measure{opIdle, "MB", 30}, measure{opStart, "ms", 30})
}

// sides are the two programs: the other revision, then this one.
const sides = 2

// beside holds what was measured of both, by size, database and measure.
type beside map[int]map[string]map[string]*[sides][]float64

func (b beside) add(size int, kind, what string, side int, value float64) {
	if b[size] == nil {
		b[size] = map[string]map[string]*[sides][]float64{}
	}
	if b[size][kind] == nil {
		b[size][kind] = map[string]*[sides][]float64{}
	}
	if b[size][kind][what] == nil {
		b[size][kind][what] = &[sides][]float64{}
	}
	b[size][kind][what][side] = append(b[size][kind][what][side], value)
}

// runContre builds the other revision and measures both programs, in turns. Nothing is
// asked of either but what its commands and its API offer.
func runContre(ctx context.Context, w *workshop, o contreOptions) (err error) {
	other, err := w.revision(ctx, o.revision)
	if err != nil {
		return err
	}
	cluster, err := pgtest.Start(pgtest.Synced)
	if err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	m, err := describeMachine(ctx, cluster)
	if err != nil {
		return err
	}
	found := beside{}
	for _, size := range o.sizes {
		c, err := bench.NewCorpus(size, 1)
		if err != nil {
			return err
		}
		for run := range o.runs {
			for _, kind := range []string{onSQLite, onPostgres} {
				// Each is first in every second turn: what the machine does beside them is fair to both.
				for k := range sides {
					side := (run + k) % sides
					progress("%d contracts, turn %d of %d: %s, %s", size, run+1, o.runs, kind, [sides]string{o.revision, "this one"}[side])
					t := &contreTurn{ctx: ctx, w: [sides]*workshop{other, w}[side], cluster: cluster, kind: kind, c: c,
						add: func(what string, value float64) { found.add(size, kind, what, side, value) }}
					if err := t.run(); err != nil {
						return fmt.Errorf("%s, %d contracts, %s: %w", kind, size, [sides]string{o.revision, "this one"}[side], err)
					}
				}
			}
		}
	}
	fmt.Print(found.table(m, o))
	return nil
}

// table writes the medians of both and their ratio. Of processor time, which the system
// counts in hundredths of a second, it is the mean.
func (b beside) table(m machine, o contreOptions) string {
	var text strings.Builder
	fmt.Fprintf(&text, "Measured on %s. %d turns, in turns with %s; load of the machine over the last 15 minutes: %s.\n", m, o.runs, o.revision, loadAverage(2))
	for _, size := range o.sizes {
		fmt.Fprintf(&text, "\n| %s contracts |", thousands(size))
		for _, kind := range []string{onSQLite, onPostgres} {
			fmt.Fprintf(&text, " %s, %s | now | ratio |", kind, o.revision)
		}
		text.WriteString(" goal |\n| --- " + strings.Repeat("| ---: ", 7) + "|\n")
		for _, line := range measures() {
			fmt.Fprintf(&text, "| %s, %s |", strings.TrimSuffix(line.what, ofTime), line.unit)
			for _, kind := range []string{onSQLite, onPostgres} {
				values := b[size][kind][line.what]
				if values == nil {
					text.WriteString(" – | – | – |")
					continue
				}
				middle := median
				if strings.HasSuffix(line.what, ofCPU) {
					middle = mean
				}
				old, now := middle(values[0]), middle(values[1])
				fmt.Fprintf(&text, " %s | %s | %.2f |", milliseconds(old), milliseconds(now), now/old)
			}
			switch {
			case line.goal == 0:
				text.WriteString(" – |\n")
			case line.goal > sides:
				fmt.Fprintf(&text, " at most %.0f %s |\n", line.goal, line.unit)
			default:
				fmt.Fprintf(&text, " at most %.2f times |\n", line.goal)
			}
		}
	}
	return text.String()
}

func mean(list []float64) (sum float64) {
	for _, value := range list {
		sum += value / float64(len(list))
	}
	return sum
}

// contreTurn measures one program once, in a database of its own.
type contreTurn struct {
	ctx        context.Context
	w          *workshop
	cluster    *pgtest.Cluster
	kind       string
	c          *bench.Corpus
	location   string
	postmaster int // 0 on SQLite
	h          *hubServer
	add        func(what string, value float64)
}

func (t *contreTurn) run() (err error) {
	if t.location, err = t.w.location(t.cluster, t.kind); err != nil {
		return err
	}
	if t.kind == onSQLite {
		defer func() { err = errors.Join(err, os.RemoveAll(filepath.Dir(t.location))) }()
	} else if t.postmaster, err = postmasterOf(t.ctx, t.location); err != nil {
		return err
	}
	if t.h, err = t.w.serveHub(t.ctx, t.location); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.h.stop()) }()
	t.add(opStart, float64(t.h.ready)/1e6)
	time.Sleep(200 * time.Millisecond) // it is idle
	idle, err := t.h.memory("VmRSS")
	if err != nil {
		return err
	}
	t.add(opIdle, idle)
	if err := t.h.found(t.ctx, t.w); err != nil {
		return err
	}
	return inTurn(t.prices, func() error { return t.firstPush(idle) }, t.others)
}

// prices gives the organisme five exercices and a price for each formation.
func (t *contreTurn) prices() error {
	year := time.Now().Year()
	exercices := make([]string, 5)
	for i := range exercices {
		exercices[i] = fmt.Sprintf(`{"start_date":"%d-01-01","end_date":"%d-12-31"}`, year-2+i, year-2+i)
	}
	_, err := t.h.comptesOf(t.ctx, t.c, `{"exercice":[`+strings.Join(exercices, ",")+`]}`)
	return err
}

func (t *contreTurn) firstPush(idle float64) error {
	var log, empty int64
	err := inTurn(
		func() (err error) { empty, err = t.stored(); return err },
		func() error {
			if t.postmaster == 0 {
				return nil
			}
			return execute(t.ctx, t.location, "CHECKPOINT") // what earlier turns left to write is written
		},
		func() (err error) { log, err = t.written(); return err },
		t.h.forgetPeak,
		func() error { return t.took(opFirst, func() error { return t.h.first(t.ctx, t.c) }) },
	)
	if err != nil {
		return err
	}
	n := float64(len(t.c.Contrats))
	peak, err := t.h.memory("VmHWM")
	if err != nil {
		return err
	}
	t.add(opPeak, peak-idle)
	after, err := t.written()
	if err != nil {
		return err
	}
	if t.postmaster != 0 {
		t.add(opLog, float64(after-log)/n)
	}
	full, err := t.stored()
	t.add(opBytes, float64(full-empty)/n)
	return err
}

func (t *contreTurn) others() error {
	delta, err := t.c.Delta(1)
	if err != nil {
		return err
	}
	ventilation := t.h.url + "/api/v1/mad/ventilation?version=1.0.0&montants=oui&par=formation,site"
	return inTurn(
		func() error { return t.took(opUnchanged, func() error { return t.h.unchanged(t.ctx, t.c) }) },
		func() error { return t.took(opDelta, func() error { return t.h.delta(t.ctx, t.c, delta) }) },
		func() error { return t.took(opList, func() error { return t.h.list(t.ctx, t.c) }) },
		func() error {
			return t.took(opVentile, func() error {
				_, err := call(t.ctx, http.DefaultClient, "GET", ventilation, t.h.token, nil, nil)
				return err
			})
		},
	)
}

// took measures run: until it is answered, and the processor time until what it left to
// do is done, too.
func (t *contreTurn) took(op string, run func() error) error {
	before, err := t.worked()
	if err != nil {
		return err
	}
	started := time.Now()
	if err := run(); err != nil {
		return err
	}
	t.add(op+ofTime, float64(time.Since(started))/1e6)
	after, err := t.quiet()
	t.add(op+ofCPU, float64(after-before)/1e6)
	return err
}

// quiet waits until hub and database have nothing to do, and returns their processor
// time.
func (t *contreTurn) quiet() (time.Duration, error) {
	last, err := t.worked()
	for since, end := time.Now(), time.Now().Add(20*time.Second); err == nil && time.Since(since) < 400*time.Millisecond && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
		var now time.Duration
		if now, err = t.worked(); now != last {
			last, since = now, time.Now()
		}
	}
	return last, err
}

// worked is the processor time of hub and database so far.
func (t *contreTurn) worked() (time.Duration, error) {
	used, _, err := usedBy(t.h.cmd.Process.Pid)
	if err != nil || t.postmaster == 0 {
		return used, err
	}
	database, err := usedByFamily(t.postmaster)
	return used + database, err
}

// stored is how large the database is.
func (t *contreTurn) stored() (int64, error) {
	if t.postmaster == 0 {
		return bench.SQLiteSize(t.location)
	}
	return t.number("SELECT pg_database_size(current_database())")
}

// written is how much has been written to the log of PostgreSQL.
func (t *contreTurn) written() (int64, error) {
	if t.postmaster == 0 {
		return 0, nil
	}
	return t.number("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
}

func (t *contreTurn) number(query string) (int64, error) {
	text, err := askOf(t.ctx, t.location, query)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}
