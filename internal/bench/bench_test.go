package bench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/server"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

// database makes new, empty databases of one kind.
type database struct {
	location func() string
	bare     func() bench.Bare
	settle   func(tb testing.TB, location string) // what earlier iterations left to write is written
}

// forEachDatabase runs a benchmark for every database and size.
func forEachDatabase(b *testing.B, run func(b *testing.B, db *database, c *bench.Corpus)) {
	b.Run("sqlite", func(b *testing.B) {
		forEachSize(b, &database{
			location: func() string { return filepath.Join(b.TempDir(), "hub.db") },
			bare:     func() bench.Bare { return opened(b)(bench.OpenSQLite(filepath.Join(b.TempDir(), "bare.db"))) },
			settle:   func(testing.TB, string) {},
		}, run)
	})
	b.Run("postgres", func(b *testing.B) {
		cluster := pgtest.Durable(b)
		next := 0
		forEachSize(b, &database{
			location: func() string {
				next++
				return createDatabase(b, cluster.DSN(), fmt.Sprintf("hub%d", next))
			},
			bare:   func() bench.Bare { return opened(b)(bench.OpenPostgres(context.Background(), cluster.DSN())) },
			settle: func(tb testing.TB, location string) { execute(tb, location, "CHECKPOINT") },
		}, run)
	})
}

func forEachSize(b *testing.B, db *database, run func(b *testing.B, db *database, c *bench.Corpus)) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) { run(b, db, corpusOf(b, n)) })
	}
}

// opened returns a bare database, which is closed with the benchmark.
func opened(tb testing.TB) func(bench.Bare, error) bench.Bare {
	return func(bare bench.Bare, err error) bench.Bare {
		tb.Helper()
		must(tb, err)
		tb.Cleanup(func() { must(tb, bare.Close()) })
		return bare
	}
}

func createDatabase(tb testing.TB, dsn, name string) string {
	tb.Helper()
	execute(tb, dsn, "CREATE DATABASE "+name)
	u, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func execute(tb testing.TB, dsn, statement string) {
	tb.Helper()
	conn, err := pgx.Connect(tb.Context(), dsn)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(tb.Context(), statement); err != nil {
		tb.Fatal(err)
	}
}

// instance is a server on a database of its own, with one organisme that has
// the modèles of the demonstration.
type instance struct {
	location, url, token string
	client               *http.Client
	close                func()
}

func start(tb testing.TB, db *database) *instance {
	tb.Helper()
	location := db.location()
	opened, err := open.Database(tb.Context(), location)
	if err != nil {
		tb.Fatal(err)
	}
	h := hub.New(opened, hub.Options{})
	organisme, err := h.Organismes.CreateOrganisme(tb.Context(), "Horizon Formation", false)
	if err != nil {
		tb.Fatal(err)
	}
	for _, m := range demo.Modeles() {
		modele := domaine.Modele{Nom: m.Nom, Actif: true, Criteres: passerelle.Criteres{}}
		for champ, valeurs := range m.Criteres {
			modele.Criteres[champ] = valeurs
		}
		if _, err := h.Integration.CreateModele(tb.Context(), organisme.ID, modele); err != nil {
			tb.Fatal(err)
		}
	}
	web := httptest.NewServer(server.New(server.Options{Hub: h, Log: slog.New(slog.DiscardHandler)}))
	return &instance{location, web.URL, organisme.Token, web.Client(), func() {
		web.Close()
		h.Close()
		if err := opened.Close(); err != nil {
			tb.Error(err)
		}
	}}
}

// call makes one request and returns the size of the answer. Where answer is
// not nil the answer is read into it.
func (in *instance) call(tb testing.TB, method, path string, body []byte, answer any) int64 {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), method, in.url+path, bytes.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+in.token)
	response, err := in.client.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
		tb.Fatalf("%s %s: %d %s", method, path, response.StatusCode, text)
	}
	if answer != nil {
		if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
			tb.Fatal(err)
		}
		return 0
	}
	n, err := io.Copy(io.Discard, response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

type pushed struct{ Total, Added, Updated, Same, Removed, Integres int }

func (in *instance) push(tb testing.TB, c *bench.Corpus) (answer pushed) {
	tb.Helper()
	in.call(tb, "POST", "/api/sync/v1/contrats", c.Body, &answer)
	return answer
}

// samples are the times of what is measured and of its limit, taken in turns in
// one run.
type samples struct{ measured, limit series }

// series are the times of one thing, on the clock and on the processors. A busy
// machine disturbs the second less; work of a database server is not in it.
type series struct{ clock, cpu []time.Duration }

func (s *series) time(run func()) {
	runtime.GC()
	clock, cpu := time.Now(), bench.CPUTime()
	run()
	s.clock, s.cpu = append(s.clock, time.Since(clock)), append(s.cpu, bench.CPUTime()-cpu)
}

func median(list []time.Duration) float64 {
	list = slices.Sorted(slices.Values(list))
	return float64(list[len(list)/2]) / 1e6
}

func least(list []time.Duration) float64 { return float64(slices.Min(list)) / 1e6 }

// report gives medians in milliseconds and the ratios between medians, between
// the best times and between processor times.
func (s *samples) report(b *testing.B, c *bench.Corpus) {
	b.ReportMetric(median(s.measured.clock), "ms")
	b.ReportMetric(float64(len(c.Body))/1e3/median(s.measured.clock), "MB/s")
	b.ReportMetric(median(s.limit.clock), "limit-ms")
	b.ReportMetric(median(s.measured.clock)/median(s.limit.clock), "ratio")
	b.ReportMetric(least(s.measured.clock)/least(s.limit.clock), "best-ratio")
	if cpu := median(s.limit.cpu); cpu > 0 {
		b.ReportMetric(median(s.measured.cpu)/cpu, "cpu-ratio")
	}
}

// measure runs op beside its limit until the benchmark has enough; before is
// what each turn needs that is not timed.
func measure(b *testing.B, c *bench.Corpus, before func(), op, limit func()) {
	var s samples
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		before()
		s.limit.time(limit)
		b.StartTimer()
		s.measured.time(op)
	}
	s.report(b, c)
}

