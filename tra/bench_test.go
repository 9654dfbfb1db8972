package tra_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/tra"
	"github.com/passerelle-hub/passerelle/tra/tratest"
)

// BenchmarkTRA measures the library on one core beside a bare scan of the same
// bytes for line ends. Memory: "B/op" is everything allocated in one pass, so that
// equal figures for 10,000 and 1,000,000 lines mean flat memory.
func BenchmarkTRA(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, lines := range []int{10_000, 1_000_000} {
		var file bytes.Buffer
		if err := tratest.Write(&file, lines); err != nil {
			b.Fatal(err)
		}
		data := file.Bytes()
		run := func(name string, once func() error) { bench.OfFile(b, name, len(data), lines, once) }
		run("scan", func() error {
			n := 0
			for rest := data; ; n++ {
				i := bytes.IndexByte(rest, '\n')
				if i < 0 {
					break
				}
				rest = rest[i+1:]
			}
			return atLeast(n, lines)
		})
		run("read", func() error {
			r, n := tra.NewReader(bytes.NewReader(data)), 0
			for ; ; n++ {
				if _, err := r.Read(); errors.Is(err, io.EOF) {
					return atLeast(n, lines)
				} else if err != nil {
					return err
				}
			}
		})
		run("check", func() error {
			report, err := tra.Check(bytes.NewReader(data), tra.Options{})
			if err == nil && report.Errors > 0 {
				err = errors.New(report.Findings[0].String())
			}
			return err
		})
		run("write", func() error { return tratest.Write(io.Discard, lines) })
		run("copy", func() error {
			r, w := tra.NewReader(bytes.NewReader(data)), tra.NewWriter(io.Discard)
			for {
				rec, err := r.Read()
				if errors.Is(err, io.EOF) {
					return w.Flush()
				}
				if err == nil {
					err = w.WriteRecord(rec)
				}
				if err != nil {
					return err
				}
			}
		})
		run("tojson", func() error { return tra.ToJSON(bytes.NewReader(data), io.Discard) })
		if lines <= 10_000 {
			var doc bytes.Buffer
			if err := tra.ToJSON(bytes.NewReader(data), &doc); err != nil {
				b.Fatal(err)
			}
			run("fromjson", func() error { return tra.FromJSON(bytes.NewReader(doc.Bytes()), io.Discard) })
		}
	}
}

func atLeast(n, lines int) error {
	if n < lines {
		return fmt.Errorf("%d lines instead of %d", n, lines)
	}
	return nil
}
