package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/demo"
)

// BenchmarkPushCSV runs the command on exports of two sizes, each to an empty hub
// of this process: rows per second of reading, comparing and recording together,
// the same once more where nothing changes, and the peak memory of the command's
// own process, which does not grow with the rows.
func BenchmarkPushCSV(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "passerelle")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	for _, rows := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			file := benchExport(b, rows)
			for b.Loop() {
				s := apitest.New(b, "sqlite")
				o := s.Sandbox(b, "CFA Test")
				push := func() (*verdict, time.Duration, int64) {
					command := exec.CommandContext(b.Context(), binary, "push", file, "--url", s.URL, "--token", o.Token, "--yes", "--json")
					var out bytes.Buffer
					command.Stdout = &out
					started := time.Now()
					if err := command.Start(); err != nil {
						b.Fatal(err)
					}
					ended := make(chan error, 1)
					go func() { ended <- command.Wait() }()
					var peak int64
					for {
						select {
						case err := <-ended:
							took := time.Since(started)
							v := &verdict{}
							if err := errors.Join(err, json.Unmarshal(out.Bytes(), v)); err != nil {
								b.Fatalf("%v: %s", err, &out)
							}
							return v, took, peak
						case <-time.After(5 * time.Millisecond):
							peak = max(peak, highWater(command.Process.Pid))
						}
					}
				}
				first, took, peak := push()
				again, tookAgain, _ := push()
				if first.Result.Added != rows || again.Result.Same != rows {
					b.Fatalf("%+v, then %+v", first.Result, again.Result)
				}
				b.ReportMetric(float64(rows)/took.Seconds(), "rows/s")
				b.ReportMetric(float64(rows)/tookAgain.Seconds(), "same-rows/s")
				b.ReportMetric(float64(peak)*1024/1e6, "peak-MB")
			}
		})
	}
}

// highWater returns the peak memory of a process so far in KiB, 0 once it has
// ended. What its parent is told at its end counts the parent's own memory too.
func highWater(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	var peak int64
	if _, after, ok := bytes.Cut(status, []byte("VmHWM:")); ok {
		_, _ = fmt.Fscan(bytes.NewReader(after), &peak)
	}
	return peak
}

func benchExport(b *testing.B, rows int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "contrats.csv")
	contrats := slices.Collect(demo.Generate(demo.Params{Contrats: rows, Seed: 1}))
	if err := os.WriteFile(path, apitest.CSV(contrats), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}
