package main

import (
	"io"
	"os"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// isTerminal reports whether a person sits at the other end of a stream.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// progress shows how far a long step is, with rate and time left, where a person
// looks at it; elsewhere it shows nothing.
type progress struct{ out io.Writer }

func newProgress(stderr io.Writer) *progress {
	if !isTerminal(stderr) {
		return &progress{}
	}
	return &progress{stderr}
}

// unit says what a bar counts.
type unit int

const (
	contrats unit = iota
	octets
)

// bar is one step under way.
type bar struct {
	shown *mpb.Progress
	bar   *mpb.Bar
}

// start shows a step; total is 0 where its length is not known.
func (p *progress) start(what string, total int64, counts unit) *bar {
	if p.out == nil {
		return &bar{}
	}
	shown := mpb.New(mpb.WithOutput(p.out), mpb.WithWidth(64), mpb.WithRefreshRate(120*time.Millisecond))
	counter, speed := decor.CountersNoUnit("%d / %d"), decor.AverageSpeed(0, "%.0f contracts/s")
	if counts == octets {
		counter, speed = decor.CountersKibiByte("% .1f / % .1f"), decor.AverageSpeed(decor.SizeB1024(0), "% .1f")
	}
	if total == 0 {
		counter = decor.CurrentNoUnit("%d")
	}
	return &bar{shown, shown.AddBar(total, mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(what+" "), counter),
		mpb.AppendDecorators(speed, decor.Name("  left "), decor.AverageETA(decor.ET_STYLE_GO)))}
}

func (b *bar) step(n int64) {
	if b.bar != nil {
		b.bar.IncrInt64(n)
	}
}

// restart shows that a step begins anew.
func (b *bar) restart() {
	if b.bar != nil {
		b.bar.SetCurrent(0)
	}
}

// end removes the bar.
func (b *bar) end() {
	if b.bar != nil {
		b.bar.Abort(true)
		b.shown.Wait()
	}
}