// BenchmarkFullPush pushes new contracts into an empty organisme. Its limit is
// to decode the body and to insert as many bare rows.
func BenchmarkFullPush(b *testing.B) {
	forEachDatabase(b, func(b *testing.B, db *database, c *bench.Corpus) {
		bare, rows := db.bare(), rowsOf(b, c)
		var in *instance
		stop := func() {
			if in != nil {
				in.close()
			}
		}
		measure(b, c, func() {
			stop()
			in = start(b, db)
			db.settle(b, in.location)
			must(b, bare.Empty())
		}, func() {
			if got := in.push(b, c); got.Added != len(c.Contrats) {
				b.Fatalf("pushed: %+v", got)
			}
		}, func() {
			must(b, bench.Decode(c.Body))
			must(b, bare.Insert(rows))
		})
		stop()
	})
}

// BenchmarkUnchangedPush pushes what is there already. Its limit is to decode
// the body, to load all keys and hashes, and to hash and compare.
func BenchmarkUnchangedPush(b *testing.B) {
	forEachDatabase(b, func(b *testing.B, db *database, c *bench.Corpus) {
		bare, rows := db.bare(), rowsOf(b, c)
		must(b, bare.Empty())
		must(b, bare.Insert(rows))
		in := start(b, db)
		defer in.close()
		in.push(b, c)
		measure(b, c, func() {}, func() {
			if got := in.push(b, c); got.Same != len(c.Contrats) {
				b.Fatalf("pushed: %+v", got)
			}
		}, func() {
			must(b, bench.Decode(c.Body))
			must(b, bare.Compare(rows))
		})
	})
}

// BenchmarkDelta changes one contract in a hundred. Its limit is what it saves:
// the full push of all of them, into a database of its own each turn.
func BenchmarkDelta(b *testing.B) {
	forEachDatabase(b, func(b *testing.B, db *database, c *bench.Corpus) {
		in := start(b, db)
		defer in.close()
		in.push(b, c)
		var s samples
		b.ReportAllocs()
		for turn := 1; b.Loop(); turn++ {
			b.StopTimer()
			other := start(b, db)
			s.limit.time(func() { other.push(b, c) })
			other.close()
			body, err := c.Delta(turn)
			must(b, err)
			b.StartTimer()
			s.measured.time(func() {
				var got pushed
				in.call(b, "POST", "/api/sync/v2/contrats/changes", body, &got)
				if got.Updated != len(c.Contrats)/100 {
					b.Fatalf("pushed: %+v", got)
				}
			})
		}
		s.report(b, c)
	})
}

// BenchmarkList lists every contract. Its limit is to read the bare documents
// in the same order.
func BenchmarkList(b *testing.B) {
	forEachDatabase(b, func(b *testing.B, db *database, c *bench.Corpus) {
		bare := db.bare()
		must(b, bare.Empty())
		must(b, bare.Insert(rowsOf(b, c)))
		in := start(b, db)
		defer in.close()
		in.push(b, c)
		measure(b, c, func() {}, func() {
			if n := in.call(b, "GET", "/api/sync/v1/contrats-get-all", nil, nil); n < int64(len(c.Body)) {
				b.Fatalf("%d bytes listed", n)
			}
		}, func() { must(b, bare.Read()) })
	})
}
