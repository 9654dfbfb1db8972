package bench

import (
	"fmt"
	"testing"
)

// OfFile measures what is done once with a file of so many bytes and lines: bytes by the clock and
// by the processor's time, and what it allocates.
func OfFile(b *testing.B, name string, size, lines int, once func() error) {
	b.Run(fmt.Sprintf("%s/lines=%d", name, lines), func(b *testing.B) {
		b.SetBytes(int64(size))
		b.ReportAllocs()
		before := CPUTime()
		for b.Loop() {
			if err := once(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(size)*float64(b.N)/1e6/(CPUTime()-before).Seconds(), "MB/cpu-s")
	})
}
