package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"strings"
)

//go:embed plot.svg.tmpl
var plotText string

// Escaping is the template's: values stand in attributes and text of SVG.
var plotTemplate = template.Must(template.New("plot").Parse(plotText))

// The drawing: one panel for each operation, all with the same axes, so that
// they can be compared.
const (
	panelWidth, panelHeight = 330, 220
	panelLeft, panelTop     = 62, 40 // inside a panel's cell
	cellWidth, cellHeight   = 420, 310
	legendTop               = 2*cellHeight + 16
)

type drawing struct {
	Width, Height int
	Panels        []panel
	Legend        []legendEntry
}

type panel struct {
	Title         string
	X, Y          int // of the plot area
	Width, Height int
	Right, Bottom int
	XTicks        []tick
	YTicks        []tick
	Lines         []line
}

type tick struct {
	At    float64
	Label string
}

type line struct {
	Class  string
	Points string
	Marks  []mark
}

type mark struct {
	X, Y  float64
	Title string
}

type legendEntry struct {
	Class, Label string
	X, Y         int
}

var drawn = []struct{ system, class, label string }{
	{onSQLite, "sqlite", "Passerelle on SQLite"}, {onPostgres, "postgres", "Passerelle on PostgreSQL"}, {peer, "peer", peer},
	{onSQLite + limitSuffix, "sqlite limit", "the limit on SQLite"}, {onPostgres + limitSuffix, "postgres limit", "the limit on PostgreSQL"},
}

// plot draws cost against size, both axes logarithmic.
func plot(f *figures) ([]byte, error) {
	sizes := f.sizes()
	x := scale{math.Log10(float64(sizes[0])), math.Log10(float64(sizes[len(sizes)-1])), panelWidth, false}
	if x.low == x.high {
		x.high++
	}
	y := scale{math.Inf(1), math.Inf(-1), panelHeight, true}
	for k, list := range f.times {
		if len(list) > 0 && k.op != "" {
			y.low = min(y.low, math.Floor(math.Log10(median(list))))
			y.high = max(y.high, math.Ceil(math.Log10(median(list))))
		}
	}
	d := drawing{Width: 2 * cellWidth, Height: legendTop + 56}
	for i, op := range operations {
		p := panel{Title: op, X: i%2*cellWidth + panelLeft, Y: i/2*cellHeight + panelTop, Width: panelWidth, Height: panelHeight}
		p.Right, p.Bottom = p.X+panelWidth, p.Y+panelHeight
		for _, size := range sizes {
			p.XTicks = append(p.XTicks, tick{float64(p.X) + x.at(float64(size)), thousands(size)})
		}
		for power := y.low; power <= y.high; power++ {
			p.YTicks = append(p.YTicks, tick{float64(p.Y) + y.at(math.Pow(10, power)), thousandsOf(math.Pow(10, power))})
		}
		for _, s := range drawn {
			p.Lines = append(p.Lines, drawLine(f, p, x, y, s.system, op, s.class, sizes))
		}
		d.Panels = append(d.Panels, p)
	}
	for i, s := range drawn {
		d.Legend = append(d.Legend, legendEntry{s.class, s.label, panelLeft + i%3*250, legendTop + i/3*24})
	}
	var out bytes.Buffer
	err := plotTemplate.Execute(&out, d)
	return out.Bytes(), err
}

func drawLine(f *figures, p panel, x, y scale, system, op, class string, sizes []int) line {
	l := line{Class: class}
	var points []string
	for _, size := range sizes {
		ms := f.ms(system, op, size)
		if ms == 0 {
			continue
		}
		m := mark{float64(p.X) + x.at(float64(size)), float64(p.Y) + y.at(ms), fmt.Sprintf("%s, %s contracts: %s ms", system, thousands(size), milliseconds(ms))}
		l.Marks = append(l.Marks, m)
		points = append(points, fmt.Sprintf("%.1f,%.1f", m.X, m.Y))
	}
	l.Points = strings.Join(points, " ")
	return l
}

// scale places a value on a logarithmic axis.
type scale struct {
	low, high float64 // powers of ten
	length    float64 // in the drawing
	upwards   bool
}

func (s scale) at(value float64) float64 {
	share := (math.Log10(value) - s.low) / (s.high - s.low)
	if s.upwards {
		share = 1 - share
	}
	return math.Round(10*share*s.length) / 10
}

func thousandsOf(x float64) string {
	if x < 1 {
		return fmt.Sprint(x)
	}
	return thousands(int(math.Round(x)))
}
