package main

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"time"

	"github.com/passerelle-hub/passerelle/tra"
	"github.com/passerelle-hub/passerelle/tra/tratest"
)

// traFigures are megabytes per second on one processor, and the kilobytes that a
// check allocates in all.
type traFigures struct {
	lines, small           int
	check, write           float64
	allocSmall, allocLarge float64
}

// measureTRA reads and checks a file of so many entry lines, and writes one.
func measureTRA(lines int) (f traFigures, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	f.lines, f.small = lines, min(10_000, lines/10)
	for _, lines := range []int{f.small, f.lines} {
		var file bytes.Buffer
		if err := tratest.Write(&file, lines); err != nil {
			return f, err
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var checks, writes []float64
		for range 3 {
			started := time.Now()
			report, err := tra.Check(bytes.NewReader(file.Bytes()), tra.Options{})
			if err == nil && report.Errors > 0 {
				err = errors.New(report.Findings[0].String())
			}
			if err != nil {
				return f, err
			}
			checks = append(checks, float64(file.Len())/1e6/time.Since(started).Seconds())
		}
		runtime.ReadMemStats(&after)
		alloc := float64(after.TotalAlloc-before.TotalAlloc) / 3e3
		if lines == f.small {
			f.allocSmall = alloc
			continue
		}
		f.allocLarge, f.check = alloc, median(checks)
		for range 3 {
			started := time.Now()
			if err := tratest.Write(io.Discard, lines); err != nil {
				return f, err
			}
			writes = append(writes, float64(file.Len())/1e6/time.Since(started).Seconds())
		}
		f.write = median(writes)
	}
	return f, nil
}
