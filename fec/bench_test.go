package fec_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"runtime"
	"testing"

	"github.com/passerelle-hub/passerelle/fec"
	"github.com/passerelle-hub/passerelle/fec/fectest"
	"github.com/passerelle-hub/passerelle/internal/bench"
)

// BenchmarkFEC measures the checker on one core beside a bare read of the same bytes
// with encoding/csv. "B/op" is everything allocated in one pass: equal figures for
// 10,000 and 1,000,000 lines mean flat memory. Beside other work the processor time
// is what counts: run it with GODEBUG or time(1), or look at the ratio.
func BenchmarkFEC(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, lines := range []int{10_000, 200_000} {
		var file bytes.Buffer
		if err := fectest.Write(&file, lines); err != nil {
			b.Fatal(err)
		}
		data := file.Bytes()
		run := func(name string, once func() error) { bench.OfFile(b, name, len(data), lines, once) }
		run("csv", func() error {
			r := csv.NewReader(bytes.NewReader(data))
			r.Comma, r.LazyQuotes = '\t', true
			for {
				if _, err := r.Read(); errors.Is(err, io.EOF) {
					return nil
				} else if err != nil {
					return err
				}
			}
		})
		run("csv-reuse", func() error {
			r := csv.NewReader(bytes.NewReader(data))
			r.Comma, r.LazyQuotes, r.ReuseRecord = '\t', true, true
			for {
				if _, err := r.Read(); errors.Is(err, io.EOF) {
					return nil
				} else if err != nil {
					return err
				}
			}
		})
		run("read", func() error {
			r := fec.NewReader(bytes.NewReader(data))
			for {
				if _, err := r.Read(); errors.Is(err, io.EOF) {
					return nil
				} else if err != nil {
					return err
				}
			}
		})
		run("check", func() error {
			report, err := fec.Check(bytes.NewReader(data), fec.Options{Name: fectest.Name})
			if err == nil && len(report.Findings) > 0 {
				err = errors.New(report.Findings[0].String())
			}
			return err
		})
	}
}
